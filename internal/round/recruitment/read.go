package recruitment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/vault"
)

// Query says which interests a list shows. The zero Query is the first page of all that are open.
type Query struct {
	State State // empty for all that are open
	Page  int   // from 1
}

const (
	perPage   = 50
	countedTo = 10_000
	maxPage   = 1_000_000
)

// Row is one interest as lists show it, opened.
type Row struct {
	ID           string
	Authority    string
	Organisation string // id
	Board        string // name
	In           string // name of the organisation
	Programme    string
	Source       Source
	Language     string
	Interpreter  bool
	Protected    bool
	Received     time.Time
	Touched      time.Time
	State        State
	Facts        int // how many: what a form sends along, so that two at once are told
	RoundID      string
	Round        string // name
	TalkOn       clock.Date
	TalkStarts   int // minutes after midnight
	AnswerBy     clock.Date
	WaitsSince   time.Time
	Erased       bool
	// Who it is; empty when it was erased.
	Name, Phone, Email string
	Child              int // age in years; -1 when nobody has said
	When               string
	Referrer           string
	Workplace          string
	// Ages are those of the children whose parents the programme's groups are for; zero where it says none.
	Ages programme.Range
	// Double tells in a list that another that is open has the same telephone number or address.
	Double bool
}

// KeptUntil is the last day on which the interest is kept when nothing more is done about it.
func (r Row) KeptUntil() clock.Date { return keptUntil(r.Touched) }

// Contact is how to reach them, in one line.
func (r Row) Contact() string {
	switch {
	case r.Phone == "":
		return r.Email
	case r.Email == "":
		return r.Phone
	default:
		return r.Phone + ", " + r.Email
	}
}

// Outside tells whether the child is of an age that the programme's groups are not for.
func (r Row) Outside() bool { return r.Child >= 0 && !r.Ages.IsZero() && !r.Ages.Has(r.Child) }

// resource is the interest as access judges it.
func (r Row) resource() access.Resource {
	return access.Resource{Organisation: r.Organisation, Authority: r.Authority, Programme: r.Programme}
}

// stored is a row with what is sealed of it.
type stored struct {
	Row
	details []byte
}

const columns = `i.id, i.authority_id, a.organisation_id, a.name, o.name, i.programme, i.source, i.language, i.interpreter, i.protected, i.received_at, i.touched_at,
	i.state, i.facts, coalesce(i.round_id, ''), coalesce(r.name, ''), i.talk_on, coalesce(i.talk_starts, 0), i.answer_by, i.waits_since, i.erased_at, i.details`

const tables = `interest i JOIN authority a ON a.id = i.authority_id JOIN organisation o ON o.id = a.organisation_id LEFT JOIN round r ON r.id = i.round_id`

func scanStored(row db.Scanner) (stored, error) {
	var x stored
	var received, touched db.Time
	var waits, erased db.Time
	err := row.Scan(&x.ID, &x.Authority, &x.Organisation, &x.Board, &x.In, &x.Programme, &x.Source, &x.Language, &x.Interpreter, &x.Protected, &received, &touched,
		&x.State, &x.Facts, &x.RoundID, &x.Round, &x.TalkOn, &x.TalkStarts, &x.AnswerBy, &waits, &erased, &x.details)
	x.Received, x.Touched, x.Child, x.Erased = received.Time, touched.Time, -1, !erased.IsZero()
	x.WaitsSince = waits.Time
	return x, err
}

// open opens what is sealed of a row.
func (x *stored) open(keys vault.Opener) error {
	plain, err := keys.Open(x.ID, fieldDetails, x.details)
	if errors.Is(err, vault.ErrShredded) {
		x.Erased = true
		return nil
	}
	if err != nil {
		return err
	}
	var d details
	if err := json.Unmarshal([]byte(plain), &d); err != nil {
		return fmt.Errorf("interest %s: %w", x.ID, err)
	}
	x.Name, x.Phone, x.Email, x.Child, x.When, x.Referrer, x.Workplace = d.Name, d.Phone, d.Email, d.Child, d.When, d.Referrer, d.Workplace
	return nil
}

// openAll opens rows, with one question to the key store for each board.
func (s *Service) openAll(ctx context.Context, rows []stored) ([]Row, error) {
	ids := map[string][]string{}
	for _, x := range rows {
		ids[x.Authority] = append(ids[x.Authority], x.ID)
	}
	keys := map[string]vault.Opener{}
	for authority, list := range ids {
		var err error
		if keys[authority], err = s.vault.Subjects(ctx, authority, list); err != nil {
			return nil, err
		}
	}
	all := make([]Row, len(rows))
	for i := range rows {
		if err := rows[i].open(keys[rows[i].Authority]); err != nil {
			return nil, err
		}
		def, err := s.present(rows[i].Programme)
		if err != nil {
			return nil, err
		}
		all[i] = rows[i].Row
		all[i].Ages = agesIn(def)
	}
	return all, nil
}

// List is one page of the list, and how many there are in each state.
type List struct {
	Query  Query
	Rows   []Row
	Counts map[State]int
	Total  int // as the query asks
	More   bool
	Today  clock.Date
	// Services is the boards and programmes that it is about; Contact is how people reach the first of them.
	Services []ServiceAt
}

// Pages is how many pages the counted rows fill; at least 1.
func (l List) Pages() int { return max(1, (l.Total+perPage-1)/perPage) }

// order is that of the list: what waits for a leader first, the oldest before the newer.
const order = ` ORDER BY CASE i.state WHEN 'booked' THEN 0 WHEN 'new' THEN 1 WHEN 'talked' THEN 2 WHEN 'offered' THEN 3 WHEN 'waiting' THEN 4 ELSE 5 END,
	i.talk_on, coalesce(i.waits_since, i.received_at), i.id`

// List is the interests that the actor takes care of, opened; who was shown is noted.
func (s *Service) List(ctx context.Context, actor access.Subject, q Query) (List, error) {
	scope, err := scopeOf(actor)
	if err != nil {
		return List{}, err
	}
	list := List{Query: q, Counts: map[State]int{}, Today: s.Today()}
	var of, all, compared where
	all.within(scope)
	all.add("i.erased_at IS NULL")
	compared.within(scope)
	compared.add("i.erased_at IS NULL")
	compared.in(Open)
	of.within(scope)
	of.add("i.erased_at IS NULL")
	if q.State != "" {
		of.in([]State{q.State})
	} else {
		of.in(Open)
	}
	var rows, open []stored
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := countStates(ctx, tx, all, list.Counts); err != nil {
			return err
		}
		if list.Total, list.More, err = db.CountTo(ctx, tx, countedTo, `SELECT 1 FROM `+tables+` WHERE `+of.String(), of.args...); err != nil {
			return err
		}
		list.Query.Page = min(min(max(q.Page, 1), maxPage), list.Pages())
		n := len(of.args)
		rows, err = db.All(ctx, tx, scanStored, fmt.Sprintf(`SELECT %s FROM %s WHERE %s%s LIMIT $%d OFFSET $%d`, columns, tables, of.String(), order, n+1, n+2),
			append(of.args[:n:n], perPage, (list.Query.Page-1)*perPage)...)
		if err != nil {
			return err
		}
		open, err = db.All(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` WHERE `+compared.String()+fmt.Sprintf(` ORDER BY i.id LIMIT %d`, maxCompared), compared.args...)
		return err
	})
	if err != nil {
		return List{}, wrapped("list interests", err)
	}
	opened, err := s.openAll(ctx, append(rows[:len(rows):len(rows)], open...))
	if err != nil {
		return List{}, wrapped("list interests", err)
	}
	list.Rows = opened[:len(rows):len(rows)]
	markDoubles(list.Rows, opened[len(rows):])
	noteShown(ctx, actor, ActionList, actor.Organisation, "", list.Rows)
	return list, nil
}

func countStates(ctx context.Context, tx *db.Tx, w where, into map[State]int) error {
	type count struct {
		state State
		n     int
	}
	all, err := db.All(ctx, tx, func(row db.Scanner) (count, error) {
		var c count
		err := row.Scan(&c.state, &c.n)
		return c, err
	}, `SELECT i.state, count(*) FROM `+tables+` WHERE `+w.String()+` GROUP BY i.state`, w.args...)
	for _, c := range all {
		into[c.state] = c.n
	}
	return err
}

// noteShown notes whom the actor saw.
func noteShown(ctx context.Context, actor access.Subject, action audit.Action, organisation, purpose string, rows []Row) {
	if len(rows) == 0 {
		return
	}
	e := entry(actor, action, organisation, "", "")
	e.Purpose = purpose
	for _, r := range rows {
		e.Found = append(e.Found, r.ID)
	}
	audit.Note(ctx, e)
}

// Fact is one thing that was done about an interest, opened.
type Fact struct {
	Event    Event
	State    State
	Reason   string
	How      How
	Round    string // name
	RoundID  string
	TalkOn   clock.Date
	Starts   int
	TalkBy   string // name
	AnswerBy clock.Date
	Place    string
	Note     string
	At       time.Time
	By       string // name; empty for the public form
	id       string
	place    []byte
	note     []byte
}

// Interest is one interest with all that was done about it, and what can be.
type Interest struct {
	Row
	Steps []Fact
	// Rounds are the groups that have not ended of its board and programme.
	Rounds []Places
	Hows   []How // by which an offer can be told
	// Doubles are others that are open, with the same telephone number or address.
	Doubles []Row
	// Leaders are those who may hold a talk.
	Leaders []Named
	Today   clock.Date
}

// Named is somebody with an id, and the address that tells them from another of the same name.
type Named struct{ ID, Name, Email string }

// Get is one interest. One that the actor does not reach is NotFound, as one that does not exist, and the try is in the log.
func (s *Service) Get(ctx context.Context, actor access.Subject, id string) (Interest, error) {
	if _, err := scopeOf(actor); err != nil {
		return Interest{}, err
	}
	found := Interest{Today: s.Today()}
	var x stored
	var same []stored
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if x, err = s.reachedTx(ctx, tx, actor, id); err != nil {
			return err
		}
		if found.Steps, err = factsTx(ctx, tx, id); err != nil {
			return err
		}
		if found.Rounds, err = s.placesTx(ctx, tx, actor, x.Authority, x.Programme); err != nil {
			return err
		}
		if found.Leaders, err = leadersTx(ctx, tx, x.Row, found.Today); err != nil {
			return err
		}
		var w where
		w.add("i.authority_id = ?", x.Authority)
		w.add("i.id <> ?", x.ID)
		w.add("i.erased_at IS NULL")
		w.in(Open)
		same, err = db.All(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` WHERE `+w.String()+fmt.Sprintf(` ORDER BY i.id LIMIT %d`, maxCompared), w.args...)
		return err
	})
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		noteRefusal(ctx, actor, ActionRead, refused.organisation, id)
	}
	if err != nil {
		return Interest{}, wrapped("interest", err)
	}
	opened, err := s.openAll(ctx, append([]stored{x}, same...))
	if err != nil {
		return Interest{}, wrapped("interest", err)
	}
	found.Row = opened[0]
	for _, other := range opened[1:] {
		if !found.Erased && alike(found.Row, other) {
			found.Doubles = append(found.Doubles, other)
		}
	}
	if err := s.openFacts(ctx, found.Row, found.Steps); err != nil {
		return Interest{}, wrapped("interest", err)
	}
	found.Hows = s.hows(found.Row)
	audit.Note(ctx, entry(actor, ActionRead, found.Organisation, id, ""))
	if len(found.Doubles) > 0 {
		noteShown(ctx, actor, ActionRead, found.Organisation, "", found.Doubles)
	}
	return found, nil
}

// refusal is that an interest is outside the actor's reach. It is NotFound to whoever asked, and noted in the log.
type refusal struct {
	organisation string
	reason       access.Reason
}

// Error is for the program's log.
func (r *refusal) Error() string { return "interest: " + string(r.reason) }

// reachedTx is an interest that the actor reaches, not opened.
func (s *Service) reachedTx(ctx context.Context, tx *db.Tx, actor access.Subject, id string) (stored, error) {
	x, err := db.One(ctx, tx, scanStored, `SELECT `+columns+` FROM `+tables+` WHERE i.id = $1`, id)
	if err != nil {
		return x, err
	}
	if d := access.Decide(actor, access.HandleInterest, x.resource()); !d.Allow {
		return x, errs.Wrap(errs.NotFound, &refusal{x.Organisation, d.Reason})
	}
	return x, nil
}

func factsTx(ctx context.Context, tx *db.Tx, id string) ([]Fact, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Fact, error) {
		var f Fact
		var at db.Time
		err := row.Scan(&f.id, &f.Event, &f.State, &f.Reason, &f.How, &f.RoundID, &f.Round, &f.TalkOn, &f.Starts, &f.TalkBy, &f.AnswerBy, &f.place, &f.note, &at, &f.By)
		f.At = at.Time
		return f, err
	}, `SELECT f.id, f.fact, f.state, coalesce(f.reason, ''), coalesce(f.how, ''), coalesce(f.round_id, ''), coalesce(r.name, ''), f.talk_on, coalesce(f.talk_starts, 0),
			coalesce(t.name, ''), f.answer_by, f.place, f.note, f.recorded_at, coalesce(p.name, '')
		FROM interest_fact f LEFT JOIN round r ON r.id = f.round_id LEFT JOIN person t ON t.id = f.talk_by LEFT JOIN person p ON p.id = f.recorded_by
		WHERE f.interest_id = $1 ORDER BY f.number`, id)
}

// openFacts opens what was noted.
func (s *Service) openFacts(ctx context.Context, r Row, facts []Fact) error {
	keys, err := s.vault.Subjects(ctx, r.Authority, []string{r.ID})
	if err != nil {
		return err
	}
	open := func(field string, sealed []byte) (string, error) {
		if sealed == nil {
			return "", nil
		}
		text, err := keys.Open(r.ID, field, sealed)
		if errors.Is(err, vault.ErrShredded) {
			return "", nil
		}
		return text, err
	}
	for i := range facts {
		f := &facts[i]
		if f.Place, err = open(fieldPlace+f.id, f.place); err != nil {
			return err
		}
		if f.Note, err = open(fieldNote+f.id, f.note); err != nil {
			return err
		}
	}
	return nil
}

// leadersTx is the leaders of a board in a programme, by name: who may hold a talk.
func leadersTx(ctx context.Context, tx *db.Tx, r Row, today clock.Date) ([]Named, error) {
	return db.All(ctx, tx, func(row db.Scanner) (Named, error) {
		var n Named
		var sort []byte
		err := row.Scan(&n.ID, &n.Name, &n.Email, &sort)
		return n, err
	}, `SELECT DISTINCT p.id, p.name, p.email, p.name_sort FROM role g JOIN person p ON p.id = g.person_id
		WHERE `+leading+` ORDER BY p.name_sort, p.id LIMIT 200`, r.Organisation, r.Authority, r.Programme, today)
}

// leading is that role g is that of a leader of an organisation and board in a programme on a day.
const leading = `g.role = 'leader' AND g.organisation_id = $1 AND (g.authority_id IS NULL OR g.authority_id = $2) AND (g.programme IS NULL OR g.programme = $3)
	AND g.from_on <= $4 AND (g.to_on IS NULL OR g.to_on >= $4)`

// leadsTx tells whether a person is one of those.
func leadsTx(ctx context.Context, tx *db.Tx, r Row, person string, today clock.Date) (bool, error) {
	n, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM role g WHERE `+leading+` AND g.person_id = $5`, r.Organisation, r.Authority, r.Programme, today, person)
	return n > 0, err
}
