package site

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/site/marked"
	"hemvist/internal/typed"
)

// Particular is something about who runs the house, which the texts name in braces: {email}.
type Particular string

// The particulars there are.
const (
	Organisation Particular = "organisation" // who answers for the service
	Email        Particular = "email"        // where one writes
	Phone        Particular = "phone"        // optional
	Post         Particular = "post"         // a postal address; optional
	Officer      Particular = "officer"      // how the data protection officer is reached
	Reviewed     Particular = "reviewed"     // the day on which the accessibility was last gone through
)

// Required are those without which the texts are not whole, in the order in which they are asked for.
var Required = []Particular{Organisation, Email, Officer, Reviewed}

// optional are those whose line is left out of a text while they are empty.
var optional = []Particular{Phone, Post}

// Particulars is what is filled in about who runs the house. Number counts the saves, 0 for none.
type Particulars struct {
	Number                                    int
	Organisation, Email, Phone, Post, Officer string
	Reviewed                                  clock.Date
	At                                        time.Time
	By                                        string // a name
}

// Missing is the required particulars that are not filled in.
func (p Particulars) Missing() []Particular {
	var missing []Particular
	for _, name := range Required {
		if p.markdown(name, func(d clock.Date) string { return d.String() }) == "" {
			missing = append(missing, name)
		}
	}
	return missing
}

// markdown is a particular as it stands in a text; empty when it is not filled in.
func (p Particulars) markdown(name Particular, day func(clock.Date) string) string {
	switch name {
	case Organisation:
		return marked.Escape(p.Organisation)
	case Email:
		if p.Email == "" {
			return ""
		}
		return "[" + marked.Escape(p.Email) + "](<mailto:" + strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C", "&", "%26", "?", "%3F", "%", "%25").Replace(p.Email) + ">)"
	case Phone:
		return marked.Escape(p.Phone)
	case Post:
		return marked.Escape(p.Post)
	case Officer:
		return marked.Escape(p.Officer)
	case Reviewed:
		if p.Reviewed.IsZero() {
			return ""
		}
		return marked.Escape(day(p.Reviewed))
	}
	return ""
}

// Words puts a text's particulars into words: a day, and what is said where something is missing.
type Words struct {
	Day     func(clock.Date) string
	Missing func(Particular) string
}

// Fill puts the particulars into a text, and tells which required ones the text names and lacks. A line that names an optional one that
// is not filled in is left out.
func (p Particulars) Fill(body string, w Words) (filled string, missing []Particular) {
	var lines []string
	for _, line := range strings.Split(body, "\n") {
		keep := true
		for _, name := range optional {
			value := p.markdown(name, w.Day)
			if strings.Contains(line, mark(name)) && value == "" {
				keep = false
			}
			line = strings.ReplaceAll(line, mark(name), value)
		}
		if keep {
			lines = append(lines, line)
		}
	}
	filled = strings.Join(lines, "\n")
	for _, name := range Required {
		if !strings.Contains(filled, mark(name)) {
			continue
		}
		value := p.markdown(name, w.Day)
		if value == "" {
			missing = append(missing, name)
			value = "*" + marked.Escape(w.Missing(name)) + "*"
		}
		filled = strings.ReplaceAll(filled, mark(name), value)
	}
	return filled, missing
}

// mark is how a text names a particular.
func mark(name Particular) string { return "{" + string(name) + "}" }

// check is what is wrong, by field; the texts are trimmed. Everything may be empty: what is missing is said to be.
func (p Particulars) check(today clock.Date) (Particulars, error) {
	var all, wrong []errs.Field
	p.Organisation, all = typed.Line("organisation", p.Organisation, "")
	if p.Email = strings.TrimSpace(p.Email); p.Email != "" {
		p.Email, wrong = typed.Email("email", p.Email)
		all = append(all, wrong...)
	}
	p.Phone, wrong = typed.Line("phone", p.Phone, "")
	all = append(all, wrong...)
	p.Post, wrong = typed.Line("post", p.Post, "")
	all = append(all, wrong...)
	p.Officer, wrong = typed.Line("officer", p.Officer, "")
	all = append(all, wrong...)
	for _, f := range []struct{ name, value string }{{"organisation", p.Organisation}, {"phone", p.Phone}, {"post", p.Post}, {"officer", p.Officer}} {
		if typed.HoldsPersonalNumber(f.value) {
			all = append(all, errs.Field{Name: f.name, Key: "site.error.personal-number"})
		}
	}
	if p.Reviewed.After(today) {
		all = append(all, errs.Field{Name: "reviewed", Key: "site.error.reviewed"})
	}
	return p, errs.InvalidFields(all...)
}

// ErrMeanwhile is the kind of error when somebody else saved first: by whom and when stands in Meanwhile.
type ErrMeanwhile struct {
	By string
	At time.Time
}

// Error is the text for logs.
func (e *ErrMeanwhile) Error() string { return "somebody else saved it meanwhile" }

// meanwhile makes the error that says so, with the kind Conflict.
func meanwhile(by string, at time.Time) error {
	return errs.Wrap(errs.Conflict, &ErrMeanwhile{By: by, At: at})
}

// Particulars is what is filled in now.
func (s *Service) Particulars(ctx context.Context) (p Particulars, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err = readParticulars(ctx, tx)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("read the particulars: %w", err)
	}
	return p, nil
}

// SaveParticulars stores what is filled in, as the version after p.Number, which is the one that the actor saw. A newer one is a
// Conflict with an ErrMeanwhile in it. changed is false when nothing was different.
func (s *Service) SaveParticulars(ctx context.Context, actor access.Subject, p Particulars, requestID string) (changed bool, err error) {
	if err := may(actor, access.EditSite); err != nil {
		return false, err
	}
	p, err = p.check(s.Today())
	if err != nil {
		return false, err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := readParticulars(ctx, tx)
		if err != nil {
			return err
		}
		if old.Number != p.Number {
			return meanwhile(old.By, old.At)
		}
		next := p
		next.At, next.By = old.At, old.By
		if changed = next != old; !changed {
			return nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO site_particulars (number, organisation, email, phone, post, officer, reviewed_on, recorded_at, recorded_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, old.Number+1, db.Null(p.Organisation), db.Null(p.Email), db.Null(p.Phone), db.Null(p.Post),
			db.Null(p.Officer), p.Reviewed, db.At(now), actor.Person)
		if err != nil {
			return err
		}
		return s.log.Add(ctx, tx, entry(actor, ActionParticulars, "particulars", requestID))
	})
	if err != nil {
		return false, fmt.Errorf("save the particulars: %w", err)
	}
	return changed, nil
}

// readParticulars reads the newest; the zero value when there are none.
func readParticulars(ctx context.Context, tx *db.Tx) (Particulars, error) {
	p, err := db.One(ctx, tx, func(row db.Scanner) (Particulars, error) {
		var p Particulars
		var at db.Time
		err := row.Scan(&p.Number, &p.Organisation, &p.Email, &p.Phone, &p.Post, &p.Officer, &p.Reviewed, &at, &p.By)
		p.At = at.Time
		return p, err
	}, `SELECT s.number, coalesce(s.organisation, ''), coalesce(s.email, ''), coalesce(s.phone, ''), coalesce(s.post, ''), coalesce(s.officer, ''),
			s.reviewed_on, s.recorded_at, p.name
		FROM site_particulars s JOIN person p ON p.id = s.recorded_by ORDER BY s.number DESC LIMIT 1`)
	if errs.Is(err, errs.NotFound) {
		return Particulars{}, nil
	}
	return p, err
}
