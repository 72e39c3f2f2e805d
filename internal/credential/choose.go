package credential

import (
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/programme"
)

// choose gives the most pieces of which no two are from the same of each dimension, the earliest where there is a choice, and
// no more than are needed. sure is false when there were too many ways to try them all.
func choose(pieces []piece, need int, different []programme.Dimension) (chosen []piece, sure bool) {
	pieces = slices.Clone(pieces)
	slices.SortStableFunc(pieces, func(a, b piece) int { return int(a.on) - int(b.on) })
	if len(different) == 0 {
		return pieces, true
	}
	keys := make([][]string, 0, len(pieces))
	seen := map[string]bool{}
	distinct := pieces[:0:0]
	for _, p := range pieces {
		k := keysOf(p, different)
		if all := strings.Join(k, "\x00"); !seen[all] {
			seen[all] = true
			distinct, keys = append(distinct, p), append(keys, k)
		}
	}
	c := chooser{pieces: distinct, keys: keys, need: need, budget: 100_000}
	for n := 1; n <= len(distinct) && len(c.best) < need; n++ { // the earliest that are enough
		c.try(0, n, nil)
	}
	return c.best, c.budget > 0
}

type chooser struct {
	pieces []piece
	keys   [][]string
	need   int
	budget int
	best   []piece
}

// try looks at the first n pieces from the i-th on, with those that are taken.
func (c *chooser) try(i, n int, taken []int) {
	if c.budget--; c.budget <= 0 || len(c.best) >= c.need || len(taken)+n-i <= len(c.best) {
		return
	}
	if len(taken) > len(c.best) {
		c.best = c.best[:0:0]
		for _, t := range taken {
			c.best = append(c.best, c.pieces[t])
		}
	}
	if i >= n {
		return
	}
	if c.fits(i, taken) {
		c.try(i+1, n, append(slices.Clone(taken), i))
	}
	c.try(i+1, n, taken)
}

func (c *chooser) fits(i int, taken []int) bool {
	for _, t := range taken {
		for d := range c.keys[i] {
			if c.keys[i][d] == c.keys[t][d] {
				return false
			}
		}
	}
	return true
}

// keysOf is what a piece is in each dimension. Where that is not known, it is the same as others of which it is not known.
func keysOf(p piece, different []programme.Dimension) []string {
	work := ""
	if p.work != nil {
		work = fmt.Sprint(p.work.isCase) + p.work.id
	}
	keys := make([]string, len(different))
	for i, d := range different {
		switch d {
		case programme.DifferentSession:
			keys[i] = work + "\x01" + p.session
		case programme.DifferentPrinciple:
			keys[i] = p.topic
		case programme.DifferentMonth:
			keys[i] = p.made.date().String()[:min(7, len(p.made.date().String()))]
		default:
			keys[i] = work
		}
	}
	return keys
}
