package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/sheet"
	"hemvist/internal/typed"
)

// The words of drafts, and of the log.
const (
	kindDraft                 = "people"
	kindReport                = "people-report"
	ActionImport audit.Action = "person.import"
	// MaxRows is how many people one table may have: more than one can look through.
	MaxRows = 2_000
)

// Service is the room's door.
type Service struct {
	db     *db.DB
	log    *audit.Log
	people *directory.Service
}

// New opens the room on a database, for the people of a directory.
func New(d *db.DB, log *audit.Log, people *directory.Service) *Service {
	return &Service{db: d, log: log, people: people}
}

// columns are the headings by which a register's columns are known, in any order.
var columns = []sheet.Column{
	{ID: "name", Words: []string{"namn", "name", "för- och efternamn", "fullständigt namn", "full name", "person", "medarbetare", "anställd"}},
	{ID: "given", Words: []string{"förnamn", "first name", "given name", "tilltalsnamn"}},
	{ID: "family", Words: []string{"efternamn", "last name", "surname", "family name"}},
	{ID: "email", Required: true, Words: []string{"e-post", "epost", "e-postadress", "mejl", "mejladress", "mail", "mailadress", "e-mail", "email", "e-mail address"}},
	{ID: "phone", Phone: true, Words: []string{"telefon", "telefonnummer", "tfn", "tel", "mobil", "mobiltelefon", "mobilnummer", "phone", "telephone", "mobile"}},
	{ID: "organisation", Words: []string{"organisation", "kommun", "kommunnamn", "arbetsplats", "arbetsgivare", "verksamhet", "organization", "municipality", "employer", "workplace"}},
	{ID: "board", Words: []string{"nämnd", "förvaltning", "board"}},
	{ID: "role", Words: []string{"roll", "role", "uppdrag"}},
}

// Read reads a table and keeps it as a draft for a day. It gives the draft's id.
func (s *Service) Read(ctx context.Context, actor access.Subject, data []byte, name string, settings Settings) (string, error) {
	if access.ReachOf(actor.Role, access.ImportPeople) == access.None {
		return "", errs.New(errs.Denied, "")
	}
	table, err := sheet.Read(data, name, columns)
	if err != nil {
		return "", err
	}
	if slices.Contains(table.Missing, "name") && (slices.Contains(table.Missing, "given") || slices.Contains(table.Missing, "family")) {
		return "", errs.InvalidFields(errs.Field{Name: sheet.Field, Key: "people.import.error.name-column"})
	}
	if len(table.Rows) > MaxRows {
		return "", errs.InvalidFields(errs.Field{Name: sheet.Field, Key: "people.import.error.many", Args: map[string]any{"max": MaxRows}})
	}
	if wrong := checkSettings(settings); len(wrong) > 0 {
		return "", errs.InvalidFields(wrong...)
	}
	words := settings.Roles
	settings.Roles = map[string]access.Role{}
	for word, role := range words {
		settings.Roles[db.Fold(word)] = role
	}
	b := body{Settings: settings, Unknown: unknownHeadings(table.Unknown)}
	for _, r := range table.Rows {
		b.Rows = append(b.Rows, readRow(r))
	}
	return s.save(ctx, actor, kindDraft, b)
}

// checkSettings: who is taken over gets a role, and it begins on a day. The place may be said by each line.
func checkSettings(s Settings) []errs.Field {
	var wrong []errs.Field
	if !s.Role.Valid() {
		wrong = append(wrong, errs.Field{Name: "role", Key: "people.error.role"})
	}
	if s.From.IsZero() || s.From.Year < 1980 {
		wrong = append(wrong, errs.Field{Name: "from", Key: "people.error.from"})
	}
	return wrong
}

// unknownHeadings are told, so that one sees what was not read; one that is a personal number is not repeated.
func unknownHeadings(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), typed.HoldsPersonalNumber)
}

// readRow makes a line of a row. Of one with a personal number in any of its cells nothing but the number of the line is kept.
func readRow(r sheet.Row) Row {
	row := Row{Number: r.Number, Name: r.Of("name"), Email: r.Of("email"), Phone: r.Of("phone"), Organisation: r.Of("organisation"), Board: r.Of("board"), Title: r.Of("role")}
	if row.Name == "" {
		row.Name = r.Of("given")
		if family := r.Of("family"); family != "" {
			row.Name += " " + family
		}
	}
	for _, cell := range []string{row.Name, row.Email, row.Phone, row.Organisation, row.Board, row.Title} {
		if typed.HoldsPersonalNumber(cell) {
			return Row{Number: r.Number, PersonalNumber: true}
		}
	}
	return row
}

// body is what a draft keeps.
type body struct {
	Settings Settings
	Rows     []Row
	Unknown  []string
}

func (s *Service) save(ctx context.Context, actor access.Subject, kind string, b any) (string, error) {
	id := ""
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.people.SaveDraftTx(ctx, tx, directory.Draft{Kind: kind, OrganisationID: actor.Organisation, MadeBy: actor.Person}, b)
		id = d.ID
		return err
	})
	return id, err
}

// Preview is a table that waits, and what would become of each of its lines.
type Preview struct {
	ID       string
	Verdicts []Verdict
	Unknown  []string // headings that nothing is known of
	Settings Settings
	Today    clock.Date
}

// Of is the lines of a kind.
func (p Preview) Of(k Kind) []Verdict {
	return slices.DeleteFunc(slices.Clone(p.Verdicts), func(v Verdict) bool { return v.Kind != k })
}

// Preview looks at a draft with what is known now. It is there for who made it; whoever was shown as a possible double stands in the log.
func (s *Service) Preview(ctx context.Context, actor access.Subject, id string, decisions map[int]Decision) (Preview, error) {
	giver, places, err := s.prepare(ctx, actor, "")
	if err != nil {
		return Preview{}, err
	}
	p := Preview{ID: id, Today: s.people.Today()}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.draftTx(ctx, tx, kindDraft, id, actor)
		if err != nil {
			return err
		}
		if d.Used {
			return errs.New(errs.Conflict, "draft.error.used")
		}
		var b body
		if err := d.Into(&b); err != nil {
			return err
		}
		p.Unknown, p.Settings = b.Unknown, b.Settings
		p.Verdicts, err = s.judgeTx(ctx, tx, giver, places, b, decisions)
		return err
	})
	if err != nil {
		return Preview{}, fmt.Errorf("look at a register: %w", err)
	}
	var shown []string
	for _, v := range p.Verdicts {
		for _, c := range v.Candidates {
			shown = append(shown, c.ID)
		}
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: directory.ActionListPeople,
		Outcome: audit.OK, Found: shown})
	return p, nil
}

// prepare is what is asked before a transaction begins.
func (s *Service) prepare(ctx context.Context, actor access.Subject, requestID string) (directory.Giver, []directory.Place, error) {
	if access.ReachOf(actor.Role, access.ImportPeople) == access.None {
		return directory.Giver{}, nil, errs.New(errs.Denied, "")
	}
	places, err := s.people.Places(ctx, actor)
	return s.people.Giver(actor, requestID), places, err
}

// draftTx is a draft of the actor's own; another's is not known to exist.
func (s *Service) draftTx(ctx context.Context, tx *db.Tx, kind, id string, actor access.Subject) (directory.Draft, error) {
	d, err := s.people.DraftTx(ctx, tx, kind, id)
	if err == nil && (d.MadeBy != actor.Person || d.OrganisationID != actor.Organisation) {
		err = errs.New(errs.NotFound, "")
	}
	return d, err
}

// judgeTx says what becomes of each line.
func (s *Service) judgeTx(ctx context.Context, tx *db.Tx, g directory.Giver, places []directory.Place, b body, decisions map[int]Decision) ([]Verdict, error) {
	w := world{actor: g.Actor(), today: s.people.Today(), places: places, byName: map[string][]directory.PersonRow{}, may: map[directory.RoleAt]*errs.Field{},
		given: map[string]map[directory.RoleAt]string{}, ask: func(r directory.RoleForm) (*errs.Field, error) {
			err := g.MayGiveTx(ctx, tx, directory.PersonRow{}, r)
			if e := (*errs.Error)(nil); errors.As(err, &e) && e.Kind == errs.Invalid && len(e.Fields) > 0 {
				return &e.Fields[0], nil
			}
			return nil, err
		}}
	reached, err := s.people.ReachedTx(ctx, tx, g)
	if err != nil {
		return nil, err
	}
	for _, p := range reached {
		w.byName[db.Fold(p.Name)] = append(w.byName[db.Fold(p.Name)], p)
	}
	var emails []string
	for _, r := range b.Rows {
		emails = append(emails, directory.FoldEmail(r.Email))
	}
	if w.byAddress, err = s.people.ByAddressTx(ctx, tx, emails); err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(b.Rows))
	for i, r := range b.Rows {
		if verdicts[i], err = w.judge(r, b.Settings, decisions[r.Number]); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}
