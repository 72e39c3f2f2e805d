package mail

import (
	"context"
	"fmt"

	"hemvist/internal/errs"
)

// Address tells where a private letter goes: by its way and the id of its link. It is asked each time that the letter is handed over, and
// is NotFound when there is nobody to write to any more.
type Address func(ctx context.Context, w Way, linkID string) (string, error)

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
