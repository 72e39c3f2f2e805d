package load

import (
	"context"
	"errors"
	"fmt"
)

// The bounds of a comparison: fewer rounds show no spread, more take too long.
const (
	MinRounds = 3
	MaxRounds = 20
)

// Side is one of those compared.
type Side struct {
	Name string
	Run  func(context.Context) (Result, error)
}

// Of makes a Side of a spec.
func Of(name string, spec Spec) Side {
	return Side{Name: name, Run: func(ctx context.Context) (Result, error) { return Run(ctx, spec) }}
}

// Comparison is the results of sides that ran in turns: of round r, side s, Results[r][s].
type Comparison struct {
	Names   []string
	Results [][]Result
}

// Compare runs the sides in turns, A B A B (with a calibrator, A B C A B C), so that each round's ratio is of two runs
// that were neighbours in time. The first wrong answer ends it: there is nothing to compare with an error.
func Compare(ctx context.Context, rounds int, sides ...Side) (Comparison, error) {
	if rounds < MinRounds || rounds > MaxRounds {
		return Comparison{}, fmt.Errorf("load: %d rounds, not %d to %d", rounds, MinRounds, MaxRounds)
	}
	if len(sides) < 2 {
		return Comparison{}, errors.New("load: a comparison needs two sides")
	}
	var c Comparison
	seen := map[string]bool{}
	for _, s := range sides {
		if seen[s.Name] {
			return Comparison{}, fmt.Errorf("load: two sides are called %q", s.Name)
		}
		seen[s.Name] = true
		c.Names = append(c.Names, s.Name)
	}
	for range rounds {
		var round []Result
		for _, s := range sides {
			res, err := s.Run(ctx)
			if err == nil {
				err = res.Err()
			}
			if err != nil {
				return c, fmt.Errorf("%s: %w", s.Name, err)
			}
			round = append(round, res)
		}
		c.Results = append(c.Results, round)
	}
	return c, nil
}

// Metric is one number of a result.
type Metric func(Result) float64

// The metrics most often compared. More is better for Throughput, less for the others.
var (
	Throughput Metric = func(r Result) float64 { return r.Rate }
	CPUMillis  Metric = func(r Result) float64 { return r.CPUPerOp.Seconds() * 1000 }
	P50Millis  Metric = func(r Result) float64 { return r.P50.Seconds() * 1000 }
	P90Millis  Metric = func(r Result) float64 { return r.P90.Seconds() * 1000 }
	P99Millis  Metric = func(r Result) float64 { return r.P99.Seconds() * 1000 }
	PeakMiB    Metric = func(r Result) float64 { return float64(r.Memory.Peak) / (1 << 20) }
	Noise      Metric = func(r Result) float64 { return r.Foreign }
)

// Ratio is m of side a divided by m of side b, pair by pair: the spread of the rounds' ratios, never the ratio of means.
func (c Comparison) Ratio(a, b string, m Metric) (Spread, error) {
	ia, ib, err := c.pair(a, b)
	if err != nil {
		return Spread{}, err
	}
	ratios := make([]float64, len(c.Results))
	for r, round := range c.Results {
		ratios[r] = m(round[ia]) / m(round[ib])
	}
	s, err := SpreadOf(ratios)
	if err != nil {
		return Spread{}, fmt.Errorf("%s to %s: %w", a, b, err)
	}
	return s, nil
}

// Values is the spread of m over one side's rounds.
func (c Comparison) Values(side string, m Metric) (Spread, error) {
	i, _, err := c.pair(side, side)
	if err != nil {
		return Spread{}, err
	}
	values := make([]float64, len(c.Results))
	for r, round := range c.Results {
		values[r] = m(round[i])
	}
	return SpreadOf(values)
}

func (c Comparison) pair(a, b string) (ia, ib int, err error) {
	ia, ib = -1, -1
	for i, name := range c.Names {
		if name == a {
			ia = i
		}
		if name == b {
			ib = i
		}
	}
	if ia < 0 || ib < 0 {
		return 0, 0, fmt.Errorf("load: no sides %q and %q among %q", a, b, c.Names)
	}
	return ia, ib, nil
}
