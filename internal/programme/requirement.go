package programme

// Kind is one of the closed set of requirements.
type Kind string

// The kinds, each with the key that names it in a file and the rule that holds its parameters.
const (
	KindCompleted   Kind = "completed"   // Completed: a course was completed
	KindRounds      Kind = "rounds"      // Practice: rounds were led
	KindCases       Kind = "cases"       // Practice: cases were carried through
	KindSessions    Kind = "sessions"    // Practice: sessions were held
	KindFilms       Kind = "films"       // Reviews of films
	KindReviews     Kind = "reviews"     // Reviews with or without film: checklists, observation on the spot
	KindSupervision Kind = "supervision" // Supervision: times or hours of it
	KindEducation   Kind = "education"   // Education: hours of further education
	KindHolds       Kind = "holds"       // Holds: another credential
	KindTest        Kind = "test"        // Test: a knowledge test passed
	KindAttested    Kind = "attested"    // Attested: someone vouches for something
	KindStaff       Kind = "staff"       // Staff: so many of a unit's people are trained or hold something
	KindNotified    Kind = "notified"    // Notified: every start was notified
	KindEvaluated   Kind = "evaluated"   // Evaluated: every round was evaluated
	KindAnyOf       Kind = "any_of"      // AnyOf: one of several requirements
	KindAllOf       Kind = "all_of"      // AllOf: all of several, for use within any_of
)

// Rule is the parameters of one kind of requirement. It is implemented only by the types of this file.
type Rule interface{ rule() }

// Requirement is one thing that a credential asks for.
type Requirement struct {
	ID    string // unique within the credential
	Kind  Kind
	Words Texts // the programme's own words for it; nil: the product's
	Rule  Rule
	Stage Stage // which part of the way to the credential it belongs to; never empty after Parse

	// Advised: it is shown and reminded of, but nothing hangs on it.
	Advised bool
	// IfMissed: what follows when a requirement of Keeps is not met. Never empty after Parse for those; "" for others.
	IfMissed Consequence
	// Since: which evidence counts. Never empty after Parse: Ever in Requires, SinceCertificate in Keeps, Renew and Restore.
	Since Since
	// NotOlder: evidence must be younger than this on the day that is asked about; zero: no limit.
	NotOlder Period
	// Within and After: evidence must have happened within the period after the requirement with id After (of the same list) was
	// met, or after AfterCertificate or AfterStart. Zero Within: no deadline.
	Within Period
	After  string
	// Every: the requirement is to be met anew in each period, counted from the certificate. Nil: once. The last step has no For.
	Every []Step
	// Per: the numbers are for each person of a unit, or for each round or case. "": for the holder as a whole.
	Per Per
}

// What After may say instead of a requirement's id.
const (
	AfterCertificate = "certificate" // the day of the credential in force
	AfterStart       = "start"       // the holder's first evidence for the credential
)

// Stage is a part of the way to a credential.
type Stage string

// The stages: before the first practice, and practice itself.
const (
	InTraining       Stage = "training"
	UnderSupervision Stage = "supervision"
)

// Consequence is what follows when a requirement for keeping a credential is not met.
type Consequence string

// The consequences.
const (
	Remind Consequence = "remind" // it is shown; the credential stands
	Due    Consequence = "due"    // the credential is to be renewed
	Lapse  Consequence = "lapse"  // the credential lapses when the grace period is over
)

// Since is from when evidence counts.
type Since string

// From when evidence counts.
const (
	Ever             Since = "ever"
	SinceCertificate Since = "certificate" // after the day of the certificate in force (the latest that was given)
)

// Step is one part of a cadence: once in each Each, for as long as For says. The last step goes on: its For is zero.
type Step struct {
	Each Period
	For  Period
}

// Completed: a course was completed.
type Completed struct {
	Variants []string // any of these
	Attended Quantity // of its sessions; zero: as the course itself says (it was marked as completed)
}

// Practice: so many rounds, cases or sessions (the requirement's kind tells which), each meeting the conditions.
type Practice struct {
	Count    int
	Variants []string // of any of these; empty: of any variant that is led
	Role     string   // in this role; "": in any
	// SessionKinds: which sessions Held, Led, Filmed, Supervised and the presence conditions look at. Empty: all kinds except
	// information meetings.
	SessionKinds []SessionKind
	Participants *Presence // nil: no condition
	Finished     *Finished // nil: no condition
	Held         Quantity  // of the planned sessions
	Led          Quantity  // of the held sessions, by the holder
	Filmed       Quantity
	Supervised   Quantity
	Evaluated    []string // waves that must have answers
	Lasted       Period   // a case or round must have lasted as long
	Closed       bool     // closed as completed, not broken off; for sessions: so was their round. Unsaid in a file: true, for sessions false
}

// Presence: at least so many persons, each present at no less than so many of the sessions.
type Presence struct {
	AtLeast   int
	PresentAt Quantity
}

// Finished: of those who began, at least this share were present at so many of the sessions.
type Finished struct {
	Share     int // percent
	PresentAt Quantity
}

// Reviews: so many films or reviews.
type Reviews struct {
	Count      int
	Of         Span          // whole sessions, clips, rounds or cases
	Minutes    Range         // limits for the length of a film
	From       From          // which rounds or cases they come from
	By         []Reviewer    // who has reviewed, any of these; empty: handed in is enough
	Holding    []string      // an expert holds one of these credentials
	Role       string        // the holder's role when it was made; "": any
	Variants   []string      // empty: any
	Kinds      []SessionKind // of these kinds of session; empty: all except information meetings
	Principles []string      // empty: any
	Supervised bool          // each was also talked through in supervision
	Rating     *Rating       // nil: no threshold
	Different  []Dimension   // no two from the same of each of these
}

// Reviewer is who reviews.
type Reviewer string

// The reviewers.
const (
	BySelf   Reviewer = "self"
	ByPeer   Reviewer = "peer"
	ByExpert Reviewer = "expert"
)

// Dimension is something in which the counted films must differ.
type Dimension string

// The dimensions.
const (
	DifferentSession   Dimension = "session"
	DifferentPrinciple Dimension = "principle"
	DifferentRound     Dimension = "round"
	DifferentCase      Dimension = "case"
	DifferentMonth     Dimension = "month"
)

// From narrows films to the latest rounds or cases.
type From struct {
	Latest int // the latest so many; 0: any
	What   Per // PerRound or PerCase
}

// Rating is a threshold that each counted review reaches by itself.
type Rating struct {
	Form    string
	Measure Measure
	AtLeast float64 // percent of the scale (0–100) for MeasurePercent, else in the form's own scale
}

// Measure is which number of a filled-in form a threshold is about.
type Measure string

// The measures. Percent is (mean - min) / (max - min).
const (
	MeasureMean    Measure = "mean"
	MeasureEach    Measure = "each" // every item
	MeasureTotal   Measure = "total"
	MeasurePercent Measure = "percent"
)

// Supervision: so many times, or hours, of supervision.
type Supervision struct {
	Amount   Amount
	Share    int    // also this share of the times offered, percent; 0: not asked for
	Setting  string // group, individual or ""
	Variants []string
	Holding  []string // the supervisor holds one of these; empty: anyone
}

// Education: so much further education, in hours, or times at variants such as boosters.
type Education struct {
	Amount   Amount
	Variants []string // counted from these; empty: from any that is recorded
}

// Holds: another credential is held.
type Holds struct {
	Credentials []string // any of these
	For         Period   // and has been, without a break, for so long
}

// Test: a test was passed.
type Test struct {
	Test    string // an instrument's id
	AtLeast int    // percent; 0: passed is enough
}

// Attested: somebody in a role vouches for something, such as a manager's go-ahead or a signed agreement.
type Attested struct {
	What string   // what is vouched for: an id of the file's own; the requirement's Words tell it
	By   []string // ids of roles, or "contact"; any of these
}

// Staff: of a unit's people, so many have completed a course or hold a credential.
type Staff struct {
	Number    Quantity // of the people in the role; with a share or every, of those agreed as relevant
	Role      string   // "": whoever is agreed as relevant
	Completed []string
	Holds     []string
}

// Notified: every start of a round was notified.
type Notified struct {
	Variants []string // empty: any
	By       Moment   // at the latest; zero Anchor: whenever
}

// Evaluated: the evaluation was done in every round that was closed.
type Evaluated struct {
	Variants []string // empty: any
	Waves    []string // all of these
	Share    int      // of the participants who answered, percent; 0: any answer will do
	By       Moment   // at the latest; zero Anchor: whenever
}

// AnyOf is met when one of its requirements is.
type AnyOf struct{ Requirements []Requirement }

// AllOf is met when all of its requirements are.
type AllOf struct{ Requirements []Requirement }

func (Completed) rule()   {}
func (Practice) rule()    {}
func (Reviews) rule()     {}
func (Supervision) rule() {}
func (Education) rule()   {}
func (Holds) rule()       {}
func (Test) rule()        {}
func (Attested) rule()    {}
func (Staff) rule()       {}
func (Notified) rule()    {}
func (Evaluated) rule()   {}
func (AnyOf) rule()       {}
func (AllOf) rule()       {}
