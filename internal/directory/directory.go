// Package directory knows the organisations, their authorities, and the people who work with the programmes: in which roles, from
// when until when. Everything in it is open within the profession: it never holds a parent or a child. How people get in is package
// signin's.
package directory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// Service is the room's door.
type Service struct {
	db    *db.DB
	clock clock.Clock
	log   *audit.Log

	homes   homes
	signIns signIns
	mergers []Merger
}

// homes is what this room asks about programmes: which have their home with a hub today.
type homes interface{ HomeProgrammes(hubID string) []string }

// Merger is a room that keeps something by person: it hears, in the same transaction, when two people turn out to be one.
type Merger interface {
	MergePersonTx(ctx context.Context, tx *db.Tx, from, into string) error
}

// signIns is the room that ends what somebody is signed in by.
type signIns interface {
	EndSignInsTx(ctx context.Context, tx *db.Tx, person string) error
}

// Tie tells the room whom it asks about programmes' homes and whom it tells about people. Rooms that stand on this one are opened
// after it, so they cannot be given to New.
func (s *Service) Tie(h homes, in signIns, all ...Merger) { s.homes, s.signIns, s.mergers = h, in, all }

// New opens the room on a database.
func New(d *db.DB, c clock.Clock, log *audit.Log) *Service {
	return &Service{db: d, clock: c, log: log}
}

// zone is where a role's first and last day begin and end; the binary embeds the zone data.
var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("no time zone data: " + err.Error())
	}
	return z
}()

// Today is the day it is where the house stands: the day by which roles begin and end.
func (s *Service) Today() clock.Date { return clock.Today(s.clock, zone) }

// OrganisationKind is what sort of organisation it is.
type OrganisationKind string

// The kinds of organisations.
const (
	HubKind       OrganisationKind = "hub"
	Municipality  OrganisationKind = "municipality"
	Provider      OrganisationKind = "provider"
	TreatmentHome OrganisationKind = "treatment-home"
	University    OrganisationKind = "university"
	OwnerKind     OrganisationKind = "owner"
)

// Organisation is a hub, a municipality or another body that people work for.
type Organisation struct {
	ID   string
	Kind OrganisationKind
	Name string
	Code string // SCB's municipality code as text, "0180"; empty for what has none
	// County is SCB's county code as text, "01"; empty for what has none or lies abroad.
	County string
}

// Authority is a board or another body that is an authority of its own in secrecy law, within an organisation.
type Authority struct {
	ID             string
	OrganisationID string
	Name           string
}

// Person is somebody who works with the programmes.
type Person struct {
	ID        string
	Name      string // as it is written in full
	GivenName string // as the person is greeted
	Email     string
	Phone     string // empty when it is not known
	Language  string // a code of i18n.Languages
}

// RoleGiven is what a person works as, where, from when until when.
type RoleGiven struct {
	ID             string
	PersonID       string
	OrganisationID string
	AuthorityID    string // empty: the whole organisation
	Programme      string // empty: all of them
	Role           access.Role
	From           clock.Date
	To             clock.Date // the last day; no day for without end
	DeputyFor      string     // the role that this one stands in for; empty for a role of one's own
	GivenBy        string     // person id; empty for what the program itself did
}

// At is the role with where and for what it is.
func (r RoleGiven) At() RoleAt { return RoleAt{r.Role, r.OrganisationID, r.AuthorityID, r.Programme} }

// Period is the days for which the role is given.
func (r RoleGiven) Period() Period { return Period{r.From, r.To} }

// AddOrganisationTx stores an organisation and gives it an id when it has none.
func (s *Service) AddOrganisationTx(ctx context.Context, tx *db.Tx, o Organisation) (Organisation, error) {
	o.ID = idOr(o.ID)
	_, err := tx.Exec(ctx, `INSERT INTO organisation (id, kind, name, name_sort, code, county, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		o.ID, string(o.Kind), o.Name, db.CollationKey(o.Name), db.Null(o.Code), db.Null(o.County), db.At(s.clock.Now()))
	if err != nil {
		return o, fmt.Errorf("add organisation: %w", err)
	}
	return o, IndexOrganisationTx(ctx, tx, o.ID)
}

// AddAuthorityTx stores an authority of an organisation and gives it an id when it has none.
func (s *Service) AddAuthorityTx(ctx context.Context, tx *db.Tx, a Authority) (Authority, error) {
	a.ID = idOr(a.ID)
	_, err := tx.Exec(ctx, `INSERT INTO authority (id, organisation_id, name, created_at) VALUES ($1, $2, $3, $4)`,
		a.ID, a.OrganisationID, a.Name, db.At(s.clock.Now()))
	if err != nil {
		return a, fmt.Errorf("add authority: %w", err)
	}
	return a, IndexOrganisationTx(ctx, tx, a.OrganisationID)
}

// AddPersonTx stores a person and gives it an id when it has none. An address that somebody has already is a Conflict.
func (s *Service) AddPersonTx(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	p.ID, p.Email = idOr(p.ID), FoldEmail(p.Email)
	if p.GivenName == "" {
		p.GivenName = GivenName(p.Name)
	}
	_, err := tx.Exec(ctx, `INSERT INTO person (id, name, given_name, name_sort, email, phone, language, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Name, p.GivenName, db.CollationKey(p.Name), p.Email, db.Null(p.Phone), p.Language, db.At(s.clock.Now()))
	if err != nil {
		return p, fmt.Errorf("add person: %w", err)
	}
	return p, indexPerson(ctx, tx, p.ID, p.Name, p.Email)
}

// GivenName is how a person is greeted who has not said: by the first of their names.
func GivenName(name string) string {
	given, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return given
}

// GiveRoleTx stores that a person works as something and gives the role an id when it has none. Whether it may be given is asked
// before, by Giving.Refusal and Clash.
func (s *Service) GiveRoleTx(ctx context.Context, tx *db.Tx, r RoleGiven) (RoleGiven, error) {
	if !r.Role.Valid() {
		return r, fmt.Errorf("give role: %q is no role", r.Role)
	}
	r.ID = idOr(r.ID)
	_, err := tx.Exec(ctx, `INSERT INTO role (id, person_id, organisation_id, authority_id, programme, role, from_on, to_on, deputy_for, given_by, given_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.ID, r.PersonID, r.OrganisationID, db.Null(r.AuthorityID), db.Null(r.Programme), string(r.Role), r.From, r.To,
		db.Null(r.DeputyFor), db.Null(r.GivenBy), db.At(s.clock.Now()))
	if err != nil {
		return r, fmt.Errorf("give role: %w", err)
	}
	return r, nil
}

// EndRole says that the role's last day is on; it bites at the person's next request after that day. A day before today
// ends it at once.
func (s *Service) EndRole(ctx context.Context, roleID string, on clock.Date) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE role SET to_on = $1 WHERE id = $2`, on, roleID)
		if err != nil {
			return fmt.Errorf("end role: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "")
		}
		return nil
	})
}

// SetLanguage stores which language the person reads the pages in.
func (s *Service) SetLanguage(ctx context.Context, personID, lang string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE person SET language = $1 WHERE id = $2`, lang, personID)
		return err
	})
}

// IsEmpty tells whether there is nobody in the directory yet.
func (s *Service) IsEmpty(ctx context.Context) (bool, error) {
	n := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM person LIMIT 1) AS p`).Scan(&n)
	})
	return n == 0, err
}

func idOr(id string) string {
	if id == "" {
		return db.NewID()
	}
	return id
}

// FoldEmail is an e-mail address as it is stored and compared.
func FoldEmail(s string) string { return db.Fold(strings.TrimSpace(s)) }
