package recruitment

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
	"hemvist/internal/round/group"
)

// How says by what somebody is told of an offer.
type How string

// The ways there are. By e-mail and by SMS the house writes itself.
const (
	ByPhone How = "phone"
	ByPost  How = "post"
	ByEmail How = "email"
	BySMS   How = "sms"
)

// hows is the ways in which somebody can be told: never by letter when they have protected identity, and by e-mail or SMS only when the
// house sends such and there is where to.
func (s *Service) hows(r Row) []How {
	all := []How{ByPhone}
	if r.Protected || r.Erased {
		return all
	}
	if r.Email != "" && s.letters.Delivers(wayOf[ByEmail]) {
		all = append(all, ByEmail)
	}
	if r.Phone != "" && s.letters.Delivers(wayOf[BySMS]) {
		all = append(all, BySMS)
	}
	return append(all, ByPost)
}

// NewOffer is a place that is offered, as typed.
type NewOffer struct {
	Round    string
	How      How
	AnswerBy string // a day
	Seen     Seen
}

// Offer offers somebody a place in a round that the actor may add participants to. A round that is full is Invalid: they are put on its
// waiting list instead.
func (s *Service) Offer(ctx context.Context, actor access.Subject, id string, o NewOffer, requestID string) error {
	x, _, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	opened, err := s.openAll(ctx, []stored{x})
	if err != nil {
		return wrapped("offer a place", err)
	}
	var c checker
	st := step{id: db.NewID(), event: Offer, round: o.Round, how: o.How}
	if o.Round == "" {
		c.add("round", "recruitment.error.round")
	}
	if !slices.Contains(s.hows(opened[0]), o.How) {
		c.add("how", "recruitment.error.how")
	}
	today := s.Today()
	if st.answerBy, err = clock.ParseDate(strings.TrimSpace(o.AnswerBy)); err != nil || st.answerBy.Before(today) || st.answerBy.After(today.AddYears(1)) {
		c.add("answer-by", "recruitment.error.answer-by")
	}
	if err := errs.InvalidFields(c.wrong...); err != nil {
		return err
	}
	st.check = func(ctx context.Context, tx *db.Tx, x stored) error {
		p, err := s.chosenTx(ctx, tx, actor, x.Row, "round", o.Round)
		switch {
		case err != nil:
			return err
		case !p.MayAdd:
			return errs.InvalidFields(errs.Field{Name: "round", Key: "recruitment.error.not-yours"})
		case p.Full():
			return errs.InvalidFields(errs.Field{Name: "round", Key: "recruitment.error.full"})
		}
		return nil
	}
	if o.How == ByEmail || o.How == BySMS {
		s.addLetter(opened[0], &st)
	}
	return s.take(ctx, actor, x, o.Seen, st, requestID)
}

// Accept notes that somebody takes the place that they were offered: they become a participant of the round in the same transaction, with
// what they told, and once. pseudonym is what they are called in a round that keeps no names.
func (s *Service) Accept(ctx context.Context, actor access.Subject, id, pseudonym string, seen Seen, requestID string) error {
	x, _, err := s.reach(ctx, actor, id)
	if err != nil {
		return err
	}
	if x.State != Offered || x.RoundID == "" {
		if x.Facts != int(seen) {
			return &errs.Error{Kind: errs.Invalid, Key: "recruitment.error.meanwhile"}
		}
		return errs.New(errs.Conflict, "recruitment.error.state")
	}
	opened, err := s.openAll(ctx, []stored{x})
	if err != nil {
		return wrapped("accept a place", err)
	}
	st := step{id: db.NewID(), event: Accept, round: x.RoundID}
	if st.join, err = s.joining(ctx, actor, opened[0], pseudonym, requestID); err != nil {
		return err
	}
	return s.take(ctx, actor, x, seen, st, requestID)
}

// joining prepares that somebody becomes a participant: what belongs before the transaction is done, what belongs in it is returned.
func (s *Service) joining(ctx context.Context, actor access.Subject, r Row, pseudonym, requestID string) (func(context.Context, *db.Tx, stored) (string, error), error) {
	var into round.Row
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		into, err = s.rounds.ForWritingTx(ctx, tx, actor, access.AddParticipant, r.RoundID)
		return err
	})
	if err != nil {
		round.NoteRefusal(ctx, actor, err)
		return nil, wrapped("accept a place", err)
	}
	p := group.NewMember{Name: r.Name, Phone: r.Phone, Email: r.Email, Language: r.Language, Interpreter: r.Interpreter, Protected: r.Protected}
	if r.Child >= 0 {
		p.Children = []int{r.Child}
	}
	if r.Protected { // of whom a round keeps no way to reach them
		p.Phone, p.Email = "", ""
	}
	switch into.Attendance {
	case round.CountsOnly: // which stores nobody
		return func(context.Context, *db.Tx, stored) (string, error) { return "", nil }, nil
	case round.Pseudonymous:
		var c checker
		p = group.NewMember{Name: c.line("pseudonym", pseudonym, "recruitment.error.pseudonym"), Language: r.Language, Interpreter: r.Interpreter}
		if err := errs.InvalidFields(c.wrong...); err != nil {
			return nil, err
		}
	}
	sealed, err := s.groups.SealAll(ctx, into.AuthorityID, []group.NewMember{p})
	if err != nil {
		return nil, wrapped("accept a place", err)
	}
	return func(ctx context.Context, tx *db.Tx, x stored) (string, error) {
		return sealed[0].ID, s.groups.AddTx(ctx, tx, actor, x.RoundID, sealed[0], requestID)
	}, nil
}

// An offer that is sent by letter is read through a link with a secret, as a letter itself holds nothing secret.
const (
	purposeOffer = "interest-offer"
	pathOffer    = "/interest/offer"
)

func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret)) // one is enough: the secret has 160 random bits
	return sum[:]
}

// Told is an offer as whoever it is for reads it. It says nothing of who that is.
type Told struct {
	Organisation, Contact, Language string
	Definition                      *programme.Definition
	Variant, Place                  string
	Digital                         bool
	FirstOn, LastOn, AnswerBy       clock.Date
	round.Rhythm
	Answered bool // it has been answered, or taken back
}

// ReadOffer is the offer that a letter's secret opens, as long as the interest is kept. Whatever does not open is NotFound.
func (s *Service) ReadOffer(ctx context.Context, secret string) (Told, error) {
	gone := func(why error) error {
		return &errs.Error{Kind: errs.NotFound, Key: "interest.error.offer-gone", Err: why}
	}
	var t Told
	var interest, authority, programmeID, version, into string
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT i.id, i.authority_id, i.language, r.id, r.programme, r.version, r.variant, r.place, CASE WHEN r.link <> '' THEN 1 ELSE 0 END,
				o.name, r.first_on, r.last_on, f.answer_by,
				CASE WHEN i.state = 'offered' AND i.facts = f.number AND r.ended_how IS NULL THEN 0 ELSE 1 END
			FROM interest_fact f JOIN interest i ON i.id = f.interest_id JOIN round r ON r.id = f.round_id JOIN organisation o ON o.id = r.organisation_id
			WHERE f.opens = $1 AND i.erased_at IS NULL`, hashSecret(secret)).Scan(&interest, &authority, &t.Language, &into, &programmeID, &version, &t.Variant, &t.Place, &t.Digital,
			&t.Organisation, &t.FirstOn, &t.LastOn, &t.AnswerBy, &t.Answered)
		if err != nil {
			return err
		}
		sessions, err := round.SessionsTx(ctx, tx, into)
		if err != nil {
			return err
		}
		t.Rhythm, _ = round.RhythmOf(sessions)
		t.Contact, err = contactTx(ctx, tx, authority, programmeID)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return Told{}, gone(errors.New("no such offer"))
	}
	if err != nil {
		return Told{}, wrapped("read an offer", err)
	}
	if t.Definition, err = s.defs.Definition(programmeID, version); err != nil {
		return Told{}, wrapped("read an offer", err)
	}
	audit.Note(ctx, audit.Entry{Action: ActionOpen, Subject: interest, Outcome: audit.OK})
	return t, nil
}
