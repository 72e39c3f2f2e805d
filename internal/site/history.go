package site

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Change is a place at which two texts differ: what stood there and what stands there now, a line each. One of them may be empty.
type Change struct{ Before, After []string }

// Compare tells where a text differs from the one before it. Empty lines do not count.
func Compare(before, after string) []Change {
	a, b := lines(before), lines(after)
	if len(a)*len(b) > tooMany {
		return []Change{{Before: a, After: b}}
	}
	common := longestCommon(a, b)
	var all []Change
	var now Change
	flush := func() {
		if len(now.Before)+len(now.After) > 0 {
			all = append(all, now)
		}
		now = Change{}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			now.Before = append(now.Before, a[i])
			i++
		default:
			now.After = append(now.After, b[j])
			j++
		}
	}
	flush()
	return all
}

// tooMany bounds the comparing of two texts, in lines of the one times lines of the other: beyond that it says that all is new.
const tooMany = 1_000_000

func lines(s string) []string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// longestCommon is, for each pair of places, how many lines the rests of a and b have in common at most.
func longestCommon(a, b []string) [][]int {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	return n
}

// History is every version of a text in a language, the newest first; the last is the shipped one.
func (s *Service) History(ctx context.Context, actor access.Subject, t Text, language string) ([]Version, error) {
	if err := may(actor, access.EditSite); err != nil {
		return nil, err
	}
	if err := known(t, language); err != nil {
		return nil, err
	}
	var all []Version
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, scanVersion, versionColumns+` WHERE s.text = $1 AND s.language = $2 ORDER BY s.number DESC`, string(t), language)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("history of the text %s: %w", t, err)
	}
	return append(all, shippedVersion(t, language)), nil
}

// Again takes an earlier version up again, as a new version after seen; 0 is the shipped text. A newer one than seen is a Conflict
// with an ErrMeanwhile in it.
func (s *Service) Again(ctx context.Context, actor access.Subject, t Text, language string, number, seen int, requestID string) error {
	all, err := s.History(ctx, actor, t, language)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(v Version) bool { return v.Number == number })
	if at < 0 {
		return errs.Wrap(errs.NotFound, fmt.Errorf("no version %d of the text %s", number, t))
	}
	var body any // nothing: the shipped text
	if !all[at].Shipped {
		body = all[at].Body
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := newestFor(ctx, tx, t, language, seen)
		if err != nil {
			return err
		}
		if err := insertText(ctx, tx, t, language, old.Number+1, body, number, now, actor.Person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, ActionAgain, string(t)+"."+language, requestID))
	})
	if err != nil {
		return fmt.Errorf("take up version %d of the text %s: %w", number, t, err)
	}
	return nil
}
