package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Suppose is what somebody wonders about a round: what if? Its zero value supposes nothing.
type Suppose struct {
	NotFilmed int    // the number of a session that is not filmed
	Cancelled int    // the number of a session that is not held, and not made up for
	Away      string // the id of a person who does not lead
	AwayFrom  int    // the number of the session that they do not lead
	More      int    // further participants who come from now on
	Rest      bool   // nothing in particular: only that the rest goes as planned
}

// IsZero tells whether nothing is supposed.
func (s Suppose) IsZero() bool { return s == Suppose{} }

// MaxMore bounds how many participants one may suppose.
const MaxMore = 50

// check is what is wrong in what is supposed of a round with these sessions and staff.
func (s Suppose) check(sessions []round.Session, staff []round.StaffMember) error {
	var wrong []errs.Field
	number := func(name string, n int) {
		if n != 0 && !slices.ContainsFunc(sessions, func(x round.Session) bool { return x.Number == n }) {
			wrong = append(wrong, errs.Field{Name: name, Key: "outlook.error.session"})
		}
	}
	number("film", s.NotFilmed)
	number("cancelled", s.Cancelled)
	if slices.ContainsFunc(sessions, func(x round.Session) bool { return x.Number == s.Cancelled && x.Fact == round.Held }) {
		wrong = append(wrong, errs.Field{Name: "cancelled", Key: "outlook.error.held"})
	}
	number("from", s.AwayFrom)
	switch works := slices.ContainsFunc(staff, func(m round.StaffMember) bool { return m.PersonID == s.Away }); {
	case s.Away == "" && s.AwayFrom != 0:
		wrong = append(wrong, errs.Field{Name: "away", Key: "outlook.error.away"})
	case s.Away != "" && !works:
		wrong = append(wrong, errs.Field{Name: "away", Key: "outlook.error.away"})
	case s.Away != "" && s.AwayFrom == 0:
		wrong = append(wrong, errs.Field{Name: "from", Key: "outlook.error.from"})
	}
	if s.More < 0 || s.More > MaxMore {
		wrong = append(wrong, errs.Field{Name: "more", Key: "outlook.error.more", Args: map[string]any{"most": MaxMore}})
	}
	return errs.InvalidFields(wrong...)
}

// Outlook is what a round will give those who lead it, as it looks on a day.
type Outlook struct {
	Row        round.Row
	Definition *programme.Definition
	Sessions   []round.Session
	Staff      []round.StaffMember // who can be away: those whose prospects are told
	On         clock.Date
	SupposedOn clock.Date // the round's last day; zero when nothing is supposed
	Leaders    []Leader
	away       map[string][]string // who does not lead a session, by its id
}

func awayIn(rounds []*happened, id string) map[string][]string {
	all := map[string][]string{}
	for _, h := range rounds {
		if h.id != id {
			continue
		}
		for i := range h.sessions {
			for _, a := range h.sessions[i].away {
				all[h.sessions[i].id] = append(all[h.sessions[i].id], a.person)
			}
		}
	}
	return all
}

// Leader is one of those who lead, towards one credential.
type Leader struct {
	credential.LeaderOutlook
	Name     string
	Supposed *credential.LeaderOutlook // as it would be; nil when nothing is supposed
}

// Outlook tells what the round will give those who lead it, on a day, and if what is supposed came true and the rest went as planned. What is
// supposed is stored nowhere. A round of a kind that counts towards no credential is NotFound. A mistake in what is supposed is Invalid,
// and comes with the outlook as it is without it.
func (s *Service) Outlook(ctx context.Context, actor access.Subject, roundID string, on clock.Date, what Suppose) (Outlook, error) {
	today := s.Today()
	if on.IsZero() {
		on = today
	}
	o := Outlook{On: on}
	var decision access.Decision
	var facts credential.Facts
	var group []string
	size := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if o.Row, err = round.RowTx(ctx, tx, roundID, today); err != nil {
			return err
		}
		if decision = o.Row.Decide(actor, access.ReadOutlook); !decision.Allow {
			return nil
		}
		if o.Definition, err = s.defs.Definition(o.Row.Programme, o.Row.Version); err != nil {
			return err
		}
		if !Counts(o.Definition, o.Row.Variant) {
			return errs.New(errs.NotFound, "")
		}
		if facts, err = o.gatherTx(ctx, tx); err == nil {
			group, size, err = groupTx(ctx, tx, o.Row)
		}
		return err
	})
	if err != nil {
		return Outlook{}, fmt.Errorf("outlook of round: %w", err)
	}
	if err := s.rounds.Look(ctx, actor, ActionOutlook, o.Row, decision); err != nil {
		return Outlook{}, err
	}
	now := credential.RoundOutlook(o.Definition, facts, roundID, on)
	for _, l := range now.Leaders {
		name := nameOf(o.Row.Staff, l.Who)
		if name == "" {
			continue // worked in it earlier
		}
		o.Leaders = append(o.Leaders, Leader{LeaderOutlook: l, Name: name})
	}
	o.Staff = slices.DeleteFunc(slices.Clone(o.Row.Staff), func(m round.StaffMember) bool {
		return !slices.ContainsFunc(o.Leaders, func(l Leader) bool { return l.Who == m.PersonID })
	})
	if what.IsZero() {
		return o, nil
	}
	if err := what.check(o.Sessions, o.Staff); err != nil {
		return o, err
	}
	o.suppose(what, facts, group, size)
	return o, nil
}

// gatherTx reads the round's sessions, and the facts of those who work in it.
func (o *Outlook) gatherTx(ctx context.Context, tx *db.Tx) (facts credential.Facts, err error) {
	if o.Sessions, err = round.SessionsTx(ctx, tx, o.Row.ID); err != nil {
		return facts, err
	}
	var people []string
	for _, m := range o.Row.Staff {
		people = append(people, m.PersonID)
	}
	rounds, err := roundsTx(ctx, tx, o.Row.Programme, people, o.Row.ID)
	if err != nil {
		return facts, err
	}
	o.away = awayIn(rounds, o.Row.ID)
	return factsInTx(ctx, tx, o.Definition, people, rounds)
}

// suppose adds how it would come out.
func (o *Outlook) suppose(what Suppose, facts credential.Facts, group []string, size int) {
	o.SupposedOn = o.On
	if o.Row.LastOn.After(o.On) {
		o.SupposedOn = o.Row.LastOn
	}
	more := supposed{Suppose: what, outlook: o, group: group, size: size}.facts()
	then := credential.RoundOutlook(o.Definition, facts.With(more...), o.Row.ID, o.SupposedOn)
	for i, l := range o.Leaders {
		for _, t := range then.Leaders {
			if t.Who == l.Who && t.Credential == l.Credential {
				o.Leaders[i].Supposed = &t
			}
		}
	}
}

func nameOf(staff []round.StaffMember, person string) string {
	for _, m := range staff {
		if m.PersonID == person {
			return m.Name
		}
	}
	return ""
}

// groupTx is the participants of a round by pseudonym, or, where only counts are kept, how many there are.
func groupTx(ctx context.Context, tx *db.Tx, r round.Row) (group []string, size int, err error) {
	if r.Attendance == round.CountsOnly {
		size, err = db.One(ctx, tx, db.Scalar[int], `SELECT coalesce(max(count), 0) FROM group_size g WHERE round_id = $1
			AND NOT EXISTS (SELECT 1 FROM group_size later WHERE later.supersedes = g.id)`, r.ID)
		return nil, size, err
	}
	group, err = db.All(ctx, tx, db.Scalar[string], `SELECT id FROM participant WHERE round_id = $1 AND left_on IS NULL ORDER BY id`, r.ID)
	return group, len(group), err
}

// Counts tells whether rounds of the variant count towards a credential of somebody who leads them.
func Counts(def *programme.Definition, variant string) bool {
	v, ok := def.Variant(variant)
	if !ok || v.Kind != programme.Group {
		return false
	}
	for i := range def.Credentials {
		c := &def.Credentials[i]
		if c.HeldBy != programme.OfUnit && slices.ContainsFunc(slices.Concat(c.Requires, c.Renew, c.Restore.Requires), func(r programme.Requirement) bool { return countsIn(r, variant) }) {
			return true
		}
	}
	return false
}

// countsIn tells whether a requirement looks at rounds of the variant.
func countsIn(r programme.Requirement, variant string) bool {
	of := func(variants []string) bool { return len(variants) == 0 || slices.Contains(variants, variant) }
	inside := func(p programme.Requirement) bool { return countsIn(p, variant) }
	switch rule := r.Rule.(type) {
	case programme.Practice:
		return r.Kind == programme.KindRounds && of(rule.Variants)
	case programme.Reviews:
		return of(rule.Variants) && rule.From.What != programme.PerCase
	case programme.AnyOf:
		return slices.ContainsFunc(rule.Requirements, inside)
	case programme.AllOf:
		return slices.ContainsFunc(rule.Requirements, inside)
	}
	return false
}

// NotesOf are the notes of the definition that say of one of a leader's conditions that it is our own default.
func NotesOf(def *programme.Definition, l credential.LeaderOutlook, c credential.Condition) []programme.Note {
	list := string(l.For)
	if list == "" {
		return nil
	}
	var keys []string
	switch c.Reason.Code {
	case credential.CodePresence, credential.CodePresenceFew, credential.CodePresencePending, credential.CodePresenceCounted, credential.CodePresenceSilent:
		keys = []string{"at_least", "present_at"}
	case credential.CodeLed, credential.CodeThroughout, credential.CodeLeft:
		keys = []string{"led"}
	case credential.CodeFilmed:
		keys = []string{"filmed"}
	case credential.CodeSupervised:
		keys = []string{"supervised"}
	case credential.CodeHeld, credential.CodeHeldCancelled:
		keys = []string{"held"}
	case credential.CodeFilmsHere:
		keys = []string{"different", "from", "films"}
	default:
		return nil
	}
	at := "credentials." + l.Credential + "." + list + "." + c.Requirement
	var notes []programme.Note
	for _, n := range def.Notes {
		if n.Ours && (n.Path == at || strings.HasPrefix(n.Path, at+".")) && slices.Contains(keys, n.On) {
			notes = append(notes, n)
		}
	}
	return notes
}
