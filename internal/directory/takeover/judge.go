// Package takeover takes over a register of people from a table: who is new, who is known by their address, who may be somebody of the same
// name and has to be asked for, and what does not fit. All of a table is taken, or nothing; the same table twice adds nobody twice. It
// invites nobody, and never keeps a row with a personal number in it.
package takeover

import (
	"slices"
	"strings"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/errs"
)

// Row is a line of the table, as it was read. Of one that holds a personal number only its number is kept.
type Row struct {
	Number                                         int
	Name, Email, Phone, Organisation, Board, Title string
	PersonalNumber                                 bool
}

// Settings hold for lines that do not say otherwise.
type Settings struct {
	directory.RoleForm
	Language string
	// Roles is the words by which a role can be called.
	Roles map[string]access.Role
}

// Kind is what becomes of a line.
type Kind string

// The kinds.
const (
	Added    Kind = "new"       // somebody who is not here yet
	Known    Kind = "known"     // here already, and gets the role
	Already  Kind = "already"   // here already, with the role: nothing is done
	AskWho   Kind = "ask-who"   // may be somebody of the same name
	AskWhere Kind = "ask-where" // the organisation is not known by that name
	Refused  Kind = "refused"   // does not fit, and Why says why
	Skipped  Kind = "skipped"   // left out by whoever took the table over
)

// Kinds is every kind, in the order in which they are shown.
var Kinds = []Kind{AskWho, AskWhere, Refused, Added, Known, Already, Skipped}

// Decision is what was answered to a line's questions: who it is (a person's id, "new" or "skip"), where (a place's value or "skip").
type Decision struct{ Who, Where string }

// The answers that are no ids.
const (
	IsNew = "new"
	Skip  = "skip"
)

// Verdict is what becomes of a line.
type Verdict struct {
	Row
	Kind       Kind
	Why        errs.Field // of what is refused
	Form       directory.PersonForm
	Role       directory.RoleForm
	Person     directory.PersonRow   // of who is known
	Candidates []directory.PersonRow // whom it may be, each with where they work
	Places     []directory.Place     // where it may be
}

// world is what is known of people and places when a table is looked at.
type world struct {
	actor     access.Subject
	today     clock.Date
	places    []directory.Place
	byAddress map[string]directory.PersonRow
	byName    map[string][]directory.PersonRow       // those within reach, by the folded name
	may       map[directory.RoleAt]*errs.Field       // what is wrong with giving a role, once asked
	given     map[string]map[directory.RoleAt]string // what earlier lines give, by address, and to which name
	ask       func(directory.RoleForm) (*errs.Field, error)
}

// judge says what becomes of a line.
func (w *world) judge(row Row, s Settings, d Decision) (Verdict, error) {
	v := Verdict{Row: row, Kind: Refused, Role: s.RoleForm}
	if row.PersonalNumber {
		v.Why.Key = "people.error.personal-number"
		return v, nil
	}
	var wrong []errs.Field
	v.Form, wrong = directory.CheckPerson(directory.PersonForm{Name: row.Name, Email: row.Email, Phone: row.Phone, Language: s.Language})
	if len(wrong) > 0 {
		v.Why = wrong[0]
		return v, nil
	}
	if row.Title != "" {
		if v.Role.Role = s.Roles[db.Fold(row.Title)]; v.Role.Role == "" {
			v.Why = errs.Field{Key: "people.import.error.role", Args: map[string]any{"role": row.Title}}
			return v, nil
		}
	}
	if d.Who == Skip || d.Where == Skip {
		v.Kind = Skipped
		return v, nil
	}
	if !w.where(&v, d) || !w.who(&v, d) {
		return v, nil
	}
	return v, w.fits(&v)
}

// where finds the place of a line; false when it is asked for or not known at all.
func (w *world) where(v *Verdict, d Decision) bool {
	chosen := v.Role.OrganisationID
	if v.Organisation != "" {
		found := w.organisations(v.Organisation)
		exact := slices.DeleteFunc(slices.Clone(found), func(p directory.Place) bool {
			return bare(p.Organisation) != bare(v.Organisation) && p.Code != v.Organisation
		})
		if len(exact) == 1 {
			found = exact
		}
		i := slices.IndexFunc(found, func(p directory.Place) bool { return p.OrganisationID == d.Where })
		switch {
		case len(found) == 0:
			v.Why = errs.Field{Key: "people.import.error.organisation", Args: map[string]any{"organisation": v.Organisation}}
			return false
		case len(exact) == 1:
			chosen = exact[0].OrganisationID
		case i >= 0:
			chosen = d.Where
		default:
			v.Kind, v.Places = AskWhere, found
			return false
		}
	}
	if chosen == "" {
		v.Why = errs.Field{Key: "people.import.error.no-organisation"}
		return false
	}
	return w.board(v, chosen)
}

// bare is an organisation's name as it is compared: lists say "Växjö" as often as "Växjö kommun".
func bare(name string) string {
	words := slices.DeleteFunc(db.Words(name), func(w string) bool { return w == "kommun" || w == "stad" })
	return strings.Join(words, " ")
}

// organisations is those whose name holds every word, or begins with it; by a code the one that has it.
func (w *world) organisations(text string) []directory.Place {
	words := db.Words(text)
	var found []directory.Place
	for _, p := range w.places {
		if slices.ContainsFunc(found, func(f directory.Place) bool { return f.OrganisationID == p.OrganisationID }) {
			continue
		}
		has := db.Words(p.Organisation)
		all := len(words) > 0
		for _, word := range words {
			all = all && slices.ContainsFunc(has, func(h string) bool { return strings.HasPrefix(h, word) || strings.HasPrefix(word, h) && len(h) > 3 })
		}
		if all || p.Code != "" && p.Code == text {
			found = append(found, p)
		}
	}
	return found
}

// board finds the board of a line within an organisation: the one it names, the one that was chosen, or the only one there is.
func (w *world) board(v *Verdict, organisation string) bool {
	var boards []directory.Place
	for _, p := range w.places {
		if p.OrganisationID == organisation && p.AuthorityID != "" {
			boards = append(boards, p)
		}
	}
	switch i := slices.IndexFunc(boards, func(p directory.Place) bool { return db.Fold(p.Board) == db.Fold(v.Board) }); {
	case v.Board != "" && i < 0:
		v.Why = errs.Field{Key: "people.import.error.board", Args: map[string]any{"board": v.Board}}
		return false
	case v.Board != "":
		v.Role.AuthorityID = boards[i].AuthorityID
	case v.Role.OrganisationID == organisation && v.Organisation == "": // as it was chosen
	case len(boards) == 1:
		v.Role.AuthorityID = boards[0].AuthorityID
	default:
		v.Role.AuthorityID = ""
	}
	v.Role.OrganisationID = organisation
	return true
}

// who finds the person of a line; false when it has to be asked for.
func (w *world) who(v *Verdict, d Decision) bool {
	if p, ok := w.byAddress[v.Form.Email]; ok {
		v.Kind, v.Person = Known, p
		return true
	}
	same := w.byName[db.Fold(v.Form.Name)]
	if i := slices.IndexFunc(same, func(p directory.PersonRow) bool {
		return digits(p.Phone) != "" && digits(p.Phone) == digits(v.Form.Phone)
	}); i >= 0 {
		v.Kind, v.Person = Known, same[i]
		return true
	}
	i := slices.IndexFunc(same, func(p directory.PersonRow) bool { return p.ID == d.Who })
	switch {
	case len(same) == 0 || d.Who == IsNew:
		v.Kind = Added
	case i >= 0:
		v.Kind, v.Person = Known, same[i]
	default:
		v.Kind, v.Candidates = AskWho, same
		return false
	}
	return true
}

// digits is a telephone number as it is compared: 0046 70 and 070 are one.
func digits(phone string) string {
	var b strings.Builder
	for _, r := range phone {
		if r >= '0' && r <= '9' || r == '+' {
			b.WriteRune(r)
		}
	}
	number := b.String()
	for _, country := range []string{"+46", "0046"} {
		if rest, ok := strings.CutPrefix(number, country); ok {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return number
}

// fits asks whether the role may be given, and whether an earlier line has said the same.
func (w *world) fits(v *Verdict) error {
	at, key := v.Role.RoleAt, v.Form.Email
	if v.Person.ID != "" && v.Person.StateOn(w.today) == directory.Left {
		v.Kind, v.Why = Refused, errs.Field{Key: "people.error.has-left"}
		return nil
	}
	if v.Person.ID != "" {
		key = v.Person.ID
	}
	before := w.given[key]
	for _, name := range before {
		if db.Fold(name) != db.Fold(v.Form.Name) && v.Person.ID == "" {
			v.Kind, v.Why = Refused, errs.Field{Key: "people.import.error.two-names", Args: map[string]any{"name": name}}
			return nil
		}
	}
	if _, twice := before[at]; twice {
		v.Kind, v.Why = Refused, errs.Field{Key: "people.import.error.twice"}
		return nil
	}
	clash := directory.Clash(rolesOf(v.Person), at, v.Role.Period)
	if clash != nil && clash.Key == "people.error.has-it" {
		v.Kind = Already
		return nil
	}
	wrong, asked := w.may[at]
	if !asked {
		var err error
		if wrong, err = w.ask(v.Role); err != nil {
			return err
		}
		w.may[at] = wrong
	}
	switch {
	case wrong != nil:
		v.Kind, v.Why = Refused, *wrong
	case v.Person.ID != "" && v.Person.ID == w.actor.Person:
		v.Kind, v.Why = Refused, errs.Field{Key: "people.error.self"}
	case clash != nil:
		v.Kind, v.Why = Refused, *clash
	default:
		if before == nil {
			before = map[directory.RoleAt]string{}
			w.given[key] = before
		}
		before[at] = v.Form.Name
	}
	return nil
}

// rolesOf is a person's roles as the rules ask for them.
func rolesOf(p directory.PersonRow) []directory.RoleGiven {
	out := make([]directory.RoleGiven, len(p.Roles))
	for i, r := range p.Roles {
		out[i] = r.RoleGiven
	}
	return out
}
