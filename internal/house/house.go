// Package house opens every room on two open databases and ties them together, in the one order in which they depend on one
// another. The program, the tests and nobody else come in here; no room imports it, and it decides nothing.
package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/catalogue"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/directory"
	"hemvist/internal/directory/organisation"
	"hemvist/internal/directory/takeover"
	"hemvist/internal/i18n"
	"hemvist/internal/jobs"
	"hemvist/internal/mail"
	"hemvist/internal/notice"
	"hemvist/internal/oversight"
	"hemvist/internal/register"
	"hemvist/internal/register/week"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
	"hemvist/internal/round/group"
	"hemvist/internal/round/meeting"
	"hemvist/internal/round/recruitment"
	"hemvist/internal/signin"
	"hemvist/internal/site"
	"hemvist/internal/vault"
	"hemvist/programmes"
)

// Ground is what a house stands on. The databases are migrated already and stay the caller's to close.
type Ground struct {
	DB, Keys    *db.DB
	Root        vault.Root
	Clock       clock.Clock
	Logger      *slog.Logger
	Checkpoints string // the folder of the log's checkpoints and of what has been erased
}

// House is every room, open.
type House struct {
	Ground
	Vault         *vault.Vault
	Log           *audit.Log
	Directory     *directory.Service
	Organisations *organisation.Service
	SignIns       *signin.Service
	Catalogue     *catalogue.Service
	Rounds        *round.Service
	Groups        *group.Service
	Oversight     *oversight.Service
	Notices       *notice.Service
	Site          *site.Service
	Texts         *i18n.Bundle
	Jobs          *jobs.Queue
	Letters       *mail.Service
	Registers     *takeover.Service
	Recruitment   *recruitment.Service
	Register      *register.Service
	Weeks         *week.Service
	Meetings      *meeting.Service
	Consents      *consent.Service
}

// Open opens the rooms.
func Open(ctx context.Context, g Ground) (*House, error) {
	h := &House{Ground: g}
	var err error
	if h.Vault, err = vault.Open(ctx, g.Keys, g.Root, vault.WithClock(g.Clock), vault.WithTombstones(filepath.Join(g.Checkpoints, "erased.jsonl"))); err != nil {
		return nil, err
	}
	if err := h.Vault.Bind(ctx, g.DB); err != nil {
		return nil, err
	}
	h.Log = audit.New(g.DB, g.Keys, h.Vault.Derive("audit"), audit.WithClock(g.Clock), audit.WithLogger(g.Logger),
		audit.WithCheckpoints(audit.Folder(g.Checkpoints)))
	if h.Catalogue, err = catalogue.Open(ctx, g.DB, h.Log, g.Clock, g.Logger, programmes.Files); err != nil {
		return nil, err
	}
	if h.Texts, err = i18n.Load(); err != nil {
		return nil, err
	}
	h.Jobs = jobs.New(g.DB, g.Logger)
	h.Letters = mail.New(g.DB, g.Clock, h.Log, h.Vault, h.Jobs, h.Texts, g.Logger)
	h.Directory = directory.New(g.DB, g.Clock, h.Log)
	h.SignIns = signin.New(g.DB, g.Clock, h.Log, h.Directory, h.Vault, h.Catalogue, h.Letters, h.Texts)
	h.Rounds = round.New(g.DB, h.Vault, h.Log, g.Clock, h.Catalogue)
	h.Register = register.New(g.DB, h.Log, g.Clock, h.Catalogue, h.Directory, h.Rounds)
	h.Consents = consent.New(g.DB, h.Log, g.Clock, h.Rounds, h.Catalogue)
	h.Weeks = week.New(g.DB, h.Log, g.Clock, h.Rounds, h.Catalogue, h.Consents)
	h.Groups = group.New(g.DB, h.Vault, h.Log, g.Clock, h.Rounds, h.Directory, h.Catalogue)
	h.Meetings = meeting.New(g.DB, h.Vault, h.Log, g.Clock, h.Rounds, h.Groups, h.Catalogue, h.Letters, h.Texts)
	h.Recruitment = recruitment.New(g.DB, h.Vault, h.Log, g.Clock, h.Catalogue, h.Rounds, h.Groups, h.Letters)
	h.Letters.Ask("interest-offer", h.Recruitment.Address)
	h.Letters.Ask(meeting.LetterChange, h.Meetings.Address)
	h.Site = site.New(g.DB, h.Vault, h.Log, g.Clock, h.Letters)
	h.Registers = takeover.New(g.DB, h.Log, h.Directory)
	h.Oversight = oversight.New(g.DB, h.Vault, h.Log, g.Clock, h.Letters)
	h.Directory.Tie(h.Catalogue, h.SignIns, h.SignIns, h.Rounds, h.Groups, h.Meetings, h.Consents, h.Oversight, h.Register)
	if err := h.Directory.IndexPeople(ctx); err != nil {
		return nil, err
	}
	h.Organisations = organisation.New(g.DB, g.Clock, h.Log, h.Directory, h.Rounds, h.Catalogue)
	if err := h.Directory.IndexOrganisations(ctx); err != nil {
		return nil, err
	}
	h.openNotices()
	return h, nil
}

// Run does what is to be done in the background, such as sending letters and chaining the log, until ctx ends; it returns when what was
// begun is done. The log is chained last, as the other rooms write to it. Several instances may run on the same databases.
func (h *House) Run(ctx context.Context) error {
	chaining, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	chained := make(chan error, 1)
	go func() { chained <- h.Log.Run(chaining) }()
	tidied := make(chan struct{})
	go func() {
		defer close(tidied)
		h.tidy(ctx)
	}()
	h.Jobs.Run(ctx)
	<-ctx.Done() // with nobody to do jobs, Jobs.Run is over at once
	<-tidied
	stop()
	if err := <-chained; err != nil {
		return fmt.Errorf("the log's sequencer: %w", err)
	}
	return nil
}

// openNotices lets each room say what needs whom, and give its numbers. A room that counts something is one line here, and its words
// stand under need.KIND.
func (h *House) openNotices() {
	h.Notices = notice.New(h.Rounds, h.Catalogue)
	h.Notices.Ask(
		notice.Unnotified(h.Rounds),
		notice.Untold(h.Meetings),
		notice.Unticked(h.Meetings),
		notice.Counting("recovery-asked", notice.Now, access.ApproveRecovery, signin.RecoveriesPath, h.SignIns.RecoveriesWaiting),
		notice.Counting("roles-ending", notice.Soon, access.ListPeople, "/people", h.Directory.RolesEnding),
		notice.Counting("invitations-due", notice.Soon, access.InvitePerson, "/people/invitations", h.SignIns.InvitationsDue),
		notice.Counting("certificates-ending", notice.Later, access.ReadSpread, "/rounds/idle#ending", h.Register.EndingSoon),
		notice.Counting("no-administrator", notice.Later, access.ListOrganisations, "/organisations?state=unattended", h.Directory.WithoutAdministrator),
		notice.Counting("feedback-late", notice.Overdue, access.ReadFeedback, "/feedback/inbox?state=open", h.Site.LateFeedback),
		notice.Counting("feedback-waiting", notice.Soon, access.ReadFeedback, "/feedback/inbox?state=open", h.Site.WaitingFeedback),
		notice.Counting("site-unfilled", notice.Soon, access.EditSite, "/site", h.Site.Unfilled),
		notice.Counting("letters-failed", notice.Overdue, access.ReadOutbox, "/letters?state=failed", h.Letters.CountIn(mail.Failed)),
		notice.Counting("letters-uncertain", notice.Soon, access.ReadOutbox, "/letters?state=uncertain", h.Letters.CountIn(mail.Uncertain)),
		notice.Questions(h.Oversight),
		notice.Counting("log-late", notice.Overdue, access.ReviewLog, "/log/questions?state=open", h.Oversight.Late),
		notice.Counting("log-answered", notice.Soon, access.ReviewLog, "/log/questions?state=answered", h.Oversight.Answered),
		notice.Counting("spot-check", notice.Later, access.ReviewLog, "/log", h.Oversight.SpotCheckDue),
		notice.Counting("log-follow-up", notice.Later, access.KnowFollowUps, "", h.Oversight.FollowUps),
		notice.Counting("interest-unnoted", notice.Overdue, access.HandleInterest, "/recruitment?state=booked", h.Recruitment.CountUnnoted),
		notice.Counting("interest-unanswered", notice.Overdue, access.HandleInterest, "/recruitment?state=offered", h.Recruitment.CountUnanswered),
		notice.Counting("interest-new", notice.Soon, access.HandleInterest, "/recruitment?state=new", h.Recruitment.CountNew),
		notice.Counting("interest-talks", notice.Soon, access.HandleInterest, "/recruitment?state=booked", h.Recruitment.CountTalks),
		notice.Counting("interest-freed", notice.Soon, access.HandleInterest, "/recruitment?state=waiting", h.Recruitment.CountFreed),
		notice.Counting("site-review", notice.Later, access.EditSite, "/site/particulars#reviewed", h.Site.ReviewDue),
	)
	h.Notices.Count(notice.Told(h.Rounds), notice.Accounts(h.Directory, h.SignIns), notice.LogWeek(h.Oversight))
}

// Ready tells whether both databases answer.
func (h *House) Ready(ctx context.Context) error {
	return errors.Join(h.DB.Ping(ctx), h.Keys.Ping(ctx))
}
