package round

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round/schedule"
	"hemvist/internal/typed"
)

// Draft is a round as somebody wants it, before anything is stored.
type Draft struct {
	ID                          string // given by NewID, so that what is sent twice is planned once
	Programme, Variant          string
	Authority                   string // empty where there is one alone
	Name, Place, Link, Language string
	Interpreter                 bool
	First                       clock.Date
	Starts                      int // minutes after midnight; negative: what was typed is no time
	Minutes                     int // of each session that may be of several lengths; 0: the longest; negative: what was typed is no number
	Every                       Pace
	Days                        []time.Weekday // for those whose days are agreed: on each of these
	WeeksOff                    string         // as typed
	Information                 bool           // the optional information meeting is held
	Dates                       []clock.Date   // chosen one by one; empty: as they follow from the rest
}

// Pace is how often the sessions of a round come whose days are agreed.
type Pace string

// The paces.
const (
	Daily    Pace = "daily"
	Weekly   Pace = "weekly"
	Biweekly Pace = "biweekly"
	Monthly  Pace = "monthly"
	farAhead      = 2 * 366 // days: further ahead nobody plans
	maxLink       = 500
	midnight      = 24 * 60
)

// Paces is all of them.
var Paces = []Pace{Daily, Weekly, Biweekly, Monthly}

func (p Pace) period() programme.Period {
	switch p {
	case Daily:
		return programme.Period{N: 1, Unit: programme.Day}
	case Biweekly:
		return programme.Period{N: 2, Unit: programme.Week}
	case Monthly:
		return programme.Period{N: 1, Unit: programme.Month}
	default:
		return programme.Period{N: 1, Unit: programme.Week}
	}
}

// DraftSession is a session of a draft: its day, and why it is not an earlier one.
type DraftSession struct {
	Session
	Title  programme.Texts
	Jumped []schedule.Jump
	OnOff  bool // the day was chosen by hand, and is one on which nobody meets
	Why    schedule.Jump
	ByHand bool
}

// Drafted is a draft worked out: what would be stored.
type Drafted struct {
	Draft
	Definition *programme.Definition
	Choice     *programme.Variant
	Hub        string
	Board      Board
	Sessions   []DraftSession
	Warnings   []schedule.Warning
	Busy       []Clash // what else goes on at the same times
	Payer      Payer   // empty when there is no interpreter
	weeks      []schedule.Week
}

// Languages are those in which rounds are held, the commonest first.
var Languages = []string{"sv", "en", "ar", "fa", "so", "ti", "uk"}

// NewID is an id for a round that is about to be planned.
func (s *Service) NewID() string { return db.NewID() }

// Draft works a draft out and stores nothing. What is wrong with it is Invalid, by field.
func (s *Service) Draft(ctx context.Context, actor access.Subject, d Draft) (Drafted, error) {
	out, err := s.draft(ctx, actor, d)
	if err == nil {
		err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			out.Busy, err = busyTx(ctx, tx, actor, out)
			return err
		})
	}
	if err != nil {
		return out, fmt.Errorf("draft a round: %w", err)
	}
	return out, nil
}

func (s *Service) draft(ctx context.Context, actor access.Subject, d Draft) (Drafted, error) {
	out := Drafted{Draft: d}
	fields := out.checkDay(s.Today())
	on := d.First
	if len(fields) > 0 {
		on = s.Today()
	}
	var err error
	if out.Definition, out.Hub, err = s.defs.StartingOn(ctx, d.Programme, on); err != nil {
		if errs.Is(err, errs.NotFound) {
			return out, errs.InvalidFields(errs.Field{Name: "variant", Key: "plan.error.not-in-force"})
		}
		return out, err
	}
	var ok bool
	if out.Choice, ok = out.Definition.Variant(d.Variant); !ok || !MayPlan(actor.Role, out.Choice) || len(out.Choice.Sessions()) == 0 {
		return out, errs.InvalidFields(errs.Field{Name: "variant", Key: "plan.error.variant"})
	}
	if out.Choice.GivenBy == "hub" && out.Hub != actor.Organisation {
		return out, errs.InvalidFields(errs.Field{Name: "variant", Key: "plan.error.hub-only"})
	}
	if err := s.place(ctx, actor, &out, &fields); err != nil {
		return out, err
	}
	fields = append(fields, out.checkWords()...)
	fields = append(fields, out.checkTimes()...)
	fields = append(fields, out.lay(s.clock.Now())...)
	return out, errs.InvalidFields(fields...)
}

// place finds the board that the round is to belong to, and asks whether the actor may plan there.
func (s *Service) place(ctx context.Context, actor access.Subject, out *Drafted, fields *[]errs.Field) error {
	boards, err := s.Boards(ctx, actor)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(boards, func(b Board) bool { return b.ID == out.Authority })
	switch {
	case i >= 0:
		out.Board = boards[i]
	case out.Authority == "" && len(boards) == 1:
		out.Board = boards[0]
	case len(boards) == 0:
		*fields = append(*fields, errs.Field{Name: "authority", Key: "plan.error.no-board"})
		return nil
	default:
		*fields = append(*fields, errs.Field{Name: "authority", Key: "plan.error.board"})
		return nil
	}
	r := access.Resource{Hub: out.Hub, Organisation: actor.Organisation, Authority: out.Board.ID, Programme: out.Programme, Learners: learners(out.Choice.Kind)}
	if decision := access.Decide(actor, access.PlanRound, r); !decision.Allow {
		return errs.Wrap(errs.Denied, fmt.Errorf("plan a round: %s", decision.Reason))
	}
	return nil
}

func (d *Drafted) checkDay(today clock.Date) []errs.Field {
	switch {
	case d.First.IsZero():
		return []errs.Field{{Name: "first", Key: "plan.error.first"}}
	case d.First.Before(today):
		return []errs.Field{{Name: "first", Key: "plan.error.past"}}
	case today.DaysUntil(d.First) > farAhead:
		return []errs.Field{{Name: "first", Key: "plan.error.far"}}
	}
	return nil
}

// checkWords checks what a round is called, where it meets and in which language.
func (d *Drafted) checkWords() []errs.Field {
	var fields, more []errs.Field
	d.Name, fields = typed.Line("name", d.Name, "")
	need := "plan.error.place"
	if d.Choice.Digital {
		need = ""
	}
	d.Place, more = typed.Line("place", d.Place, need)
	fields = append(fields, more...)
	if d.Link, more = checkLink(d.Link); len(more) > 0 {
		fields = append(fields, more...)
	}
	for _, t := range [][2]string{{"name", d.Name}, {"place", d.Place}} {
		if typed.HoldsPersonalNumber(t[1]) {
			fields = append(fields, errs.Field{Name: t[0], Key: "participant.error.personal-number"})
		}
	}
	if !slices.Contains(Languages, d.Language) {
		fields = append(fields, errs.Field{Name: "language", Key: "plan.error.language"})
	}
	d.Payer = ""
	if d.Interpreter {
		payer, _, allowed := PayerOf(d.Definition, d.Choice)
		if !allowed {
			fields = append(fields, errs.Field{Name: "interpreter", Key: "plan.error.interpreter"})
		}
		d.Payer = payer
	}
	return fields
}

// checkLink is where a digital round meets. It is opened by a click: nothing but the web's own addresses will do, and none that anybody on the
// way can read.
func checkLink(s string) (string, []errs.Field) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	wrong := []errs.Field{{Name: "link", Key: "plan.error.link"}}
	if _, bad := typed.Line("link", s, ""); len(bad) > 0 && len(s) <= maxLink || len(s) > maxLink {
		return s, wrong
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(s, " <>\"") {
		return s, wrong
	}
	if typed.LinkHoldsPersonalNumber(s) {
		return s, []errs.Field{{Name: "link", Key: "participant.error.personal-number"}}
	}
	return s, nil
}

// Lengths is the limits within which the length of a variant's sessions can be chosen; fixed when there is nothing to choose.
func Lengths(v *programme.Variant) (limits programme.Range, fixed bool) {
	fixed = true
	for _, x := range v.Sessions() {
		if x.Kind == programme.Information || x.Minutes.Min == x.Minutes.Max && x.Minutes.Max > 0 {
			continue
		}
		lo, hi := x.Minutes.Min, x.Minutes.Max
		if lo == 0 {
			lo = 15
		}
		if hi == 0 {
			hi = 600
		}
		if fixed {
			limits = programme.Range{Min: lo, Max: hi}
		}
		limits.Min, limits.Max, fixed = min(limits.Min, lo), max(limits.Max, hi), false
	}
	return limits, fixed
}

// minutesOf is how long a session is when a length is wanted; 0 is the longest.
func minutesOf(x programme.Session, wanted int) int {
	lo, hi := max(x.Minutes.Min, 15), x.Minutes.Max
	if hi == 0 {
		hi = 600
	}
	if wanted == 0 {
		wanted = x.Minutes.Max
	}
	if wanted == 0 {
		wanted = max(x.Minutes.Min, 60)
	}
	return min(max(wanted, lo), hi)
}

func (d *Drafted) checkTimes() []errs.Field {
	var fields []errs.Field
	if d.Starts < 0 || d.Starts >= midnight {
		fields = append(fields, errs.Field{Name: "starts", Key: "plan.error.time"})
	}
	limits, fixed := Lengths(d.Choice)
	if fixed {
		d.Minutes = 0
	}
	if d.Minutes != 0 && !limits.Has(d.Minutes) {
		fields = append(fields, errs.Field{Name: "minutes", Key: "plan.error.minutes", Args: map[string]any{"min": limits.Min, "max": limits.Max}})
	}
	if d.Choice.Rhythm.Every.IsZero() && !slices.Contains(Paces, d.Every) {
		d.Every = Weekly
	}
	return fields
}

// Rule is how the days of the draft follow one another.
func (d *Drafted) Rule() schedule.Rule {
	r := schedule.Rule{Every: d.Choice.Rhythm.Every, WeeksOff: d.weeks}
	if r.Every.IsZero() {
		r.Every, r.Days = d.Every.period(), d.Days
		if d.Every == Daily || d.Every == Monthly {
			r.Days = nil
		}
	}
	return r
}

// lay gives the sessions their days.
func (d *Drafted) lay(now time.Time) []errs.Field {
	if d.First.IsZero() {
		return nil
	}
	var bad string
	if d.weeks, bad = schedule.ParseWeeks(d.WeeksOff, d.First); bad != "" {
		return []errs.Field{{Name: "weeks", Key: "plan.error.weeks", Args: map[string]any{"word": short(bad)}}}
	}
	var wanted []programme.Session
	for _, x := range d.Choice.Sessions() {
		if !x.Optional || x.Kind == programme.Information && d.Information {
			wanted = append(wanted, x)
		}
	}
	slots := d.Rule().Lay(d.First, len(wanted))
	d.Sessions = make([]DraftSession, len(wanted))
	byHand := len(d.Dates) == len(wanted)
	for i, x := range wanted {
		s := DraftSession{Session: Session{Number: i + 1, Kind: x.Kind, Item: x.ID, On: slots[i].On, Starts: max(d.Starts, 0), Minutes: minutesOf(x, max(d.Minutes, 0)),
			Zone: Zone, Fact: Unknown}, Title: x.Title, Jumped: slots[i].Jumped}
		if byHand && d.Dates[i] != slots[i].On {
			s.On, s.ByHand, s.Jumped = d.Dates[i], true, nil
			s.Why, s.OnOff = d.Rule().Off(s.On)
		}
		d.Sessions[i] = s
	}
	fields := d.checkSessions(now)
	d.Warnings = schedule.Check(d.Choice.Rhythm, d.Rule(), plannedOf(d.sessions(), nil))
	return fields
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// sessions is the sessions as they would be stored.
func (d *Drafted) sessions() []Session {
	out := make([]Session, len(d.Sessions))
	for i, x := range d.Sessions {
		out[i] = x.Session
	}
	return out
}

// checkSessions checks each day: one by one, as any of them can be chosen by hand.
func (d *Drafted) checkSessions(now time.Time) []errs.Field {
	today := clock.DateOf(now.In(zone))
	for i, x := range d.Sessions {
		name := "starts"
		if x.ByHand {
			name = fmt.Sprintf("date-%d", x.Number)
		}
		args := map[string]any{"number": x.Number}
		switch {
		case x.On.IsZero():
			return []errs.Field{{Name: name, Key: "plan.error.date", Args: args}}
		case x.ByHand && x.On.Before(today):
			return []errs.Field{{Name: name, Key: "plan.error.date-past", Args: args}}
		case x.ByHand && today.DaysUntil(x.On) > farAhead:
			return []errs.Field{{Name: name, Key: "plan.error.date-far", Args: args}}
		case x.On == today && x.begins().Before(now):
			return []errs.Field{{Name: name, Key: "plan.error.begun"}}
		case i > 0 && !d.Sessions[i-1].ends().Before(x.begins()):
			return []errs.Field{{Name: name, Key: "plan.error.date-order", Args: map[string]any{"number": x.Number, "before": d.Sessions[i-1].Number}}}
		case x.Starts+x.Minutes > midnight:
			return []errs.Field{{Name: "starts", Key: "plan.error.midnight"}}
		case !schedule.Exists(x.On, x.Starts, zone):
			return []errs.Field{{Name: "starts", Key: "plan.error.no-such-time", Args: map[string]any{"on": x.On}}}
		}
	}
	return nil
}

// begins is the instant at which the session begins.
func (x Session) begins() time.Time { return x.On.In(zone, x.Starts) }

// ends is the instant before the one at which the session is over, so that one may begin when another ends.
func (x Session) ends() time.Time {
	return x.begins().Add(time.Duration(x.Minutes)*time.Minute - time.Second)
}

// plannedOf is sessions as the check of the rhythm sees them; moved are the ids of those that somebody moved.
func plannedOf(list []Session, moved map[string]bool) []schedule.Planned {
	out := make([]schedule.Planned, len(list))
	for i, x := range list {
		out[i] = schedule.Planned{On: x.On, Information: x.Kind == programme.Information, Off: x.Fact == Cancelled, Moved: moved[x.ID]}
	}
	return out
}

// works is the part that whoever plans a round has in it from the start, if any: whoever plans what they then hold is among those who work in it.
func (d *Drafted) works(actor access.Subject) (part access.Role, ok bool) {
	part, ok = partOf(d.Definition, d.Choice, actor.Role)
	return part, ok || access.ReachIn(actor.Role, access.ChangeRound, learners(d.Choice.Kind)) == access.Assigned
}
