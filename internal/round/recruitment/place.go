package recruitment

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Place is an organisation that takes interest in groups from the public. Its address is made of its code at Statistics Sweden, or
// of the end of its id, and its name: the name may change, and a printed poster still leads here.
type Place struct {
	ID, Slug, Name string
	Services       []ServiceAt
}

// ServiceAt is a board of a place that holds groups in a programme: who gets the interest.
type ServiceAt struct {
	Slug                        string // of its place
	Authority, Board, Programme string
	Definition                  *programme.Definition
	Contact                     string // how people reach it, in its own words; may be empty
	Groups                      []Group
}

// ID names a service in a form.
func (s ServiceAt) ID() string { return s.Authority + "." + s.Programme }

// Group is a group that is planned and that the hub has been told of, as anybody may see it: when and where, and nothing else.
type Group struct {
	Variant, Place, Language string
	Digital                  bool
	FirstOn, LastOn          clock.Date
	round.Rhythm
}

// liveFor is how long after its last round a board still takes interest. It is our own choice: a year has every season in it.
const liveFor = 12 // months

// slugIDLength is how much of the end of an id stands in an address; of UUIDs of version 7 the end is random.
const slugIDLength = 12

// slug is the readable part of an address: letters a to z and digits of a name, å as a.
func slug(name string) string {
	var b strings.Builder
	for _, r := range db.Fold(name) {
		switch {
		case r == 'å' || r == 'ä':
			b.WriteRune('a')
		case r == 'ö':
			b.WriteRune('o')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-':
			b.WriteRune('-')
		}
	}
	return strings.Trim(strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == '-' }), "-"), "-")
}

// slugOf is a place's address under /interest.
func slugOf(id, code, name string) string {
	if code != "" {
		return code + "-" + slug(name)
	}
	return "o" + id[max(0, len(id)-slugIDLength):] + "-" + slug(name)
}

// taker is a row of what takes interest.
type taker struct{ organisation, code, name, authority, board, programme string }

func scanTaker(row db.Scanner) (taker, error) {
	var x taker
	var sort []byte
	err := row.Scan(&x.organisation, &x.code, &x.name, &sort, &x.authority, &x.board, &x.programme)
	return x, err
}

// takersTx is every board with a group of late or to come, and a leader who can take care of who asks.
func takersTx(ctx context.Context, tx *db.Tx, today clock.Date, condition string, args ...any) ([]taker, error) {
	args = append([]any{today.AddMonths(-liveFor), today}, args...)
	return db.All(ctx, tx, scanTaker, `SELECT o.id, coalesce(o.code, ''), o.name, o.name_sort, a.id, a.name, r.programme
		FROM (SELECT DISTINCT authority_id, programme FROM round WHERE kind = 'group' AND last_on >= $1) AS r
			JOIN authority a ON a.id = r.authority_id JOIN organisation o ON o.id = a.organisation_id
		WHERE a.closed_on IS NULL AND o.closed_on IS NULL AND `+condition+`
			AND EXISTS (SELECT 1 FROM role g WHERE g.role = 'leader' AND g.organisation_id = o.id AND g.from_on <= $2 AND (g.to_on IS NULL OR g.to_on >= $2)
				AND (g.authority_id IS NULL OR g.authority_id = a.id) AND (g.programme IS NULL OR g.programme = r.programme))
		ORDER BY o.name_sort, o.id, a.name, a.id, r.programme`, args...)
}

// Places is every place that takes interest, in the order of their names, without what their pages say.
func (s *Service) Places(ctx context.Context) ([]Place, error) {
	today := s.Today()
	var found []taker
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = takersTx(ctx, tx, today, "1 = 1")
		return err
	})
	if err != nil {
		return nil, wrapped("places of interest", err)
	}
	return placesOf(found), nil
}

func placesOf(found []taker) []Place {
	var all []Place
	for _, x := range found {
		if len(all) == 0 || all[len(all)-1].ID != x.organisation {
			all = append(all, Place{ID: x.organisation, Slug: slugOf(x.organisation, x.code, x.name), Name: x.name})
		}
		last := &all[len(all)-1]
		last.Services = append(last.Services, ServiceAt{Authority: x.authority, Board: x.board, Programme: x.programme})
	}
	return all
}

// PlaceAt is the place with an address, with what its page says. NotFound when nobody there takes interest.
func (s *Service) PlaceAt(ctx context.Context, address string) (Place, error) {
	mark, _, _ := strings.Cut(address, "-")
	condition := "o.code = $3"
	if id, ok := strings.CutPrefix(mark, "o"); ok {
		mark, condition = id, "o.code IS NULL AND substr(o.id, length(o.id) - 11) = $3"
	}
	return s.place(ctx, condition, mark)
}

// placeOf is the place of an organisation.
func (s *Service) placeOf(ctx context.Context, organisation string) (Place, error) {
	return s.place(ctx, "o.id = $3", organisation)
}

func (s *Service) place(ctx context.Context, condition string, arg any) (Place, error) {
	today := s.Today()
	var p Place
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := takersTx(ctx, tx, today, condition, arg)
		if err != nil {
			return err
		}
		all := placesOf(found)
		if len(all) == 0 {
			return errs.Wrap(errs.NotFound, errors.New("nobody takes interest there"))
		}
		p = all[0]
		for i := range p.Services {
			at := &p.Services[i]
			if at.Contact, err = contactTx(ctx, tx, at.Authority, at.Programme); err != nil {
				return err
			}
			if at.Groups, err = groupsTx(ctx, tx, at.Authority, at.Programme, today); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Place{}, wrapped("place of interest", err)
	}
	for i := range p.Services {
		if p.Services[i].Definition, err = s.present(p.Services[i].Programme); err != nil {
			return Place{}, wrapped("place of interest", err)
		}
	}
	return p, nil
}

// present is a programme's definition as it is given now.
func (s *Service) present(id string) (*programme.Definition, error) {
	all := s.defs.InForce()
	if i := slices.IndexFunc(all, func(d *programme.Definition) bool { return d.ID == id }); i >= 0 {
		return all[i], nil
	}
	return s.defs.Newest(id)
}

// Ages are those of the children whose parents the groups are for; zero where the programme says none.
func (s ServiceAt) Ages() programme.Range { return agesIn(s.Definition) }

// agesIn is the ages of children that a programme's groups are for, all of them together; zero when one of them is for any.
func agesIn(d *programme.Definition) programme.Range {
	var ages programme.Range
	first := true
	for _, v := range d.Variants {
		age := v.Participants.ChildAge
		switch {
		case v.Kind != programme.Group:
			continue
		case age.IsZero():
			return age
		case first:
			ages, first = age, false
			continue
		}
		ages.Min = min(ages.Min, age.Min)
		if ages.Max = max(ages.Max, age.Max); age.Max == 0 {
			ages.Max = 0
		}
	}
	return ages
}

// maxGroups bounds how many groups a page tells of.
const maxGroups = 10

// groupsTx is the groups that are ahead and that the hub has been told of: a plan that nobody stands by yet is nobody else's business.
func groupsTx(ctx context.Context, tx *db.Tx, authority, programmeID string, today clock.Date) ([]Group, error) {
	ids := []string{}
	groups, err := db.All(ctx, tx, func(row db.Scanner) (Group, error) {
		var g Group
		var id string
		err := row.Scan(&id, &g.Variant, &g.Place, &g.Language, &g.Digital, &g.FirstOn, &g.LastOn)
		ids = append(ids, id)
		return g, err
	}, `SELECT r.id, r.variant, r.place, r.language, CASE WHEN r.link <> '' THEN 1 ELSE 0 END, r.first_on, r.last_on FROM round r
		WHERE r.authority_id = $1 AND r.programme = $2 AND r.kind = 'group' AND r.ended_how IS NULL AND r.first_on >= $3 AND r.notified_on IS NOT NULL
		ORDER BY r.first_on, r.id LIMIT $4`, authority, programmeID, today, maxGroups)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		sessions, err := round.SessionsTx(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		groups[i].Rhythm, _ = round.RhythmOf(sessions)
	}
	return groups, nil
}

// contactTx is how people reach a board about a programme's groups; empty when nobody has said.
func contactTx(ctx context.Context, tx *db.Tx, authority, programmeID string) (string, error) {
	text, err := db.One(ctx, tx, db.Scalar[string], `SELECT c.body FROM interest_contact c WHERE c.authority_id = $1 AND c.programme = $2
		AND NOT EXISTS (SELECT 1 FROM interest_contact later WHERE later.supersedes = c.id)`, authority, programmeID)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return text, err
}
