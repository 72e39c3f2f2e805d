package oversight

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Query says which entries a list shows.
type Query struct {
	Person   string // words that begin like words of the doer's name
	Round    string // words that begin like words of the round's name, its place or its leaders' names
	Group    Group  // empty for all
	Outcome  audit.Outcome
	From, To clock.Date // the last day counts; no day for no bound
	After    audit.Place
}

const (
	perPage    = 50
	countedTo  = 1_000
	maxExport  = 10_000
	maxMatches = 50 // people or rounds that a filter's words may mean
)

// Entry is an entry of the log with the names that its ids stand for.
type Entry struct {
	audit.Stored
	Group  Group
	Doer   Named  // who did it; without a name when nobody was signed in
	Matter string // the name of the round that it concerns; empty for none
	About  string // the name of the person or organisation that it was done to; empty for what has none
	Marks  []Mark
	Asked  string // the id of the question that was asked about it; empty for none
	Own    bool   // it is the reader's own doing
}

// Named is a person, and where they work.
type Named struct{ ID, Name, Organisation string }

// Page is one page of entries.
type Page struct {
	Query   Query
	Entries []Entry
	Total   int
	More    bool         // there are more than Total
	Next    *audit.Place // where the page after this one begins; nil for none
}

// List is the log that the actor reviews, newest first. It is itself logged.
func (s *Service) List(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	p, err := s.list(ctx, actor, q, perPage)
	if err == nil {
		note(ctx, actor, ActionRead, actor.Organisation, len(p.Entries))
	}
	return p, err
}

// Export is List without pages. More than 10,000 entries are TooLarge.
func (s *Service) Export(ctx context.Context, actor access.Subject, q Query) (Page, error) {
	q.After = audit.Place{}
	all := Page{Query: q}
	for {
		p, err := s.list(ctx, actor, q, 1000)
		if err != nil {
			return Page{}, err
		}
		all.Entries = append(all.Entries, p.Entries...)
		if p.Next == nil {
			break
		}
		if len(all.Entries) >= maxExport {
			return Page{}, errs.New(errs.TooLarge, "log.error.many")
		}
		q.After = *p.Next
	}
	note(ctx, actor, ActionExport, actor.Organisation, len(all.Entries))
	return all, nil
}

func (s *Service) list(ctx context.Context, actor access.Subject, q Query, limit int) (Page, error) {
	scope := access.ScopeOf(actor, access.ReviewLog)
	if scope.Reach() != access.Organisation {
		return Page{}, errs.New(errs.Denied, "")
	}
	var p Page
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		p = Page{Query: q}
		f, err := s.filter(ctx, tx, scope, q)
		if err != nil {
			return err
		}
		f.Limit = limit
		stored, err := s.log.List(ctx, tx, f)
		if err != nil {
			return err
		}
		if p.Total, p.More, err = s.log.Count(ctx, tx, f, countedTo); err != nil {
			return err
		}
		if len(stored) == limit {
			last := stored[limit-1].Place()
			p.Next = &last
		}
		p.Entries, err = named(ctx, tx, actor.Person, stored)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list the log: %w", err)
	}
	return p, nil
}

// filter is the query as the log understands it.
func (s *Service) filter(ctx context.Context, tx *db.Tx, scope access.Scope, q Query) (audit.Filter, error) {
	f := reviewed(scope)
	f.Outcome, f.After = q.Outcome, q.After
	if !q.From.IsZero() {
		f.From = begin(q.From)
	}
	if !q.To.IsZero() {
		f.Before = begin(q.To.AddDays(1))
	}
	if q.Group != "" {
		known, err := s.log.ActionsOf(ctx, tx, scope.Organisation())
		if err != nil {
			return f, err
		}
		for _, a := range known {
			if GroupOf(a) == q.Group {
				f.Actions = append(f.Actions, a)
			}
		}
		if len(f.Actions) == 0 {
			return also(f, in("e.id", nil)), nil
		}
	}
	if words := db.Words(q.Person); len(words) > 0 {
		ids, err := matching(ctx, tx, `SELECT w.person_id FROM person_word w WHERE w.word >= $1 AND w.word < $2`, "w.person_id",
			`SELECT 1 FROM person_word x WHERE x.person_id = w.person_id`, words)
		if err != nil {
			return f, err
		}
		f = also(f, in("e.actor", ids))
	}
	if words := db.Words(q.Round); len(words) > 0 {
		ids, err := matching(ctx, tx, `SELECT w.round_id FROM round_word w JOIN round r ON r.id = w.round_id
			WHERE w.word >= $1 AND w.word < $2 AND r.organisation_id = $3`, "w.round_id",
			`SELECT 1 FROM round_word x WHERE x.round_id = w.round_id`, words, scope.Organisation())
		if err != nil {
			return f, err
		}
		f = also(f, in("e.purpose <> '' AND e.purpose", ids))
	}
	return f, nil
}

// matching is the ids for which each word begins one of their words. first finds those of the first word, each is asked of the others.
func matching(ctx context.Context, tx *db.Tx, first, id, each string, words []string, args ...any) ([]string, error) {
	from, to := db.PrefixRange(words[0])
	args = append([]any{from, to}, args...)
	for _, word := range words[1:min(len(words), 8)] {
		from, to := db.PrefixRange(word)
		args = append(args, from, to)
		first += fmt.Sprintf(" AND EXISTS (%s AND x.word >= $%d AND x.word < $%d)", each, len(args)-1, len(args))
	}
	return db.All(ctx, tx, db.Scalar[string], fmt.Sprintf("%s GROUP BY %s ORDER BY %s LIMIT %d", first, id, id, maxMatches), args...)
}

// Shown is one page of the entries that concern the reader alone.
type Shown struct {
	Entries []Entry
	Next    *audit.Place
	Since   clock.Date // how far back it goes; no day for all of the log
}

// seenSince is how many days back Lookers looks into what lists and searches showed.
const seenSince = 365

// Lookers is who has looked at the actor: at their page, or at a list or search in which they stood. The newest first.
func (s *Service) Lookers(ctx context.Context, actor access.Subject, after audit.Place) (Shown, error) {
	since := s.Today().AddDays(-seenSince)
	return s.own(ctx, actor, Shown{Since: since}, func(ctx context.Context, tx *db.Tx) ([]audit.Stored, error) {
		stored, err := s.log.List(ctx, tx, audit.Filter{Subject: actor.Person, NotActor: actor.Person, After: after, Limit: perPage})
		if err != nil {
			return nil, err
		}
		lists, err := s.lists(ctx, tx, actor.Person, begin(since), after)
		if err != nil {
			return nil, err
		}
		return newest(perPage, stored, lists), nil
	})
}

// lists is the entries of lists and searches that showed a person: in the logs of the organisations that they have worked for and of the
// hubs, where whoever lists people has their role. What a list showed is in no index, so it goes no further back than since, and
// only through actions that show people.
func (s *Service) lists(ctx context.Context, tx *db.Tx, person string, since time.Time, after audit.Place) ([]audit.Stored, error) {
	places, err := db.All(ctx, tx, db.Scalar[string], `SELECT organisation_id FROM role WHERE person_id = $1
		UNION SELECT id FROM organisation WHERE kind = 'hub'`, person)
	if err != nil {
		return nil, err
	}
	var all []audit.Stored
	for _, organisation := range places {
		known, err := s.log.ActionsOf(ctx, tx, organisation)
		if err != nil {
			return nil, err
		}
		f := audit.Filter{Organisation: organisation, Showed: person, NotActor: person, From: since, After: after, Limit: perPage}
		for _, a := range known {
			if showsPeople(a) {
				f.Actions = append(f.Actions, a)
			}
		}
		if len(f.Actions) == 0 {
			continue
		}
		f = also(f, func(mark func(any) string) string { return "e.subject <> " + mark(person) })
		stored, err := s.log.List(ctx, tx, f)
		if err != nil {
			return nil, err
		}
		all = newest(perPage, all, stored)
	}
	return all, nil
}

func showsPeople(a audit.Action) bool {
	return GroupOf(a) == People && !isChange(a) || a == "person.export"
}

// Doings is what the actor has done and looked at, the newest first.
func (s *Service) Doings(ctx context.Context, actor access.Subject, after audit.Place) (Shown, error) {
	return s.own(ctx, actor, Shown{}, func(ctx context.Context, tx *db.Tx) ([]audit.Stored, error) {
		return s.log.List(ctx, tx, audit.Filter{Actor: actor.Person, After: after, Limit: perPage})
	})
}

func (s *Service) own(ctx context.Context, actor access.Subject, shown Shown, read func(context.Context, *db.Tx) ([]audit.Stored, error)) (Shown, error) {
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		stored, err := read(ctx, tx)
		if err != nil {
			return err
		}
		if shown.Next = nil; len(stored) == perPage {
			last := stored[perPage-1].Place()
			shown.Next = &last
		}
		shown.Entries, err = named(ctx, tx, actor.Person, stored)
		return err
	})
	if err != nil {
		return Shown{}, fmt.Errorf("list one's own log: %w", err)
	}
	note(ctx, actor, ActionReadOwn, actor.Person, len(shown.Entries))
	return shown, nil
}
