package programme

import "slices"

// VariantKind is what sort of thing a variant's rounds are.
type VariantKind string

// The kinds of variant.
const (
	Group      VariantKind = "group"   // sessions with participants
	Course     VariantKind = "course"  // a training for staff or others who learn
	Booster    VariantKind = "booster" // for those who are certified
	Network    VariantKind = "network" // network meetings of leaders
	Conference VariantKind = "conference"
	Treatment  VariantKind = "treatment" // one family at a time: cases, not rounds
)

// Variant is one way in which the programme is given: for whom, how often, by whom. `like` is resolved by the reader.
type Variant struct {
	ID           string
	Kind         VariantKind
	Like         string // the variant that it took its unsaid keys from, or ""
	Title        Texts
	Summary      Texts
	Focus        Texts // what it dwells on
	Words        Words // its own words, before the programme's
	Digital      bool
	GivenBy      string // hub, owner or anyone
	Rhythm       Rhythm
	Lasts        Period // about how long, where sessions do not tell it
	Participants Participants
	Admission    []Criterion
	Staff        []Staffing
	Waves        []Wave
	Filming      *Filming // nil: as the programme
	Interpreter  *Interpreter
	Workload     int // hours a week that a leader's first round takes; 0: not said
	Support      *Support
	Course       *CourseWork
	Treatment    *TreatmentPlan
	sessions     []Session
}

// Sessions are the variant's sessions in order, `each` and `repeat` expanded. The slice is the caller's own.
func (v *Variant) Sessions() []Session { return slices.Clone(v.sessions) }

// SessionsOf are the sessions of the given kinds, in order; of all kinds when none is given.
func (v *Variant) SessionsOf(kinds ...SessionKind) []Session {
	var out []Session
	for _, s := range v.sessions {
		if len(kinds) == 0 || has(kinds, s.Kind) {
			out = append(out, s)
		}
	}
	return out
}

// StaffIn is the staffing of the role.
func (v *Variant) StaffIn(role string) (Staffing, bool) {
	for _, s := range v.Staff {
		if s.Role == role {
			return s, true
		}
	}
	return Staffing{}, false
}

// SessionKind is what sort of session it is. Requirements count by it.
type SessionKind string

// The kinds of session.
const (
	Information SessionKind = "information" // before the programme proper
	OnPrinciple SessionKind = "principle"   // one of the principles
	Ordinary    SessionKind = "session"
	Training    SessionKind = "training" // a day or half-day of a course
	Closing     SessionKind = "closing"
	FollowUp    SessionKind = "follow-up"
)

// Session is one meeting of a round, as the definition plans it.
type Session struct {
	Number    int    // from 1, in the order of the round; an information meeting that is held is number 1 too
	ID        string // unique in the variant, and stable between versions of the definition
	Kind      SessionKind
	Principle string // the principle's id, or ""
	Title     Texts
	Unnamed   bool  // no source names it: Title is "Principle 10" and the like
	Minutes   Range // how long
	Optional  bool  // a round may do without it
	Advised   bool  // optional, but recommended
}

// Rhythm is how often sessions come.
type Rhythm struct {
	Every    Period // zero: as agreed
	Agreed   bool   // by need, as agreed with those who come
	Unbroken bool   // one period without pauses
}

// Participants says who comes to a round and how many.
type Participants struct {
	Who          Texts
	Recommended  Range
	Limit        Range  // may not be below or above
	Counted      string // persons or households
	PerHousehold int    // at most so many persons of one household; 0: not said
	ChildAge     Range  // years; the age of the child, not of the participant
	FromSame     bool   // several from one organisation wished for
}

// Criterion is something that an applicant for a course is assessed on.
type Criterion struct {
	ID        string
	Title     Texts
	Needed    bool     // else it counts in favour
	InsteadOf string   // another criterion's id: this one will do in its place
	Variants  []string // asked of those who will lead these; empty: of all
	By        string   // who vouches for it: applicant or contact
}

// Staffing is one role in a round: how many, and what they must hold.
type Staffing struct {
	Role      string
	Count     Range
	Holds     []string // credentials, any of which will do; empty: none is asked for
	Completed []string // variants (courses), one of which must have been completed
	Learning  bool     // one who is under supervision for a credential of Holds may, in a supervised round
}

// Wave is an occasion at which questionnaires are answered.
type Wave struct {
	ID          string
	Title       Texts
	Opens       Moment
	Closes      Moment // zero Anchor: with the round
	Answers     string // participant, child, leader or learner
	Instruments []string
	Needed      bool // the programme asks for it in every round
}

// Support is what follows after a course.
type Support struct {
	Title Texts
	Lasts Period
	By    string // a role's id
}

// CourseWork is what a course adds to a round.
type CourseWork struct {
	Questions []FormItem // what the course dwells on
	Inventory []FormItem // what learners take stock of at home; empty: none
	Plan      bool       // learners make a plan of what to improve
	Exchange  bool       // exchange of experience between organisations
	Reactions string     // what learners thought: gathered or published; "": neither
	JoinLater bool       // colleagues may join a later round
	Voices    Texts      // who is heard, such as parents with experience of their own
}

// TreatmentPlan is how a family treatment goes.
type TreatmentPlan struct {
	Phases        []Phase
	Goals         Goals
	Reports       []Report
	Interventions []FormItem
	Network       []string // whose people are invited: private, professional
	Approval      []string // what the commissioner must approve: other-services, plan
}

// Phase is one of a treatment's phases, in order.
type Phase struct {
	ID      string
	Title   Texts
	Makes   []string // timeline, network-map, worries, plan, goals, maintenance-plan
	Network []string // who is invited in this phase
	Lasts   Period
}

// Goals says how goals are set and followed.
type Goals struct {
	Measurable bool
	Subgoals   bool
	FollowedUp Period // how often
	NewGoals   bool   // a new problem within the treatment's area becomes a goal
}

// Report is one that goes to the commissioner.
type Report struct {
	ID       string
	Title    Texts
	To       string   // commissioner
	When     string   // phase-end, close or every
	Phase    string   // with phase-end
	Every    Period   // with every
	Contains []string // goals, work, evaluation, recommendations, factors
}
