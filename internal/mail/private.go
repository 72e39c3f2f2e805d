package mail

import (
	"context"
	"fmt"
	"strings"

	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// Address tells where a private letter goes: by its way and the id of its link. It is asked each time that the letter is handed over, and
// is NotFound when there is nobody to write to any more.
type Address func(ctx context.Context, w Way, linkID string) (string, error)

// Takes tells whether an address can be written to by a way that letters are sent by here: an SMS goes to no wire in a wall.
func (s *Service) Takes(w Way, to string) bool {
	if !s.Delivers(w) {
		return false
	}
	if w == BySMS {
		number, ok := international(to)
		swedish := strings.HasPrefix(number, "+46")
		return ok && (!swedish || strings.HasPrefix(number, "+467"))
	}
	_, wrong := typed.Email("email", to)
	return len(wrong) == 0
}

// Written is a letter's words as its receiver would read them; an SMS has no subject.
func (s *Service) Written(ctx context.Context, l Letter) (subject, body string, err error) {
	var w Words
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = s.wordsTx(ctx, tx, l)
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("words of a letter: %w", err)
	}
	subject, body = s.written(l, w)
	return subject, body, nil
}

// StatesTx is the states of letters by their Once, of all whose Once begins so.
func (s *Service) StatesTx(ctx context.Context, tx *db.Tx, begin string) (map[string]State, error) {
	states := map[string]State{}
	_, err := db.All(ctx, tx, func(row db.Scanner) (state State, err error) {
		var once string
		err = row.Scan(&once, &state)
		states[once] = state
		return state, err
	}, `SELECT once, state FROM letter WHERE once >= $1 AND once < $2`, begin, begin+"~")
	if err != nil {
		return nil, fmt.Errorf("states of letters: %w", err)
	}
	return states, nil
}

// Ask says who knows the addresses of a private template. It is called before the queue runs.
func (s *Service) Ask(template string, a Address) { s.addresses[template] = a }

func isPrivate(template string) bool {
	t, ok := lookUp(template)
	return ok && t.Private
}

// findAddress fills in where a private letter goes. One that goes nowhere any more is left without, and is refused.
func (s *Service) findAddress(ctx context.Context, l *Letter) error {
	if !isPrivate(l.Template) {
		return nil
	}
	ask := s.addresses[l.Template]
	if ask == nil {
		return fmt.Errorf("nobody knows where a letter %q goes", l.Template) // a mistake in the code
	}
	to, err := ask(ctx, l.Way, l.Link.ID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ask where a letter goes: %w", err)
	}
	l.To = to
	if l.Way == BySMS {
		l.To, _ = international(to)
	}
	return nil
}
