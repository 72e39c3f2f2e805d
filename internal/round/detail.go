package round

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Get is a round's page as the actor may see it. A round outside the actor's reach is NotFound, as one that does not exist, and
// the attempt is logged as denied.
func (s *Service) Get(ctx context.Context, actor access.Subject, id string) (Detail, error) {
	var d Detail
	var decision access.Decision
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d.Row, err = oneRow(ctx, tx, id, today); err != nil {
			return err
		}
		if decision = access.Decide(actor, access.ReadRound, d.resource()); !decision.Allow {
			return nil
		}
		if d.List, err = SessionsTx(ctx, tx, id); err != nil || d.EndedHow == "" {
			return err
		}
		if d.Endings, err = endingsOf(ctx, tx, id); err == nil {
			d.Result, err = resultTx(ctx, tx, id)
		}
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("get round: %w", err)
	}
	if err := s.judge(ctx, actor, ActionRead, d.Row, decision); err != nil {
		return Detail{}, err
	}
	resource := d.resource()
	d.SeesPeople = decision.Fields.Has(access.Identities)
	d.MayRecord = access.Decide(actor, access.RecordSession, resource).Allow
	d.MayEnd = access.Decide(actor, access.CloseRound, resource).Allow
	d.MayChange = access.Decide(actor, access.ChangeRound, resource).Allow
	d.MayAddPeople = d.EndedHow == "" && access.Decide(actor, access.AddParticipant, resource).Allow
	if d.Definition, err = s.defs.Definition(d.Programme, d.Version); err != nil {
		return Detail{}, fmt.Errorf("get round: %w", err)
	}
	return d, nil
}

// judge notes a look at a round, and turns a denial into NotFound so that nobody learns what exists elsewhere.
func (s *Service) judge(ctx context.Context, actor access.Subject, action audit.Action, r Row, decision access.Decision) error {
	outcome := audit.OK
	if !decision.Allow {
		outcome = audit.Denied
	}
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: r.OrganisationID, Purpose: r.ID,
		Action: action, Subject: r.ID, Outcome: outcome})
	if !decision.Allow {
		return &errs.Error{Kind: errs.NotFound, Err: fmt.Errorf("%s: %s", action, decision.Reason)}
	}
	return nil
}

// oneRow is the round with that id and who works in it.
func oneRow(ctx context.Context, tx *db.Tx, id string, on clock.Date) (Row, error) {
	r, err := db.One(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM round r JOIN organisation o ON o.id = r.organisation_id WHERE r.id = $1`, id)
	if err != nil {
		return r, err
	}
	rows := []Row{r}
	err = addStaff(ctx, tx, rows, on)
	return rows[0], err
}

// SessionsTx is a round's sessions in order, with what has been said of each.
func SessionsTx(ctx context.Context, tx *db.Tx, roundID string) ([]Session, error) {
	return db.All(ctx, tx, scanSession, `SELECT s.id, s.number, s.kind, s.item, s.on_date, s.starts, s.minutes, s.zone, s.place, coalesce(f.fact, $2)
		FROM round_session s LEFT JOIN session_fact f ON f.session_id = s.id
			AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
		WHERE s.round_id = $1 ORDER BY s.number`, roundID, string(Unknown))
}

func scanSession(row db.Scanner) (Session, error) {
	var s Session
	err := row.Scan(&s.ID, &s.Number, &s.Kind, &s.Item, &s.On, &s.Starts, &s.Minutes, &s.Zone, &s.Place, &s.Fact)
	return s, err
}

// findParticipants is the rounds of the actor's own in which a participant's name or contact holds all the words. Hashes are
// of whole words, so the beginning of a name finds nobody; that is the price of not keeping names readable.
func (s *Service) findParticipants(ctx context.Context, actor access.Subject, words []string) ([]string, error) {
	scope := access.ScopeOf(actor, access.ReadParticipants)
	// Those who learn are people of the directory and have no hashes: whoever may see them alone finds nobody here.
	if len(words) == 0 || access.ReachIn(actor.Role, access.ReadParticipants, false) != access.Assigned {
		return nil, nil
	}
	authorities, err := s.authoritiesOf(ctx, scope)
	if err != nil {
		return nil, fmt.Errorf("find participants: %w", err)
	}
	var rounds []string
	for _, authority := range authorities {
		hashes, err := s.vault.SearchHashes(ctx, authority.id, words)
		if err != nil {
			return nil, fmt.Errorf("find participants: %w", err)
		}
		found, err := s.roundsWith(ctx, scope, authority.id, hashes)
		if err != nil {
			return nil, fmt.Errorf("find participants: %w", err)
		}
		entry := audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: authority.organisation, Action: ActionSearch, Outcome: audit.OK}
		for _, f := range found {
			entry.Found = append(entry.Found, f.participant)
			if !slices.Contains(rounds, f.round) {
				rounds = append(rounds, f.round)
			}
		}
		audit.Note(ctx, entry)
	}
	return rounds, nil
}

type authorityOf struct{ id, organisation string }

func (s *Service) authoritiesOf(ctx context.Context, scope access.Scope) ([]authorityOf, error) {
	var w where
	w.within(scope, s.Today())
	var all []authorityOf
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (authorityOf, error) {
			var a authorityOf
			err := row.Scan(&a.id, &a.organisation)
			return a, err
		}, `SELECT DISTINCT r.authority_id, r.organisation_id FROM round r WHERE `+w.String()+` ORDER BY r.authority_id`, w.args...)
		return err
	})
	return all, err
}

type foundParticipant struct{ participant, round string }

func (s *Service) roundsWith(ctx context.Context, scope access.Scope, authority string, hashes [][]byte) ([]foundParticipant, error) {
	var w where
	w.within(scope, s.Today())
	for _, h := range hashes {
		w.add(`EXISTS (SELECT 1 FROM participant_hash h WHERE h.authority_id = ? AND h.hash = ? AND h.participant_id = p.id)`, authority, h)
	}
	w.add("p.authority_id = ?", authority)
	var all []foundParticipant
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(row db.Scanner) (foundParticipant, error) {
			var f foundParticipant
			err := row.Scan(&f.participant, &f.round)
			return f, err
		}, `SELECT p.id, p.round_id FROM round r JOIN participant p ON p.round_id = r.id WHERE `+w.String()+` ORDER BY p.id`, w.args...)
		return err
	})
	return all, err
}

func (s *Service) noteExport(ctx context.Context, actor access.Subject, n int) {
	audit.Note(ctx, audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: ActionExport,
		Outcome: audit.OK, Count: n})
}
