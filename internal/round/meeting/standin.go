package meeting

import (
	"context"
	"fmt"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/round"
)

// ActionStandIn is in the log that somebody was asked to step in, or that it was taken back.
const ActionStandIn audit.Action = "session.stand-in"

// The letters about it: to whoever steps in, and to the others who lead.
var (
	letterStandIn = mail.Register(mail.Template{Name: "stand-in", Args: []string{"round", "day", "time", "place", "name"}, Link: true})
	letterChanged = mail.Register(mail.Template{Name: "stand-in-told", Args: []string{"round", "day", "name"}, Link: true})
)

// letters writes to people.
type letters interface {
	SendTx(ctx context.Context, tx *db.Tx, l mail.Letter) error
	Takes(w mail.Way, to string) bool
	Written(ctx context.Context, l mail.Letter) (subject, body string, err error)
	StatesTx(ctx context.Context, tx *db.Tx, begin string) (map[string]mail.State, error)
}

// Absence is one of those who lead who cannot come, and who steps in.
type Absence struct {
	ID                 string
	Absent, AbsentName string
	Person, Name       string
}

// AbsencesTx is who cannot come to a session, and who steps in.
func AbsencesTx(ctx context.Context, tx *db.Tx, sessionID string) ([]Absence, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Absence, error) {
		var a Absence
		err := row.Scan(&a.ID, &a.Absent, &a.AbsentName, &a.Person, &a.Name)
		return a, err
	}, `SELECT s.id, s.absent_id, a.name, coalesce(s.person_id, ''), coalesce(p.name, '') FROM stand_in s JOIN person a ON a.id = s.absent_id
		LEFT JOIN person p ON p.id = s.person_id
		WHERE s.session_id = $1 AND NOT EXISTS (SELECT 1 FROM stand_in later WHERE later.supersedes = s.id) ORDER BY a.name_sort, s.id`, sessionID)
}

// Near is how near somebody works.
type Near string

// How near: the same organisation, the same county, elsewhere in the programme.
const (
	Here      Near = "here"
	InCounty  Near = "county"
	Elsewhere Near = "elsewhere"
)

// Colleague is somebody who is free on the evening and could step in.
type Colleague struct {
	ID, Name, Organisation string
	Near                   Near
}

// maxColleagues bounds how many are looked at, the nearest first.
const maxColleagues = 60

// StandIns is a session that one of those who lead cannot come to, and who is free.
type StandIns struct {
	Session
	Colleagues []Colleague // the nearest first; none until it is said who is away
	Absent     Staff       // zero until it is said
}

// StandIns finds who could step in for one of those who lead; absent is empty until it is said who.
func (s *Service) StandIns(ctx context.Context, actor access.Subject, roundID, sessionID, absent string) (StandIns, error) {
	var out StandIns
	g, err := s.look(ctx, actor, access.ChangeRound, roundID, sessionID, func(ctx context.Context, tx *db.Tx, g ground) (err error) {
		out.Colleagues = nil
		if absent == "" {
			return nil
		}
		leaders, _, err := leadersTx(ctx, tx, g)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(leaders, func(l Staff) bool { return l.PersonID == absent })
		if i < 0 {
			return errs.New(errs.NotFound, "")
		}
		out.Absent = leaders[i]
		out.Colleagues, err = freeTx(ctx, tx, g, leaders[i].Role, "")
		return err
	})
	if err != nil {
		return StandIns{}, fmt.Errorf("who may step in: %w", err)
	}
	if len(out.Colleagues) > 0 {
		e := entry(actor, g.row, "person.list", sessionID, "")
		for _, c := range out.Colleagues {
			e.Found = append(e.Found, c.ID)
		}
		audit.Note(ctx, e)
	}
	colleagues, who := out.Colleagues, out.Absent
	if out.Session, err = s.Get(ctx, actor, roundID, sessionID); err != nil {
		return StandIns{}, err
	}
	out.Colleagues, out.Absent = colleagues, who
	return out, nil
}

// freeTx is the people who work in the programme in a role on a session's day, are not among the round's staff then, and hold no session of
// their own that overlaps; only one of them when a person is named.
func freeTx(ctx context.Context, tx *db.Tx, g ground, role access.Role, person string) ([]Colleague, error) {
	x := g.session()
	return db.All(ctx, tx, func(row db.Scanner) (Colleague, error) {
		var c Colleague
		var rank int
		err := row.Scan(&c.ID, &c.Name, &c.Organisation, &rank)
		c.Near = []Near{Here, InCounty, Elsewhere}[rank]
		return c, err
	}, `SELECT p.id, p.name, min(o.name), min(CASE WHEN o.id = $1 THEN 0 WHEN o.county = (SELECT county FROM organisation WHERE id = $1) THEN 1 ELSE 2 END) AS near
		FROM role r JOIN person p ON p.id = r.person_id JOIN organisation o ON o.id = r.organisation_id
		WHERE r.role = $2 AND (r.programme IS NULL OR r.programme = $3) AND r.from_on <= $4 AND (r.to_on IS NULL OR r.to_on >= $4) AND p.left_on IS NULL
			AND ($5 = '' OR p.id = $5)
			AND NOT EXISTS (SELECT 1 FROM round_staff m WHERE m.round_id = $6 AND m.person_id = p.id AND m.from_on <= $4 AND (m.to_on IS NULL OR m.to_on >= $4))
			AND NOT EXISTS (SELECT 1 FROM round_staff m JOIN round_session y ON y.round_id = m.round_id
				LEFT JOIN session_fact f ON f.session_id = y.id AND NOT EXISTS (SELECT 1 FROM session_fact later WHERE later.supersedes = f.id)
				WHERE m.person_id = p.id AND y.on_date = $4 AND y.starts < $8 AND y.starts + y.minutes > $7
					AND m.from_on <= $4 AND (m.to_on IS NULL OR m.to_on >= $4) AND (f.fact IS NULL OR f.fact <> 'cancelled'))
		GROUP BY p.id, p.name, p.name_sort ORDER BY near, p.name_sort, p.id LIMIT $9`,
		g.row.OrganisationID, string(role), g.row.Programme, x.On, person, g.row.ID, x.Starts, x.Starts+x.Minutes, maxColleagues)
}

// StepIn says who steps in for one of those who lead; an empty person takes back that somebody does. Whoever steps in works in the round on the
// session's day and no other, and is written to, as are the others who lead.
func (s *Service) StepIn(ctx context.Context, actor access.Subject, roundID, sessionID, absent, person, requestID string) error {
	today := s.rounds.Today()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.rounds.ForWritingTx(ctx, tx, actor, access.ChangeRound, roundID)
		if err != nil {
			return err
		}
		g, err := groundTx(ctx, tx, row, sessionID)
		if err != nil {
			return err
		}
		if g.session().On.Before(today) || g.session().Fact == round.Cancelled {
			return errs.New(errs.Invalid, "stand-in.error.over")
		}
		leaders, _, err := leadersTx(ctx, tx, g)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(leaders, func(l Staff) bool { return l.PersonID == absent })
		if i < 0 {
			return errs.New(errs.Invalid, "stand-in.error.absent")
		}
		if err := s.stepTx(ctx, tx, actor, g, leaders[i], person); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, row, ActionStandIn, sessionID, requestID))
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("step in: %w", err)
	}
	return nil
}

// stepTx stores who steps in over who did, and lets them into the round for its day.
func (s *Service) stepTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, absent Staff, person string) error {
	absences, err := AbsencesTx(ctx, tx, g.session().ID)
	if err != nil {
		return err
	}
	var before Absence
	if i := slices.IndexFunc(absences, func(a Absence) bool { return a.Absent == absent.PersonID }); i >= 0 {
		before = absences[i]
	}
	if before.Person == person {
		return nil
	}
	if before.Person != "" {
		// The part ends before it began: who asked for it and that it was stays.
		if _, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $5, ended_by = $6 WHERE round_id = $1 AND person_id = $2 AND role = $3 AND from_on = $4 AND to_on = $4`,
			g.row.ID, before.Person, string(absent.Role), g.session().On, g.session().On.AddDays(-1), actor.Person); err != nil {
			return err
		}
	}
	if person != "" {
		found, err := freeTx(ctx, tx, g, absent.Role, person)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return errs.New(errs.Conflict, "stand-in.error.busy")
		}
		if _, err := tx.Exec(ctx, `INSERT INTO round_staff (round_id, person_id, role, from_on, to_on, added_by) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (round_id, person_id, role, from_on) DO UPDATE SET to_on = $5, added_by = $6, ended_by = NULL`,
			g.row.ID, person, string(absent.Role), g.session().On, g.session().On, actor.Person); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `INSERT INTO stand_in (id, session_id, absent_id, person_id, happened_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), g.session().ID, absent.PersonID, db.Null(person), g.session().On, db.At(s.clock.Now()),
		actor.Person, db.Null(before.ID)); err != nil {
		return err
	}
	if person == "" {
		return nil
	}
	return s.tellTx(ctx, tx, actor, g, person)
}

// tellTx writes to whoever steps in, and to the others who lead, but for whoever arranged it.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, actor access.Subject, g ground, person string) error {
	type receiver struct{ id, name, given, email, language string }
	who, err := db.All(ctx, tx, func(row db.Scanner) (receiver, error) {
		var r receiver
		err := row.Scan(&r.id, &r.name, &r.given, &r.email, &r.language)
		return r, err
	}, `SELECT DISTINCT p.id, p.name, p.given_name, p.email, p.language FROM person p LEFT JOIN round_staff m ON m.person_id = p.id AND m.round_id = $1
			AND m.from_on <= $2 AND (m.to_on IS NULL OR m.to_on >= $2)
		WHERE p.id IN ($3, $4) OR m.role IN ('leader', 'trainer')`, g.row.ID, g.session().On, person, actor.Person)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range who {
		names[r.id] = r.name
	}
	for _, r := range who {
		if r.id == actor.Person && r.id != person {
			continue
		}
		l := mail.Letter{Template: letterChanged.Name, To: r.email, Person: r.id, Name: r.given, Language: r.language, Organisation: g.row.OrganisationID,
			Authority: g.row.AuthorityID, Hub: g.row.HubID, Link: mail.Link{Path: "/rounds/" + g.row.ID + "/sessions/" + g.session().ID}}
		t := s.texts.For(r.language)
		l.Args = map[string]string{"round": g.row.Name, "day": t.DayAndMonth(g.session().On), "name": names[person]}
		if r.id == person {
			place := g.session().Place
			if place == "" {
				place = g.row.Place
			}
			if place == "" {
				place = t.T("stand-in.no-place")
			}
			l.Template = letterStandIn.Name
			l.Args["name"], l.Args["time"], l.Args["place"] = names[actor.Person], t.TimeSpan(g.session().Starts, g.session().Minutes), place
		}
		if err := s.letters.SendTx(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// textsOf finds the words of a language.
type textsOf interface {
	For(lang string) *i18n.Printer
}
