package catalogue

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
)

// Version is a stored definition and where it stands.
type Version struct {
	Stored
	State State
	From  clock.Date // Coming, Current: its first day; Past: its latest first day
	To    clock.Date // the last day, where it is known
}

// Programme is a programme and what is decided about it.
type Programme struct {
	ID         string
	Definition *programme.Definition // in force; where none is, the newest that the actor may read
	Home       Span                  // where it has its home today; without a hub when it has none yet
	Moves      *Span                 // a move that is planned, nil for none
	Homes      []Span                // all of them, planned ones too, the earliest first
	History    []Span                // what was, is and will be in force, the earliest first
	Versions   []Version             // the newest first; proposals only for those who decide
	MayUpload  bool
	MayDecide  bool
	MayMove    bool
}

// Version finds one of the programme's versions by its name.
func (p Programme) Version(name string) (Version, bool) {
	for _, v := range p.Versions {
		if v.Version == name {
			return v, true
		}
	}
	return Version{}, false
}

// InForce is the version in force today.
func (p Programme) InForce() (Version, bool) {
	i := slices.IndexFunc(p.Versions, func(v Version) bool { return v.State == Current })
	if i < 0 {
		return Version{}, false
	}
	return p.Versions[i], true
}

// In are the versions in a state, the newest first.
func (p Programme) In(state State) []Version {
	var out []Version
	for _, v := range p.Versions {
		if v.State == state {
			out = append(out, v)
		}
	}
	return out
}

// List is the programmes that the actor may read, in the order of their Swedish titles.
func (s *Service) List(ctx context.Context, actor access.Subject) ([]Programme, error) {
	if access.ScopeOf(actor, access.ListProgrammes).Reach() == access.None {
		return nil, errs.New(errs.Denied, "")
	}
	today := s.Today()
	var all []Programme
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range r.programmes() {
			if !access.Decide(actor, access.ListProgrammes, r.resource(id, today)).Allow {
				continue
			}
			// A programme of which there are only another hub's proposals is not known to exist.
			if p := r.programme(actor, id, today); len(p.Versions) > 0 {
				all = append(all, p)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list programmes: %w", err)
	}
	for i := range all {
		if err := s.define(&all[i]); err != nil {
			return nil, fmt.Errorf("list programmes: %w", err)
		}
	}
	slices.SortStableFunc(all, func(a, b Programme) int {
		return bytes.Compare(db.CollationKey(a.Definition.Title.In("sv")), db.CollationKey(b.Definition.Title.In("sv")))
	})
	return all, nil
}

// Get is a programme as the actor may read it. One outside the actor's reach is NotFound, as one that does not exist, and the
// attempt is logged as denied.
func (s *Service) Get(ctx context.Context, actor access.Subject, id string) (Programme, error) {
	var p Programme
	today := s.Today()
	var decision access.Decision
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRecords(ctx, tx)
		if err != nil {
			return err
		}
		if decision = access.Decide(actor, access.ReadProgramme, r.resource(id, today)); decision.Allow {
			p = r.programme(actor, id, today)
		}
		return nil
	})
	if err != nil {
		return p, fmt.Errorf("get programme: %w", err)
	}
	if !decision.Allow {
		audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionRead, Outcome: audit.Denied})
		return p, &errs.Error{Kind: errs.NotFound, Err: fmt.Errorf("read programme %s: %s", id, decision.Reason)}
	}
	if len(p.Versions) == 0 {
		return p, errs.Wrap(errs.NotFound, fmt.Errorf("no programme %s for this reader", id))
	}
	return p, s.define(&p)
}

// Source is a version's text as it was uploaded, for those who may read the version.
func (s *Service) Source(ctx context.Context, actor access.Subject, id, version string) ([]byte, error) {
	p, err := s.Get(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if _, ok := p.Version(version); !ok {
		return nil, errs.Wrap(errs.NotFound, fmt.Errorf("no version %s of %s for this reader", version, id))
	}
	source, err := s.source(ctx, id, version)
	if err != nil {
		return nil, fmt.Errorf("source of %s, version %s: %w", id, version, err)
	}
	return source, nil
}

// programme is what there is to know of a programme for an actor who may read it.
func (r *records) programme(actor access.Subject, id string, today clock.Date) Programme {
	t, resource := r.timelines[id], r.resource(id, today)
	p := Programme{ID: id, Homes: r.named(spans(t.homes)), History: r.named(spans(t.biting())),
		MayUpload: access.Decide(actor, access.UploadDefinition, resource).Allow,
		MayDecide: access.Decide(actor, access.PutInForce, resource).Allow,
		MayMove:   access.Decide(actor, access.MoveHome, resource).Allow}
	for i, h := range p.Homes {
		if !h.From.After(today) {
			p.Home = h
		} else if p.Moves == nil {
			p.Moves = &p.Homes[i]
		}
	}
	for _, stored := range r.versions(id) {
		v := Version{Stored: stored, State: t.stateOn(stored.ID, today)}
		if (v.State == Proposed || v.State == SetAside) && !p.MayUpload {
			continue
		}
		v.From, v.To = held(p.History, v, today)
		p.Versions = append(p.Versions, v)
	}
	return p
}

// held is the time for which a version holds: the one that its state speaks of.
func held(history []Span, v Version, today clock.Date) (from, to clock.Date) {
	for _, span := range history {
		if span.DefinitionID != v.ID {
			continue
		}
		ahead := span.From.After(today)
		if v.State == Coming && ahead {
			return span.From, span.To
		}
		if !ahead {
			from, to = span.From, span.To
		}
	}
	return from, to
}

// named fills in the names of hubs.
func (r *records) named(all []Span) []Span {
	for i := range all {
		all[i].Hub = r.hubs[all[i].HubID]
	}
	return all
}

// define finds the definition by which a programme is presented.
func (s *Service) define(p *Programme) error {
	v, ok := p.InForce()
	if !ok {
		v = p.Versions[0]
	}
	var err error
	p.Definition, err = s.Definition(p.ID, v.Version)
	return err
}
