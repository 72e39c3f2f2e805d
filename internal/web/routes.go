package web

import (
	"net/http"
	"slices"

	"hemvist/internal/access"
	"hemvist/internal/site"
)

// handler answers a request or returns why it could not; respondError is the one place that turns that into a page.
type handler func(w http.ResponseWriter, r *http.Request) error

// Route is a row of the route table.
type Route struct {
	Pattern string        // as net/http's ServeMux reads it
	Action  access.Action // what a subject must be allowed, at least somewhere, to get past the door
	Page    bool          // answers a whole page to GET, which the browser checks visit
	handle  handler
}

// routes is every route there is. A row here needs a row in testdata/access, or the build fails.
func (s *Server) routes() []Route {
	table := slices.Concat(s.doorRoutes(), s.roundRoutes(), s.groupRoutes(), s.programmeRoutes(), s.signInRoutes(), s.logRoutes(), s.letInRoutes(), s.organisationRoutes(),
		s.siteRoutes(), s.peopleRoutes(), s.letterRoutes(), s.interestRoutes(), s.meetingRoutes(), s.registerRoutes(), s.planRoutes())
	if s.Demo != nil {
		table = append(table,
			Route{"GET /demo/{role}", access.Anyone, true, s.showDemo},
			Route{"POST /demo/{role}", access.Anyone, false, s.enterDemo})
	}
	return table
}

// doorRoutes are those of getting in and of one's own passkeys and sign-ins.
func (s *Server) doorRoutes() []Route {
	return []Route{
		{"GET /{$}", access.Anyone, true, s.home},
		{"POST /language", access.Anyone, false, s.setLanguage},

		{"GET /sign-in", access.Anyone, true, s.showSignIn},
		{"POST /sign-in", access.Anyone, false, s.signIn},
		{"POST /sign-in/passkey/begin", access.Anyone, false, s.beginPasskeySignIn},
		{"POST /sign-in/passkey", access.Anyone, false, s.signInWithPasskey},
		{"GET /start", access.Anyone, true, s.showStart},
		{"POST /start", access.Anyone, false, s.start},
		{"POST /sign-out", access.Anyone, false, s.signOut},

		{"GET /me/sign-in", access.SignedIn, true, s.showMySignIn},
		{"POST /me/sign-in/passkeys/begin", access.SignedIn, false, s.beginPasskey},
		{"POST /me/sign-in/passkeys", access.SignedIn, false, s.addPasskey},
		// A page too, but nobody in the demo has a passkey: the flow that makes one looks at it.
		{"GET /me/sign-in/passkeys/{passkey}", access.SignedIn, false, s.showPasskey},
		{"POST /me/sign-in/passkeys/{passkey}", access.SignedIn, false, s.renamePasskey},
		{"POST /me/sign-in/passkeys/{passkey}/remove", access.SignedIn, false, s.removePasskey},
		{"POST /me/sign-in/sessions/{session}/end", access.SignedIn, false, s.endSignIn},
		{"POST /me/sign-in/sessions/end", access.SignedIn, false, s.endOtherSignIns},
	}
}

// roundRoutes are those of rounds.
func (s *Server) roundRoutes() []Route {
	return []Route{
		{"GET /rounds", access.ListRounds, true, s.listRounds},
		{"GET /rounds.csv", access.ExportRounds, false, s.exportRoundsCSV},
		{"GET /rounds.xlsx", access.ExportRounds, false, s.exportRoundsExcel},
		{"GET /rounds/{id}", access.ReadRound, true, s.showRound},
		{"POST /rounds/{id}/sessions/{session}", access.RecordSession, false, s.recordSession},
		{"POST /rounds/{id}/end", access.CloseRound, false, s.endRound},
	}
}

// programmeRoutes are those of programmes and their definitions.
func (s *Server) programmeRoutes() []Route {
	return []Route{
		{"GET /programmes", access.ListProgrammes, true, s.listProgrammes},
		{"GET /programmes/{programme}", access.ReadProgramme, true, s.showProgramme},
		{"GET /programmes/{programme}/versions", access.ReadProgramme, true, s.listVersions},
		{"GET /programmes/{programme}/versions/{version}", access.ReadProgramme, true, s.showProgramme},
		{"GET /programmes/{programme}/versions/{version}/terms", access.ReadProgramme, true, s.showTerms},
		{"GET /programmes/{programme}/versions/{version}/whole", access.ReadProgramme, true, s.showWhole},
		{"GET /programmes/{programme}/versions/{version}/variants/{variant}", access.ReadProgramme, true, s.showVariant},
		{"GET /programmes/{programme}/versions/{version}/credentials/{credential}", access.ReadProgramme, true, s.showCredential},
		{"GET /programmes/{programme}/versions/{version}/changes", access.ReadProgramme, true, s.showChanges},
		{"GET /programmes/{programme}/versions/{version}/source", access.ReadProgramme, false, s.downloadSource},
		{"POST /programmes/{programme}/versions/{version}/in-force", access.PutInForce, false, s.putInForce},
		{"POST /programmes/{programme}/versions/{version}/withdraw", access.PutInForce, false, s.withdrawDefinition},
		{"GET /programmes/{programme}/home", access.MoveHome, true, s.showMove},
		{"POST /programmes/{programme}/home", access.MoveHome, false, s.moveHome},
		{"POST /programmes/{programme}/home/stay", access.MoveHome, false, s.stayHome},
		{"GET /definitions/new", access.UploadDefinition, true, s.newDefinition},
		{"POST /definitions", access.UploadDefinition, false, s.uploadDefinition},
	}
}

// letInRoutes are those of invitations and of organisations' own identity providers.
func (s *Server) letInRoutes() []Route {
	return []Route{
		{"GET /people/invite", access.InvitePerson, true, s.newInvite},
		{"POST /people/invite", access.InvitePerson, false, s.invite},
		{"GET /people/invitations", access.InvitePerson, true, s.listInvitations},
		{"GET /invitations/{invitation}", access.InvitePerson, true, s.showInvitation},
		{"POST /invitations/{invitation}/again", access.InvitePerson, false, s.inviteAgain},
		{"POST /invitations/{invitation}/withdraw", access.InvitePerson, false, s.withdrawInvitation},
		// Pages too, to which only a letter leads: the flow that follows it looks at them.
		{"GET /invitation", access.Anyone, false, s.showOffer},
		{"POST /invitation", access.Anyone, false, s.acceptInvitation},
		{"GET /welcome", access.SignedIn, false, s.welcome},

		{"POST /sign-in/oidc", access.Anyone, false, s.beginIdentity},
		// A page too, for whoever is refused; the flow that is looks at it.
		{"GET /sign-in/oidc/callback", access.Anyone, false, s.finishIdentity},
		{"GET /organisations/{organisation}/identity", access.SetSignInRules, true, s.showIdentity},
		{"POST /organisations/{organisation}/identity", access.SetSignInRules, false, s.setIdentity},
	}
}

// signInRoutes are those of being signed in: who one is, in which role, and how one gets in.
func (s *Server) signInRoutes() []Route {
	return []Route{
		// A page too, to which only a sign-in leads that is no longer fresh.
		{"GET /me/confirm", access.SignedIn, false, s.showConfirm},
		{"POST /me/confirm", access.SignedIn, false, s.confirm},
		{"POST /me/confirm/passkey/begin", access.SignedIn, false, s.beginConfirm},
		{"POST /me/confirm/passkey", access.SignedIn, false, s.confirmWithPasskey},
		{"POST /me/role", access.SignedIn, false, s.switchRole},

		{"POST /sign-in/password", access.Anyone, false, s.signInWithPassword},
		{"GET /me/sign-in/password", access.SignedIn, true, s.showPassword},
		{"POST /me/sign-in/password", access.SignedIn, false, s.beginPassword},
		// A page too, to which only a password leads that waits for its first code.
		{"GET /me/sign-in/password/code", access.SignedIn, false, s.showPasswordCode},
		{"POST /me/sign-in/password/code", access.SignedIn, false, s.finishPassword},
		{"POST /me/sign-in/password/reserve", access.SignedIn, false, s.newReserveCodes},
		{"POST /me/sign-in/password/remove", access.SignedIn, false, s.removePassword},
		{"GET /organisations/{organisation}/sign-in", access.SetSignInRules, true, s.showSignInRules},
		{"POST /organisations/{organisation}/sign-in", access.SetSignInRules, false, s.setSignInRules},

		{"GET /recovery/ask", access.Anyone, true, s.showAskRecovery},
		{"POST /recovery/ask", access.Anyone, false, s.askRecovery},
		{"GET /recovery/link", access.Anyone, false, s.showRecoveryLink},
		{"POST /recovery/link", access.Anyone, false, s.useRecovery},
		{"GET /recovery", access.ApproveRecovery, true, s.listRecoveries},
		{"GET /recovery/{recovery}", access.ApproveRecovery, true, s.showRecovery},
		{"POST /recovery/{recovery}/approve", access.ApproveRecovery, false, s.approveRecovery},
		{"POST /recovery/{recovery}/refuse", access.ApproveRecovery, false, s.refuseRecovery},
	}
}

// siteRoutes is the house's own texts, what people write to it, and the help.
func (s *Server) siteRoutes() []Route {
	return []Route{
		{"GET /accessibility", access.Anyone, true, s.showText(site.Accessibility)},
		{"GET /privacy", access.Anyone, true, s.showText(site.Privacy)},
		{"GET /cookies", access.Anyone, true, s.showText(site.Cookies)},
		{"GET /contact", access.Anyone, true, s.showText(site.Contact)},
		{"GET /site", access.EditSite, true, s.listTexts},
		{"GET /site/particulars", access.EditSite, true, s.showParticulars},
		{"POST /site/particulars", access.EditSite, false, s.saveParticulars},
		{"GET /site/{text}/{language}", access.EditSite, true, s.editText},
		{"POST /site/{text}/{language}", access.EditSite, false, s.saveText},
		{"GET /site/{text}/{language}/history", access.EditSite, true, s.textHistory},
		{"POST /site/{text}/{language}/again", access.EditSite, false, s.takeTextAgain},
		{"GET /feedback", access.Anyone, true, s.showFeedback},
		{"POST /feedback", access.Anyone, false, s.sendFeedback},
		// A page too, but only a form leads to it: the flow that sends one looks at it.
		{"GET /feedback/received/{reference}", access.Anyone, false, s.showReceived},
		// A page too, to which a letter leads.
		{"GET /feedback/answer", access.Anyone, false, s.showAnswer},
		{"GET /feedback/inbox", access.ReadFeedback, true, s.listFeedback},
		{"GET /feedback/inbox/{feedback}", access.ReadFeedback, true, s.showFeedbackItem},
		{"POST /feedback/inbox/{feedback}/answer", access.ReadFeedback, false, s.answerFeedback},
		{"POST /feedback/inbox/{feedback}/close", access.ReadFeedback, false, s.closeFeedback},
		{"POST /feedback/inbox/{feedback}/reopen", access.ReadFeedback, false, s.reopenFeedback},
		{"GET /help", access.Anyone, true, s.listHelp},
		{"GET /help/words", access.Anyone, true, s.showGlossary},
		{"GET /help/{topic}", access.Anyone, true, s.showHelp},
	}
}

// peopleRoutes is the rows of people and their roles, oneself among them.
func (s *Server) peopleRoutes() []Route {
	return []Route{
		{"GET /people", access.ListPeople, true, s.listPeople},
		{"GET /people.csv", access.ListPeople, false, s.exportPeopleCSV},
		{"GET /people.xlsx", access.ListPeople, false, s.exportPeopleExcel},
		{"GET /people/new", access.ChangePerson, true, s.newPerson},
		{"POST /people", access.ChangePerson, false, s.addPerson},
		{"GET /people/import", access.ImportPeople, true, s.newRegister},
		{"POST /people/import", access.ImportPeople, false, s.readRegister},
		// Pages too, but only a table that was sent leads to them: the flow that sends one looks at them.
		{"GET /people/import/drafts/{register}", access.ImportPeople, true, s.showRegister},
		{"POST /people/import/drafts/{register}", access.ImportPeople, false, s.takeOverRegister},
		{"GET /people/import/drafts/{register}/report", access.ImportPeople, true, s.showTakeOver},
		{"GET /people/import/drafts/{register}/report.csv", access.ImportPeople, false, s.exportTakeOver},
		{"GET /people/{person}", access.ReadPerson, true, s.showPerson},
		{"GET /people/{person}/change", access.ChangePerson, true, s.showChangePerson},
		{"POST /people/{person}/change", access.ChangePerson, false, s.changePerson},
		{"GET /people/{person}/roles/new", access.GiveRole, true, s.newRole},
		{"POST /people/{person}/roles", access.GiveRole, false, s.giveRole},
		{"GET /people/{person}/roles/{given}/end", access.GiveRole, true, s.showEndRole},
		{"POST /people/{person}/roles/{given}/end", access.GiveRole, false, s.endRole},
		{"GET /people/{person}/roles/{given}/deputy", access.GiveRole, true, s.showDeputy},
		{"POST /people/{person}/roles/{given}/deputy", access.GiveRole, false, s.deputise},
		{"GET /people/{person}/workplace", access.GiveRole, true, s.showMovePerson},
		{"POST /people/{person}/workplace", access.GiveRole, false, s.movePerson},
		{"GET /people/{person}/leave", access.ChangePerson, true, s.showLeave},
		{"POST /people/{person}/leave", access.ChangePerson, false, s.leave},
		{"POST /people/{person}/return", access.ChangePerson, false, s.returnPerson},
		{"GET /people/{person}/merge", access.ChangePerson, true, s.showMerge},
		{"POST /people/{person}/merge", access.ChangePerson, false, s.merge},
		{"GET /me/profile", access.SignedIn, true, s.showProfile},
		{"POST /me/profile", access.SignedIn, false, s.changeProfile},
	}
}

// letterRoutes are those of the letters of the house: the outbox, and the words that a hub's letters have.
func (s *Server) letterRoutes() []Route {
	return []Route{
		{"GET /letters", access.ReadOutbox, true, s.listLetters},
		{"GET /letters/{letter}", access.ReadOutbox, true, s.showLetter},
		{"POST /letters/{letter}/again", access.ReadOutbox, false, s.sendLetterAgain},
		{"POST /letters/{letter}/drop", access.ReadOutbox, false, s.dropLetter},
		{"GET /letters/words", access.EditTemplates, true, s.listWords},
		{"GET /letters/words/{template}/{language}", access.EditTemplates, true, s.showWords},
		{"POST /letters/words/{template}/{language}", access.EditTemplates, false, s.setWords},
		{"POST /letters/words/{template}/{language}/reset", access.EditTemplates, false, s.resetWords},
	}
}

// logRoutes are the log: its review, and everybody's own.
func (s *Server) logRoutes() []Route {
	return []Route{
		{"GET /log", access.ReviewLog, true, s.showSpot},
		{"GET /log/entries", access.ReviewLog, true, s.listLog},
		{"GET /log/entries.csv", access.ReviewLog, false, s.exportLog},
		{"GET /log/questions", access.ReviewLog, true, s.listQuestions},
		{"GET /log/questions/new", access.ReviewLog, true, s.newQuestion},
		{"POST /log/questions", access.ReviewLog, false, s.ask},
		{"GET /log/questions/{question}", access.ReviewLog, true, s.showQuestion},
		{"POST /log/questions/{question}/verdict", access.ReviewLog, false, s.judge},
		{"GET /me/log", access.SignedIn, true, s.showLookers},
		{"GET /me/log/own", access.SignedIn, true, s.showDoings},
		// A page too, but in the demo one person alone was asked: the flow that answers looks at it.
		{"GET /me/log/questions/{question}", access.SignedIn, false, s.showMyQuestion},
		{"POST /me/log/questions/{question}", access.SignedIn, false, s.answer},
	}
}

// Routes is the route table, for the tests that go through all of it.
func (s *Server) Routes() []Route { return s.routes() }
