package organisation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// draftKind is the word of this room's drafts.
const draftKind = "organisations"

// drafted is what a draft holds.
type drafted struct {
	File    string
	Entries []Entry
	Misfits []Misfit
	Unknown []string
}

// Preview is what a list that was read in would do.
type Preview struct {
	Comparison
	ID, File string
	Unknown  []string // headings that were not understood
	Used     bool
	Seen     string // tells whether anything has become different when it is confirmed
}

// Nothing tells whether confirming would change nothing.
func (p Preview) Nothing() bool { return len(p.New)+len(p.Changed) == 0 }

// Import reads a list and keeps it as a draft to look at, and returns its id. Nothing is changed yet. What is wrong with the file as a whole is
// Invalid.
func (s *Service) Import(ctx context.Context, actor access.Subject, data []byte, file, requestID string) (string, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return "", err
	}
	entries, misfits, unknown, err := read(data, file)
	if err != nil {
		return "", err
	}
	id := db.NewID()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := s.dir.SaveDraftTx(ctx, tx, directory.Draft{ID: id, Kind: draftKind, OrganisationID: actor.Organisation, MadeBy: actor.Person},
			drafted{file, entries, misfits, unknown})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read in a list of organisations: %w", err)
	}
	return id, nil
}

// Waiting is a list that was read in and not yet confirmed.
type Waiting struct {
	ID, File string
	At       time.Time
}

// Waiting is the lists that wait to be confirmed, the latest first.
func (s *Service) Waiting(ctx context.Context, actor access.Subject) ([]Waiting, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return nil, err
	}
	var drafts []directory.Draft
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		drafts, err = s.dir.DraftsTx(ctx, tx, draftKind)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	var out []Waiting
	for _, d := range drafts {
		var body drafted
		if err := d.Into(&body); err != nil {
			return nil, err
		}
		out = append(out, Waiting{d.ID, body.File, d.MadeAt})
	}
	return out, nil
}

// ImportPreview is what a draft would do now.
func (s *Service) ImportPreview(ctx context.Context, actor access.Subject, id string) (Preview, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return Preview{}, err
	}
	var p Preview
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.dir.DraftTx(ctx, tx, draftKind, id)
		if err != nil {
			return err
		}
		if d.Used {
			p = Preview{ID: d.ID, Used: true}
			return nil
		}
		p, err = previewTx(ctx, tx, d)
		return err
	})
	if err != nil {
		return Preview{}, fmt.Errorf("preview a list of organisations: %w", err)
	}
	return p, nil
}

func previewTx(ctx context.Context, tx *db.Tx, d directory.Draft) (Preview, error) {
	var body drafted
	if err := d.Into(&body); err != nil {
		return Preview{}, err
	}
	there, err := db.All(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM organisation o ORDER BY o.name_sort, o.id`)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{ID: d.ID, File: body.File, Unknown: body.Unknown, Comparison: compare(body.Entries, there)}
	p.Misfits = append(slices.Clone(body.Misfits), p.Misfits...)
	slices.SortStableFunc(p.Misfits, func(a, b Misfit) int { return a.Number - b.Number })
	sum := sha256.New()
	for _, e := range p.New {
		fmt.Fprintf(sum, "new %d\n", e.Number)
	}
	for _, c := range p.Changed {
		fmt.Fprintf(sum, "changed %d %s %q %s %s\n", c.Number, c.ID, c.Was, c.OldCode, c.OldCounty)
	}
	p.Seen = hex.EncodeToString(sum.Sum(nil)[:8])
	return p, nil
}

// Taken is what a confirmed list did.
type Taken struct{ Added, Changed int }

// ConfirmImport takes a list in, all of it or nothing, as it was seen in the preview: when something has become different since then, it is a
// Conflict and the draft stays. Names change from the day. Of several who confirm at once one does; to the others it is a Conflict.
func (s *Service) ConfirmImport(ctx context.Context, actor access.Subject, id, seen string, on clock.Date, requestID string) (Taken, error) {
	if err := allow(actor, access.ChangeOrganisations, access.Resource{}); err != nil {
		return Taken{}, err
	}
	st := s.stamp(actor, requestID)
	var taken Taken
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.dir.UseDraftTx(ctx, tx, draftKind, id, actor.Person)
		if err != nil {
			return err
		}
		p, err := previewTx(ctx, tx, d)
		if err != nil {
			return err
		}
		if p.Seen != seen {
			return errs.New(errs.Conflict, "organisations.import.error.changed")
		}
		if slices.ContainsFunc(p.Changed, func(c Change) bool { return c.Renames }) {
			if err := errs.InvalidFields(day("on", on, st.today)...); err != nil {
				return err
			}
		}
		taken = Taken{len(p.New), len(p.Changed)}
		return s.takeTx(ctx, tx, st, p, on)
	})
	if err != nil {
		return Taken{}, fmt.Errorf("take in a list of organisations: %w", err)
	}
	return taken, nil
}

// takeTx does what a preview says.
func (s *Service) takeTx(ctx context.Context, tx *db.Tx, st stamp, p Preview, on clock.Date) error {
	var ids []string
	for _, e := range p.New {
		o, err := s.dir.AddOrganisationTx(ctx, tx, directory.Organisation{Kind: e.Kind, Name: e.Name, Code: e.Code, County: e.County})
		if err != nil {
			return err
		}
		ids = append(ids, o.ID)
	}
	if len(ids) > 0 {
		if err := s.note(ctx, tx, st, ActionImport, st.by.Organisation, p.ID, ids...); err != nil {
			return err
		}
	}
	for _, c := range p.Changed {
		r := Row{Organisation: directory.Organisation{ID: c.ID, Kind: c.Kind, Name: c.Was, Code: c.OldCode, County: c.OldCounty}}
		if c.Renames {
			if err := s.renameTx(ctx, tx, st, r, NewName{Name: c.Name, On: on}); err != nil {
				return err
			}
		}
		if err := s.placeTx(ctx, tx, st, r, c.Code, c.County); err != nil {
			return err
		}
		if err := directory.IndexOrganisationTx(ctx, tx, c.ID); err != nil {
			return err
		}
	}
	return nil
}
