package organisation

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/typed"
)

// Form is an organisation as somebody types it.
type Form struct {
	Kind         directory.OrganisationKind
	Name         string
	Code, County string
}

// checkName is the name of an organisation, a board or a unit, trimmed, and what is wrong with it.
func checkName(name string) (string, []errs.Field) {
	name, wrong := typed.Line("name", name, "organisations.error.name")
	if typed.HoldsPersonalNumber(name) {
		wrong = append(wrong, errs.Field{Name: "name", Key: "organisations.error.personal-number"})
	}
	return name, wrong
}

var fourDigits = regexp.MustCompile(`^\d{4}$`)

// check is what is typed, trimmed, and what is wrong with it.
func (f Form) check() (Form, []errs.Field) {
	name, wrong := checkName(f.Name)
	f.Name = name
	if !slices.Contains(Kinds, f.Kind) {
		wrong = append(wrong, errs.Field{Name: "kind", Key: "organisations.error.kind"})
	}
	return f, append(wrong, f.checkPlace()...)
}

// checkPlace is what is wrong with code and county.
func (f *Form) checkPlace() []errs.Field {
	var wrong []errs.Field
	switch {
	case f.Kind == directory.Municipality && !fourDigits.MatchString(f.Code):
		wrong = append(wrong, errs.Field{Name: "code", Key: "organisations.error.code"})
	case f.Kind != directory.Municipality && f.Code != "":
		wrong = append(wrong, errs.Field{Name: "code", Key: "organisations.error.code-municipality"})
	}
	if f.Kind == directory.Municipality && len(wrong) == 0 {
		county, known := CountyOf(f.Code[:2])
		switch {
		case known && f.County == "":
			f.County = county.Code
		case known && f.County != county.Code:
			return append(wrong, errs.Field{Name: "county", Key: "organisations.error.county-code", Args: map[string]any{"code": f.Code, "county": county.Swedish}})
		}
	}
	if _, known := CountyOf(f.County); !known && (f.County != "" || f.Kind == directory.Municipality) {
		wrong = append(wrong, errs.Field{Name: "county", Key: "organisations.error.county"})
	}
	return wrong
}

// Add adds an organisation and returns its id.
func (s *Service) Add(ctx context.Context, actor access.Subject, f Form, requestID string) (string, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return "", err
	}
	f, wrong := f.check()
	st, id := s.stamp(actor, requestID), db.NewID()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		wrong := slices.Clone(wrong)
		taken, err := takenTx(ctx, tx, f, "")
		if err != nil {
			return err
		}
		if err := errs.InvalidFields(append(wrong, taken...)...); err != nil {
			return err
		}
		if _, err := s.dir.AddOrganisationTx(ctx, tx, directory.Organisation{ID: id, Kind: f.Kind, Name: f.Name, Code: f.Code, County: f.County}); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionAdd, id, id)
	})
	if err != nil {
		return "", fmt.Errorf("add an organisation: %w", err)
	}
	return id, nil
}

// takenTx tells that another organisation has the code, or that an open one of the kind has the name.
func takenTx(ctx context.Context, tx *db.Tx, f Form, id string) ([]errs.Field, error) {
	var wrong []errs.Field
	if f.Code != "" {
		name, err := db.One(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE code = $1 AND id <> $2`, f.Code, id)
		if ignoreNotFound(err) != nil {
			return nil, err
		}
		if err == nil {
			wrong = append(wrong, errs.Field{Name: "code", Key: "organisations.error.code-taken", Args: map[string]any{"name": name}})
		}
	}
	names, err := db.All(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE kind = $1 AND closed_on IS NULL AND id <> $2`, string(f.Kind), id)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(names, func(name string) bool { return db.Fold(name) == db.Fold(f.Name) }) {
		wrong = append(wrong, errs.Field{Name: "name", Key: "organisations.error.name-taken"})
	}
	return wrong, nil
}

// fact is something that happens, as it is stored.
type fact struct {
	organisation, authority, unit string
	fact                          Fact
	other, before, after          string
	on                            clock.Date
	supersedes                    string
}

func addFact(ctx context.Context, tx *db.Tx, st stamp, f fact) error {
	_, err := tx.Exec(ctx, `INSERT INTO organisation_fact (id, organisation_id, authority_id, unit_id, fact, other_id, name_before, name_after,
			happened_on, recorded_at, recorded_by, supersedes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		db.NewID(), f.organisation, db.Null(f.authority), db.Null(f.unit), string(f.fact), db.Null(f.other), db.Null(f.before), db.Null(f.after),
		f.on, db.At(st.at), db.Null(st.by.Person), db.Null(f.supersedes))
	if err != nil {
		return fmt.Errorf("add fact: %w", err)
	}
	return nil
}

// change runs fn on an organisation that the actor may change, and indexes it afterwards.
func (s *Service) change(ctx context.Context, st stamp, id, what string, fn func(ctx context.Context, tx *db.Tx, r Row) error) error {
	if err := allow(st.by, access.ChangeOrganisations, resource(id, "")); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := rowTx(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, r); err != nil {
			return err
		}
		return directory.IndexOrganisationTx(ctx, tx, id)
	})
	if err != nil {
		return fmt.Errorf("%s organisation %s: %w", what, id, err)
	}
	return nil
}

// NewName is another name. On is from when; when Misspelt it was never the old one.
type NewName struct {
	Name     string
	On       clock.Date
	Misspelt bool
}

// check is what is wrong with a new name, whose place in the form is "name" and "on".
func (n *NewName) check(today clock.Date) []errs.Field {
	name, wrong := checkName(n.Name)
	n.Name = name
	if n.Misspelt {
		n.On = today
		return wrong
	}
	return append(wrong, day("on", n.On, today)...)
}

// Rename gives an organisation another name from a day on, or mends a name that was misspelt. A second change on the day of the latest one
// takes its place. The same name changes nothing.
func (s *Service) Rename(ctx context.Context, actor access.Subject, id string, n NewName, requestID string) error {
	st := s.stamp(actor, requestID)
	wrong := n.check(st.today)
	return s.change(ctx, st, id, "rename", func(ctx context.Context, tx *db.Tx, r Row) error {
		taken, err := takenTx(ctx, tx, Form{Kind: r.Kind, Name: n.Name}, id)
		if err != nil {
			return err
		}
		if err := errs.InvalidFields(append(slices.Clone(wrong), taken...)...); err != nil {
			return err
		}
		return s.renameTx(ctx, tx, st, r, n)
	})
}

// renameTx stores a checked new name.
func (s *Service) renameTx(ctx context.Context, tx *db.Tx, st stamp, r Row, n NewName) error {
	if n.Name == r.Name {
		return nil
	}
	f := fact{organisation: r.ID, before: r.Name, after: n.Name, on: n.On}
	if err := renamedFact(ctx, tx, &f, n, `f.organisation_id = $1 AND f.authority_id IS NULL AND f.unit_id IS NULL`, r.ID); err != nil {
		return err
	}
	if err := addFact(ctx, tx, st, f); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE organisation SET name = $1, name_sort = $2 WHERE id = $3`, n.Name, db.CollationKey(n.Name), r.ID); err != nil {
		return err
	}
	if err := s.rounds.FoundByTx(ctx, tx, r.ID, n.Name); err != nil {
		return err
	}
	action := ActionRename
	if n.Misspelt {
		action = ActionCorrect
	}
	return s.note(ctx, tx, st, action, r.ID, r.ID)
}

// renamedFact makes f the fact of a new name, after the latest one of the same (which the condition finds by id): not before it, and instead
// of it on its day.
func renamedFact(ctx context.Context, tx *db.Tx, f *fact, n NewName, condition, id string) error {
	if n.Misspelt {
		f.fact = Corrected
		return nil
	}
	f.fact = Renamed
	type renaming struct {
		id, before string
		on         clock.Date
	}
	last, err := db.One(ctx, tx, func(row db.Scanner) (renaming, error) {
		var x renaming
		err := row.Scan(&x.id, &x.before, &x.on)
		return x, err
	}, `SELECT f.id, f.name_before, f.happened_on FROM organisation_fact f WHERE f.fact = 'renamed' AND `+condition+` AND `+stands+`
		ORDER BY f.happened_on DESC, f.id DESC LIMIT 1`, id)
	switch {
	case errs.Is(err, errs.NotFound):
		return nil
	case err != nil:
		return err
	case n.On.Before(last.on):
		return errs.InvalidFields(errs.Field{Name: "on", Key: "organisations.error.before", Args: map[string]any{"on": last.on}})
	case n.On == last.on:
		f.supersedes, f.before = last.id, last.before
	}
	return nil
}

// SetPlace says which code and county an organisation has.
func (s *Service) SetPlace(ctx context.Context, actor access.Subject, id, code, county, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.change(ctx, st, id, "place", func(ctx context.Context, tx *db.Tx, r Row) error {
		f := Form{Kind: r.Kind, Name: r.Name, Code: code, County: county}
		wrong := f.checkPlace()
		taken, err := takenTx(ctx, tx, Form{Code: f.Code}, id)
		if err != nil {
			return err
		}
		if err := errs.InvalidFields(append(wrong, taken...)...); err != nil {
			return err
		}
		return s.placeTx(ctx, tx, st, r, f.Code, f.County)
	})
}

func (s *Service) placeTx(ctx context.Context, tx *db.Tx, st stamp, r Row, code, county string) error {
	if code == r.Code && county == r.County {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE organisation SET code = $1, county = $2 WHERE id = $3`, db.Null(code), db.Null(county), r.ID); err != nil {
		return err
	}
	return s.note(ctx, tx, st, ActionCorrect, r.ID, r.ID)
}

// Close says that an organisation is no more from a day on. What still runs in it goes on: it must be sure then (the caller has warned). A
// hub that is a programme's home is not closed.
func (s *Service) Close(ctx context.Context, actor access.Subject, id string, on clock.Date, sure bool, requestID string) error {
	st, programmes := s.stamp(actor, requestID), s.homes.HomeProgrammes(id)
	return s.change(ctx, st, id, "close", func(ctx context.Context, tx *db.Tx, r Row) error {
		switch {
		case !r.ClosedOn.IsZero():
			return errs.New(errs.Conflict, "organisations.error.closed")
		case len(programmes) > 0:
			return errs.New(errs.Conflict, "organisations.error.home")
		}
		wrong := day("ended", on, st.today)
		open, err := s.rounds.OpenByAuthorityTx(ctx, tx, id)
		if err != nil {
			return err
		}
		people, err := peopleTx(ctx, tx, "r.organisation_id", id, st.today)
		if err != nil {
			return err
		}
		if (len(open) > 0 || people > 0) && !sure {
			wrong = append(wrong, errs.Field{Name: "sure", Key: "organisations.error.sure"})
		}
		if err := errs.InvalidFields(wrong...); err != nil {
			return err
		}
		return s.closeTx(ctx, tx, st, id, fact{organisation: id, fact: ClosedFact, on: on}, ActionClose)
	})
}

// closeTx stores the fact by which an organisation is no more, and its day.
func (s *Service) closeTx(ctx context.Context, tx *db.Tx, st stamp, id string, f fact, action audit.Action) error {
	if err := addFact(ctx, tx, st, f); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE organisation SET closed_on = $1 WHERE id = $2`, f.on, id); err != nil {
		return err
	}
	return s.note(ctx, tx, st, action, id, id)
}

// Reopen says that an organisation that was closed is again. One that was merged into another is not opened: what it had is the other's.
func (s *Service) Reopen(ctx context.Context, actor access.Subject, id, requestID string) error {
	st := s.stamp(actor, requestID)
	return s.change(ctx, st, id, "reopen", func(ctx context.Context, tx *db.Tx, r Row) error {
		if r.ClosedOn.IsZero() {
			return errs.New(errs.Conflict, "organisations.error.open")
		}
		merged, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM organisation_fact f WHERE f.organisation_id = $1 AND f.fact = 'merged-into' AND `+stands, id)
		if err != nil {
			return err
		}
		if merged > 0 {
			return errs.New(errs.Conflict, "organisations.error.merged")
		}
		if err := addFact(ctx, tx, st, fact{organisation: id, fact: Reopened, on: st.today}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE organisation SET closed_on = NULL WHERE id = $1`, id); err != nil {
			return err
		}
		return s.note(ctx, tx, st, ActionReopen, id, id)
	})
}
