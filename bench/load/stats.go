package load

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// percentiles sorts took and returns the value at each percentage by nearest rank: the smallest value that at least
// that share of all is no greater than. Nothing measured gives zeros.
func percentiles(took []time.Duration, percents ...float64) []time.Duration {
	slices.Sort(took)
	out := make([]time.Duration, len(percents))
	if len(took) == 0 {
		return out
	}
	for i, p := range percents {
		// The rank is rounded a little first, so that 99 % of 100 is the 99th whatever the last bit of the product says.
		rank := int(math.Ceil(p/100*float64(len(took)) - 1e-9))
		out[i] = took[min(max(rank, 1), len(took))-1]
	}
	return out
}

// Spread is what several rounds showed of one number.
type Spread struct {
	Min, Median, Max float64
	Rounds           int
}

// SpreadOf sums up values; of an even number the median is the mean of the middle two. It fails where there is no value
// or one that is not a finite number, because the ends of such a spread would mean nothing.
func SpreadOf(values []float64) (Spread, error) {
	if len(values) == 0 {
		return Spread{}, errors.New("load: no rounds, no spread")
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Spread{}, fmt.Errorf("load: round %d has no number (%v)", i+1, v)
		}
	}
	s := slices.Sorted(slices.Values(values))
	mid := len(s) / 2
	median := s[mid]
	if len(s)%2 == 0 {
		median = (s[mid-1] + s[mid]) / 2
	}
	return Spread{Min: s[0], Median: median, Max: s[len(s)-1], Rounds: len(s)}, nil
}

// String is the median with its ends, such as "4.21 (4.02–4.40)".
func (s Spread) String() string {
	return fmt.Sprintf("%.3g (%.3g–%.3g)", s.Median, s.Min, s.Max)
}
