package site

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/site/marked"
	"hemvist/internal/typed"
)

// shipped are the texts that come with the program: "privacy.sv.md".
//
//go:embed texts/*.md
var shipped embed.FS

// Text is one of the house's own texts.
type Text string

// The texts there are.
const (
	Accessibility Text = "accessibility"
	Privacy       Text = "privacy"
	Cookies       Text = "cookies"
	Contact       Text = "contact"
)

// Texts is all of them, in the order in which they are shown.
var Texts = []Text{Accessibility, Privacy, Cookies, Contact}

// MaxBody is how many characters a text has at most.
const MaxBody = 20_000

// Shipped is a text as it comes with the program.
func Shipped(t Text, language string) string {
	body, err := shipped.ReadFile("texts/" + string(t) + "." + language + ".md")
	if err != nil {
		return "" // the test of the texts finds what is not there
	}
	return strings.TrimSpace(string(body))
}

// Version is a text as it stood in one language from a moment on. Number 0 is the shipped one.
type Version struct {
	Text     Text
	Language string
	Number   int
	Body     string
	Shipped  bool // the shipped text holds
	Again    int  // the earlier version that was taken up again; -1 for none
	At       time.Time
	By       string // a name
}

func shippedVersion(t Text, language string) Version {
	return Version{Text: t, Language: language, Body: Shipped(t, language), Shipped: true, Again: -1}
}

// Page is a text as it is shown to a reader.
type Page struct {
	Version
	Fallback    bool // in another language than the one asked for, in which the hub has not written it
	Particulars Particulars
}

// Read is a text for a reader of a language. Where the hub has written its own Swedish text and no English one, the reader of
// English gets the Swedish: what the program ships would say something else than the hub does.
func (s *Service) Read(ctx context.Context, t Text, language string) (Page, error) {
	if err := known(t, language); err != nil {
		return Page{}, err
	}
	var page Page
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := readNewest(ctx, tx)
		if err != nil {
			return err
		}
		page = Page{Version: all[t][language]}
		if first := all[t][i18n.Languages[0]]; page.Shipped && !first.Shipped {
			page = Page{Version: first, Fallback: language != first.Language}
		}
		page.Particulars, err = readParticulars(ctx, tx)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("read the text %s: %w", t, err)
	}
	return page, nil
}

// known is NotFound for a text or language that there is not.
func known(t Text, language string) error {
	if !slices.Contains(Texts, t) || !slices.Contains(i18n.Languages, language) {
		return errs.Wrap(errs.NotFound, fmt.Errorf("no text %.40q in %.40q", t, language))
	}
	return nil
}

// Overview is all texts as they stand, for who edits them.
type Overview struct {
	Texts       []State
	Particulars Particulars
}

// State is one text in all languages, and what is missing.
type State struct {
	Text     Text
	Versions []Version // in the order of i18n.Languages
	Unfilled []Particular
	// Behind are the languages in which the hub has not written the text, though it has in another.
	Behind []string
	// Older are the languages in which the text was last changed before the first language's was.
	Older []string
}

// Incomplete is how many particulars and languages are missing.
func (o Overview) Incomplete() int {
	n := len(o.Particulars.Missing())
	for _, t := range o.Texts {
		n += len(t.Behind)
	}
	return n
}

// Unfilled is how many particulars and languages are missing, for who is to fill them in.
func (s *Service) Unfilled(ctx context.Context, actor access.Subject) (int, error) {
	o, err := s.Overview(ctx, actor)
	return o.Incomplete(), err
}

// ReviewDue is 1 when the accessibility was last gone through more than a year ago, for who is to see to it; else 0.
func (s *Service) ReviewDue(ctx context.Context, actor access.Subject) (int, error) {
	if err := may(actor, access.EditSite); err != nil {
		return 0, err
	}
	p, err := s.Particulars(ctx)
	if err != nil || p.Reviewed.IsZero() || !s.Today().After(p.Reviewed.AddYears(1)) {
		return 0, err
	}
	return 1, nil
}

// Overview tells how all texts stand.
func (s *Service) Overview(ctx context.Context, actor access.Subject) (Overview, error) {
	if err := may(actor, access.EditSite); err != nil {
		return Overview{}, err
	}
	var o Overview
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		o = Overview{}
		all, err := readNewest(ctx, tx)
		if err != nil {
			return err
		}
		if o.Particulars, err = readParticulars(ctx, tx); err != nil {
			return err
		}
		for _, t := range Texts {
			o.Texts = append(o.Texts, stateOf(t, all[t], o.Particulars))
		}
		return nil
	})
	if err != nil {
		return Overview{}, fmt.Errorf("overview of the texts: %w", err)
	}
	return o, nil
}

func stateOf(t Text, versions map[string]Version, p Particulars) State {
	state := State{Text: t}
	written := false
	for _, language := range i18n.Languages {
		v := versions[language]
		state.Versions = append(state.Versions, v)
		written = written || !v.Shipped
		for _, name := range p.Missing() {
			if strings.Contains(v.Body, mark(name)) && !slices.Contains(state.Unfilled, name) {
				state.Unfilled = append(state.Unfilled, name)
			}
		}
	}
	for _, v := range state.Versions {
		switch {
		case v.Shipped && written:
			state.Behind = append(state.Behind, v.Language)
		case v.At.Before(state.Versions[0].At):
			state.Older = append(state.Older, v.Language)
		}
	}
	return state
}

// Edit is a text as it stands, to be edited.
func (s *Service) Edit(ctx context.Context, actor access.Subject, t Text, language string) (Page, error) {
	if err := may(actor, access.EditSite); err != nil {
		return Page{}, err
	}
	if err := known(t, language); err != nil {
		return Page{}, err
	}
	var page Page
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := readNewest(ctx, tx)
		if err != nil {
			return err
		}
		page.Version = all[t][language]
		page.Particulars, err = readParticulars(ctx, tx)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("edit the text %s: %w", t, err)
	}
	return page, nil
}

// CheckBody is a text as it would be stored, and what is wrong with it at the field "body".
func CheckBody(body string) (string, error) {
	body, fields := typed.Text("body", body, "site.error.body", MaxBody)
	if len(fields) == 0 && typed.HoldsPersonalNumber(body) {
		fields = append(fields, errs.Field{Name: "body", Key: "site.error.personal-number"})
	}
	for _, fault := range marked.Check(body) {
		f := errs.Field{Name: "body", Key: "site.error." + string(fault.Kind)}
		if fault.Kind == marked.Link {
			f.Args = map[string]any{"link": fault.What}
		}
		if !slices.ContainsFunc(fields, func(g errs.Field) bool { return g.Key == f.Key && fmt.Sprint(g.Args) == fmt.Sprint(f.Args) }) {
			fields = append(fields, f)
		}
	}
	return body, errs.InvalidFields(fields...)
}

// Save stores a text as the version after seen, which is the one that the actor began from. A newer one is a Conflict with an
// ErrMeanwhile in it. changed is false when the text is the same as before.
func (s *Service) Save(ctx context.Context, actor access.Subject, t Text, language, body string, seen int, requestID string) (changed bool, err error) {
	if err := may(actor, access.EditSite); err != nil {
		return false, err
	}
	if err := known(t, language); err != nil {
		return false, err
	}
	if body, err = CheckBody(body); err != nil {
		return false, err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := newestFor(ctx, tx, t, language, seen)
		if err != nil {
			return err
		}
		if changed = old.Body != body; !changed {
			return nil
		}
		if err := insertText(ctx, tx, t, language, old.Number+1, body, nil, now, actor.Person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, ActionSave, string(t)+"."+language, requestID))
	})
	if err != nil {
		return false, fmt.Errorf("save the text %s: %w", t, err)
	}
	return changed, nil
}

// newestFor is the newest version, when it is the one that was seen; else the error that says who was first.
func newestFor(ctx context.Context, tx *db.Tx, t Text, language string, seen int) (Version, error) {
	all, err := readNewest(ctx, tx)
	if err != nil {
		return Version{}, err
	}
	v := all[t][language]
	if v.Number != seen {
		return v, meanwhile(v.By, v.At)
	}
	return v, nil
}

// insertText stores a version; body nil says that the shipped text holds.
func insertText(ctx context.Context, tx *db.Tx, t Text, language string, number int, body, again any, at time.Time, by string) error {
	_, err := tx.Exec(ctx, `INSERT INTO site_text (text, language, number, body, again, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(t), language, number, body, again, db.At(at), by)
	return err
}

const versionColumns = `SELECT s.text, s.language, s.number, coalesce(s.body, ''), CASE WHEN s.body IS NULL THEN 1 ELSE 0 END, coalesce(s.again, -1), s.recorded_at, p.name
	FROM site_text s JOIN person p ON p.id = s.recorded_by`

func scanVersion(row db.Scanner) (Version, error) {
	var v Version
	var at db.Time
	err := row.Scan(&v.Text, &v.Language, &v.Number, &v.Body, &v.Shipped, &v.Again, &at, &v.By)
	v.At = at.Time
	if v.Shipped {
		v.Body = Shipped(v.Text, v.Language)
	}
	return v, err
}

// readNewest reads the newest version of every text in every language, in one statement.
func readNewest(ctx context.Context, tx *db.Tx) (map[Text]map[string]Version, error) {
	rows, err := db.All(ctx, tx, scanVersion, versionColumns+`
		WHERE s.number = (SELECT max(n.number) FROM site_text n WHERE n.text = s.text AND n.language = s.language)`)
	if err != nil {
		return nil, err
	}
	all := map[Text]map[string]Version{}
	for _, t := range Texts {
		all[t] = map[string]Version{}
		for _, language := range i18n.Languages {
			all[t][language] = shippedVersion(t, language)
		}
	}
	for _, v := range rows {
		if all[v.Text] != nil {
			all[v.Text][v.Language] = v
		}
	}
	return all, nil
}
