package catalogue

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// MaxSource is the most bytes that an uploaded definition may have.
const MaxSource = 1 << 20

// Uploaded is what became of an upload.
type Uploaded struct {
	Mistakes   []programme.Mistake // why nothing was stored; empty when it was
	Programme  string
	Version    string
	Known      bool // it was stored already, letter by letter
	Definition *programme.Definition
}

// Upload checks a definition and stores it as a proposal of the actor's hub. With mistakes nothing is stored. A version that is
// there with the same text is no mistake; one with another text is Invalid, as rounds rely on what a version says. A programme that
// nobody has gets its home with the hub. Programmes of other hubs, or other than the actor's role is for, are Invalid too, in words
// that tell whom to ask.
func (s *Service) Upload(ctx context.Context, actor access.Subject, source []byte, requestID string) (Uploaded, error) {
	if access.ReachOf(actor.Role, access.UploadDefinition) == access.None {
		return Uploaded{}, errs.New(errs.Denied, "")
	}
	if len(source) > MaxSource {
		return Uploaded{}, errs.InvalidFields(errs.Field{Name: "source", Key: "catalogue.error.large", Args: map[string]any{"max": MaxSource >> 10}})
	}
	source = normal(source)
	if len(bytes.TrimSpace(source)) == 0 {
		return Uploaded{}, errs.InvalidFields(errs.Field{Name: "source", Key: "catalogue.error.empty"})
	}
	d, mistakes := programme.Parse("", source)
	if d == nil {
		return Uploaded{Mistakes: mistakes}, nil
	}
	up := Uploaded{Programme: d.ID, Version: d.Version, Definition: d}
	st := stamp{by: actor.Person, at: s.clock.Now()}
	today := clock.DateOf(st.at.In(zone))
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		up.Known = false
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		if err := r.mayTake(actor, d, today); err != nil {
			return err
		}
		if old, err := r.find(d.ID, d.Version); err == nil {
			if sum := sha256.Sum256(source); !bytes.Equal(sum[:], old.SHA256) {
				return errs.InvalidFields(errs.Field{Name: "source", Key: "catalogue.error.version-taken", Args: map[string]any{"version": d.Version}})
			}
			up.Known = true
			return nil
		}
		return s.store(ctx, tx, r, actor, d, source, st, requestID)
	})
	if err != nil {
		return Uploaded{}, fmt.Errorf("upload definition: %w", err)
	}
	return up, s.refresh(ctx)
}

// mayTake tells whether the actor may upload d, and in words why not.
func (r *records) mayTake(actor access.Subject, d *programme.Definition, today clock.Date) error {
	resource := r.resource(d.ID, today)
	isNew := len(r.timelines[d.ID].homes) == 0
	if isNew {
		resource.Hub = actor.Organisation
	}
	decision := access.Decide(actor, access.UploadDefinition, resource)
	switch {
	case decision.Allow:
		return nil
	case decision.Reason == access.OtherProgramme:
		return errs.InvalidFields(errs.Field{Name: "source", Key: "catalogue.error.other-programme", Args: map[string]any{"programme": d.Title}})
	case decision.Reason == access.OutOfReach:
		return errs.InvalidFields(errs.Field{Name: "source", Key: "catalogue.error.home-elsewhere", Args: map[string]any{"hub": r.hubs[resource.Hub]}})
	default:
		return errs.New(errs.Denied, "")
	}
}

// store adds the definition, and the programme's home where it has none.
func (s *Service) store(ctx context.Context, tx *db.Tx, r *records, actor access.Subject, d *programme.Definition, source []byte, st stamp, requestID string) error {
	if len(r.timelines[d.ID].homes) == 0 {
		kind, err := db.One(ctx, tx, db.Scalar[string], `SELECT kind FROM organisation WHERE id = $1`, actor.Organisation)
		if err != nil {
			return err
		}
		if kind != "hub" {
			return errs.New(errs.Denied, "")
		}
		if err := addHome(ctx, tx, fact{programme: d.ID, hub: actor.Organisation, from: clock.DateOf(st.at.In(zone))}, st); err != nil {
			return err
		}
	}
	stored, err := addDefinition(ctx, tx, d, source, actor.Organisation, st)
	if err != nil {
		return err
	}
	return s.log.Add(ctx, tx, audit.Entry{At: st.at, Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation,
		Action: ActionUpload, Subject: stored.ID, Outcome: audit.OK, RequestID: requestID})
}
