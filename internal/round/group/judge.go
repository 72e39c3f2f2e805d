package group

import (
	"errors"
	"slices"
	"strings"

	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/round"
)

// Becomes is what would become of a line.
type Becomes string

// What can become of a line.
const (
	WouldAdd  Becomes = "added"
	IsHere    Becomes = "already" // the same name and the same way to reach them: the same person
	AskWho    Becomes = "ask"     // the same name alone: somebody has to say
	DoesNot   Becomes = "refused"
	WasChosen Becomes = "skipped" // somebody has said that it is the same person
)

// The answers to a line of which it is asked who it is.
const (
	IsNew  = "new"
	IsSame = "same"
)

// Verdict is a line and what would become of it.
type Verdict struct {
	Line
	Becomes Becomes
	Wrong   []errs.Field // what is wrong with it, and what would be right
	Other   string       // of whom it is asked: what is known of the other
	With    string       // whom they belong together with, by name
	form    NewMember
}

// Saves is what would be stored of the line.
func (v Verdict) Saves() NewMember { return v.form }

// judge says what becomes of each line, beside those who are in the round. answers are by the numbers of lines; language is that of those whose
// line says none.
func judge(t Table, members []Member, answers map[int]string, language string) []Verdict {
	out := make([]Verdict, len(t.Lines))
	var before []Member
	for i, l := range t.Lines {
		v := judgeLine(l, language)
		if v.Becomes == WouldAdd {
			v.whether(append(slices.Clone(members), before...), answers[l.Number])
		}
		if v.Becomes == WouldAdd {
			phone, email := v.form.Phone, v.form.Email
			before = append(before, Member{Name: v.form.Name, Phone: phone, Email: email})
		}
		out[i] = v
	}
	together(out, members)
	return out
}

// judgeLine reads a line as a participant.
func judgeLine(l Line, language string) Verdict {
	v := Verdict{Line: l, Becomes: WouldAdd}
	if l.PersonalNumber {
		return v.refuse(errs.Field{Name: "name", Key: "participant.import.personal-number"})
	}
	v.form = NewMember{Name: l.Name, Phone: l.Phone, Email: l.Email, Language: language, Ages: l.Ages}
	var ok bool
	if l.Language != "" {
		if v.form.Language = languageOf(l.Language); v.form.Language == "" {
			v.Wrong = append(v.Wrong, errs.Field{Name: "language", Key: "participant.import.language", Args: map[string]any{"typed": l.Language}})
			v.form.Language = language
		}
	}
	if v.form.Interpreter, ok = yes(l.Interpreter); !ok {
		// Some write which one.
		spoken := languageOf(l.Interpreter)
		if v.form.Interpreter = spoken != ""; spoken == "" {
			v.Wrong = append(v.Wrong, errs.Field{Name: "interpreter", Key: "participant.import.yes", Args: map[string]any{"column": "tolk", "typed": l.Interpreter}})
		} else if l.Language == "" {
			v.form.Language = spoken
		}
	}
	if v.form.Protected, ok = yes(l.Protected); !ok {
		v.Wrong = append(v.Wrong, errs.Field{Name: "protected", Key: "participant.import.yes", Args: map[string]any{"column": "skyddade personuppgifter", "typed": l.Protected}})
	}
	checked, err := v.form.check(round.Named)
	if e := (*errs.Error)(nil); errors.As(err, &e) {
		v.Wrong = append(v.Wrong, e.Fields...)
	}
	v.form = checked
	if len(v.Wrong) > 0 {
		return v.refuse()
	}
	return v
}

func (v Verdict) refuse(wrong ...errs.Field) Verdict {
	v.Becomes, v.Wrong = DoesNot, append(v.Wrong, wrong...)
	return v
}

// whether finds out whether the line is somebody who is there: the same name and contact is the same person, the same name alone is asked about.
func (v *Verdict) whether(members []Member, answer string) {
	asked := ""
	for _, m := range members {
		if m.Erased || db.Fold(strings.Join(strings.Fields(m.Name), " ")) != db.Fold(strings.Join(strings.Fields(v.form.Name), " ")) {
			continue
		}
		if sameReach(m, v.form) {
			v.Becomes = IsHere
			return
		}
		if asked == "" {
			asked = strings.Trim(m.Phone+" "+m.Email, " ")
		}
		v.Becomes = AskWho
	}
	if v.Becomes != AskWho {
		return
	}
	v.Other = asked
	switch answer {
	case IsNew:
		v.Becomes = WouldAdd
	case IsSame:
		v.Becomes = WasChosen
	}
}

// sameReach tells whether two are reached in the same way, or neither at all.
func sameReach(m Member, n NewMember) bool {
	if m.Phone == "" && m.Email == "" && n.Phone == "" && n.Email == "" {
		return true
	}
	return m.Phone != "" && digits(m.Phone) == digits(n.Phone) || m.Email != "" && db.Fold(m.Email) == db.Fold(n.Email)
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

// together puts lines into households: those that say the same word, those that name one another, and those that name somebody who is in the
// round already.
func together(all []Verdict, members []Member) {
	households := map[string]string{}
	household := func(key string) string {
		if households[key] == "" {
			households[key] = db.NewID()
		}
		return households[key]
	}
	named := map[string]int{}
	for i, v := range all {
		if v.Becomes == WouldAdd {
			named[db.Fold(v.form.Name)] = i
		}
	}
	for i := range all {
		v := &all[i]
		word := db.Fold(v.Household)
		if v.Becomes != WouldAdd || word == "" {
			continue
		}
		if m := slices.IndexFunc(members, func(m Member) bool { return m.Here() && !m.Erased && db.Fold(m.Name) == word }); m >= 0 {
			v.form.With, v.With = members[m].ID, members[m].Name
			continue
		}
		if other, ok := named[word]; ok && other != i {
			if all[other].form.With != "" {
				v.form.With, v.With = all[other].form.With, all[other].With
				continue
			}
			if all[other].form.Household == "" {
				all[other].form.Household = household("line " + word)
			}
			v.form.Household, v.With = all[other].form.Household, all[other].form.Name
			continue
		}
		if v.form.Household == "" {
			v.form.Household = household("word " + word)
		}
		v.With = v.Household
	}
}
