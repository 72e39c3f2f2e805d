package recruitment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/mail"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/vault"
)

// Seen is how many facts the page that sent a form showed. When there are more by now, somebody else was first.
type Seen int

// step is a fact to be stored, and what follows from it.
type step struct {
	id       string
	event    Event
	reason   string
	how      How
	round    string
	talkOn   clock.Date
	starts   int
	talkBy   string
	answerBy clock.Date
	place    []byte
	note     []byte
	opens    []byte
	letter   *mail.Letter
	// ends makes NotNow of what would otherwise be another state: a talk after which they want no place.
	ends bool
	// join makes a participant of them in the transaction, and returns the participant's id.
	join func(ctx context.Context, tx *db.Tx, x stored) (string, error)
	// check looks at what is stored before anything is.
	check func(ctx context.Context, tx *db.Tx, x stored) error
}

// Talk is a talk before the start as it is booked, as typed.
type Talk struct {
	On, At string // a day, and a time such as 16.30
	By     string // who holds it; empty: the actor
	Place  string // where, or by telephone
	Seen   Seen
}

// Book books a talk, or moves the one that is booked. A day that is past is Invalid.
func (s *Service) Book(ctx context.Context, actor access.Subject, id string, t Talk, requestID string) error {
	x, keys, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	var c checker
	st := step{id: db.NewID(), event: Book, talkBy: t.By}
	today := s.Today()
	if st.talkOn, err = clock.ParseDate(strings.TrimSpace(t.On)); err != nil || st.talkOn.Before(today) || st.talkOn.After(today.AddYears(1)) {
		c.add("on", "recruitment.error.talk-day")
	}
	var ok bool
	if st.starts, ok = minutes(t.At); !ok {
		c.add("at", "recruitment.error.talk-time")
	}
	where := c.line("place", t.Place, "recruitment.error.talk-place")
	if st.talkBy == "" {
		st.talkBy = actor.Person
	}
	if err := errs.InvalidFields(c.wrong...); err != nil {
		return err
	}
	if st.place, err = keys.Seal(id, fieldPlace+st.id, where); err != nil {
		return wrapped("book a talk", err)
	}
	st.check = func(ctx context.Context, tx *db.Tx, x stored) error {
		leads, err := leadsTx(ctx, tx, x.Row, st.talkBy, today)
		if err == nil && !leads {
			err = errs.InvalidFields(errs.Field{Name: "by", Key: "recruitment.error.talk-by"})
		}
		return err
	}
	return s.take(ctx, actor, x, t.Seen, st, requestID)
}

// minutes reads a time of day, such as 16.30, 16:30 or 16, as minutes after midnight.
func minutes(text string) (int, bool) {
	hour, minute, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), ":", "."), ".")
	h, err := strconv.Atoi(hour)
	if err != nil || h < 0 || h > 23 {
		return 0, false
	}
	if minute == "" {
		return h * 60, true
	}
	m, err := strconv.Atoi(minute)
	return h*60 + m, err == nil && len(minute) == 2 && m >= 0 && m < 60
}

// Outcome is what became of a talk, as typed.
type Outcome struct {
	Held    bool
	Outcome string // of Outcomes, when it was held
	Note    string // optional
	Seen    Seen
}

// NoteTalk notes what became of a talk: one that was booked, or one that was held today without having been, or before its day. That nobody came
// to a talk is known on its day at the earliest.
func (s *Service) NoteTalk(ctx context.Context, actor access.Subject, id string, o Outcome, requestID string) error {
	x, keys, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	var c checker
	st := step{id: db.NewID(), event: Miss}
	if o.Held {
		st.event, st.reason = Hold, o.Outcome
		if !slices.Contains(Outcomes, o.Outcome) {
			c.add("outcome", "recruitment.error.outcome")
		}
		st.ends = o.Outcome != WantsPlace
	}
	note := c.text("note", o.Note, "")
	if err := errs.InvalidFields(c.wrong...); err != nil {
		return err
	}
	if err := s.sealNote(keys, id, note, &st); err != nil {
		return wrapped("note a talk", err)
	}
	today := s.Today()
	st.check = func(_ context.Context, _ *db.Tx, x stored) error {
		if st.event == Miss && x.TalkOn.After(today) {
			return errs.InvalidFields(errs.Field{Name: "outcome", Key: "recruitment.error.talk-ahead"})
		}
		return nil
	}
	return s.take(ctx, actor, x, o.Seen, st, requestID)
}

func (s *Service) sealNote(keys vault.Opener, id, note string, st *step) (err error) {
	if note != "" {
		st.note, err = keys.Seal(id, fieldNote+st.id, note)
	}
	return err
}

// Waits puts somebody on the waiting list of a round, or of the next one when roundID is empty. One of which they were offered a place
// goes free.
func (s *Service) Waits(ctx context.Context, actor access.Subject, id, roundID string, seen Seen, requestID string) error {
	x, _, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	st := step{id: db.NewID(), event: Queue, round: roundID}
	st.check = func(ctx context.Context, tx *db.Tx, x stored) error {
		if x.State == Waiting && x.RoundID == roundID { // who would lose their place in the order
			return errs.InvalidFields(errs.Field{Name: "wait-round", Key: "recruitment.error.waits-already"})
		}
		if roundID == "" {
			return nil
		}
		_, err := s.chosenTx(ctx, tx, actor, x.Row, "wait-round", roundID)
		return err
	}
	return s.take(ctx, actor, x, seen, st, requestID)
}

// chosenTx is a round of the interest's board and programme that takes people, as chosen in a field of a form.
func (s *Service) chosenTx(ctx context.Context, tx *db.Tx, actor access.Subject, r Row, field, roundID string) (Places, error) {
	today := s.Today()
	into, err := round.RowTx(ctx, tx, roundID, today)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return Places{}, err
	}
	if err != nil || into.AuthorityID != r.Authority || into.Programme != r.Programme || into.Kind != programme.Group || into.EndedHow != "" || into.LastOn.Before(today) {
		return Places{}, errs.InvalidFields(errs.Field{Name: field, Key: "recruitment.error.round"})
	}
	return s.placesOfTx(ctx, tx, actor, into)
}

// Ending is why somebody wants no place, as typed.
type Ending struct {
	Reason string // of Reasons
	Note   string // optional
	Seen   Seen
}

// End notes that somebody wants no place, or none now. Of one who has been offered a place it is the answer no.
func (s *Service) End(ctx context.Context, actor access.Subject, id string, e Ending, requestID string) error {
	x, keys, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	var c checker
	if !slices.Contains(Reasons, e.Reason) {
		c.add("reason", "recruitment.error.reason")
	}
	note := c.text("end-note", e.Note, "")
	if err := errs.InvalidFields(c.wrong...); err != nil {
		return err
	}
	st := step{id: db.NewID(), event: End, reason: e.Reason}
	if x.State == Offered {
		st.event, st.round = Decline, x.RoundID
	}
	if err := s.sealNote(keys, id, note, &st); err != nil {
		return wrapped("end an interest", err)
	}
	return s.take(ctx, actor, x, e.Seen, st, requestID)
}

// Reopen takes up an interest that was ended.
func (s *Service) Reopen(ctx context.Context, actor access.Subject, id string, seen Seen, requestID string) error {
	x, _, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.take(ctx, actor, x, seen, step{id: db.NewID(), event: Reopen}, requestID)
}

// Erase destroys the key of an interest: who it was can never be read again. It is what a person asks for who wants to be forgotten; who
// has become a participant is erased there.
func (s *Service) Erase(ctx context.Context, actor access.Subject, id string, seen Seen, requestID string) error {
	x, _, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	if x.Facts != int(seen) {
		return &errs.Error{Kind: errs.Invalid, Key: "recruitment.error.meanwhile"}
	}
	// The key first: what has been done meanwhile changes nothing about that they want to be forgotten.
	if err := s.vault.Shred(ctx, x.Authority, x.ID, "interest.asked"); err != nil {
		return wrapped("erase an interest", err)
	}
	return wrapped("erase an interest", s.markErased(ctx, entry(actor, ActionErase, x.Organisation, x.ID, requestID)))
}

// reach is an interest that the actor may do something about, and its keys. One that was erased is a Conflict.
func (s *Service) reach(ctx context.Context, actor access.Subject, id string) (stored, vault.Opener, error) {
	if _, err := scopeOf(actor); err != nil {
		return stored{}, vault.Opener{}, err
	}
	var x stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = s.reachedTx(ctx, tx, actor, id)
		return err
	})
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		noteRefusal(ctx, actor, ActionStep, refused.organisation, id)
	}
	if err != nil {
		return x, vault.Opener{}, wrapped("interest", err)
	}
	if x.Erased {
		return x, vault.Opener{}, errs.New(errs.Conflict, "recruitment.error.erased")
	}
	keys, err := s.vault.Subjects(ctx, x.Authority, []string{id})
	return x, keys, wrapped("interest", err)
}

// take stores a step, when nobody has done anything since the actor looked, and brings the projection up to date.
func (s *Service) take(ctx context.Context, actor access.Subject, x stored, seen Seen, st step, requestID string) error {
	now := db.At(s.clock.Now())
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.reachedTx(ctx, tx, actor, x.ID)
		if err != nil {
			return err
		}
		if x.Erased {
			return errs.New(errs.Conflict, "recruitment.error.erased")
		}
		if x.Facts != int(seen) {
			return &errs.Error{Kind: errs.Invalid, Key: "recruitment.error.meanwhile"}
		}
		next, err := x.State.Move(st.event)
		if err != nil {
			return err
		}
		if st.ends {
			next = NotNow
		}
		if st.check != nil {
			if err := st.check(ctx, tx, x); err != nil {
				return err
			}
		}
		participant := ""
		if st.join != nil {
			if participant, err = st.join(ctx, tx, x); err != nil {
				return err
			}
		}
		if err := insertStep(ctx, tx, x, st, next, participant, now, actor.Person); err != nil {
			return err
		}
		if err := projectTx(ctx, tx, x.ID); err != nil {
			return err
		}
		if st.letter != nil {
			if err := s.letters.SendTx(ctx, tx, *st.letter); err != nil {
				return err
			}
		}
		e := entry(actor, ActionStep, x.Organisation, x.ID, requestID)
		e.Purpose = st.round
		return s.log.Add(ctx, tx, e)
	})
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		noteRefusal(ctx, actor, ActionStep, refused.organisation, x.ID)
	}
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return fmt.Errorf("interest %s: %w", st.event, err)
	}
	return nil
}

func insertStep(ctx context.Context, tx *db.Tx, x stored, st step, next State, participant string, now db.Time, by string) error {
	var starts any
	if !st.talkOn.IsZero() {
		starts = st.starts
	}
	_, err := tx.Exec(ctx, `INSERT INTO interest_fact (id, interest_id, number, fact, state, reason, how, round_id, participant_id, talk_on, talk_starts, talk_by,
			answer_by, place, note, opens, recorded_at, recorded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		st.id, x.ID, x.Facts+1, string(st.event), string(next), db.Null(st.reason), db.Null(string(st.how)), db.Null(st.round), db.Null(participant),
		st.talkOn, starts, db.Null(st.talkBy), st.answerBy, st.place, st.note, st.opens, now, db.Null(by))
	return err
}

// projection is what an interest's row repeats of its facts.
const projection = `
	SELECT last.state AS state, last.number AS facts, last.recorded_at AS touched_at,
		CASE WHEN last.state IN ('offered', 'waiting', 'joined') THEN last.round_id END AS round_id,
		CASE WHEN last.state = 'booked' THEN last.talk_on END AS talk_on,
		CASE WHEN last.state = 'booked' THEN last.talk_starts END AS talk_starts,
		CASE WHEN last.state = 'offered' THEN last.answer_by END AS answer_by,
		CASE WHEN last.state = 'waiting' THEN last.recorded_at END AS waits_since,
		CASE WHEN last.fact = 'erased' THEN last.recorded_at END AS erased_at
	FROM interest_fact last WHERE last.interest_id = $1
		AND last.number = (SELECT max(f.number) FROM interest_fact f WHERE f.interest_id = $1)`

// projectTx brings the row up to date with the facts.
func projectTx(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `UPDATE interest SET (state, facts, touched_at, round_id, talk_on, talk_starts, answer_by, waits_since, erased_at) =
		(SELECT state, facts, touched_at, round_id, talk_on, talk_starts, answer_by, waits_since, erased_at FROM (`+projection+`) AS p) WHERE id = $1`, id)
	return err
}
