package recruitment

import (
	"context"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Places is a round with how full it is.
type Places struct {
	round.Row
	Recommended programme.Range // how many the programme recommends; Max 0: no upper limit
	Offered     int             // places that are offered and not answered
	Waiting     int             // how many wait for this round
	MayAdd      bool            // the actor may add participants
}

// Free is how many places are left when those that are offered are kept; it is never below 0. any is true when the programme names no
// limit.
func (p Places) Free() (n int, unlimited bool) {
	if p.Recommended.Max == 0 {
		return 0, true
	}
	return max(0, p.Recommended.Max-p.Participants-p.Offered), false
}

// Full tells whether no place is left.
func (p Places) Full() bool {
	n, unlimited := p.Free()
	return !unlimited && n == 0
}

// recommended is how many participants a round's variant recommends.
func (s *Service) recommended(r round.Row) (programme.Range, error) {
	d, err := s.defs.Definition(r.Programme, r.Version)
	if err != nil {
		return programme.Range{}, err
	}
	variant, ok := d.Variant(r.Variant)
	if !ok {
		return programme.Range{}, nil
	}
	limits := variant.Participants.Recommended
	if top := variant.Participants.Limit.Max; top != 0 && (limits.Max == 0 || top < limits.Max) {
		limits.Max = top
	}
	return limits, nil
}

// placesTx is the rounds of a board in a programme that have not ended, with how full each is.
func (s *Service) placesTx(ctx context.Context, tx *db.Tx, actor access.Subject, authority, programmeID string) ([]Places, error) {
	rows, err := s.rounds.RecruitingTx(ctx, tx, authority, programmeID)
	if err != nil {
		return nil, err
	}
	today := s.Today()
	var all []Places
	for _, r := range rows {
		if r.LastOn.Before(today) {
			continue
		}
		p, err := s.placesOfTx(ctx, tx, actor, r)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (s *Service) placesOfTx(ctx context.Context, tx *db.Tx, actor access.Subject, r round.Row) (Places, error) {
	p := Places{Row: r, MayAdd: r.May(actor, access.AddParticipant)}
	var err error
	if p.Recommended, err = s.recommended(r); err != nil {
		return p, err
	}
	err = tx.QueryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'offered' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0)
		FROM interest WHERE round_id = $1 AND erased_at IS NULL`, r.ID).Scan(&p.Offered, &p.Waiting)
	return p, err
}

// Board is a round's page of recruitment: how full it is, who has been offered a place, and who waits, in order.
type Board struct {
	Places
	Definition *programme.Definition
	Sessions   []round.Session
	Offers     []Row
	Queue      []Row // who waits for this round, then who waits for whichever comes
	Any        int   // how many wait for whichever comes
	Place      Place // where people tell that they are interested; its Slug is empty when nobody takes interest
	Contact    string
	See        bool // the actor takes care of interests, and sees who
}

// maxQueue bounds how many of those who wait are shown.
const maxQueue = 100

// RoundBoard is a round's page of recruitment.
func (s *Service) RoundBoard(ctx context.Context, actor access.Subject, roundID string) (Board, error) {
	var b Board
	var offers, queue []stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, roundID)
		if err != nil {
			return err
		}
		if r.Kind != programme.Group {
			return errs.New(errs.NotFound, "")
		}
		if b.Sessions, err = round.SessionsTx(ctx, tx, roundID); err != nil {
			return err
		}
		if b.Places, err = s.placesOfTx(ctx, tx, actor, r); err != nil {
			return err
		}
		if b.Contact, err = contactTx(ctx, tx, r.AuthorityID, r.Programme); err != nil {
			return err
		}
		b.Any, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM interest i WHERE i.authority_id = $1 AND i.programme = $2 AND i.state = 'waiting'
			AND i.erased_at IS NULL AND i.round_id IS NULL`, r.AuthorityID, r.Programme)
		if err != nil {
			return err
		}
		b.See = access.Decide(actor, access.HandleInterest, access.Resource{Organisation: r.OrganisationID, Authority: r.AuthorityID, Programme: r.Programme}).Allow
		if !b.See {
			return nil
		}
		offers, err = db.All(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` WHERE i.round_id = $1 AND i.state = 'offered' AND i.erased_at IS NULL
			ORDER BY i.answer_by, i.id LIMIT $2`, roundID, maxQueue)
		if err != nil {
			return err
		}
		queue, err = db.All(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` WHERE i.authority_id = $1 AND i.programme = $2 AND i.state = 'waiting'
			AND i.erased_at IS NULL AND (i.round_id = $3 OR i.round_id IS NULL)
			ORDER BY CASE WHEN i.round_id IS NULL THEN 1 ELSE 0 END, i.waits_since, i.id LIMIT $4`, r.AuthorityID, r.Programme, roundID, maxQueue)
		return err
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return Board{}, wrapped("recruitment of a round", err)
	}
	opened, err := s.openAll(ctx, append(slices.Clone(offers), queue...))
	if err != nil {
		return Board{}, wrapped("recruitment of a round", err)
	}
	b.Offers, b.Queue = opened[:len(offers)], opened[len(offers):]
	if b.Definition, err = s.defs.Definition(b.Programme, b.Version); err != nil {
		return Board{}, wrapped("recruitment of a round", err)
	}
	if b.Place, err = s.placeOf(ctx, b.OrganisationID); err != nil && !errs.Is(err, errs.NotFound) {
		return Board{}, err
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: b.OrganisationID, Purpose: b.ID, Action: round.ActionRead, Subject: b.ID, Outcome: audit.OK})
	noteShown(ctx, actor, ActionList, b.OrganisationID, b.ID, opened)
	return b, nil
}
