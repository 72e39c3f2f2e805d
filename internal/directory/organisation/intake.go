package organisation

import (
	_ "embed"
	"slices"
	"strings"

	"hemvist/internal/directory"
	"hemvist/internal/errs"
	"hemvist/internal/sheet"
)

// Sweden is the 290 municipalities with SCB's codes, in a form that Read reads. Source: SCB, "Län och kommuner i kodnummerordning".
//
//go:embed sweden.csv
var Sweden []byte

// columns are the columns of a list of organisations.
var columns = []sheet.Column{
	{ID: "name", Required: true, Words: []string{"namn", "kommunnamn", "organisation", "organisationens namn", "kommun", "name", "municipality"}},
	{ID: "code", Digits: 4, Words: []string{"kommunkod", "kod", "scb-kod", "kommunnummer", "kommunnr", "code", "municipality code"}},
	{ID: "county", Words: []string{"län", "länskod", "länsnamn", "länsbokstav", "county", "county code"}},
	{ID: "kind", Words: []string{"sort", "typ", "slag", "organisationstyp", "kind", "type"}},
}

// kindWords are what people write for each kind.
var kindWords = map[string]directory.OrganisationKind{
	"kommun": directory.Municipality, "municipality": directory.Municipality,
	"behandlingshem": directory.TreatmentHome, "hvb": directory.TreatmentHome, "treatment home": directory.TreatmentHome, "treatment-home": directory.TreatmentHome,
	"utförare": directory.Provider, "privat utförare": directory.Provider, "provider": directory.Provider,
	"universitet": directory.University, "högskola": directory.University, "lärosäte": directory.University, "university": directory.University,
	"hemvist": directory.HubKind, "hub": directory.HubKind,
	"ägare": directory.OwnerKind, "programägare": directory.OwnerKind, "programansvarig": directory.OwnerKind, "owner": directory.OwnerKind,
}

// Entry is a row of a list that makes sense by itself.
type Entry struct {
	Number             int // the row in the file
	Kind               directory.OrganisationKind
	Name, Code, County string
}

// Misfit is a row that makes none, and why.
type Misfit struct {
	Number int
	Name   string
	Wrong  []errs.Field
}

// read reads a file: the rows that make sense, those that do not, and the headings that were not understood.
func read(data []byte, name string) (entries []Entry, misfits []Misfit, unknown []string, err error) {
	table, err := sheet.Read(data, name, columns)
	if err != nil {
		return nil, nil, nil, err
	}
	codes, names := map[string]int{}, map[string]int{}
	for _, row := range table.Rows {
		e := Entry{Number: row.Number, Name: row.Of("name"), Code: row.Of("code")}
		wrong := e.fill(row.Of("kind"), row.Of("county"))
		key := string(e.Kind) + "|" + plainName(e.Name)
		switch {
		case len(wrong) > 0:
		case e.Code != "" && codes[e.Code] > 0:
			wrong = append(wrong, errs.Field{Key: "organisations.import.error.code-twice", Args: map[string]any{"row": codes[e.Code]}})
		case names[key] > 0:
			wrong = append(wrong, errs.Field{Key: "organisations.import.error.name-twice", Args: map[string]any{"row": names[key]}})
		}
		if len(wrong) > 0 {
			misfits = append(misfits, Misfit{e.Number, e.Name, wrong})
			continue
		}
		codes[e.Code], names[key] = e.Number, e.Number
		entries = append(entries, e)
	}
	return entries, misfits, table.Unknown, nil
}

// fill works out kind and county, and checks all of the entry. A row with a code and without a kind is a municipality.
func (e *Entry) fill(kind, county string) []errs.Field {
	switch {
	case kind == "" && e.Code != "":
		e.Kind = directory.Municipality
	case kind == "":
		return []errs.Field{{Key: "organisations.import.error.no-kind"}}
	default:
		known := false
		if e.Kind, known = kindWords[strings.ToLower(kind)]; !known {
			return []errs.Field{{Key: "organisations.import.error.kind", Args: map[string]any{"text": kind}}}
		}
	}
	if county != "" {
		c, known := countyNamed(county)
		if !known {
			return []errs.Field{{Key: "organisations.import.error.county", Args: map[string]any{"text": county}}}
		}
		county = c.Code
	}
	f, wrong := Form{Kind: e.Kind, Name: e.Name, Code: e.Code, County: county}.check()
	e.Name, e.County = f.Name, f.County
	return wrong
}

// plainName is a name as it is compared with another list's: "Växjö kommun", "Kalmars kommun", "Malmö stad" and "Malmö" are the same names
// to whoever compares lists.
func plainName(name string) string {
	name = strings.Join(strings.Fields(strings.ToLower(name)), " ")
	for _, end := range []string{" kommun", " stad"} {
		if before, ok := strings.CutSuffix(name, end); ok {
			return strings.TrimSuffix(before, "s")
		}
	}
	return strings.TrimSuffix(name, "s")
}

// Change is an organisation that a list says something else about.
type Change struct {
	Entry
	ID                 string
	Was                string // its name until now; the same when the name stays
	OldCode, OldCounty string
	Renames            bool
}

// Comparison is what a list would do to the directory.
type Comparison struct {
	New       []Entry
	Changed   []Change
	Unchanged int
	Gone      []Row // open ones with a code that the list does not have; they are not closed by it
	Misfits   []Misfit
}

// compare compares a list with what is there. It is pure, so that the preview and the taking-in say the same.
func compare(entries []Entry, there []Row) Comparison {
	var c Comparison
	byCode, byName := map[string]int{}, map[string][]int{}
	for i, r := range there {
		if r.Code != "" {
			byCode[r.Code] = i
		}
		key := string(r.Kind) + "|" + plainName(r.Name)
		byName[key] = append(byName[key], i)
	}
	met, coded := map[int]bool{}, false
	for _, e := range entries {
		coded = coded || e.Code != ""
		i, wrong := match(e, there, byCode, byName)
		switch {
		case wrong != nil:
			c.Misfits = append(c.Misfits, Misfit{e.Number, e.Name, []errs.Field{*wrong}})
			if i >= 0 {
				met[i] = true
			}
		case i < 0:
			c.New = append(c.New, e)
		default:
			met[i] = true
			c.meet(e, there[i])
		}
	}
	for i, r := range there {
		if coded && !met[i] && r.Code != "" && r.ClosedOn.IsZero() {
			c.Gone = append(c.Gone, r)
		}
	}
	return c
}

// match is the place of the organisation that an entry is about, -1 for none; or why it cannot be told.
func match(e Entry, there []Row, byCode map[string]int, byName map[string][]int) (int, *errs.Field) {
	i, found := byCode[e.Code]
	if e.Code == "" || !found {
		named := slices.DeleteFunc(slices.Clone(byName[string(e.Kind)+"|"+plainName(e.Name)]), func(i int) bool {
			return !there[i].ClosedOn.IsZero() || e.Code != "" && there[i].Code != ""
		})
		switch len(named) {
		case 0:
			return -1, nil
		case 1:
			i = named[0]
		default:
			return -1, &errs.Field{Key: "organisations.import.error.several"}
		}
	}
	switch r := there[i]; {
	case r.Kind != e.Kind:
		return i, &errs.Field{Key: "organisations.import.error.other-kind", Args: map[string]any{"name": r.Name}}
	case !r.ClosedOn.IsZero():
		return i, &errs.Field{Key: "organisations.import.error.closed", Args: map[string]any{"name": r.Name}}
	}
	return i, nil
}

// meet compares an entry with the organisation that it is about. What the list does not say stays.
func (c *Comparison) meet(e Entry, r Row) {
	if e.Code == "" {
		e.Code = r.Code
	}
	if e.County == "" {
		e.County = r.County
	}
	ch := Change{Entry: e, ID: r.ID, Was: r.Name, OldCode: r.Code, OldCounty: r.County, Renames: plainName(e.Name) != plainName(r.Name)}
	if !ch.Renames {
		ch.Name = r.Name
	}
	if !ch.Renames && e.Code == r.Code && e.County == r.County {
		c.Unchanged++
		return
	}
	c.Changed = append(c.Changed, ch)
}
