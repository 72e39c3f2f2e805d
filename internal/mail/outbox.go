package mail

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// The actions in the log that this room writes about letters. Their subject is a letter.
const (
	ActionList  audit.Action = "letter.list"
	ActionRead  audit.Action = "letter.read"
	ActionAgain audit.Action = "letter.again"
	ActionDrop  audit.Action = "letter.drop"
)

// Query says which letters the outbox shows. The zero Query is the first page of all, the newest first.
type Query struct {
	Text  string // words that begin like words of the receiver's name
	State State  // empty for all
	Page  int    // from 1
}

const (
	perPage   = 50
	countedTo = 10_000
	maxPage   = 1_000_000
	maxWords  = 8
)

// Row is a letter in the outbox.
type Row struct {
	ID, Template, Name, Address, Organisation string
	Way                                       Way
	State                                     State
	Tries                                     int
	Created, Changed                          time.Time
}

// Page is one page of the outbox.
type Page struct {
	Query Query
	Rows  []Row
	Total int
	More  bool // there are more than Total
}

// Pages is how many pages the counted letters fill; at least 1.
func (p Page) Pages() int { return max(1, (p.Total+perPage-1)/perPage) }

// where gathers the conditions of a query on letter l and their values.
type where struct {
	conditions []string
	args       []any
}

// add adds a condition; every ? in it stands for the next of args.
func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) String() string { return strings.Join(w.conditions, " AND ") }

// within adds what bounds a query on letter l to the scope. A hub reads what is written in its words, and what is written in its own
// organisation's matters.
func (w *where) within(s access.Scope) {
	switch s.Reach() {
	case access.Hub:
		w.add("(l.hub_id = ? OR l.organisation_id = ?)", s.Organisation(), s.Organisation())
	case access.Organisation:
		if s.Authority() != "" {
			w.add("l.authority_id = ?", s.Authority())
		} else {
			w.add("l.organisation_id = ?", s.Organisation())
		}
	default:
		w.add("1 = 0")
	}
}

// Outbox is the letters that the actor may see, as the query asks.
func (s *Service) Outbox(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	scope := access.ScopeOf(actor, access.ReadOutbox)
	if scope.Reach() == access.None {
		return Page{}, errs.New(errs.Denied, "")
	}
	q.Page = min(max(q.Page, 1), maxPage)
	page := Page{Query: q}
	var w where
	w.within(scope)
	if q.State != "" {
		w.add("l.state = ?", string(q.State))
	}
	words := db.Words(q.Text)
	for _, word := range words[:min(len(words), maxWords)] {
		from, to := db.PrefixRange(word)
		w.add("EXISTS (SELECT 1 FROM letter_word x WHERE x.letter_id = l.id AND x.word >= ? AND x.word < ?)", from, to)
	}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if page.Total, page.More, err = db.CountTo(ctx, tx, countedTo, `SELECT 1 FROM letter l WHERE `+w.String(), w.args...); err != nil {
			return err
		}
		if !page.More {
			page.Query.Page = min(q.Page, page.Pages()) // an old address, of a list that has become shorter
		}
		n := len(w.args)
		page.Rows, err = db.All(ctx, tx, scanRow, fmt.Sprintf(`SELECT l.id, l.template, coalesce(p.name, l.name), l.address, coalesce(o.name, ''), l.way, l.state, l.tries,
				l.created_at, l.changed_at
			FROM letter l LEFT JOIN organisation o ON o.id = l.organisation_id
			LEFT JOIN person p ON p.id = l.person_id WHERE %s ORDER BY l.created_at DESC, l.id DESC LIMIT $%d OFFSET $%d`,
			w.String(), n+1, n+2), append(w.args[:n:n], perPage, (page.Query.Page-1)*perPage)...)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list letters: %w", err)
	}
	e := entry(actor, ActionList, "", audit.OK)
	for _, r := range page.Rows {
		e.Found = append(e.Found, r.ID)
	}
	e.Count = page.Total
	audit.Note(ctx, e)
	return page, nil
}

func scanRow(row db.Scanner) (r Row, err error) {
	var created, changed db.Time
	err = row.Scan(&r.ID, &r.Template, &r.Name, &r.Address, &r.Organisation, &r.Way, &r.State, &r.Tries, &created, &changed)
	r.Created, r.Changed = created.Time, changed.Time
	return r, err
}

func entry(actor access.Subject, action audit.Action, letter string, o audit.Outcome) audit.Entry {
	return audit.Entry{Actor: actor.Person, Role: string(actor.Role), Organisation: actor.Organisation, Action: action, Subject: letter, Outcome: o}
}

// Event is one thing that became of a letter.
type Event struct {
	What   string // "queued", "handing-over", "later", "sent", "failed", "uncertain", "again", "dropped"
	At     time.Time
	By     string // name of who did it; empty for the program itself
	Answer string // what the other end said
}

// Detail is a letter as its page shows it.
type Detail struct {
	Row
	Language      string
	Subject, Body string // as it was handed over, or as it would be now; the link is LinkMark
	HandedOver    bool   // it has been handed over with these words
	Link          string // the link itself, where letters are kept to be read; empty elsewhere
	HasLink       bool
	Events        []Event // the first first
	MayAgain      bool
	MayDrop       bool
}

// LinkMark stands in the place of the link in a Detail's text.
const LinkMark = linkMark

// Letter is one letter, for who may read it; NotFound when it is out of the actor's reach.
func (s *Service) Letter(ctx context.Context, actor access.Subject, id string) (Detail, error) {
	var l stored
	var w Words
	d := Detail{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if l, err = s.within(ctx, tx, actor, id); err != nil {
			return err
		}
		if w, err = s.wordsTx(ctx, tx, l.Letter); err != nil {
			return err
		}
		if l.Person != "" {
			if d.Name, err = db.One(ctx, tx, db.Scalar[string], `SELECT name FROM person WHERE id = $1`, l.Person); err != nil {
				return err
			}
		}
		if l.Organisation != "" {
			if d.Organisation, err = db.One(ctx, tx, db.Scalar[string], `SELECT name FROM organisation WHERE id = $1`, l.Organisation); err != nil {
				return err
			}
		}
		d.Events, err = db.All(ctx, tx, scanEvent, `SELECT e.what, e.recorded_at, coalesce(p.name, ''), e.answer
			FROM letter_event e LEFT JOIN person p ON p.id = e.recorded_by WHERE e.letter_id = $1 ORDER BY e.recorded_at, e.id`, id)
		return err
	})
	s.noteLook(ctx, actor, id, err)
	if err != nil {
		return Detail{}, fmt.Errorf("read letter: %w", err)
	}
	name := l.Name // as the person is greeted
	if d.Name != "" {
		name = d.Name
	}
	d.Row = Row{ID: l.id, Template: l.Template, Name: name, Address: l.To, Organisation: d.Organisation, Way: l.Way, State: l.state, Tries: l.tries,
		Created: l.created, Changed: l.when}
	d.Language, d.Subject, d.Body, d.HandedOver = l.Language, l.subject, l.body, l.tries > 0
	if !d.HandedOver {
		d.Subject, d.Body = s.written(l.Letter, w)
	}
	if d.HasLink = l.Link.Path != ""; d.HasLink && s.kept {
		d.Link = l.Link.href(s.origin, s.secrets.Secret)
	}
	d.MayAgain, d.MayDrop = l.state == Failed || l.state == Uncertain, l.state == Queued
	return d, nil
}

// noteLook logs that somebody looked at a letter, or tried to.
func (s *Service) noteLook(ctx context.Context, actor access.Subject, id string, err error) {
	switch {
	case err == nil:
		audit.Note(ctx, entry(actor, ActionRead, id, audit.OK))
	case errs.Is(err, errs.NotFound):
		audit.Note(ctx, entry(actor, ActionRead, "", audit.Denied)) // what was typed into an address is no id
	}
}

func scanEvent(row db.Scanner) (e Event, err error) {
	var at db.Time
	err = row.Scan(&e.What, &at, &e.By, &e.Answer)
	e.At = at.Time
	return e, err
}

// within is a letter that the actor reaches; NotFound otherwise.
func (s *Service) within(ctx context.Context, tx *db.Tx, actor access.Subject, id string) (stored, error) {
	l, err := readLetter(ctx, tx, id)
	if err != nil {
		return l, err
	}
	for _, r := range []access.Resource{
		{Hub: l.Hub, Organisation: l.Organisation, Authority: l.Authority},
		{Hub: l.Organisation}, // a hub's own matters
	} {
		if access.Decide(actor, access.ReadOutbox, r).Allow {
			return l, nil
		}
	}
	return stored{}, errs.Wrap(errs.NotFound, fmt.Errorf("letter %s is out of reach", id))
}

// Again sends a letter once more, because a person wants it to: one that failed, or of which nobody knows whether it arrived. Any other is
// a Conflict.
func (s *Service) Again(ctx context.Context, actor access.Subject, id, requestID string) error {
	return s.move(ctx, actor, id, ActionAgain, requestID, "again", Queued, func(l stored) bool { return l.state == Failed || l.state == Uncertain })
}

// Drop takes a letter back that has not been sent; any other is a Conflict.
func (s *Service) Drop(ctx context.Context, actor access.Subject, id, requestID string) error {
	return s.move(ctx, actor, id, ActionDrop, requestID, "dropped", Dropped, func(l stored) bool { return l.state == Queued })
}

// move is a person's decision about a letter.
func (s *Service) move(ctx context.Context, actor access.Subject, id string, action audit.Action, requestID, what string, to State, may func(stored) bool) error {
	if access.ReachOf(actor.Role, access.ReadOutbox) == access.None {
		return errs.New(errs.Denied, "")
	}
	now := s.clock.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, err := s.within(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if !may(l) {
			return errs.New(errs.Conflict, "letters.error.moved")
		}
		// Without its last attempt: whoever made that has no say any more.
		if _, err := tx.Exec(ctx, `UPDATE letter SET state = $1, changed_at = $2, attempt = NULL WHERE id = $3`, string(to), db.At(now), id); err != nil {
			return err
		}
		if err := s.addEvent(ctx, tx, event{letter: id, what: what, at: db.At(now), by: actor.Person}); err != nil {
			return err
		}
		if to == Queued {
			if err := s.queue.EnqueueTx(ctx, tx, jobName(l.Way), id); err != nil {
				return err
			}
		}
		e := entry(actor, action, id, audit.OK)
		e.At, e.RequestID = now, requestID
		return s.log.Add(ctx, tx, e)
	})
	if errs.Is(err, errs.NotFound) {
		audit.Note(ctx, entry(actor, action, "", audit.Denied))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}
