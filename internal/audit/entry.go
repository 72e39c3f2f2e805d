package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"hemvist/internal/db"
)

// row is an entry as it is stored.
type row struct {
	id, at, actor, role, organisation, purpose, action, subject, outcome, requestID string

	total int64
	found string // JSON array
	mac   []byte
}

// maxFound is how many ids one entry holds. One that showed more becomes several with the same request id, so none is left out.
const maxFound = 200

// The forms that ids and words have. They let through no space, no @ and no letter beyond a to z, and so hardly a name.
const (
	maxID   = 128
	maxWord = 64
)

// personnummer is what an id must not look like: ten or twelve digits, with or without the sign.
var personnummer = regexp.MustCompile(`^([0-9]{2})?[0-9]{6}[-+]?[0-9]{4}$`)

func checkID(field, id string) error {
	if len(id) > maxID || !plain(id, true) {
		return fmt.Errorf("audit entry: %s is no id; the log takes links, never contents", field)
	}
	if personnummer.MatchString(id) {
		return fmt.Errorf("audit entry: %s looks like a personnummer", field)
	}
	return nil
}

func checkWord(field, word string) error {
	if len(word) > maxWord || !plain(word, false) {
		return fmt.Errorf("audit entry: %s is no word of the program's; small letters, digits, dots and hyphens", field)
	}
	return nil
}

// plain tells whether s has only small letters a to z, digits, dots and hyphens; ids also have capitals and _ : / + =
func plain(s string, isID bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-':
		case isID && ('A' <= c && c <= 'Z' || strings.IndexByte("_:/+=", c) >= 0):
		default:
			return false
		}
	}
	return true
}

// check refuses what must not be in a log. Only the program can have put it there, so the error has no kind.
func (e Entry) check() error {
	if e.Action == "" || e.Outcome == "" {
		return fmt.Errorf("audit entry: action %q and outcome %q are both needed", e.Action, e.Outcome)
	}
	for _, f := range [...][2]string{{"role", e.Role}, {"action", string(e.Action)}, {"outcome", string(e.Outcome)}} {
		if err := checkWord(f[0], f[1]); err != nil {
			return err
		}
	}
	for _, f := range [...][2]string{{"id", e.ID}, {"actor", e.Actor}, {"organisation", e.Organisation}, {"purpose", e.Purpose}, {"subject", e.Subject}} {
		if err := checkID(f[0], f[1]); err != nil {
			return err
		}
	}
	// A request id is drawn at random, and may by chance be all digits.
	if len(e.RequestID) > maxID || !plain(e.RequestID, true) {
		return fmt.Errorf("audit entry: the request id has characters that none has")
	}
	for _, id := range e.Found {
		if err := checkID("a found id", id); err != nil {
			return err
		}
	}
	return nil
}

// rows is the entry as it is to be stored: one row, or several when it found very many.
func (l *Log) rows(e Entry) ([]row, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if e.At.IsZero() {
		e.At = l.clock.Now()
	}
	at, err := db.At(e.At).Value()
	if err != nil {
		return nil, fmt.Errorf("audit entry: %w", err)
	}
	if e.Count == 0 {
		e.Count = len(e.Found)
	}
	var rows []row
	for first := true; first || len(e.Found) > 0; first = false {
		n := min(len(e.Found), maxFound)
		r := row{
			id: e.ID, at: at.(string), actor: e.Actor, role: e.Role, organisation: e.Organisation, purpose: e.Purpose,
			action: string(e.Action), subject: e.Subject, outcome: string(e.Outcome), requestID: e.RequestID,
			total: int64(e.Count), found: jsonList(e.Found[:n]),
		}
		if r.id == "" || !first {
			r.id = db.NewID()
		}
		r.mac = l.sumEntry(&r)
		rows = append(rows, r)
		e.Found = e.Found[n:]
	}
	return rows, nil
}

// jsonList writes ids, in which no character needs escaping, as a JSON array.
func jsonList(ids []string) string {
	if len(ids) == 0 {
		return "[]"
	}
	return `["` + strings.Join(ids, `","`) + `"]`
}

const insertEntry = `INSERT INTO audit_entry
	(id, at, actor, role, organisation, purpose, action, subject, outcome, request_id, total, found, mac)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`

// Add writes an entry in the caller's transaction: it is there if and only if what it tells about is. An entry with anything but
// ids and words of the program in it is an error, which is to fail the transaction.
func (l *Log) Add(ctx context.Context, tx *db.Tx, e Entry) error {
	rows, err := l.rows(e)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if _, err := tx.Exec(ctx, insertEntry, r.id, r.at, r.actor, r.role, r.organisation, r.purpose, r.action, r.subject, r.outcome,
			r.requestID, r.total, r.found, r.mac); err != nil {
			return fmt.Errorf("audit entry %s: %w", e.Action, err)
		}
	}
	return nil
}

// scanRow reads a stored entry whose columns are entryColumns, after whatever stands before them.
func scanRow(s db.Scanner, before ...any) (row, error) {
	var r row
	err := s.Scan(append(before, &r.id, &r.at, &r.actor, &r.role, &r.organisation, &r.purpose, &r.action, &r.subject, &r.outcome,
		&r.requestID, &r.total, &r.found, &r.mac)...)
	return r, err
}

const entryColumns = `e.id, e.at, e.actor, e.role, e.organisation, e.purpose, e.action, e.subject, e.outcome, e.request_id, e.total, e.found, e.mac`

// entry is the row as it is read. What cannot be read was altered; it is left empty, and the MAC tells.
func (r row) entry() Entry {
	e := Entry{
		ID: r.id, Actor: r.actor, Role: r.role, Organisation: r.organisation, Purpose: r.purpose, Action: Action(r.action),
		Subject: r.subject, Outcome: Outcome(r.outcome), RequestID: r.requestID, Count: int(r.total),
	}
	var at db.Time
	if at.Scan(r.at) == nil {
		e.At = at.Time
	}
	if json.Unmarshal([]byte(r.found), &e.Found) != nil || len(e.Found) == 0 {
		e.Found = nil
	}
	return e
}
