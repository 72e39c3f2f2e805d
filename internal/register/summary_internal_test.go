package register

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
)

// drawn makes what may have been told of a round.
func drawn(t *rapid.T) told {
	text := rapid.StringMatching(`[a-z0-9åäö-]{0,40}`)
	day := rapid.Custom(func(t *rapid.T) clock.Date {
		if rapid.IntRange(0, 5).Draw(t, "none") == 0 {
			return clock.Date{}
		}
		return clock.MustDate("1980-01-01").AddDays(rapid.IntRange(0, 40_000).Draw(t, "day"))
	})
	point := rapid.Custom(func(t *rapid.T) dated { return dated{text.Draw(t, "id"), day.Draw(t, "on")} })
	number := rapid.Custom(func(t *rapid.T) counted {
		return counted{point.Draw(t, "dated"), rapid.IntRange(0, 1000).Draw(t, "n")}
	})
	absent := rapid.Custom(func(t *rapid.T) away { return away{point.Draw(t, "dated"), text.Draw(t, "person")} })
	var names []string
	for i := range rapid.IntRange(0, 40).Draw(t, "people") {
		names = append(names, fmt.Sprintf("person %03d", i))
	}
	some := rapid.Custom(func(t *rapid.T) []string {
		var who []string
		these := rapid.Uint64().Draw(t, "these")
		for i, n := range names {
			if these>>i&1 == 1 {
				who = append(who, n)
			}
		}
		return who
	})
	return told{
		sessions: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) session {
			return session{text.Draw(t, "id"), text.Draw(t, "kind"), text.Draw(t, "item"), day.Draw(t, "on"), rapid.IntRange(1, 1440).Draw(t, "minutes"),
				text.Draw(t, "held"), day.Draw(t, "held on"), point.Draw(t, "cancelled"), orNil(rapid.SliceOfN(absent, 0, 2).Draw(t, "away")), rapid.Bool().Draw(t, "led told"), orNil(rapid.SliceOfN(text, 0, 4).Draw(t, "led")),
				rapid.Bool().Draw(t, "came told"), some.Draw(t, "came"), some.Draw(t, "made"), orNil(rapid.SliceOfN(number, 0, 2).Draw(t, "counts"))}
		}), 0, 12).Draw(t, "sessions"),
		staff: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) worker {
			return worker{text.Draw(t, "person"), text.Draw(t, "role"), day.Draw(t, "from"), day.Draw(t, "to")}
		}), 0, 4).Draw(t, "staff"),
		ends: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) end {
			return end{point.Draw(t, "dated"), rapid.SampledFrom([]credential.FactKind{credential.FactClosed, credential.FactBrokenOff}).Draw(t, "kind")}
		}), 0, 2).Draw(t, "ends"),
		notified: rapid.SliceOfN(point, 0, 3).Draw(t, "notified"),
		sizes:    orNil(rapid.SliceOfN(number, 0, 3).Draw(t, "sizes")),
		learners: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) learner {
			return learner{text.Draw(t, "id"), rapid.SampledFrom(append(names, "somebody who never came")).Draw(t, "person"), day.Draw(t, "joined"), day.Draw(t, "left")}
		}), 0, 5).Draw(t, "learners"),
	}
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// anonymous is what was told with the participants as numbers, by their place among all who came.
func anonymous(t told) told {
	var names []string
	for _, x := range t.sessions {
		names = append(append(names, x.came...), x.made...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	rename := func(who []string) []string {
		var out []string
		for _, w := range who {
			if !slices.ContainsFunc(t.learners, func(l learner) bool { return l.person == w }) {
				w = strconv.Itoa(slices.Index(names, w) + 1)
			}
			out = append(out, w)
		}
		return out
	}
	t.sessions = slices.Clone(t.sessions)
	for i := range t.sessions {
		t.sessions[i].came, t.sessions[i].made = rename(t.sessions[i].came), rename(t.sessions[i].made)
	}
	return t
}

func TestSummaryIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawn(t)
		data := writeSummary(&want)
		got, ok := readSummary(data)
		if !ok {
			t.Fatal("what was written cannot be read")
		}
		if want = anonymous(want); !reflect.DeepEqual(got, want) {
			t.Fatalf("read %+v, want %+v", got, want)
		}
		if !slices.Equal(writeSummary(&got), writeSummary(&want)) {
			t.Fatal("written again it is another")
		}
	})
}

func TestBrokenSummaryIsNotRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := drawn(t)
		data := writeSummary(&whole)
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
		if _, ok := readSummary(data[:cut]); ok {
			t.Fatalf("%d of %d bytes are read", cut, len(data))
		}
		if _, ok := readSummary(append(slices.Clone(data), 0)); ok {
			t.Fatal("more than was written is read")
		}
		data[0]++
		if _, ok := readSummary(data); ok {
			t.Fatal("another format is read")
		}
	})
	rapid.Check(t, func(t *rapid.T) { // whatever it is, it is read or refused, and takes no more memory than it is long
		readSummary(append([]byte{summaryFormat}, rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")...))
	})
}
