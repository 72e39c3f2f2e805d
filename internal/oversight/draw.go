package oversight

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/db"
)

// lot is a look by its place among those of its frame, and the number that it drew.
type lot struct {
	number uint64
	frame  int
	nth    int
}

// draw gives every look in the frames a number and takes those with the lowest: each has the same chance. A look keeps its number as
// others come after it, for the numbers of a frame are drawn one after the other from the seed and what the frame is; lots are numbers that
// nobody can foresee, or a look could be placed where it is not drawn.
func draw(frames []audit.Frame, lots func(words string) rand.Source, seed string, size int) []lot {
	var drawn []lot // the lowest number first
	for i, f := range frames {
		numbers := lots(seed + " " + string(f.Action) + " " + f.Span.From.UTC().Format(time.RFC3339Nano))
		for nth := range f.N {
			number := numbers.Uint64()
			if len(drawn) == size && number >= drawn[size-1].number {
				continue
			}
			at, _ := slices.BinarySearchFunc(drawn, number, func(l lot, n uint64) int {
				if l.number < n {
					return -1
				}
				return 1
			})
			drawn = slices.Insert(drawn, at, lot{number, i, nth})
			drawn = drawn[:min(size, len(drawn))]
		}
	}
	return drawn
}

// sample is the looks that the seed draws.
func (k *check) sample(ctx context.Context, tx *db.Tx, seed string) ([]audit.Place, error) {
	var places []audit.Place
	for _, l := range draw(k.frames, k.log.Lots, seed, sampleSize) {
		frame := k.frames[l.frame]
		f := k.filter
		f.Outcome, f.Action, f.From, f.Before = audit.OK, frame.Action, frame.Span.From, frame.Span.Before
		p, err := k.log.Nth(ctx, tx, f, l.nth)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}
