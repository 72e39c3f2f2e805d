package demo

import (
	"context"
	"fmt"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/db"
	"hemvist/internal/oversight"
	"hemvist/internal/round"
)

// addLooks has some of the first municipality's people look at their groups, somebody be refused, and the log reviewer ask the leader
// about one of the looks. It fills the log by the doors that pages use, so that every look is one that somebody could have made.
func (f *filler) addLooks(ctx context.Context) error {
	home := f.orgs[0]
	at := func(role access.Role, person string) access.Subject {
		return access.Subject{Person: person, Role: role, Organisation: home.org, Authority: home.authority, Programme: f.Programme.ID}
	}
	leader, colleague := at(access.Leader, home.leaders[0].id), at(access.Leader, home.leaders[3].id)
	contact := at(access.Contact, f.extra.contact)
	var mine []round.Row
	err := f.look(ctx, func(ctx context.Context) error {
		all, err := f.Rounds.List(ctx, leader, round.Query{})
		mine = all.Rows
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range mine[:min(4, len(mine))] {
		for _, who := range []access.Subject{leader, colleague} { // who does not work in it is refused, and that is logged too
			if err := f.look(ctx, func(ctx context.Context) error {
				if _, err := f.Rounds.Get(ctx, who, r.ID); err != nil {
					return err
				}
				if !r.May(who, access.ReadParticipants) {
					return nil
				}
				_, _, err := f.Groups.Members(ctx, who, r.ID)
				return err
			}); err != nil {
				return err
			}
		}
	}
	if err := f.look(ctx, func(ctx context.Context) error {
		_, err := f.Rounds.Export(ctx, contact, round.Query{})
		return err
	}); err != nil {
		return err
	}
	return f.ask(ctx, leader.Person)
}

// look does something as a page does it, and commits what is to be logged. A refusal is what the log is to hold, and no error.
func (f *filler) look(ctx context.Context, do func(context.Context) error) error {
	var trail audit.Trail
	refused := do(audit.WithTrail(ctx, &trail))
	if notes := trail.Notes(); refused != nil && (len(notes) == 0 || notes[len(notes)-1].Outcome != audit.Denied) {
		return refused
	}
	return f.Log.Commit(ctx, &trail, "")
}

// ask has the log reviewer ask somebody about the latest look at participants that the log holds of theirs.
func (f *filler) ask(ctx context.Context, about string) error {
	var found []audit.Stored
	err := f.DB.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = f.Log.List(ctx, tx, audit.Filter{Organisation: f.orgs[0].org, Actor: about, Action: round.ActionParticipants, Limit: 1})
		return err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("nobody has looked at a participant")
	}
	reviewer := access.Subject{Person: f.extra.reviewer, Role: access.LogReviewer, Organisation: f.orgs[0].org}
	_, err = f.Oversight.Ask(ctx, reviewer, oversight.Asking{Entries: []string{found[0].ID}, Why: "sample",
		Words: "Vad behövde du se i deltagarlistan den här gången?"}, "")
	return err
}
