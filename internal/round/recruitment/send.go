package recruitment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round/group"
	"hemvist/internal/typed"
)

// MaxText is how many characters one may write about when it suits, or note about a talk.
const MaxText = 1_000

// maxAge is the oldest child that anybody asks about, in years.
const maxAge = group.MaxAge

// NewInterest is what somebody tells, as typed.
type NewInterest struct {
	Service     string // ServiceAt.ID; may be empty where there is one alone
	Source      Source
	Name        string
	Phone       string // Phone or Email, or both
	Email       string
	Language    string // of group.Languages
	Interpreter bool
	Protected   bool   // has protected identity: is written to by nobody, so Phone is needed
	Child       string // age in years
	When        string // when it suits; optional
	// Of a referral: who refers, from where, and that the parent has agreed to it.
	Referrer, Workplace string
	Consent             bool
}

// details is what is sealed of an interest, as one: who it is.
type details struct {
	Name      string `json:"name"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	Child     int    `json:"child"` // age in years when it was told; -1 when it was not
	When      string `json:"when,omitempty"`
	Referrer  string `json:"referrer,omitempty"`
	Workplace string `json:"workplace,omitempty"`
}

// The fields that are sealed. The names are bound into the seal.
const (
	fieldDetails = "interest.details"
	fieldNote    = "interest.note."  // and the fact's id
	fieldPlace   = "interest.place." // and the fact's id
)

// checker gathers what is wrong with a form.
type checker struct{ wrong []errs.Field }

func (c *checker) add(name, key string) { c.wrong = append(c.wrong, errs.Field{Name: name, Key: key}) }

// line checks a line; an empty one is wrong when there is a key for that.
func (c *checker) line(name, value, emptyKey string) string {
	value, wrong := typed.Line(name, value, emptyKey)
	c.wrong = append(c.wrong, wrong...)
	if typed.HoldsPersonalNumber(value) {
		c.add(name, "interest.error.personal-number")
	}
	return value
}

// text is line for several lines.
func (c *checker) text(name, value, emptyKey string) string {
	value, wrong := typed.Text(name, value, emptyKey, MaxText)
	c.wrong = append(c.wrong, wrong...)
	if typed.HoldsPersonalNumber(value) {
		c.add(name, "interest.error.personal-number")
	}
	return value
}

// check is the interest with its texts trimmed, what is to be sealed of it, and what is wrong, by field.
func (n NewInterest) check() (NewInterest, details, error) {
	var c checker
	d := details{Child: -1}
	if !slices.Contains([]Source{Self, Referral, TakenDown}, n.Source) {
		c.add("source", "interest.error.source")
	}
	key := "interest.error.name"
	if n.Source != Self {
		key = "interest.error.name.parent"
	}
	d.Name = c.line("name", n.Name, key)
	d.Phone = c.line("phone", n.Phone, "")
	if d.Phone != "" && !callable(d.Phone) {
		c.add("phone", "interest.error.phone")
	}
	if strings.TrimSpace(n.Email) != "" {
		var wrong []errs.Field
		d.Email, wrong = typed.Email("email", n.Email)
		c.wrong = append(c.wrong, wrong...)
	}
	switch {
	case d.Phone != "":
	case n.Protected:
		c.add("phone", "interest.error.protected-phone")
	case strings.TrimSpace(n.Email) == "":
		c.add("phone", "interest.error.reach")
	}
	if !slices.Contains(group.Languages, n.Language) {
		c.add("language", "interest.error.language")
	}
	if age := strings.TrimSpace(n.Child); age != "" {
		years, err := strconv.Atoi(age)
		switch {
		case typed.HoldsPersonalNumber(age):
			c.add("child", "interest.error.personal-number")
		case err != nil || years < 0 || years > maxAge:
			c.add("child", "interest.error.child")
		default:
			d.Child = years
		}
	} else {
		c.add("child", "interest.error.child")
	}
	d.When = c.text("when", n.When, "")
	if n.Source == Referral {
		d.Referrer = c.line("referrer", n.Referrer, "interest.error.referrer")
		d.Workplace = c.line("workplace", n.Workplace, "interest.error.workplace")
		if !n.Consent {
			c.add("consent", "interest.error.consent")
		}
	}
	return n, d, errs.InvalidFields(c.wrong...)
}

// callable tells whether a text can be a telephone number: at least six digits, and nothing that is written in none.
func callable(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +-()/.\u00a0\u2010\u2011\u2013", r):
			return false
		}
	}
	return digits >= 6 && digits <= 15
}

// service is the one of a place's services that is meant; Invalid when there are several and none was chosen.
func (p Place) service(id string) (ServiceAt, error) {
	if len(p.Services) == 1 {
		return p.Services[0], nil
	}
	for _, at := range p.Services {
		if at.ID() == id {
			return at, nil
		}
	}
	return ServiceAt{}, errs.InvalidFields(errs.Field{Name: "service", Key: "interest.error.service"})
}

// Send takes what somebody tells by the public form of a place. It answers alike whoever it is and whether they are known: it looks at
// nothing that is stored about anybody. What holds a personal number is Invalid and is not stored.
func (s *Service) Send(ctx context.Context, address string, n NewInterest, requestID string) error {
	place, err := s.PlaceAt(ctx, address)
	if err != nil {
		return err
	}
	if n.Source != Self && n.Source != Referral {
		n.Source = ""
	}
	at, wrongService := place.service(n.Service)
	n, d, err := n.check()
	if err := join(wrongService, err); err != nil {
		return err
	}
	_, err = s.store(ctx, access.Subject{}, at.Authority, at.Programme, n, d, requestID)
	return wrapped("send interest", err)
}

// join makes one Invalid error of two, or gives whichever is of another kind.
func join(all ...error) error {
	var fields []errs.Field
	for _, err := range all {
		if err == nil {
			continue
		}
		e, ok := err.(*errs.Error) //nolint:errorlint // both come from this room, unwrapped
		if !ok || e.Kind != errs.Invalid {
			return err
		}
		fields = append(fields, e.Fields...)
	}
	return errs.InvalidFields(fields...)
}

// Add takes down what somebody has told a leader, or a colleague about somebody, and returns the interest's id.
func (s *Service) Add(ctx context.Context, actor access.Subject, n NewInterest, requestID string) (string, error) {
	services, err := s.Services(ctx, actor)
	if err != nil {
		return "", err
	}
	at, wrongService := Place{Services: services}.service(n.Service)
	if len(services) == 0 {
		return "", errs.New(errs.Conflict, "recruitment.error.no-service")
	}
	if n.Source != Referral {
		n.Source = TakenDown
	}
	n, d, err := n.check()
	if err := join(wrongService, err); err != nil {
		return "", err
	}
	id, err := s.store(ctx, actor, at.Authority, at.Programme, n, d, requestID)
	return id, wrapped("add interest", err)
}

// Services is the boards and programmes for which the actor may take care of interests.
func (s *Service) Services(ctx context.Context, actor access.Subject) ([]ServiceAt, error) {
	if _, err := scopeOf(actor); err != nil {
		return nil, err
	}
	var found []taker
	contacts := map[string]string{}
	today := s.Today()
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if found, err = takersTx(ctx, tx, today, "o.id = $3", actor.Organisation); err != nil {
			return err
		}
		for _, x := range found {
			if contacts[x.authority+x.programme], err = contactTx(ctx, tx, x.authority, x.programme); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrapped("services", err)
	}
	var all []ServiceAt
	for _, x := range found {
		if !access.Decide(actor, access.HandleInterest, access.Resource{Organisation: x.organisation, Authority: x.authority, Programme: x.programme}).Allow {
			continue
		}
		at := ServiceAt{Slug: slugOf(x.organisation, x.code, x.name), Authority: x.authority, Board: x.board, Programme: x.programme, Contact: contacts[x.authority+x.programme]}
		if at.Definition, err = s.present(x.programme); err != nil {
			return nil, wrapped("services", err)
		}
		all = append(all, at)
	}
	return all, nil
}

// store seals and stores an interest. Its key comes first: a key without what it seals is harmless.
func (s *Service) store(ctx context.Context, actor access.Subject, authority, programmeID string, n NewInterest, d details, requestID string) (string, error) {
	id, now := db.NewID(), db.At(s.clock.Now())
	keys, err := s.vault.NewSubject(ctx, authority, id)
	if err != nil {
		return "", err
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	sealed, err := keys.Seal(id, fieldDetails, string(plain))
	if err != nil {
		return "", err
	}
	state, err := State("").Move(Received)
	if err != nil {
		return "", err
	}
	action := ActionSend
	if actor.Person != "" {
		action = ActionAdd
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		organisation, err := db.One(ctx, tx, db.Scalar[string], `SELECT organisation_id FROM authority WHERE id = $1`, authority)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO interest (id, authority_id, programme, source, language, interpreter, protected, details, received_at, state, facts, touched_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $9)`,
			id, authority, programmeID, string(n.Source), n.Language, bit(n.Interpreter), bit(n.Protected), sealed, now, string(state)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO interest_fact (id, interest_id, number, fact, state, recorded_at, recorded_by) VALUES ($1, $2, 1, 'received', $3, $4, $5)`,
			db.NewID(), id, string(state), now, db.Null(actor.Person)); err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, action, organisation, id, requestID))
	})
	if err != nil {
		return "", fmt.Errorf("store interest: %w", err)
	}
	return id, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// noteRefusal notes in the log that somebody tried what they may not.
func noteRefusal(ctx context.Context, actor access.Subject, action audit.Action, organisation, subject string) {
	e := entry(actor, action, organisation, subject, "")
	e.Outcome = audit.Denied
	audit.Note(ctx, e)
}
