package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hemvist/internal/db"
)

// Filter says which entries List gives. What is empty does not narrow; one of Organisation, Actor and Subject is needed, so that
// nobody is given the whole log by mistake. Who may ask for what is package access's to say.
type Filter struct {
	Organisation string
	Actor        string
	Subject      string // entries about it
	Showed       string // entries whose list, search or page showed this id, or that are about it; looks at each entry that the rest leaves
	Purpose      string
	Action       Action
	Actions      []Action // any of these; all where it is empty
	Outcome      Outcome
	RequestID    string
	NotActor     string    // entries of anybody else
	Refused      bool      // entries whose outcome is not OK
	From, Before time.Time // from this instant, before that one
	After        Place     // the page after this place, newest first
	Limit        int       // 1 to 1000; 50 where it is 0
	// Narrow is a further condition on the entry e, made by a room that knows tables the log does not. mark keeps a value and gives
	// what stands for it in the condition.
	Narrow func(mark func(value any) string) string
}

// Place is where an entry stands in the order of List.
type Place struct {
	At time.Time
	ID string
}

// Stored is an entry as read from the log. Intact is false when its MAC does not fit: then it was altered after it was written.
type Stored struct {
	Entry
	Intact bool
}

// Place is where the entry stands in the order of List.
func (s Stored) Place() Place { return Place{s.At, s.ID} }

var errFilter = errors.New("a list of log entries is narrowed by organisation, actor or subject")

// where makes the condition and its arguments, after those that are given.
func (f Filter) where(args ...any) (string, []any, error) {
	if f.Organisation == "" && f.Actor == "" && f.Subject == "" {
		return "", nil, errFilter
	}
	var conditions []string
	mark := func(arg any) string {
		args = append(args, arg)
		return fmt.Sprintf("$%d", len(args))
	}
	for _, c := range [...][2]string{{"organisation", f.Organisation}, {"actor", f.Actor}, {"subject", f.Subject}, {"purpose", f.Purpose},
		{"action", string(f.Action)}, {"outcome", string(f.Outcome)}, {"request_id", f.RequestID}} {
		if c[1] != "" {
			conditions = append(conditions, "e."+c[0]+" = "+mark(c[1]))
		}
	}
	// What narrows an index to a part of the log stands here as it stands there: SQLite takes the index by that alone.
	if f.Purpose != "" {
		conditions = append(conditions, "e.purpose <> ''")
	}
	if f.Refused || f.Outcome != "" && f.Outcome != OK {
		conditions = append(conditions, "e.outcome <> 'ok'")
	}
	if f.NotActor != "" {
		conditions = append(conditions, "e.actor <> "+mark(f.NotActor))
	}
	if !f.From.IsZero() {
		conditions = append(conditions, "e.at >= "+mark(db.At(f.From)))
	}
	if !f.Before.IsZero() {
		conditions = append(conditions, "e.at < "+mark(db.At(f.Before)))
	}
	if f.Showed != "" {
		// Quotes around it: an id is not found as a part of another.
		like := `%"` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Showed) + `"%`
		conditions = append(conditions, "(e.subject = "+mark(f.Showed)+" OR e.found LIKE "+mark(like)+` ESCAPE '\')`)
	}
	if f.After.ID != "" {
		at := mark(db.At(f.After.At))
		conditions = append(conditions, "e.at <= "+at+" AND (e.at < "+at+" OR e.id < "+mark(f.After.ID)+")")
	}
	if f.Narrow != nil {
		conditions = append(conditions, f.Narrow(mark))
	}
	return strings.Join(conditions, " AND "), args, nil
}

// query is the statement that gives columns of the entries, newest first, and its arguments. Each of several actions is sought in its
// own part of the index by organisation and action, and of what these give the newest are taken: so a rare action is found without
// walking over all the others. One action, or none, is one such part.
func (f Filter) query(columns string, limit int) (string, []any, error) {
	where, args, err := f.where()
	if err != nil {
		return "", nil, err
	}
	args = append(args, limit)
	page := fmt.Sprintf(" ORDER BY e.at DESC, e.id DESC LIMIT $%d", len(args))
	if len(f.Actions) == 0 {
		return `SELECT ` + columns + ` FROM audit_entry e WHERE ` + where + page, args, nil
	}
	parts := make([]string, len(f.Actions))
	for i, a := range f.Actions {
		args = append(args, string(a))
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT %s FROM audit_entry e WHERE %s AND e.action = $%d%s) AS part%d`, columns, where, len(args), page, i)
	}
	return `SELECT ` + columns + ` FROM (` + strings.Join(parts, ` UNION ALL `) + `) AS e` + page, args, nil
}

// List gives entries, newest first. To read the log is itself to be logged by the caller.
func (l *Log) List(ctx context.Context, tx *db.Tx, f Filter) ([]Stored, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	query, args, err := f.query(entryColumns, min(limit, 1000))
	if err != nil {
		return nil, err
	}
	all, err := db.All(ctx, tx, func(s db.Scanner) (Stored, error) {
		r, err := scanRow(s)
		return Stored{r.entry(), l.intact(&r)}, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list log entries: %w", err)
	}
	return all, nil
}

// Count counts the entries that List would give without a limit, exactly up to most; more tells that there are more than that.
func (l *Log) Count(ctx context.Context, tx *db.Tx, f Filter, most int) (n int, more bool, err error) {
	f.After = Place{}
	where, args, err := f.where()
	if err != nil {
		return 0, false, err
	}
	if len(f.Actions) > 0 {
		marks := make([]string, len(f.Actions))
		for i, a := range f.Actions {
			args = append(args, string(a))
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where += " AND e.action IN (" + strings.Join(marks, ", ") + ")"
	}
	n, more, err = db.CountTo(ctx, tx, most, `SELECT 1 FROM audit_entry e WHERE `+where, args...)
	if err != nil {
		return 0, false, fmt.Errorf("count log entries: %w", err)
	}
	return n, more, nil
}
