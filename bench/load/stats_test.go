package load

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestPercentilesAreNearestRank(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i) // 100 down to 1: unsorted on purpose
	}
	tests := []struct {
		name string
		took []time.Duration
		want []time.Duration // p50, p90, p99, p100
	}{
		{"nothing", nil, []time.Duration{0, 0, 0, 0}},
		{"one", []time.Duration{7}, []time.Duration{7, 7, 7, 7}},
		{"two", []time.Duration{9, 1}, []time.Duration{1, 9, 9, 9}},
		{"three", []time.Duration{3, 1, 2}, []time.Duration{2, 3, 3, 3}},
		{"ten", []time.Duration{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, []time.Duration{5, 9, 10, 10}},
		{"a hundred", hundred, []time.Duration{50, 90, 99, 100}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := percentiles(tt.took, 50, 90, 99, 100); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSpreadOf(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   Spread
	}{
		{"odd", []float64{3, 1, 2}, Spread{Min: 1, Median: 2, Max: 3, Rounds: 3}},
		{"even", []float64{4, 1, 3, 2}, Spread{Min: 1, Median: 2.5, Max: 4, Rounds: 4}},
		{"one", []float64{5}, Spread{Min: 5, Median: 5, Max: 5, Rounds: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.values)
			got, err := SpreadOf(tt.values)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
			if !slices.Equal(before, tt.values) {
				t.Errorf("the rounds were put in another order: %v", tt.values)
			}
		})
	}
	for name, values := range map[string][]float64{"none": nil, "no number": {1, math.NaN()}, "divided by nothing": {math.Inf(1), 1}} {
		if got, err := SpreadOf(values); err == nil {
			t.Errorf("%s: got %+v without an error", name, got)
		}
	}
}

func TestSpreadString(t *testing.T) {
	if got, want := (Spread{Min: 4.018, Median: 4.2149, Max: 4.4, Rounds: 3}).String(), "4.21 (4.02–4.4)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
