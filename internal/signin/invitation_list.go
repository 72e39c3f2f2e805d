package signin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/errs"
)

// InvitationState is how it stands with an invitation.
type InvitationState string

// The states. An invitation that another one was sent instead of is withdrawn.
const (
	InvitationOpen      InvitationState = "open"
	InvitationAccepted  InvitationState = "accepted"
	InvitationRunOut    InvitationState = "run-out"
	InvitationWithdrawn InvitationState = "withdrawn"
)

// InvitationStates is every state, in the order of the filter.
var InvitationStates = []InvitationState{InvitationOpen, InvitationRunOut, InvitationAccepted, InvitationWithdrawn}

// Invitation is one that somebody has sent.
type Invitation struct {
	ID, PersonID, RoleID         string
	Name, Email                  string
	Role                         access.Role
	From                         clock.Date
	OrganisationID, Organisation string
	AuthorityID, Authority       string // empty for the whole organisation
	Programme                    string // its id; empty for all
	By                           string // the name of who sent it
	Made, Ends                   time.Time
	Accepted, Withdrawn          time.Time // zero when not
	State                        InvitationState
	RoleOver                     bool // the role has ended since
}

// Again tells whether another one can be sent instead.
func (i Invitation) Again() bool {
	return (i.State == InvitationOpen || i.State == InvitationRunOut) && !i.RoleOver
}

// MayWithdraw tells whether there is something to withdraw.
func (i Invitation) MayWithdraw() bool {
	return i.State == InvitationOpen || i.State == InvitationRunOut
}

// InvitationQuery is which invitations are asked for.
type InvitationQuery struct {
	State InvitationState // empty for all
	Text  string          // words that begin like words of the name or the address
	Page  int             // from 1
}

// InvitationPage is a page of invitations, the latest first.
type InvitationPage struct {
	Rows  []Invitation
	Total int
	Query InvitationQuery
}

const invitationsPerPage = 50

// Pages is how many pages there are; at least 1.
func (p InvitationPage) Pages() int {
	return max(1, (p.Total+invitationsPerPage-1)/invitationsPerPage)
}

// conditions gathers a query's conditions and their values. A ? in one stands for the next value.
type conditions struct {
	all  []string
	args []any
}

func (c *conditions) add(condition string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.all = append(c.all, condition)
}

func (c *conditions) String() string { return strings.Join(c.all, " AND ") }

// within bounds a query on invitation i and its role r to those that who has to do with: an administrator to those of the organisation or the
// board, a hub's coordinator to those that the hub's coordinators have sent and those to the hub itself.
func (c *conditions) within(scope access.Scope) {
	switch scope.Reach() {
	case access.Organisation:
		if scope.Authority() != "" {
			c.add("r.authority_id = ?", scope.Authority())
		} else {
			c.add("i.organisation_id = ?", scope.Organisation())
		}
	case access.Hub:
		c.add(`(i.organisation_id = ? OR EXISTS (SELECT 1 FROM role m WHERE m.person_id = i.made_by AND m.organisation_id = ? AND m.role = ?))`,
			scope.Organisation(), scope.Organisation(), string(access.Coordinator))
	default:
		c.add("1 = 0")
	}
	if scope.Programme() != "" {
		c.add("(r.programme IS NULL OR r.programme = ?)", scope.Programme())
	}
}

const replaced = `EXISTS (SELECT 1 FROM invitation n WHERE n.replaces = i.id)`

// inState adds the condition that an invitation's state is this.
func (c *conditions) inState(state InvitationState, now db.Time) {
	switch state {
	case InvitationAccepted:
		c.add("i.accepted_at IS NOT NULL")
	case InvitationWithdrawn:
		c.add("i.accepted_at IS NULL AND (i.withdrawn_at IS NOT NULL OR " + replaced + ")")
	case InvitationOpen:
		c.add("i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND NOT "+replaced+" AND i.ends_at > ?", now)
	case InvitationRunOut:
		c.add("i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND NOT "+replaced+" AND i.ends_at <= ?", now)
	}
}

const invitationFrom = ` FROM invitation i JOIN role r ON r.id = i.role_id JOIN person p ON p.id = i.person_id JOIN person b ON b.id = i.made_by
	JOIN organisation o ON o.id = i.organisation_id LEFT JOIN authority a ON a.id = r.authority_id WHERE `

const invitationColumns = `SELECT i.id, i.person_id, i.role_id, p.name, p.email, r.role, r.from_on, r.to_on, i.organisation_id, o.name, coalesce(r.authority_id, ''),
	coalesce(a.name, ''), coalesce(r.programme, ''), b.name, i.made_at, i.ends_at, i.accepted_at, i.withdrawn_at,
	CASE WHEN ` + replaced + ` THEN 1 ELSE 0 END`

// scanInvitation reads a row, and says how it stands at a moment of a day.
func scanInvitation(now time.Time, today clock.Date) func(db.Scanner) (Invitation, error) {
	return func(row db.Scanner) (i Invitation, err error) {
		var made, ends, accepted, withdrawn db.Time
		var to clock.Date
		var again int
		err = row.Scan(&i.ID, &i.PersonID, &i.RoleID, &i.Name, &i.Email, &i.Role, &i.From, &to, &i.OrganisationID, &i.Organisation, &i.AuthorityID,
			&i.Authority, &i.Programme, &i.By, &made, &ends, &accepted, &withdrawn, &again)
		i.Made, i.Ends, i.Accepted, i.Withdrawn = made.Time, ends.Time, accepted.Time, withdrawn.Time
		i.RoleOver = !to.IsZero() && (to.Before(today) || to.Before(i.From))
		switch {
		case !i.Accepted.IsZero():
			i.State = InvitationAccepted
		case !i.Withdrawn.IsZero() || again == 1:
			i.State = InvitationWithdrawn
		case i.Ends.After(now):
			i.State = InvitationOpen
		default:
			i.State = InvitationRunOut
		}
		return i, err
	}
}

// Invitations is those that who has to do with, the latest first.
func (s *Service) Invitations(ctx context.Context, who Who, q InvitationQuery) (InvitationPage, error) {
	page := InvitationPage{Query: q}
	page.Query.Page = max(1, q.Page)
	now, today := s.clock.Now(), s.directory.Today()
	var c conditions
	c.within(access.ScopeOf(who.Subject, access.InvitePerson))
	c.inState(q.State, db.At(now))
	for i, word := range db.Words(q.Text) {
		if i == 5 {
			break
		}
		from, to := db.PrefixRange(word)
		c.add("i.person_id IN (SELECT person_id FROM person_word WHERE word >= ? AND word < ?)", from, to)
	}
	err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if page.Total, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*)`+invitationFrom+c.String(), c.args...); err != nil {
			return err
		}
		page.Query.Page = min(page.Query.Page, page.Pages())
		page.Rows, err = db.All(ctx, tx, scanInvitation(now, today), fmt.Sprintf(`%s%s%s ORDER BY i.made_at DESC, i.id DESC LIMIT %d OFFSET %d`, invitationColumns,
			invitationFrom, c.String(), invitationsPerPage, (page.Query.Page-1)*invitationsPerPage), c.args...)
		return err
	})
	if err != nil {
		return page, fmt.Errorf("list invitations: %w", err)
	}
	var shown []string
	for _, i := range page.Rows {
		shown = append(shown, i.PersonID)
	}
	audit.Note(ctx, audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role), Organisation: who.Subject.Organisation, Action: ActionInvites,
		Outcome: audit.OK, Found: shown, Count: page.Total})
	return page, nil
}

// Invitation is one that who has to do with; NotFound when it is not.
func (s *Service) Invitation(ctx context.Context, who Who, id string) (i Invitation, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		i, err = s.invitationTx(ctx, tx, who, id)
		return err
	})
	if err == nil {
		audit.Note(ctx, audit.Entry{Actor: who.Subject.Person, Role: string(who.Subject.Role), Organisation: i.OrganisationID, Action: ActionInvites,
			Subject: i.PersonID, Outcome: audit.OK, Found: []string{i.ID}})
	}
	return i, err
}

func (s *Service) invitationTx(ctx context.Context, tx *db.Tx, who Who, id string) (Invitation, error) {
	var c conditions
	c.within(access.ScopeOf(who.Subject, access.InvitePerson))
	c.add("i.id = ?", id)
	i, err := db.One(ctx, tx, scanInvitation(s.clock.Now(), s.directory.Today()), invitationColumns+invitationFrom+c.String(), c.args...)
	if errs.Is(err, errs.NotFound) {
		return i, errs.Wrap(errs.NotFound, fmt.Errorf("invitation %s: %s", id, access.OutOfReach))
	}
	return i, err
}

// InvitationsDue counts the actor's own that nobody has taken up and that have run out or soon will.
func (s *Service) InvitationsDue(ctx context.Context, actor access.Subject) (n int, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM invitation i WHERE i.made_by = $1 AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
				AND i.ends_at <= $2 AND NOT `+replaced+`
				AND EXISTS (SELECT 1 FROM role x WHERE x.id = i.role_id AND (x.to_on IS NULL OR x.to_on >= $3 AND x.to_on >= x.from_on))`,
			actor.Person, db.At(s.clock.Now().Add(InvitationSoon)), s.directory.Today())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count invitations that run out: %w", err)
	}
	return n, nil
}
