package credential_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
)

// TestFailuresArePlaced: what comes out otherwise, and what is mistaken, is told with its line.
func TestFailuresArePlaced(t *testing.T) {
	defs := definitions(t)
	head := "programme: connect\ncases:\n  - title: T\n    holder: anna\n    credential: leader\n"
	granted := "    facts:\n      - {on: 2024-05-10, fact: granted, who: anna, credential: leader}\n    expect:\n"
	for _, c := range []struct{ name, src, want string }{
		{"status", head + granted + "      - on: 2024-05-10\n        status: lapsed\n", `f.yaml:10:17: T: the status is "certified", not "lapsed": certified-until`},
		{"requirement", head + granted + "      - {on: 2024-05-10, requirements: {films: met}}\n", `f.yaml:9:48: T: the requirement films is "missing", not "met": films (0 of 3 films)`},
		{"reason", head + granted + "      - {on: 2024-05-10, because: lapsed}\n", `f.yaml:9:35: T: the reason "lapsed" is missing; the reasons are certified-until`},
		{"no such reason", head + granted + "      - {on: 2024-05-10, because: lapse}\n", `f.yaml:9:35: T: there is no reason "lapse"`},
		{"next", head + granted + "      - {on: 2024-05-10, next: 2024-05-11}\n", `f.yaml:9:32: T: it comes out as 2024-11-11, not 2024-05-11`},
		{"last day", head + granted + "      - {on: 2024-05-10, last_day: 2027-05-09}\n", `f.yaml:9:36: T: it comes out as 2027-05-10, not 2027-05-09`},
		{"words", head + granted + "      - {on: 2024-05-10, requirements: {films: {says: {sv: Nej}}}}\n", `f.yaml:9:60: T: it does not say so; it says: 0 av 3 filmer.`},
		{"no such requirement", head + granted + "      - {on: 2024-05-10, requirements: {film: met}}\n", `f.yaml:9:41: T: there is no key "film"; here can stand boosters, evaluations, films, starts`},
		{"programme", "programme: konnekt\ncases:\n  - {title: T}\n", `f.yaml:1:12: there is no programme "konnekt"`},
		{"credential", strings.Replace(head, "credential: leader", "credential: ledare", 1) + granted + "      - {on: 2024-05-10}\n", `f.yaml:5:17: T: there is no credential "ledare"; the programme has leader, econnect-leader`},
		{"key", head + "    fact: []\n    expect:\n      - {on: 2024-05-10}\n", `f.yaml:6:5: T: there is no key "fact"; here can stand credential, expect, facts`},
		{"missing key", "programme: connect\ncases:\n  - title: T\n    holder: anna\n    credential: leader\n", `f.yaml:3:5: T: the key "expect" is missing`},
		{"twice", head + "    holder: bo\n    expect:\n      - {on: 2024-05-10}\n", `f.yaml:6:5: T: the key "holder" stands twice`},
		{"date", head + "    expect:\n      - {on: 2024-02-30}\n", `f.yaml:7:14: T: "2024-02-30" is no day; write it like 2024-05-10`},
		{"fact", head + "    facts:\n      - {on: 2024-05-10, fact: given}\n    expect:\n      - {on: 2024-05-10}\n", `f.yaml:7:32: T: "given" will not do; choose among began, enrolled`},
		{"variant", head + "    facts:\n      - {on: 2024-05-10, fact: enrolled, variant: leader}\n    expect:\n      - {on: 2024-05-10}\n", `f.yaml:7:51: T: there is no variant "leader"; the programme has parents`},
		{"sessions", head + "    rounds:\n      - {round: g, variant: parents, starts: 2024-02-05, filmed: 1-10}\n    expect:\n      - {on: 2024-05-10}\n", `f.yaml:7:66: T: "1-10" will not do; the sessions are 1-9`},
		{"status word", head + granted + "      - {on: 2024-05-10, status: certifed}\n", `f.yaml:9:34: T: "certifed" will not do; choose among none, in training`},
		{"not yaml", "programme: [connect\n", `f.yaml:1:12: `},
		{"empty", "", `f.yaml:1:1: `},
		{"outlook", head + "    rounds:\n      - {round: g, variant: parents, leaders: [anna], starts: 2024-02-05}\n    facts:\n      - {on: 2024-01-01, fact: course-completed, who: anna, variant: leader-training-digital}\n    expect:\n      - {on: 2024-02-20, outlook: {round: g, leaders: {anna: met}}}\n", `f.yaml:11:62: T: the outlook for anna is "at risk", not "met"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			failures := credential.CheckCase("f.yaml", []byte(c.src), defs)
			if len(failures) == 0 {
				t.Fatal("no failure")
			}
			if got := failures[0].Error(); !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if sv := failures[0].In("sv"); sv == failures[0].Error() || !strings.HasPrefix(sv, "f.yaml:") {
				t.Errorf("in Swedish: %s", sv)
			}
		})
	}
}

// TestEveryReasonIsOfACase: a code that no case leads to is a sentence that nobody has read.
func TestEveryReasonIsOfACase(t *testing.T) {
	var all strings.Builder
	files, err := filepath.Glob("cases/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(src)
	}
	// Reasons of what goes well are told beside an answer that says the same; and two that a checked definition cannot lead to.
	quiet := map[credential.Code]bool{"no-such-credential": true, "circular": true, "no-rule": true, "round-begun": true, "round-closed": true,
		"led-throughout": true, "wave-answered": true, "course-done": true, "attested": true, "holds": true, "test-passed": true, "all-of": true}
	for _, code := range credential.Codes() {
		if !quiet[code] && !strings.Contains(all.String(), string(code)) {
			t.Errorf("no case has the reason %s", code)
		}
	}
}

// TestKnownAt: what could be known at an instant is what had been written down by then.
func TestKnownAt(t *testing.T) {
	def, ok := definitions(t)("connect", "")
	if !ok {
		t.Fatal("there is no connect")
	}
	written := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	facts := credential.NewFacts("anna",
		credential.Fact{ID: "a", Kind: credential.FactGranted, On: clock.MustDate("2024-05-10"), RecordedAt: written, Who: "anna", Credential: "leader"},
		credential.Fact{ID: "b", Kind: credential.FactNothing, On: clock.MustDate("2024-05-10"), RecordedAt: written.Add(time.Hour), Supersedes: "a"})
	on := clock.MustDate("2024-07-01")
	for _, c := range []struct {
		at   time.Time
		want credential.Status
	}{{written.Add(-time.Second), credential.None}, {written, credential.Certified}, {written.Add(time.Hour), credential.None}} {
		if got := credential.Evaluate(def, "leader", facts.KnownAt(c.at), on).Status; got != c.want {
			t.Errorf("known at %s: %s, want %s", c.at, got, c.want)
		}
	}
}

// TestNothingAtAll: an empty question has an answer.
func TestNothingAtAll(t *testing.T) {
	v := credential.Evaluate(nil, "leader", credential.Facts{}, clock.Date{})
	if v.Status != credential.None || len(v.Reasons) != 1 || v.Reasons[0].Code != credential.CodeNoCredential {
		t.Errorf("of nothing follows %+v", v)
	}
	if next, ok := credential.NextChange(nil, "leader", credential.Facts{}, clock.Date{}); ok {
		t.Errorf("nothing changes on %s", next)
	}
	if out := credential.RoundOutlook(nil, credential.Facts{}, "g1", clock.Date{}); len(out.Leaders) != 0 {
		t.Errorf("nobody leads: %+v", out)
	}
}

// FuzzCheckCase: whatever the file, it is read to its end, and every failure has a place in it.
func FuzzCheckCase(f *testing.F) {
	files, err := filepath.Glob("cases/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src[:min(len(src), 4000)])
	}
	f.Add([]byte("programme: connect\ncases:\n  - {title: a, holder: b, credential: leader, rounds: [{round: g, variant: parents, starts: 9999-12-31, every: 900 years, present: 3}], expect: [{on: 9999-12-31, status: none, next: never}]}\n"))
	defs := definitions(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		lines := strings.Count(string(src), "\n") + 1
		for _, failure := range credential.CheckCase("f.yaml", src, defs) {
			if failure.Line < 1 || failure.Line > lines+1 || failure.Column < 1 {
				t.Errorf("no such place: %s", failure)
			}
			if failure.In("sv") == "" || strings.Contains(failure.Error(), "%!") || strings.Contains(failure.In("sv"), "%!") {
				t.Errorf("no words: %s", failure)
			}
		}
	})
}
