package load

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// canned is a side that answers with the given rates in turn and tells when it ran.
func canned(name string, order *[]string, rates ...float64) Side {
	round := 0
	return Side{Name: name, Run: func(context.Context) (Result, error) {
		*order = append(*order, name)
		r := Result{Requests: 1, Rate: rates[round], CPUPerOp: time.Duration(rates[round]) * time.Millisecond}
		round++
		return r, nil
	}}
}

func TestCompareTakesTurnsAndDividesPairByPair(t *testing.T) {
	var order []string
	c, err := Compare(t.Context(), 3, canned("a", &order, 40, 90, 200), canned("b", &order, 10, 30, 40), canned("hello", &order, 1, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "hello", "a", "b", "hello", "a", "b", "hello"}; !slices.Equal(order, want) {
		t.Errorf("ran %v, want %v", order, want)
	}
	// Pairs 4, 3, 5. The ratio of the medians would be 90/30 = 3, that of the means 110/26.7 = 4.1.
	want := Spread{Min: 3, Median: 4, Max: 5, Rounds: 3}
	for name, m := range map[string]Metric{"rate": Throughput, "CPU": CPUMillis} {
		if got, err := c.Ratio("a", "b", m); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, want)
		}
	}
	if got, err := c.Values("b", Throughput); err != nil || got != (Spread{Min: 10, Median: 30, Max: 40, Rounds: 3}) {
		t.Errorf("values of b: %+v, %v", got, err)
	}
}

func TestCompareRefuses(t *testing.T) {
	var order []string
	good := func(name string) Side { return canned(name, &order, 1, 1, 1) }
	bad := func(res Result, err error) Side {
		return Side{Name: "bad", Run: func(context.Context) (Result, error) { return res, err }}
	}
	tests := []struct {
		name   string
		rounds int
		sides  []Side
	}{
		{"two rounds", 2, []Side{good("a"), good("b")}},
		{"rounds without end", MaxRounds + 1, []Side{good("a"), good("b")}},
		{"one side", 3, []Side{good("a")}},
		{"one name", 3, []Side{good("a"), good("a")}},
		{"a side that fails", 3, []Side{good("a"), bad(Result{}, errors.New("broken"))}},
		{"one wrong answer of many", 3, []Side{good("a"), bad(Result{Requests: 999, Failed: 1}, nil)}},
		{"no answer at all", 3, []Side{good("a"), bad(Result{}, nil)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Compare(t.Context(), tt.rounds, tt.sides...); err == nil {
				t.Error("was compared")
			}
		})
	}
}

func TestRatioNeedsNumbersAndNames(t *testing.T) {
	var order []string
	c, err := Compare(t.Context(), 3, canned("a", &order, 1, 1, 1), canned("still", &order, 1, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Ratio("a", "still", Throughput); err == nil {
		t.Errorf("divided by a rate of 0: %+v", got)
	}
	if got, err := c.Ratio("a", "nobody", Throughput); err == nil {
		t.Errorf("found a side that is not there: %+v", got)
	}
}
