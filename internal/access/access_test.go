package access_test

import (
	"testing"

	"hemvist/internal/access"
)

// The table "Who may see what" of docs/security.md, row "Rounds" and "Parent identity", written apart from the code: for each
// role how far it reads, and whether it sees who the participants are. Of programmes: who reads definitions, and who decides
// which are in force.
var table = map[access.Role]struct {
	list, read, export, record, end, people, add access.Reach
	programmes, decides                          access.Reach
}{
	access.Coordinator: {list: access.Hub, read: access.Hub, export: access.Hub, programmes: access.Work, decides: access.Hub},
	access.Contact: {list: access.Organisation, read: access.Organisation, export: access.Organisation, end: access.Organisation,
		programmes: access.Work},
	access.Trainer:    {list: access.Assigned, read: access.Assigned, programmes: access.Work},
	access.Supervisor: {list: access.Assigned, read: access.Assigned, programmes: access.Work},
	access.Technician: {list: access.Assigned, read: access.Assigned, programmes: access.Work},
	access.Leader: {list: access.Assigned, read: access.Assigned, export: access.Assigned, record: access.Assigned, end: access.Assigned,
		people: access.Assigned, add: access.Assigned, programmes: access.Work},
	access.Owner: {programmes: access.Work}, access.Commissioner: {programmes: access.Work}, access.Therapist: {programmes: access.Work},
	access.Learner: {programmes: access.Work}, access.Researcher: {programmes: access.Work},
	access.Administrator: {}, access.LogReviewer: {},
}

// house is the rows "Users" and "Audit" and what goes with them: organisations, people, how they get in, letters, the log.
var house = map[access.Role]map[access.Action]access.Reach{
	access.Coordinator: {access.ListOrganisations: access.All, access.ReadOrganisation: access.All, access.ChangeOrganisations: access.All,
		access.ChangeUnits: access.All,
		access.ListPeople:  access.Hub, access.ReadPerson: access.Hub, access.InvitePerson: access.Hub, access.ChangePerson: access.Hub,
		access.GiveRole: access.Hub, access.ImportPeople: access.Hub, access.ApproveRecovery: access.Organisation, access.ReadOutbox: access.Hub,
		access.EditTemplates: access.Hub, access.EditSite: access.All, access.ReadFeedback: access.All, access.ReadOutlook: access.Hub,
		access.ReadCredentials: access.Hub, access.RecordCredential: access.Hub, access.ReadSpread: access.Hub},
	access.Contact: {access.ReadOrganisation: access.Organisation, access.ListPeople: access.Organisation, access.ReadPerson: access.Organisation,
		access.ApproveRecovery: access.Organisation, access.KnowFollowUps: access.Organisation, access.SetAttendance: access.Organisation,
		access.ReadOutlook: access.Organisation, access.ReadCredentials: access.Organisation, access.ReadSpread: access.Organisation, access.ReadConsent: access.Organisation},
	access.Leader: {access.HandleInterest: access.Organisation, access.ReadOutlook: access.Assigned, access.ReadWeek: access.Assigned,
		access.ReadConsent: access.Assigned, access.RecordConsent: access.Assigned},
	access.Supervisor: {access.ReadOutlook: access.Assigned, access.ReadWeek: access.Assigned, access.ReadConsent: access.Assigned},
	access.Trainer:    {access.ReadWeek: access.Assigned},
	access.Technician: {access.ReadWeek: access.Assigned, access.ReadConsent: access.Assigned},
	access.Administrator: {access.ReadOrganisation: access.Organisation, access.ChangeUnits: access.Organisation,
		access.ListPeople: access.Organisation, access.ReadPerson: access.Organisation, access.InvitePerson: access.Organisation,
		access.ChangePerson: access.Organisation, access.GiveRole: access.Organisation, access.ImportPeople: access.Organisation,
		access.SetSignInRules: access.Organisation, access.ApproveRecovery: access.Organisation, access.ReadOutbox: access.Organisation,
		access.KnowFollowUps: access.Organisation},
	access.LogReviewer: {access.ReviewLog: access.Organisation},
	access.Owner:       {access.ReadFigures: access.Work},
	access.Researcher:  {access.ReadFigures: access.Work},
}

func TestReachesInTheHouseAreTheTable(t *testing.T) {
	for _, r := range access.Roles {
		for _, action := range []access.Action{access.ListOrganisations, access.ReadOrganisation, access.ChangeOrganisations, access.ChangeUnits,
			access.ListPeople, access.ReadPerson, access.InvitePerson, access.ChangePerson, access.GiveRole, access.ImportPeople, access.SetSignInRules,
			access.ApproveRecovery, access.ReadOutbox, access.EditTemplates, access.EditSite, access.ReadFeedback, access.ReviewLog,
			access.KnowFollowUps, access.ReadFigures, access.SetAttendance, access.HandleInterest, access.ReadOutlook, access.ReadCredentials,
			access.RecordCredential, access.ReadSpread, access.ReadWeek, access.ReadConsent, access.RecordConsent} {
			if got, want := access.ReachOf(r, action), house[r][action]; got != want {
				t.Errorf("%s, %s: reach %d, want %d", r, action, got, want)
			}
		}
	}
}

// TestWhatIsOfNoProgramme: a role in one programme reaches its own organisation, which is of none.
func TestWhatIsOfNoProgramme(t *testing.T) {
	s := access.Subject{Person: "me", Role: access.Contact, Organisation: "org", Programme: "prog"}
	if !access.Decide(s, access.ReadOrganisation, access.Resource{Organisation: "org"}).Allow {
		t.Error("a contact does not reach the own organisation")
	}
	if access.Decide(s, access.ReadOrganisation, access.Resource{Organisation: "other"}).Allow {
		t.Error("a contact reaches another organisation")
	}
}

func TestReachesAreTheTable(t *testing.T) {
	if len(table) != len(access.Roles) {
		t.Fatalf("the table has %d roles, there are %d", len(table), len(access.Roles))
	}
	for _, r := range access.Roles {
		want := table[r]
		for action, reach := range map[access.Action]access.Reach{access.ListRounds: want.list, access.ReadRound: want.read,
			access.ExportRounds: want.export, access.RecordSession: want.record, access.CloseRound: want.end,
			access.ReadParticipants: want.people, access.AddParticipant: want.add,
			access.ListProgrammes: want.programmes, access.ReadProgramme: want.programmes, access.UploadDefinition: want.decides,
			access.PutInForce: want.decides, access.MoveHome: want.decides,
			access.Anyone: access.All, access.SignedIn: access.All, "an action that nobody has heard of": access.None} {
			if got := access.ReachIn(r, action, false); got != reach {
				t.Errorf("%s, %s: reach %d, want %d", r, action, got, reach)
			}
		}
	}
}

// daily is the rows about planning and holding rounds: of parents, and of learners, in the order plan, change, record, close, see who
// takes part, change who does, tick, write.
var daily = map[access.Role]struct{ parents, learners [8]access.Reach }{
	access.Coordinator: {
		[8]access.Reach{access.Organisation},
		[8]access.Reach{access.Organisation, access.Organisation, access.Organisation, access.Organisation, access.Hub, access.Organisation, access.Organisation, access.Organisation},
	},
	access.Contact: {
		[8]access.Reach{access.Organisation, access.Organisation, 0, access.Organisation},
		[8]access.Reach{access.Organisation, access.Organisation, 0, access.Organisation, access.Organisation},
	},
	access.Trainer: {
		[8]access.Reach{access.Organisation},
		[8]access.Reach{access.Organisation, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned},
	},
	access.Supervisor: {
		[8]access.Reach{},
		[8]access.Reach{0, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned},
	},
	access.Leader: {
		[8]access.Reach{access.Organisation, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned},
		[8]access.Reach{access.Organisation, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned, access.Assigned},
	},
}

func TestReachesOfTheDailyWorkAreTheTable(t *testing.T) {
	actions := []access.Action{access.PlanRound, access.ChangeRound, access.RecordSession, access.CloseRound, access.ReadParticipants,
		access.AddParticipant, access.TickAttendance, access.WriteSession}
	for _, r := range access.Roles {
		for i, action := range actions {
			parents, learners := access.ReachIn(r, action, false), access.ReachIn(r, action, true)
			if parents != daily[r].parents[i] || learners != daily[r].learners[i] {
				t.Errorf("%s, %s: reaches %d and %d, want %d and %d", r, action, parents, learners, daily[r].parents[i], daily[r].learners[i])
			}
			if got := access.ReachOf(r, action); got != max(parents, learners) {
				t.Errorf("%s, %s: reach %d at the door", r, action, got)
			}
		}
	}
}

// TestWhoPreparesASession: all who write in it, and of a group the technician too, who writes nothing else there.
func TestWhoPreparesASession(t *testing.T) {
	for _, r := range access.Roles {
		for _, learners := range []bool{false, true} {
			want := access.ReachIn(r, access.WriteSession, learners)
			if r == access.Technician && !learners {
				want = access.Assigned
			}
			if got := access.ReachIn(r, access.PrepareSession, learners); got != want {
				t.Errorf("%s, of learners %v: reach %d, want %d", r, learners, got, want)
			}
		}
	}
}

// TestHubHoldsNoParentsGroup: a hub that is an organisation with groups of its own sees no parent there, and does see who comes to its trainings.
func TestHubHoldsNoParentsGroup(t *testing.T) {
	s := access.Subject{Person: "me", Role: access.Coordinator, Organisation: "hub"}
	group := access.Resource{Hub: "hub", Organisation: "hub", Authority: "office", Programme: "prog"}
	training := group
	training.Learners = true
	for _, a := range []access.Action{access.ReadParticipants, access.AddParticipant, access.TickAttendance, access.WriteSession, access.ChangeRound} {
		if access.Decide(s, a, group).Allow || !access.Decide(s, a, training).Allow {
			t.Errorf("%s: a coordinator may in a group, or may not in a training", a)
		}
	}
	if access.Decide(s, access.ReadRound, group).Fields.Has(access.Identities) || !access.Decide(s, access.ReadRound, training).Fields.Has(access.Identities) {
		t.Error("a coordinator sees parents, or does not see learners")
	}
}

// relation is how a person stands to a round.
type relation struct {
	name                                    string
	hub, organisation, authority, programme bool // the same as the round's
	assigned                                bool
}

func relations() []relation {
	var all []relation
	for bits := range 32 {
		all = append(all, relation{"", bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0, bits&16 > 0})
	}
	return all
}

func (r relation) subject(role access.Role) access.Subject {
	s := access.Subject{Person: "me", Role: role, Organisation: "org-else", Authority: "auth-else", Programme: "prog-else"}
	if r.organisation {
		s.Organisation = "org"
	}
	if r.hub {
		s.Organisation = "hub"
	}
	if r.authority {
		s.Authority = "auth"
	}
	if r.programme {
		s.Programme = "prog"
	}
	return s
}

func (r relation) resource() access.Resource {
	res := access.Resource{Hub: "hub", Organisation: "org", Authority: "auth", Programme: "prog", Staff: []string{"somebody"}}
	if r.assigned {
		res.Staff = append(res.Staff, "me")
	}
	return res
}

func TestDecideInEveryRelation(t *testing.T) {
	for _, role := range access.Roles {
		for _, rel := range relations() {
			want := false
			switch table[role].read {
			case access.Hub:
				want = rel.hub
			case access.Organisation:
				want = rel.authority
			case access.Assigned:
				want = rel.assigned
			}
			want = want && rel.programme
			d := access.Decide(rel.subject(role), access.ReadRound, rel.resource())
			if d.Allow != want {
				t.Errorf("%s %+v: allowed %v (%s), want %v", role, rel, d.Allow, d.Reason, want)
			}
			people := want && table[role].people == access.Assigned && rel.assigned
			if d.Fields.Has(access.Identities) != people {
				t.Errorf("%s %+v: sees people %v, want %v", role, rel, d.Fields.Has(access.Identities), people)
			}
			if (d.Reason == access.Granted) != d.Allow {
				t.Errorf("%s %+v: allowed %v for the reason %q", role, rel, d.Allow, d.Reason)
			}
		}
	}
}

// A programme is read by whoever works in it, wherever it has its home; only its home's coordinators decide about it.
func TestProgrammesInEveryRelation(t *testing.T) {
	for _, role := range access.Roles {
		for _, rel := range relations() {
			resource := access.Resource{Hub: "hub", Programme: "prog"}
			reads := table[role].programmes == access.Work && rel.programme
			if d := access.Decide(rel.subject(role), access.ReadProgramme, resource); d.Allow != reads {
				t.Errorf("%s %+v: reads %v (%s), want %v", role, rel, d.Allow, d.Reason, reads)
			}
			decides := table[role].decides == access.Hub && rel.programme && rel.hub
			for _, a := range []access.Action{access.UploadDefinition, access.PutInForce, access.MoveHome} {
				if d := access.Decide(rel.subject(role), a, resource); d.Allow != decides {
					t.Errorf("%s %+v: %s %v (%s), want %v", role, rel, a, d.Allow, d.Reason, decides)
				}
			}
		}
	}
}

func TestContactOfTheWholeOrganisation(t *testing.T) {
	s := access.Subject{Person: "me", Role: access.Contact, Organisation: "org"}
	if !access.Decide(s, access.ReadRound, access.Resource{Organisation: "org", Authority: "any board"}).Allow {
		t.Error("a contact without a board does not see the organisation's round")
	}
	if access.Decide(s, access.ReadRound, access.Resource{Organisation: "other", Authority: "any board"}).Allow {
		t.Error("a contact sees another organisation's round")
	}
}

func TestNobodyReachesNothing(t *testing.T) {
	everything := access.Resource{Staff: []string{""}}
	for _, s := range []access.Subject{{}, {Role: access.Coordinator}, {Person: "me", Role: "emperor"}} {
		if d := access.Decide(s, access.ReadRound, everything); d.Allow {
			t.Errorf("%+v may read", s)
		}
		if got := access.ScopeOf(s, access.ListRounds).Reach(); got != access.None {
			t.Errorf("%+v has reach %d", s, got)
		}
	}
	if (access.Scope{}).Reach() != access.None {
		t.Error("the zero scope reaches something")
	}
	// An empty organisation is no organisation: two that are unknown are not the same.
	for _, role := range access.Roles {
		if access.Decide(access.Subject{Person: "me", Role: role}, access.ReadRound, access.Resource{}).Allow {
			t.Errorf("%s of nowhere may read a round of nowhere", role)
		}
	}
}
