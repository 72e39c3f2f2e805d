package round

import (
	"slices"
	"testing"
)

// TestSmallCountsAreHidden: no count from 1 to 4 is told, nor can be worked out from the total.
func TestSmallCountsAreHidden(t *testing.T) {
	const h = -1 // hidden
	for _, c := range []struct {
		counts, told []int
		total        int
	}{
		{nil, nil, 0},
		{[]int{0, 0}, []int{0, 0}, 0},
		{[]int{5, 12, 0}, []int{5, 12, 0}, 17},
		{[]int{4, 12, 30}, []int{h, h, 30}, 46},
		{[]int{4, 4, 30}, []int{h, h, 30}, 38},
		{[]int{1, 1, 30, 9}, []int{h, h, 30, h}, 41},
		{[]int{3}, []int{h}, h},
		{[]int{3, 0}, []int{h, 0}, h},
		{[]int{1, 2}, []int{h, h}, h},
		{[]int{4, 0, 5}, []int{h, 0, h}, 9},
	} {
		cells := make([]Count, len(c.counts))
		at := make([]*Count, len(cells))
		for i, n := range c.counts {
			cells[i].N, at[i] = n, &cells[i]
		}
		total := hide(at)
		told := func(x Count) int {
			if x.Hidden {
				if x.N != 0 {
					t.Errorf("%v: a hidden count says %d", c.counts, x.N)
				}
				return h
			}
			return x.N
		}
		var got []int
		for _, x := range cells {
			got = append(got, told(x))
		}
		if !slices.Equal(got, c.told) || told(total) != c.total {
			t.Errorf("%v: told %v and %d in all, want %v and %d", c.counts, got, told(total), c.told, c.total)
		}
	}
}
