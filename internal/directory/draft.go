package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// draftLasts is how long a table that was read in waits to be confirmed.
const draftLasts = 24 * time.Hour

// Draft is a table that somebody has read in and not yet confirmed.
type Draft struct {
	ID             string
	Kind           string // the word of what is taken in: "organisations"
	OrganisationID string // whose coordinators or administrators it waits for
	MadeBy         string // person id
	MadeAt, EndsAt time.Time
	Used           bool // its body is empty then
	body           string
}

// Into reads what was saved into a value of the type that was saved.
func (d Draft) Into(body any) error {
	if err := json.Unmarshal([]byte(d.body), body); err != nil {
		return fmt.Errorf("read draft %s: %w", d.ID, err)
	}
	return nil
}

// SaveDraftTx stores what was read in, as JSON, until a day from now, and sweeps away drafts that have ended. It gives the draft its id.
func (s *Service) SaveDraftTx(ctx context.Context, tx *db.Tx, d Draft, body any) (Draft, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return d, fmt.Errorf("save a draft: %w", err)
	}
	d.ID, d.body = idOr(d.ID), string(text)
	d.MadeAt = s.clock.Now()
	d.EndsAt = d.MadeAt.Add(draftLasts)
	if _, err := tx.Exec(ctx, `DELETE FROM import_draft WHERE ends_at <= $1`, db.At(d.MadeAt)); err != nil {
		return d, fmt.Errorf("sweep drafts: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO import_draft (id, kind, organisation_id, made_by, made_at, ends_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.Kind, d.OrganisationID, d.MadeBy, db.At(d.MadeAt), db.At(d.EndsAt), d.body)
	if err != nil {
		return d, fmt.Errorf("save a draft: %w", err)
	}
	return d, nil
}

// DraftTx is a draft of a kind that has not ended, used or not. Who may see it is for the caller to ask. Kind NotFound otherwise.
func (s *Service) DraftTx(ctx context.Context, tx *db.Tx, kind, id string) (Draft, error) {
	return db.One(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM import_draft WHERE id = $1 AND kind = $2 AND ends_at > $3`,
		id, kind, db.At(s.clock.Now()))
}

// DraftsTx is the drafts of a kind that wait to be confirmed, the latest first.
func (s *Service) DraftsTx(ctx context.Context, tx *db.Tx, kind string) ([]Draft, error) {
	return db.All(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM import_draft WHERE kind = $1 AND ends_at > $2 AND used_at IS NULL ORDER BY made_at DESC, id DESC`,
		kind, db.At(s.clock.Now()))
}

const draftColumns = `id, kind, organisation_id, made_by, made_at, ends_at, CASE WHEN used_at IS NULL THEN 0 ELSE 1 END, body`

func scanDraft(row db.Scanner) (Draft, error) {
	var d Draft
	var made, ends db.Time
	err := row.Scan(&d.ID, &d.Kind, &d.OrganisationID, &d.MadeBy, &made, &ends, &d.Used, &d.body)
	d.MadeAt, d.EndsAt = made.Time, ends.Time
	return d, err
}

// UseDraftTx gives a draft to the one who confirms it and empties it: of several who try at once one gets it. Kind Conflict when it is
// used, NotFound when it is not there or has ended.
func (s *Service) UseDraftTx(ctx context.Context, tx *db.Tx, kind, id, by string) (Draft, error) {
	d, err := s.DraftTx(ctx, tx, kind, id)
	if err != nil {
		return Draft{}, err
	}
	n, err := tx.Exec(ctx, `UPDATE import_draft SET used_at = $1, used_by = $2, body = '' WHERE id = $3 AND used_at IS NULL`,
		db.At(s.clock.Now()), by, id)
	switch {
	case err != nil:
		return Draft{}, fmt.Errorf("use draft %s: %w", id, err)
	case n == 0:
		return Draft{}, errs.New(errs.Conflict, "draft.error.used")
	}
	return d, nil
}
