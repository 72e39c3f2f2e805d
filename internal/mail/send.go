package mail

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/jobs"
)

// Message is a letter as it is handed over: filled in, with its link.
type Message struct {
	ID                  string // of the letter; the same each time it is handed over
	Origin              string // of the house
	To, Name, Language  string
	Subject, Text, HTML string // an SMS is the text alone
	At                  time.Time
}

// Outcome is how a handing-over went.
type Outcome uint8

// The outcomes.
const (
	Unknown Outcome = iota // it may have been taken: the answer was lost
	Taken                  // it was taken
	Later                  // it was surely not taken, and may be later
	Refused                // it was surely not taken, and never will be
)

// Carrier hands messages over. It tells how that went, and what the other end said or why it said nothing. In doubt it is Unknown.
type Carrier interface {
	Carry(ctx context.Context, m Message) (o Outcome, answer string)
}

// Deliver says that letters of a way travel by a carrier, from a house that people open at an origin such as https://hemvist.example.
// It is called before the queue runs.
func (s *Service) Deliver(w Way, origin string, c Carrier) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("letters need the address at which people open the house, such as https://hemvist.example, and not %q", origin)
	}
	s.origin, s.carriers[w] = strings.TrimSuffix(origin, "/"), c
	s.queue.Handle(jobName(w), s.send)
	return nil
}

// Keep says that letters go nowhere: they lie in the outbox, where they are read with their links. It is for the demo alone.
func (s *Service) Keep(origin string) error {
	s.kept = true
	for _, w := range Ways {
		if err := s.Deliver(w, origin, keeper{}); err != nil {
			return err
		}
	}
	return nil
}

// keeper takes everything and sends nothing.
type keeper struct{}

// Carry takes it.
func (keeper) Carry(context.Context, Message) (Outcome, string) { return Taken, "" }

// Delivers tells whether letters of a way are sent.
func (s *Service) Delivers(w Way) bool { return s.carriers[w] != nil }

// Keeps tells whether letters are only kept here, to be read.
func (s *Service) Keeps() bool { return s.kept }

var errLater = errors.New("the letter was not taken")

// send does the job of one letter.
func (s *Service) send(ctx context.Context, j jobs.Job) error {
	l, m, err := s.claim(ctx, j.Body)
	if err != nil || l.state != HandingOver {
		return err
	}
	outcome, answer := Refused, ""
	if m.To != "" {
		outcome, answer = s.carriers[l.Way].Carry(ctx, m)
	}
	if isPrivate(l.Template) {
		answer = "" // which may repeat the address
	}
	if err := s.settle(ctx, l, outcome, oneLine(answer), j.Last); err != nil {
		return err
	}
	if outcome == Later && !j.Last {
		return fmt.Errorf("%w: %s", errLater, l.id)
	}
	return nil
}

// claim stores that a letter is being handed over, and gives it with what is to be said. A letter that somebody was handing over when
// their lease ended is uncertain from now on: they died, and nobody knows when. The letter's state tells what is to be done.
func (s *Service) claim(ctx context.Context, id string) (l stored, m Message, err error) {
	var w Words
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = readLetter(ctx, tx, id); err != nil {
			return err
		}
		w, err = s.wordsTx(ctx, tx, l.Letter)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return l, m, nil // a database that was restored from before the letter
	}
	if err != nil {
		return l, m, fmt.Errorf("read letter %s: %w", id, err)
	}
	before, now := l, db.At(s.clock.Now())
	e := event{letter: id, at: now, instance: s.instance}
	switch l.state {
	case Queued:
		l.state, l.attempt = HandingOver, db.NewID()
		l.subject, l.body = s.written(l.Letter, w)
		if err := s.findAddress(ctx, &l.Letter); err != nil {
			return l, m, err
		}
		m = s.message(l, now.Time)
		e.attempt = l.attempt
	case HandingOver:
		l.state, e.attempt = Uncertain, l.attempt
	default:
		return l, m, nil
	}
	e.what = string(l.state)
	moved := false
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE letter SET state = $1, changed_at = $2, attempt = $3, subject = $4, body = $5,
				tries = tries + CASE WHEN $1 = 'handing-over' THEN 1 ELSE 0 END
			WHERE id = $6 AND state = $7 AND coalesce(attempt, '') = $8`,
			string(l.state), now, l.attempt, l.subject, l.body, id, string(before.state), before.attempt)
		if moved = n == 1; err != nil || !moved {
			return err
		}
		return s.addEvent(ctx, tx, e)
	})
	if err != nil {
		return before, m, fmt.Errorf("claim letter %s: %w", id, err)
	}
	if !moved || l.state == Uncertain {
		before.state = Uncertain // somebody else has it, or had
		return before, m, nil
	}
	return l, m, nil
}

// ends is what each outcome makes of a letter, and what is noted.
func ends(o Outcome, last bool) (State, string) {
	switch {
	case o == Taken:
		return Sent, "sent"
	case o == Later && !last:
		return Queued, "later"
	case o == Later, o == Refused:
		return Failed, "failed"
	default:
		return Uncertain, "uncertain"
	}
}

// settle stores how a handing-over went. What the other end has said must not be lost, so a database that is away for a moment is waited for;
// one that stays away leaves the letter as being handed over, which becomes uncertain.
func (s *Service) settle(ctx context.Context, l stored, o Outcome, answer string, last bool) error {
	state, what := ends(o, last)
	now := db.At(s.clock.Now())
	store := func() (moved bool, err error) {
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			// Also one that was called uncertain meanwhile: whoever handed it over knows better.
			n, err := tx.Exec(ctx, `UPDATE letter SET state = $1, changed_at = $2 WHERE id = $3 AND attempt = $4 AND state IN ('handing-over', 'uncertain')`,
				string(state), now, l.id, l.attempt)
			if moved = n == 1; err != nil || !moved {
				return err
			}
			return s.addEvent(ctx, tx, event{letter: l.id, what: what, at: now, attempt: l.attempt, instance: s.instance, answer: cut(answer)})
		})
		return moved, err
	}
	moved, err := store()
	for try := 1; err != nil && try < 5 && ctx.Err() == nil; try++ {
		select {
		case <-time.After(time.Duration(try) * time.Second):
		case <-ctx.Done():
		}
		moved, err = store()
	}
	if err != nil {
		return fmt.Errorf("note how letter %s went (%s): %w", l.id, what, err)
	}
	if !moved {
		s.logger.Warn("a letter was settled by somebody else", "letter", l.id, "outcome", what)
	}
	return nil
}

// cut is an answer as long as it is kept.
func cut(answer string) string {
	const most = 500
	if r := []rune(answer); len(r) > most {
		return string(r[:most]) + "…"
	}
	return answer
}

// written is a letter's words filled in, with linkMark in the link's place.
func (s *Service) written(l Letter, w Words) (subject, body string) {
	t, ok := lookUp(l.Template)
	if !ok {
		return l.Template, "" // a template that a later version of the program took away
	}
	values := map[string]string{argReceiver: oneLine(l.Name), argLink: linkMark}
	for name, value := range l.Args {
		values[name] = oneLine(value)
	}
	p := s.texts.For(l.Language)
	if l.Way == BySMS {
		return "", t.fill(p, w.SMS, values)
	}
	return t.fill(p, w.Subject, values), t.fill(p, w.Body, values)
}

// message is a letter as it is handed over.
func (s *Service) message(l stored, at time.Time) Message {
	link := ""
	if l.Link.Path != "" {
		link = l.Link.href(s.origin, s.secrets.Secret)
	}
	m := Message{ID: l.id, Origin: s.origin, To: l.To, Name: l.Name, Language: l.Language, Subject: l.subject, At: at,
		Text: strings.ReplaceAll(l.body, linkMark, link)}
	if l.Way == ByEmail {
		m.HTML = asHTML(l.Language, l.subject, l.body, link)
	}
	return m
}
