// Package access decides who may do what to which. It is pure: a subject, an action and a resource go in, a decision with
// its reason comes out; and for lists a Scope that says how far the subject reaches. Stores demand a Scope for every query
// and only this package can make one that reaches anything. It never reads a database and knows nothing of HTTP.
//
// The source of the rules is the table "Who may see what" in docs/security.md.
package access

// Role is what a person works as. The words are those of the database and of the documents.
type Role string

// The roles of people who sign in. A parent and the public never do.
const (
	Coordinator   Role = "coordinator"   // at the hub: trainings, register, agreements, overview
	Owner         Role = "owner"         // the programme's author
	Trainer       Role = "trainer"       // gives leader training
	Supervisor    Role = "supervisor"    // watches films, supervises, certifies
	Leader        Role = "leader"        // runs groups in pairs
	Technician    Role = "technician"    // third person in a digital group
	Contact       Role = "contact"       // a municipality's or a home's contact person or manager
	Commissioner  Role = "commissioner"  // orders a treatment, gets its reports
	Therapist     Role = "therapist"     // family treatment in the home
	Learner       Role = "learner"       // takes a course
	Researcher    Role = "researcher"    // de-identified data
	Administrator Role = "administrator" // an organisation's accounts and roles, no client data
	LogReviewer   Role = "log-reviewer"  // checks who has looked
)

// Roles is every role, in the order of the table.
var Roles = []Role{Coordinator, Owner, Trainer, Supervisor, Leader, Technician, Contact, Commissioner, Therapist, Learner,
	Researcher, Administrator, LogReviewer}

// Valid tells whether r is a role there is.
func (r Role) Valid() bool {
	for _, known := range Roles {
		if r == known {
			return true
		}
	}
	return false
}

// Action is something a subject may want to do.
type Action string

// The actions there are so far. Anyone is done by everybody, also signed out; SignedIn by everybody who is signed in.
const (
	Anyone           Action = "anyone"
	SignedIn         Action = "signed-in"
	ListRounds       Action = "round.list"
	ReadRound        Action = "round.read"
	ExportRounds     Action = "round.export"
	RecordSession    Action = "session.record"
	CloseRound       Action = "round.close"
	ReadParticipants Action = "participant.read"
	AddParticipant   Action = "participant.add" // also: change, take out, move to another round, take in a list
	PlanRound        Action = "round.plan"      // make a new one
	ChangeRound      Action = "round.change"    // its days, place, staff; also: notify the hub
	TickAttendance   Action = "attendance.record"
	WriteSession     Action = "session.write"     // the notes of those who lead, the self-check, that a concern was reported
	PrepareSession   Action = "session.prepare"   // take and tick what is to be done before it
	SetAttendance    Action = "attendance.rule"   // how an authority keeps attendance in a programme
	HandleInterest   Action = "interest.handle"   // who has asked for a place, and whom one is offered
	ReadOutlook      Action = "round.outlook"     // what a round will give those who lead it
	ReadCredentials  Action = "credential.read"   // where somebody stands with a programme's credentials, and why
	RecordCredential Action = "credential.record" // what a credential rests on and happened elsewhere or earlier
	ReadWeek         Action = "week.read"         // what is before those who work in a round
	ReadConsent      Action = "consent.read"      // how many in a round have consented to what
	RecordConsent    Action = "consent.record"    // also: see who has, say one's own
	ReadSpread       Action = "spread.read"       // where there are certified people, and where no rounds are
	ListProgrammes   Action = "programme.list"
	ReadProgramme    Action = "programme.read"      // a definition that is, was or is about to be in force
	UploadDefinition Action = "definition.upload"   // also: read the hub's proposals
	PutInForce       Action = "definition.in-force" // also: take it back before its day
	MoveHome         Action = "programme.move"

	ListOrganisations   Action = "organisation.list"
	ReadOrganisation    Action = "organisation.read"
	ChangeOrganisations Action = "organisation.change" // add, rename, merge, split, close, take in a list
	ChangeUnits         Action = "unit.change"         // the boards and units of an organisation
	ListPeople          Action = "person.list"
	ReadPerson          Action = "person.read"
	InvitePerson        Action = "person.invite"
	ChangePerson        Action = "person.change" // name, address, leaving, two that are one
	GiveRole            Action = "role.give"     // also: end, let a deputy in
	ImportPeople        Action = "person.import"
	SetSignInRules      Action = "sign-in.rules"    // how an organisation's people may sign in
	ApproveRecovery     Action = "recovery.approve" // let a colleague in who has lost every way in
	ReadOutbox          Action = "outbox.read"      // also: send again
	EditTemplates       Action = "template.edit"    // the words of the hub's letters
	EditSite            Action = "site.edit"        // the house's own texts: accessibility, privacy
	ReadFeedback        Action = "feedback.read"    // also: answer for it
	ReviewLog           Action = "log.review"       // also: ask why somebody looked
	KnowFollowUps       Action = "log.follow-ups"   // that the log's reviewer follows something up, and not what
	ReadFigures         Action = "figures.read"     // a programme's rounds and participants as counts, small ones hidden
)

// Subject is who asks, in the one role they work in now. The zero Subject is nobody.
type Subject struct {
	Person       string // person id
	Role         Role
	Organisation string // organisation id of the role
	Authority    string // authority id of the role; empty when the role is for the whole organisation
	Programme    string // programme id of the role; empty when the role is for all of the organisation's programmes
	StandsFor    string // of a deputy, the person whose role it is: what that one is assigned to, the deputy is
}

// Resource is what the action is done to.
type Resource struct {
	Hub          string   // the hub that the programme has its home with
	Organisation string   // the organisation that holds the round; empty for a programme
	Authority    string   // the authority that answers for what is secret in it
	Programme    string   // the programme's id; empty for what is of no programme, such as an organisation
	Learners     bool     // a round whose participants are people of the directory: a training, a booster, a network meeting
	Staff        []string // ids of the people assigned to it now
}

// Reach is how far a subject reaches with an action.
type Reach uint8

// The reaches, from nothing outwards.
const (
	None         Reach = iota
	Assigned           // what the person is assigned to
	Organisation       // what the person's authority, or organisation when the role has none, holds
	Hub                // everything in the programmes that have their home with the person's organisation
	Work               // the programmes that the role is for, wherever they have their home
	All                // not bound to a resource
)

// Fields says which parts of a resource are shown.
type Fields uint8

// The parts of a round.
const (
	Counts     Fields = 1 << iota // dates, statuses, places, numbers, staff
	Identities                    // who the participants are
)

// Has tells whether all of want are among f.
func (f Fields) Has(want Fields) bool { return f&want == want }

// Reason says why a decision fell as it did, for the log.
type Reason string

// The reasons.
const (
	Granted        Reason = "granted"
	NotSignedIn    Reason = "not signed in"
	RoleMayNot     Reason = "the role may not"
	OutOfReach     Reason = "outside the role's reach"
	OtherProgramme Reason = "another programme than the role's"
)

// Decision is the answer to "may this subject do this to that?".
type Decision struct {
	Allow  bool
	Fields Fields
	Reason Reason
}

// reaches is the table: what each role reaches with each action. What is not in it is denied.
var reaches = map[Role]map[Action]Reach{
	// The hub keeps the list of organisations. Of people it reaches those who work in its programmes, wherever they are employed.
	Coordinator: {ListRounds: Hub, ReadRound: Hub, ExportRounds: Hub, ListProgrammes: Work, ReadProgramme: Work, UploadDefinition: Hub,
		PutInForce: Hub, MoveHome: Hub, ListOrganisations: All, ReadOrganisation: All, ChangeOrganisations: All, ChangeUnits: All, ListPeople: Hub, ReadPerson: Hub,
		InvitePerson: Hub, ChangePerson: Hub, GiveRole: Hub, ImportPeople: Hub, ApproveRecovery: Organisation, ReadOutbox: Hub, EditTemplates: Hub,
		EditSite: All, ReadFeedback: All, PlanRound: Organisation, ReadOutlook: Hub, ReadCredentials: Hub, RecordCredential: Hub, ReadSpread: Hub},
	Contact: {ListRounds: Organisation, ReadRound: Organisation, ExportRounds: Organisation, ListProgrammes: Work, ReadProgramme: Work,
		PlanRound: Organisation, ChangeRound: Organisation, CloseRound: Organisation, SetAttendance: Organisation, ReadOutlook: Organisation,
		ReadCredentials: Organisation, ReadSpread: Organisation, ReadConsent: Organisation,
		ReadOrganisation: Organisation, ListPeople: Organisation, ReadPerson: Organisation, ApproveRecovery: Organisation,
		KnowFollowUps: Organisation},
	Administrator: {ReadOrganisation: Organisation, ChangeUnits: Organisation, ListPeople: Organisation, ReadPerson: Organisation,
		InvitePerson: Organisation, ChangePerson: Organisation, GiveRole: Organisation, ImportPeople: Organisation, SetSignInRules: Organisation,
		ApproveRecovery: Organisation, ReadOutbox: Organisation, KnowFollowUps: Organisation},
	LogReviewer: {ReviewLog: Organisation},
	Supervisor:  {ListRounds: Assigned, ReadRound: Assigned, ReadOutlook: Assigned, ReadWeek: Assigned, ReadConsent: Assigned, ListProgrammes: Work, ReadProgramme: Work},
	Trainer:     {ListRounds: Assigned, ReadRound: Assigned, ReadWeek: Assigned, PlanRound: Organisation, ListProgrammes: Work, ReadProgramme: Work},
	Technician:  {ListRounds: Assigned, ReadRound: Assigned, ReadWeek: Assigned, PrepareSession: Assigned, ReadConsent: Assigned, ListProgrammes: Work, ReadProgramme: Work},
	Leader: {ListRounds: Assigned, ReadRound: Assigned, ExportRounds: Assigned, RecordSession: Assigned, CloseRound: Assigned,
		ReadParticipants: Assigned, AddParticipant: Assigned, PlanRound: Organisation, ChangeRound: Assigned, TickAttendance: Assigned,
		WriteSession: Assigned, PrepareSession: Assigned, HandleInterest: Organisation, ReadOutlook: Assigned, ReadWeek: Assigned,
		ReadConsent: Assigned, RecordConsent: Assigned, ListProgrammes: Work, ReadProgramme: Work},
	// A definition holds no secret and nobody's data: who works in a programme may read it. An administrator of accounts and a
	// reviewer of the log do not work in one.
	Owner:        {ListProgrammes: Work, ReadProgramme: Work, ReadFigures: Work},
	Commissioner: {ListProgrammes: Work, ReadProgramme: Work},
	Therapist:    {ListProgrammes: Work, ReadProgramme: Work},
	Learner:      {ListProgrammes: Work, ReadProgramme: Work},
	Researcher:   {ListProgrammes: Work, ReadProgramme: Work, ReadFigures: Work},
}

// ofLearners is the table for rounds whose participants are people of the directory, in place of reaches for the actions of holding.
// Whoever gives a training or a meeting holds it and knows who comes; the hub and the trainer hold no parents' group by their role.
var ofLearners = map[Role]map[Action]Reach{
	Coordinator: {ChangeRound: Organisation, RecordSession: Organisation, CloseRound: Organisation, ReadParticipants: Hub, AddParticipant: Organisation,
		TickAttendance: Organisation, WriteSession: Organisation, PrepareSession: Organisation},
	Trainer: {ChangeRound: Assigned, RecordSession: Assigned, CloseRound: Assigned, ReadParticipants: Assigned, AddParticipant: Assigned,
		TickAttendance: Assigned, WriteSession: Assigned, PrepareSession: Assigned},
	Supervisor: {ChangeRound: Assigned, RecordSession: Assigned, CloseRound: Assigned, ReadParticipants: Assigned, AddParticipant: Assigned,
		TickAttendance: Assigned, WriteSession: Assigned, PrepareSession: Assigned},
	// A network meeting may be held by leaders themselves.
	Leader: {ChangeRound: Assigned, RecordSession: Assigned, CloseRound: Assigned, ReadParticipants: Assigned, AddParticipant: Assigned,
		TickAttendance: Assigned, WriteSession: Assigned, PrepareSession: Assigned},
	Contact: {ChangeRound: Organisation, CloseRound: Organisation, ReadParticipants: Organisation},
}

// holding are the actions that ofLearners is about.
var holding = map[Action]bool{ChangeRound: true, RecordSession: true, CloseRound: true, ReadParticipants: true, AddParticipant: true,
	TickAttendance: true, WriteSession: true, PrepareSession: true}

// ReachOf is how far the role reaches with the action, in rounds of either sort. It is for doors and lists; what is done to a round is
// asked of Decide.
func ReachOf(r Role, a Action) Reach {
	return max(ReachIn(r, a, false), ReachIn(r, a, true))
}

// ReachIn is how far the role reaches with the action in rounds of one sort: with learners those whose participants are people of the directory.
func ReachIn(r Role, a Action, learners bool) Reach {
	switch {
	case a == Anyone:
		return All
	case !r.Valid():
		return None
	case a == SignedIn:
		return All
	case learners && holding[a]:
		return ofLearners[r][a]
	default:
		return reaches[r][a]
	}
}

// Decide answers whether s may do a to r, which fields of r it then sees, and why.
func Decide(s Subject, a Action, r Resource) Decision {
	if a == Anyone {
		return Decision{Allow: true, Reason: Granted}
	}
	if s.Person == "" {
		return Decision{Reason: NotSignedIn}
	}
	reach := ReachIn(s.Role, a, r.Learners)
	if reach == None {
		return Decision{Reason: RoleMayNot}
	}
	if reach != All && s.Programme != "" && r.Programme != "" && s.Programme != r.Programme {
		return Decision{Reason: OtherProgramme}
	}
	if !within(s, reach, r) {
		return Decision{Reason: OutOfReach}
	}
	fields := Counts
	if people := ReachIn(s.Role, ReadParticipants, r.Learners); people != None && within(s, people, r) {
		fields |= Identities
	}
	return Decision{Allow: true, Fields: fields, Reason: Granted}
}

func within(s Subject, reach Reach, r Resource) bool {
	switch reach {
	case All, Work: // the role's programme has been asked for already
		return true
	case Hub:
		return s.Organisation != "" && s.Organisation == r.Hub
	case Organisation:
		if s.Authority != "" {
			return s.Authority == r.Authority
		}
		return s.Organisation != "" && s.Organisation == r.Organisation
	case Assigned:
		for _, p := range r.Staff {
			if p == s.Person || s.StandsFor != "" && p == s.StandsFor {
				return true
			}
		}
	}
	return false
}

// Scope is how far a query may reach. Its zero value reaches nothing; only ScopeOf makes others.
type Scope struct {
	subject Subject
	reach   Reach
}

// ScopeOf is the scope of s for a. A subject who may not do a at all gets the scope that reaches nothing.
func ScopeOf(s Subject, a Action) Scope {
	if s.Person == "" {
		return Scope{}
	}
	return Scope{subject: s, reach: ReachOf(s.Role, a)}
}

// Reach is how far the scope goes.
func (s Scope) Reach() Reach { return s.reach }

// Person is the id of the person whose scope it is; it bounds the reach Assigned.
func (s Scope) Person() string { return s.subject.Person }

// StandsFor is the person whose role the scope's person has as a deputy; otherwise that person again. It bounds the reach Assigned.
func (s Scope) StandsFor() string {
	if s.subject.StandsFor == "" {
		return s.subject.Person
	}
	return s.subject.StandsFor
}

// Organisation is the organisation id that bounds the reaches Organisation and Hub.
func (s Scope) Organisation() string { return s.subject.Organisation }

// Authority is the authority id that bounds the reach Organisation; empty when the role is for the whole organisation.
func (s Scope) Authority() string { return s.subject.Authority }

// Programme is the programme id that the scope is bound to; empty for none.
func (s Scope) Programme() string { return s.subject.Programme }
