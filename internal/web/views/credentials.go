package views

// Credentials is where somebody stands with the credentials of programmes.
type Credentials struct {
	Self           bool
	Back, BackText string
	Href, Lead     string
	On, OnText     string
	IsToday        bool
	Programmes     []CredentialsOf
	RecordHref     string // empty for who may not record
	Form           Form
}

// CredentialsOf is one programme's.
type CredentialsOf struct {
	ID, Title string
	Held      []Credential // begun, held or lost
	Others    []Credential // that nothing is done about
	Recorded  []RecordedFact
}

// Credential is one of them.
type Credential struct {
	ID, Title string
	Status    Tag
	Why       string
	Facts     []Fact
	Ready     string
	Asked     []OutlookRow
}

// RecordedFact is something that was recorded by hand.
type RecordedFact struct{ Text, When, By, Retract string }

// RecordCredential is the form where something is recorded.
type RecordCredential struct {
	Name, Href string
	What, Why  []Option
	On         string
	Form       Form
}
