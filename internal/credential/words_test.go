package credential_test

import (
	"strings"
	"testing"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/programme"
)

// TestWordsOfEveryCode: each code has a sentence of its own in both languages, with everything filled in.
func TestWordsOfEveryCode(t *testing.T) {
	args := credential.Args{N: 2, Need: 3, Of: 9, Times: 5, Share: 50, Latest: 1, Day: clock.MustDate("2024-05-01"), Until: clock.MustDate("2024-06-30"),
		Period: programme.Period{N: 2, Unit: programme.Year}, Range: programme.Range{Min: 1, Max: 4},
		Rating: &programme.Rating{AtLeast: 87.5, Measure: programme.MeasurePercent}, What: []programme.Texts{{"sv": "Kurs", "en": "Course"}},
		Roles: []programme.Texts{{"sv": "handledare", "en": "supervisor"}}, Sessions: []int{3, 5, 9}}
	seen := map[string]credential.Code{}
	for _, code := range credential.Codes() {
		for _, lang := range []string{"sv", "en"} {
			s := credential.Reason{Code: code, Args: args}.Words(lang)
			if strings.ContainsAny(s, "{}[]|") || !strings.HasSuffix(s, ".") || strings.Contains(s, "  ") || strings.Contains(s, " .") {
				t.Errorf("%s in %s: %q", code, lang, s)
			}
			if other, double := seen[s]; double {
				t.Errorf("%s says the same as %s: %q", code, other, s)
			}
			seen[s] = code
		}
	}
}

func TestWords(t *testing.T) {
	day := clock.MustDate("2024-05-01")
	for _, c := range []struct {
		code   credential.Code
		args   credential.Args
		sv, en string
	}{
		{credential.CodeFilmed, credential.Args{N: 8, Of: 9, Need: 9, Sessions: []int{3}}, "8 av 9 träffar är filmade, 9 krävs. Saknas: träff 3.", "8 of 9 sessions filmed, 9 needed. Lacking: session 3."},
		{credential.CodeFilmed, credential.Args{N: 9, Of: 9, Need: 9}, "9 av 9 träffar är filmade, 9 krävs.", "9 of 9 sessions filmed, 9 needed."},
		{credential.CodeFilmed, credential.Args{N: 6, Of: 9, Need: 9, Sessions: []int{3, 5, 9}}, "6 av 9 träffar är filmade, 9 krävs. Saknas: träff 3, 5 och 9.", "6 of 9 sessions filmed, 9 needed. Lacking: session 3, 5 and 9."},
		{credential.CodePractice, credential.Args{N: 0, Need: 1}, "0 av 1 grupp.", "0 of 1 group."},
		{credential.CodePractice, credential.Args{N: 1, Need: 2, Cases: true}, "1 av 2 ärenden.", "1 of 2 cases."},
		{credential.CodeCertified, credential.Args{Day: day, Until: clock.MustDate("2027-05-01")}, "Certifikat den 1 maj 2024. Gäller till och med 1 maj 2027.", "Certificate of 1 May 2024. Valid through 1 May 2027."},
		{credential.CodeWarnCount, credential.Args{N: 1, Of: 6}, "1 grupp kvar av 6 före förnyelsen. Filma nästa.", "1 group left of 6 before renewal. Film the next."},
		{credential.CodeEducationHours, credential.Args{N: 450, Need: 480}, "7,5 av 8 timmar.", "7.5 of 8 hours."},
		{credential.CodeLengthWrong, credential.Args{N: 1, Range: programme.Range{Min: 1, Max: 4}}, "1 har fel längd, högst 4 minuter krävs.", "1 of the wrong length, at most 4 minutes needed."},
		{credential.CodeLengthWrong, credential.Args{N: 2, Range: programme.Range{Min: 30}}, "2 har fel längd, minst 30 minuter krävs.", "2 of the wrong length, at least 30 minutes needed."},
		{credential.CodeLengthWrong, credential.Args{N: 2, Range: programme.Range{Min: 5, Max: 10}}, "2 har fel längd, 5–10 minuter krävs.", "2 of the wrong length, 5–10 minutes needed."},
		{credential.CodeRatingLow, credential.Args{N: 1, Rating: &programme.Rating{AtLeast: 3.5}}, "1 når inte gränsen 3,5.", "1 below the threshold 3.5."},
		{credential.CodeRatingLow, credential.Args{N: 1, Rating: &programme.Rating{AtLeast: 85, Measure: programme.MeasurePercent}}, "1 når inte gränsen 85 %.", "1 below the threshold 85 %."},
		{credential.CodeHeldTooShort, credential.Args{Period: programme.Period{N: 1, Unit: programme.Month}, Day: day}, ": ska ha gällt i 1 månad, till och med den 1 maj 2024.", ": must have been held for 1 month, until 1 May 2024."},
		{credential.CodeNotEvaluated, credential.Args{Day: day}, "Gruppen som avslutades den 1 maj 2024 är inte utvärderad.", "The group that was closed on 1 May 2024 is not evaluated."},
		{"no such code", credential.Args{}, "no such code", "no such code"},
	} {
		r := credential.Reason{Code: c.code, Args: c.args}
		if got := r.Words("sv"); got != c.sv {
			t.Errorf("%s: %q, want %q", c.code, got, c.sv)
		}
		if got := r.Words("en"); got != c.en {
			t.Errorf("%s: %q, want %q", c.code, got, c.en)
		}
	}
}

// TestTitles: what a requirement is called, in the words of the programme.
func TestTitles(t *testing.T) {
	find := definitions(t)
	want := map[string][2]string{
		"connect/leader/training":           {"Digital gruppledarutbildning, Gruppledarutbildning på plats eller Gruppledarutbildning i hybridform", "Leader training on screen, Leader training on site or Hybrid leader training"},
		"connect/leader/supervised-round":   {"1 grupp under handledning", "1 group under supervision"},
		"connect/treatment-home/staff":      {"Personal: Connect för behandlingshemspersonal", "Staff: Connect for treatment-home staff"},
		"connect/econnect-leader/certified": {"Certifierad gruppledare i Connect", "Certified Connect leader"},
		"nara/team/clips":                   {"4 klipp", "4 clips"},
		"nara/team/circle":                  {"1 cirkel", "1 circle"},
		"nara/team/go-ahead":                {"Chefen har gett tid", "The manager has given time"},
		"nara/guide/quiz":                   {"Prov: Kunskapsprov", "Test: Knowledge test"},
		"hus/therapist/schooled":            {"Ett av 2", "One of 2"},
		"hus/therapist/other-way":           {"Alla 2", "All 2"},
		"hus/therapist/cases":               {"2 ärenden", "2 cases"},
		"hus/therapist/meetings":            {"6 träffar", "6 sessions"},
		"hus/therapist/own":                 {"2 granskningar", "2 reviews"},
		"hus/therapist/mentor-talk":         {"Handledning, 3 gånger", "Supervision, 3 times"},
	}
	for _, id := range []string{"connect", "nara", "hus"} {
		def, ok := find(id, "")
		if !ok {
			t.Fatalf("there is no %s", id)
		}
		for _, c := range def.Credentials {
			v := credential.Evaluate(def, c.ID, credential.NewFacts("x"), clock.MustDate("2024-01-01"))
			for name, words := range want {
				if r, ok := v.Result(name[strings.LastIndex(name, "/")+1:]); ok && strings.HasPrefix(name, id+"/"+c.ID+"/") {
					if got := [2]string{r.Title("sv"), r.Title("en")}; got != words {
						t.Errorf("%s: %q, want %q", name, got, words)
					}
					delete(want, name)
				}
			}
		}
	}
	for name := range want {
		t.Errorf("there is no %s", name)
	}
}

func TestStatusWords(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range credential.Statuses {
		for _, lang := range []string{"sv", "en"} {
			if w := s.Words(lang); w == "" || seen[w] {
				t.Errorf("%s in %s: %q", s, lang, w)
			} else {
				seen[w] = true
			}
		}
	}
	for _, s := range []credential.State{credential.Met, credential.Missing, credential.AtRisk, credential.Unknown} {
		if s.Words("sv") == "" || s.Words("en") == "" {
			t.Errorf("%s has no words", s)
		}
	}
	if got := credential.ProspectMissed.Words("sv"); got != "Missat" {
		t.Errorf("missed is %q", got)
	}
}
