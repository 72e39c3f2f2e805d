package demo

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// revision is an invented change of a shipped definition: texts in its file and what they become, the first place each.
type revision struct {
	programme string
	changes   [][2]string
}

// What is changed is plainly invented, and the definitions say so where the changes stand.
var (
	longerSessions = revision{"connect", [][2]string{
		{"        minutes: 90-150\n        notes:\n", "        minutes: 120-150\n        notes:\n" +
			"          - {on: minutes, ours: true, sv: \"Påhittat för demon: övningarna hinns inte med på kortare tid.\"," +
			" en: \"Invented for the demo: the exercises need more time.\"}\n"},
		{"recommended: 8-16", "recommended: 8-12"},
		{"closes: 14 days after end", "closes: 21 days after end"},
		{"grace: 3 months", "grace: 6 months"},
		{"{item: recertification, sek: 3000,", "{item: recertification, sek: 3500,"},
	}}
	fifthDay = revision{"foralder-pa-avstand", [][2]string{
		{"        repeat: 4\n", "        repeat: 5\n"},
		{"          - {on: repeat, ours: true, sv: \"", "          - {on: repeat, ours: true, sv: \"Påhittat för demon: en femte dag. "},
		{"en: \"No text says how many days", "en: \"Invented for the demo: a fifth day. No text says how many days"},
	}}
)

var (
	versionLine = regexp.MustCompile(`(?m)^version: .*$`)
	datedLine   = regexp.MustCompile(`(?m)^dated: .*$`)
)

// revise makes the revised text. A change whose place is not found is an error: the shipped file has been edited.
func (r revision) revise(source string, version string, dated clock.Date) (string, error) {
	for _, c := range r.changes {
		if !strings.Contains(source, c[0]) {
			return "", fmt.Errorf("the definition of %s no longer has %q", r.programme, c[0])
		}
		source = strings.Replace(source, c[0], c[1], 1)
	}
	source = versionLine.ReplaceAllLiteralString(source, fmt.Sprintf("version: %q", version))
	return datedLine.ReplaceAllLiteralString(source, "dated: "+dated.String()), nil
}

// addCatalogue gives the hub its programmes and something to decide about: a proposal that waits, and a change that is planned.
// Another hub stands ready, for who wants to see a programme move.
func (f *filler) addCatalogue(ctx context.Context) error {
	err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := f.Directory.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: directory.HubKind, Name: "Nordhemvisten (demo)"})
		return err
	})
	if err != nil {
		return err
	}
	if err := f.Catalogue.GiveHomes(ctx); err != nil {
		return err
	}
	actor := access.Subject{Person: f.boss, Role: access.Coordinator, Organisation: f.hub.org}
	if _, err := f.propose(ctx, actor, longerSessions); err != nil {
		return err
	}
	version, err := f.propose(ctx, actor, fifthDay)
	if err != nil {
		return err
	}
	next := clock.NewDate(f.today.Year, f.today.Month+2, 1)
	return f.Catalogue.PutInForce(ctx, actor, fifthDay.programme, version, next, false, "")
}

// propose uploads a revision of what is in force, as the coordinator could, and returns its version.
func (f *filler) propose(ctx context.Context, actor access.Subject, r revision) (string, error) {
	now, err := f.Catalogue.Newest(r.programme)
	if err != nil {
		return "", err
	}
	source, err := f.Catalogue.Source(ctx, actor, r.programme, now.Version)
	if err != nil {
		return "", err
	}
	version := fmt.Sprintf("%04d-%02d-demo", f.today.Year, f.today.Month)
	text, err := r.revise(string(source), version, f.today.AddDays(-10))
	if err != nil {
		return "", err
	}
	up, err := f.Catalogue.Upload(ctx, actor, []byte(text), "")
	if err == nil && len(up.Mistakes) > 0 {
		err = errs.Wrap(errs.Invalid, up.Mistakes[0])
	}
	return version, err
}
