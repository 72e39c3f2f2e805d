package meeting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/mail"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// ActionTell is in the log that those who take part were told of a change.
const ActionTell audit.Action = "session.tell"

// LetterChange is the letter to those who take part. Neither the programme nor the group stands in it, and not who it goes to.
const LetterChange = "session-changed"

var letterChange = mail.Register(mail.Template{Name: LetterChange, Args: []string{"changes", "organisation"}, Private: true})

// ToldHow is how those who take part were told.
type ToldHow string

// The ways: by letters from here, or by those who lead themselves, who called or said it when the group met.
const (
	ByLetters  ToldHow = "letters"
	Themselves ToldHow = "themselves"
)

// Heard is that those who take part were told of a session as it is, or was.
type Heard struct {
	How     ToldHow
	Letters int
	At      db.Time
	By      string // name
	id      string
}

// Receiver is somebody who takes part, and how a letter would reach them.
type Receiver struct {
	group.Member
	Way    mail.Way   // empty: no letter goes to them, they are to be called
	Speaks string     // the language of the letter
	State  mail.State // of the last letter about the session; empty when they got none
}

// Words are what the letters say in a language.
type Words struct{ Language, Subject, Body, SMS string }

// Telling is what those who take part in a round are to be told, before it is sent.
type Telling struct {
	Session
	Changes   []Change
	Said      []string // the changes in the reader's language
	Receivers []Receiver
	Words     []Words // of each language that somebody gets; of both when nobody gets a letter
	Told      []Heard // of this session, the newest first
	Seen      string  // the state of all this, to be sent along
}

// Reached is how many get a letter by a way.
func (t Telling) Reached(w mail.Way) (n int) {
	for _, r := range t.Receivers {
		if r.Way == w {
			n++
		}
	}
	return n
}

// Telling is what those who take part in the session's round have not been told, who of them is reached how, and in which words.
func (s *Service) Telling(ctx context.Context, actor access.Subject, roundID, sessionID, lang string) (Telling, error) {
	x, err := s.Get(ctx, actor, roundID, sessionID)
	if err == nil && !x.MayWrite {
		err = errs.New(errs.NotFound, "")
	}
	if err != nil {
		return Telling{}, fmt.Errorf("what to tell: %w", err)
	}
	out := Telling{Session: x, Changes: x.Untold}
	if out.Receivers, err = s.receivers(ctx, actor, x.Row); err != nil {
		return Telling{}, fmt.Errorf("what to tell: %w", err)
	}
	last := telling{}
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if last, err = lastToldTx(ctx, tx, roundID); err != nil {
			return err
		}
		if out.Told, err = toldTx(ctx, tx, sessionID); err != nil || len(out.Told) == 0 {
			return err
		}
		states, err := s.letters.StatesTx(ctx, tx, onceOf(out.Told[0].id, ""))
		for i, r := range out.Receivers {
			out.Receivers[i].State = states[onceOf(out.Told[0].id, r.ID)]
		}
		return err
	})
	if err != nil {
		return Telling{}, fmt.Errorf("what to tell: %w", err)
	}
	out.Seen = seenOf(last, out.Changes, out.Receivers)
	out.Said = WordsOf(s.texts.For(lang), x.Row, x.Definition, out.Changes)
	if len(out.Changes) > 0 {
		if out.Words, err = s.words(ctx, x.Row, x.Definition, out); err != nil {
			return Telling{}, fmt.Errorf("what to tell: %w", err)
		}
	}
	return out, nil
}

// words is what the letters say, in each language that somebody gets.
func (s *Service) words(ctx context.Context, row round.Row, def *programme.Definition, t Telling) ([]Words, error) {
	var all []Words
	for _, lang := range i18n.Languages {
		if !slices.ContainsFunc(t.Receivers, func(r Receiver) bool { return r.Way != "" && r.Speaks == lang }) {
			continue
		}
		l := s.letterOf(row, def, t.Changes, lang)
		w := Words{Language: lang}
		var err error
		if t.Reached(mail.ByEmail) > 0 {
			if w.Subject, w.Body, err = s.letters.Written(ctx, l); err != nil {
				return nil, err
			}
		}
		if l.Way = mail.BySMS; t.Reached(mail.BySMS) > 0 {
			if _, w.SMS, err = s.letters.Written(ctx, l); err != nil {
				return nil, err
			}
		}
		all = append(all, w)
	}
	return all, nil
}

// letterOf is the letter about changes in a language, without whom it goes to.
func (s *Service) letterOf(row round.Row, def *programme.Definition, changes []Change, lang string) mail.Letter {
	return mail.Letter{Template: letterChange.Name, Language: lang, Organisation: row.OrganisationID, Authority: row.AuthorityID,
		Args: map[string]string{"changes": strings.Join(WordsOf(s.texts.For(lang), row, def, changes), " "), "organisation": row.Organisation}}
}

// receivers is who takes part, and how a letter would reach each: an SMS is read before the evening, so it goes before e-mail where both
// would do. Who has protected identity is never written to.
func (s *Service) receivers(ctx context.Context, actor access.Subject, row round.Row) ([]Receiver, error) {
	_, members, err := s.group.Members(ctx, actor, row.ID)
	if err != nil {
		return nil, err
	}
	speak := map[string]string{}
	if row.Learners() {
		err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := db.All(ctx, tx, func(row db.Scanner) (lang string, err error) {
				var id string
				err = row.Scan(&id, &lang)
				speak[id] = lang
				return lang, err
			}, `SELECT p.id, p.language FROM person p JOIN participant x ON x.person_id = p.id WHERE x.round_id = $1`, row.ID)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Receiver
	for _, m := range members {
		if !m.Here() || m.Erased {
			continue
		}
		r := Receiver{Member: m, Speaks: i18n.Languages[0]}
		for _, lang := range []string{m.Language, speak[m.PersonID]} {
			if slices.Contains(i18n.Languages, lang) {
				r.Speaks = lang
			}
		}
		switch {
		case m.Protected:
		case s.letters.Takes(mail.BySMS, m.Phone):
			r.Way = mail.BySMS
		case s.letters.Takes(mail.ByEmail, m.Email):
			r.Way = mail.ByEmail
		}
		all = append(all, r)
	}
	return all, nil
}

// onceOf is the name by which nobody gets a second letter of one telling.
func onceOf(told, participant string) string { return "told:" + told + ":" + participant }

// seenOf is a short form of what is to be told to whom: it changes whenever that does.
func seenOf(last telling, changes []Change, receivers []Receiver) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", last.id)
	for _, c := range changes {
		fmt.Fprintf(h, "%s %+v\n", c.Session.ID, c.now)
	}
	ways := make([]string, len(receivers))
	for i, r := range receivers {
		ways[i] = fmt.Sprintf("%s %s %s", r.ID, r.Way, r.Speaks)
	}
	slices.Sort(ways)
	fmt.Fprintf(h, "%q", ways)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// toldTx is when those who take part were told of a session, the newest first.
func toldTx(ctx context.Context, tx *db.Tx, sessionID string) ([]Heard, error) {
	return db.All(ctx, tx, func(row db.Scanner) (t Heard, err error) {
		err = row.Scan(&t.id, &t.How, &t.Letters, &t.At, &t.By)
		return t, err
	}, `SELECT t.id, t.how, t.letters, t.recorded_at, p.name FROM told_session s JOIN told t ON t.id = s.told_id JOIN person p ON p.id = t.recorded_by
		WHERE s.session_id = $1 ORDER BY t.recorded_at DESC, t.id DESC`, sessionID)
}

// Tell stores that those who take part know what they had not been told, and with ByLetters writes to each of them who can be reached. seen is
// what the actor saw: when anything has changed since, nobody is written to, and it is a Conflict. The same form sent twice is one telling.
func (s *Service) Tell(ctx context.Context, actor access.Subject, roundID string, how ToldHow, seen, requestID string) error {
	if how != ByLetters && how != Themselves {
		return errs.New(errs.Invalid, "")
	}
	today := s.rounds.Today()
	row, receivers, err := s.tellable(ctx, actor, roundID)
	if err != nil {
		return fmt.Errorf("tell of a change: %w", err)
	}
	def, err := s.defs.Definition(row.Programme, row.Version)
	if err != nil {
		return fmt.Errorf("tell of a change: %w", err)
	}
	written := receivers[:0:0] // those whom a letter can reach
	for _, r := range receivers {
		if how == ByLetters && r.Way != "" {
			written = append(written, r)
		}
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.rounds.ForTellingTx(ctx, tx, actor, access.WriteSession, roundID)
		if err != nil {
			return err
		}
		last, err := lastToldTx(ctx, tx, roundID)
		if err != nil || last.id != "" && last.seen == seen {
			return err
		}
		sessions, err := round.SessionsTx(ctx, tx, roundID)
		if err != nil {
			return err
		}
		changes, err := untoldTx(ctx, tx, row, sessions, today)
		if err != nil {
			return err
		}
		if len(changes) == 0 || seenOf(last, changes, receivers) != seen {
			return errs.New(errs.Conflict, "tell.error.changed")
		}
		told := db.NewID()
		if err := s.storeToldTx(ctx, tx, actor, roundID, told, how, len(written), seen, last, today, changes); err != nil {
			return err
		}
		return s.writeTx(ctx, tx, actor, row, def, changes, told, written, requestID)
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("tell of a change: %w", err)
	}
	return nil
}

// writeTx writes to each of them, and logs to whom.
func (s *Service) writeTx(ctx context.Context, tx *db.Tx, actor access.Subject, row round.Row, def *programme.Definition, changes []Change, told string, to []Receiver, requestID string) error {
	e := entry(actor, row, ActionTell, row.ID, requestID)
	for _, r := range to {
		e.Found = append(e.Found, r.ID)
		l := s.letterOf(row, def, changes, r.Speaks)
		l.Way, l.To, l.Link.ID, l.Once = r.Way, r.Email, r.ID, onceOf(told, r.ID)
		if r.Way == mail.BySMS {
			l.To = r.Phone
		}
		if err := s.letters.SendTx(ctx, tx, l); err != nil {
			return err
		}
	}
	return s.log.Add(ctx, tx, e)
}

// tellable is a round whose participants the actor may tell, and who they are.
func (s *Service) tellable(ctx context.Context, actor access.Subject, roundID string) (round.Row, []Receiver, error) {
	var row round.Row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = s.rounds.ForTellingTx(ctx, tx, actor, access.WriteSession, roundID)
		return err
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return row, nil, err
	}
	receivers, err := s.receivers(ctx, actor, row)
	return row, receivers, err
}

func (s *Service) storeToldTx(ctx context.Context, tx *db.Tx, actor access.Subject, roundID, told string, how ToldHow, letters int, seen string, last telling,
	today clock.Date, changes []Change) error {
	if _, err := tx.Exec(ctx, `INSERT INTO told (id, round_id, how, letters, seen, happened_on, recorded_at, recorded_by, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, told, roundID, string(how), letters, seen, today, db.At(s.clock.Now()), actor.Person, db.Null(last.id)); err != nil {
		return err
	}
	for _, c := range changes {
		knows, cancelled := c.now, 0
		if c.now.cancelled { // that it is not held is all that was said of it
			knows, cancelled = c.before, 1
		}
		if _, err := tx.Exec(ctx, `INSERT INTO told_session (told_id, session_id, on_date, starts, minutes, place, link, cancelled, leads)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, told, c.Session.ID, knows.on, knows.starts, knows.minutes, knows.place, knows.link, cancelled, knows.leads); err != nil {
			return err
		}
	}
	return nil
}

// Untold is a round with changes that those who take part have not been told.
type Untold struct {
	round.Row
	Changes []Change
}

// Untold is the actor's rounds with something to tell. It is for those who work in rounds.
func (s *Service) Untold(ctx context.Context, actor access.Subject) ([]Untold, error) {
	if access.ReachOf(actor.Role, access.WriteSession) != access.Assigned {
		return nil, nil
	}
	today := s.rounds.Today()
	var all []Untold
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		ids, err := db.All(ctx, tx, db.Scalar[string], `SELECT DISTINCT m.round_id FROM round_staff m JOIN round_session x ON x.round_id = m.round_id
			WHERE m.person_id = $1 AND m.from_on <= $2 AND (m.to_on IS NULL OR m.to_on >= $2) AND x.on_date >= $2
				AND (EXISTS (SELECT 1 FROM session_move v WHERE v.session_id = x.id) OR EXISTS (SELECT 1 FROM session_fact f WHERE f.session_id = x.id)
					OR EXISTS (SELECT 1 FROM stand_in i WHERE i.session_id = x.id) OR EXISTS (SELECT 1 FROM round_where w WHERE w.round_id = x.round_id)
					OR EXISTS (SELECT 1 FROM round_fact e WHERE e.round_id = x.round_id))
			ORDER BY m.round_id`, actor.Person, today)
		if err != nil {
			return err
		}
		for _, id := range ids {
			u, err := untoldIn(ctx, tx, actor, id, today)
			if err != nil {
				return err
			}
			if len(u.Changes) > 0 {
				all = append(all, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("what is untold: %w", err)
	}
	return all, nil
}

func untoldIn(ctx context.Context, tx *db.Tx, actor access.Subject, roundID string, today clock.Date) (Untold, error) {
	row, err := round.RowTx(ctx, tx, roundID, today)
	if err != nil || !row.May(actor, access.WriteSession) {
		return Untold{}, err
	}
	sessions, err := round.SessionsTx(ctx, tx, roundID)
	if err != nil {
		return Untold{}, err
	}
	changes, err := untoldTx(ctx, tx, row, sessions, today)
	return Untold{row, changes}, err
}

// UntoldIn is what those who take part in a round have not been told; nothing for who may not tell them.
func (s *Service) UntoldIn(ctx context.Context, actor access.Subject, roundID string) (u Untold, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = untoldIn(ctx, tx, actor, roundID, s.rounds.Today())
		return err
	})
	if err != nil {
		return Untold{}, fmt.Errorf("what is untold in a round: %w", err)
	}
	return u, nil
}

// Address is where a letter to a participant goes, by the way it travels: the room of letters asks when it hands one over, and stores it
// nowhere. It is NotFound for who takes part no more, or must not be written to.
func (s *Service) Address(ctx context.Context, w mail.Way, participant string) (string, error) {
	m, err := s.group.Reach(ctx, participant)
	if err != nil {
		return "", fmt.Errorf("address of a participant: %w", err)
	}
	to := m.Email
	if w == mail.BySMS {
		to = m.Phone
	}
	if to == "" {
		return "", errs.New(errs.NotFound, "")
	}
	return to, nil
}
