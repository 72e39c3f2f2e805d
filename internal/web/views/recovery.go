package views

// AskRecovery is the page where somebody asks for help who cannot get in.
type AskRecovery struct {
	Asked bool
	Email string
	Form  Form
}

// Recovery is somebody who asks for help, as colleagues see it.
type Recovery struct {
	Href, Name, Organisation, Asked, Ends string
	State                                 Tag
	ByMe, Granted, Fresh                  bool
	Form                                  Form
}

// RecoveryLink is the page that a link leads to which lets somebody in again.
type RecoveryLink struct {
	Code  string
	Opens bool
}
