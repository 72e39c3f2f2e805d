package programme_test

import (
	"slices"
	"strings"
	"testing"

	"hemvist/internal/programme"
	"hemvist/programmes"
)

// rows are all rows of a definition by their path.
func rows(d *programme.Definition, lang string) map[string]programme.Row {
	out := map[string]programme.Row{}
	for _, s := range programme.Show(d, lang) {
		for _, r := range s.Rows {
			out[r.Path] = r
		}
	}
	return out
}

func TestShowTellsInWords(t *testing.T) {
	connect, stigen := shipped(t, "connect", "2024-08"), load(t, "testdata/stigen.yaml")
	for _, c := range []struct {
		d              *programme.Definition
		path, sv, en   string
		labelSV, whose string
	}{
		{connect, "variants.parents.sessions.minutes.principle", "90–150 minuter", "90–150 minutes", "Längd, principträff", "participants"},
		{connect, "variants.parents.sessions.p3", "Konflikt är en del av anknytningen", "Conflict is part of attachment", "Träff 4", "leaders"},
		{connect, "variants.econnect.staff.technician", "1", "1", "Teknikassistent", "municipality"},
		{connect, "variants.parents.participants.child_age", "8–18 år", "8–18 years", "Barnets ålder", "participants"},
		{connect, "variants.econnect.participants.per_household", "Högst 2", "At most 2", "Per hushåll", "participants"},
		{connect, "credentials.leader.requires.supervised-round",
			"1 grupp i Connect för föräldrar, Connect för familjehemsföräldrar eller eConnect som gruppledare; minst 6 deltagare, var och en med på minst 5 principträffar; minst 8 principträffar ledda av personen själv; varje principträff filmad; varje principträff handledd",
			"1 group in Connect for parents, Connect for foster parents or eConnect as leader; at least 6 participants, each there at no less than 5 principle sessions; at least 8 principle sessions led by the person; every principle session filmed; every principle session supervised",
			"Krävs", "leaders"},
		{connect, "credentials.leader.valid",
			"3 år eller 6 grupper, det som inträffar först; räknas i Connect för föräldrar, Connect för familjehemsföräldrar och eConnect; som gruppledare",
			"3 years or 6 groups, whichever comes first; counted in Connect for parents, Connect for foster parents and eConnect; as leader", "Gäller", "leaders"},
		{connect, "credentials.econnect-leader.valid.with", "Så länge som Certifierad gruppledare i Connect", "As long as Certified Connect leader", "Gäller", "leaders"},
		{connect, "credentials.treatment-home.requires.staff", "Varje relevant person i personalen; har gått Connect för behandlingshemspersonal",
			"Every relevant person of the staff; has completed Connect for treatment-home staff", "Krävs", "municipality"},
		{connect, "prices.recertification..undated", "3\u00a0000\u00a0kr per person, exklusive moms", "3\u00a0000\u00a0kr a person, excluding VAT", "Omcertifiering (källan har ingen dag)", "municipality"},
		{stigen, "credentials.path-unit.keeps.monthly", "Handledning: 1 gång; en gång per månad under 1 år; därefter en gång på 3 månader; om det uteblir: certifieringen ska förnyas",
			"Supervision: once; once a month for 1 year; then once in 3 months; if missed: the credential is due", "För att behålla", "municipality"},
		{stigen, "credentials.path-unit.requires.clips", "4 filmer av klipp; 1–4 minuter; granskad av en kollega eller en expert; Klippgranskning: andel av skalan minst 75 %; inte två från samma månad; för var och en av personalen",
			"4 films of clips; 1–4 minutes; reviewed by a peer or an expert; Clip review: share of the scale at least 75%; no two from the same month; for each of the staff", "Krävs", "hub"},
		{stigen, "credentials.path-unit.keeps.plan", "Enheten har en plan för familjerna (intygas av arbetsplatsen eller granskare, antecknas som plan); en gång per år; om det uteblir: en påminnelse",
			"The unit has a plan for its families (vouched for by the workplace or reviewer, kept as plan); once a year; if missed: a reminder", "För att behålla", "hub"},
	} {
		sv, en := rows(c.d, "sv")[c.path], rows(c.d, "en")[c.path]
		if sv.Value != c.sv || en.Value != c.en || sv.Label != c.labelSV {
			t.Errorf("%s\n%s: %s\n%s", c.path, sv.Label, sv.Value, en.Value)
		}
		if !slices.Contains(sv.For, programme.Audience(c.whose)) {
			t.Errorf("%s does not concern %s: %v", c.path, c.whose, sv.For)
		}
	}
}

func TestEveryNoteIsShown(t *testing.T) {
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		shown, ours := 0, 0
		for _, s := range programme.Show(d, "sv") {
			for _, r := range s.Rows {
				shown += len(r.Notes)
				for _, n := range r.Notes {
					if n.Ours {
						ours++
					} else if n.Source == "" {
						t.Errorf("%s: the note %q on %s names no source", d.ID, n.Text, r.Path)
					}
				}
			}
		}
		if shown != len(d.Notes) {
			t.Errorf("%s shows %d of its %d notes", d.ID, shown, len(d.Notes))
		}
		if about := programme.Show(d, "sv")[0].Rows[0]; len(about.Notes) > 0 {
			t.Errorf("%s: notes that found no row: %v", d.ID, about.Notes)
		}
	}
	notes := rows(shipped(t, "connect", "2024-08"), "sv")["credentials.leader.grace"].Notes
	if len(notes) != 1 || !notes[0].Ours {
		t.Errorf("the grace period is not shown as our own: %+v", notes)
	}
}

func TestDiffOfConnectsVersions(t *testing.T) {
	was, is := shipped(t, "connect", "2017-02"), shipped(t, "connect", "2024-08")
	sv, en := programme.Diff(was, is, "sv"), programme.Diff(was, is, "en")
	for _, want := range []string{
		"Principer – Antal: nu ”9”, förut ”10”. Berör ledare, deltagare och hemvisten.",
		"Principer – 10, borttaget: ”(utan namn i källorna)”. Berör ledare, deltagare och hemvisten.",
		"Connect för föräldrar – Längd, principträff: nu ”90–150 minuter”, förut ”90–120 minuter”. Berör ledare, deltagare och kommuner och andra organisationer.",
		"Gruppledarutbildning på plats – Antal tillfällen: nu ”3”, förut ”5”. Berör den som går en utbildning, utbildare och kommuner och andra organisationer.",
		"Ny del: eConnect. Berör ledare, deltagare, kommuner och andra organisationer, hemvisten och handledare.",
	} {
		if !slices.ContainsFunc(sv, func(c programme.Change) bool { return c.Text == want }) {
			t.Errorf("not told: %s", want)
		}
	}
	for _, c := range sv {
		if strings.HasPrefix(c.Path, "credentials.trainer.requires") {
			t.Errorf("a new title elsewhere is told of as a change: %s", c.Text)
		}
	}
	if !slices.ContainsFunc(en, func(c programme.Change) bool {
		return c.Path == "credentials.leader.valid" && c.Kind == programme.Changed && c.Before == "Without end" && strings.HasPrefix(c.After, "3 years or 6 groups")
	}) {
		t.Error("the new term of validity is not told as a change")
	}
	back := programme.Diff(is, was, "sv")
	if !slices.ContainsFunc(back, func(c programme.Change) bool { return c.Kind == programme.Removed && c.Path == "variants.econnect" }) {
		t.Error("going back does not tell that eConnect goes")
	}
}

func TestWordFallsBack(t *testing.T) {
	d := shipped(t, "connect", "2024-08")
	for _, c := range []struct{ variant, key, lang, want string }{
		{"parents", "round", "sv", "gruppen"},
		{"treatment-home", "round", "sv", "utbildningen"},
		{"treatment-home", "session", "sv", "tillfället"}, // the programme's word is that of its groups
		{"leader-training-digital", "session", "en", "the session"},
		{"network", "round", "sv", "träffen"},
		{"booster", "round", "en", "the meeting"},
		{"conference", "round", "sv", "konferensen"},
		{"conference", "participant", "sv", "deltagaren"},
		{"", "round", "en", "the group"},
		{"", "film", "sv", "filmen"},
		{"no-such", "round", "sv", "gruppen"},
		{"", "round", "ar", "gruppen"}, // a language that the file does not have
	} {
		if got := d.Word(c.variant, c.key, c.lang).The; got != c.want {
			t.Errorf("%s of %q in %s is %q, want %q", c.key, c.variant, c.lang, got, c.want)
		}
	}
	courses := shipped(t, "foralder-pa-avstand", "2024-11")
	if got := courses.Word("course", "session", "en").The; got != "the day" {
		t.Errorf("where a programme has no groups, its word in a course is %q", got)
	}
	if got := programme.KindWord(programme.Course, "session", "sv").A; got != "ett tillfälle" {
		t.Errorf("the product's word in a course is %q", got)
	}
}
