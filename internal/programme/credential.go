package programme

// Holder is who holds a credential.
type Holder string

// The holders.
const (
	Person Holder = "person"
	OfUnit Holder = "unit" // a home, a team, a municipality's unit
)

// Credential is a certification or the like: what it takes, how long it lasts, how it is kept and renewed.
type Credential struct {
	ID        string
	Title     Texts
	HeldBy    Holder
	Role      string // the role that a person gets by it, or ""
	Grant     Grant
	GrantedBy []string // roles that decide, with GrantDecision
	Requires  []Requirement
	Valid     Validity
	Grace     Period // after the term's end: due, not yet lapsed. Zero: lapses at once
	Warn      Warn
	Keeps     []Requirement // while it is held
	Renew     []Requirement // for a further term
	NextTerm  NextTerm
	Restore   Restore // after it has lapsed
}

// Grant is how a credential comes about once everything is met.
type Grant string

// The ways.
const (
	GrantDecision  Grant = "decision"  // somebody decides: without a decision there is no credential
	GrantAutomatic Grant = "automatic" // by the last requirement being met
)

// Validity is how long a credential lasts. Without terms and without With it lasts for ever.
type Validity struct {
	Terms []Term   // the first, the second, …; the last is repeated
	With  []string // only as long as one of these credentials is in force
}

// Forever tells whether time and rounds alone never end it.
func (v Validity) Forever() bool { return len(v.Terms) == 0 }

// Term is the n-th term, counted from 0 for the one that follows the first certificate.
func (v Validity) Term(n int) (Term, bool) {
	if len(v.Terms) == 0 || n < 0 {
		return Term{}, false
	}
	return v.Terms[min(n, len(v.Terms)-1)], true
}

// Term is one time of validity. Whichever limit is reached first ends it; zero limits do not count.
type Term struct {
	Length   Period
	Rounds   int           // closed rounds led since the certificate
	Cases    int           // closed cases since the certificate
	Variants []string      // of these variants; empty: of any
	Role     string        // led in this role; "": any
	Renew    []Requirement // what the renewal at the end of this term takes, instead of the credential's Renew; nil: that
}

// Warn is when a holder is told that the term is about to end, while there is time to film the round that renewal looks at.
type Warn struct {
	Before Period // so long before the term's last day
	Rounds int    // when only so many rounds are left of the term
}

// NextTerm is from when a renewed credential counts its new term.
type NextTerm string

// From when a new term counts.
const (
	FromDecision NextTerm = "decision" // the day of renewal
	FromEnd      NextTerm = "end"      // the old term's end, when renewed before it has lapsed
)

// Restore is what it takes to get a credential back that has lapsed.
type Restore struct {
	Way      RestoreWay
	Requires []Requirement // with RestoreOwn
}

// RestoreWay is one of three ways back.
type RestoreWay string

// The ways back.
const (
	RestoreRenew RestoreWay = "renew" // as a renewal in time
	RestoreAnew  RestoreWay = "anew"  // everything from the beginning, with new evidence
	RestoreOwn   RestoreWay = "own"   // by requirements of its own
)

// RenewFor is what renewal takes at the end of the n-th term, counted from 0.
func (c *Credential) RenewFor(n int) []Requirement {
	if t, ok := c.Valid.Term(n); ok && t.Renew != nil {
		return t.Renew
	}
	return c.Renew
}
