package web

import "hemvist/internal/access"

// interestRoutes are those of parents on their way to a group: the public form, and what leaders do about it.
func (s *Server) interestRoutes() []Route {
	return []Route{
		{"GET /interest", access.Anyone, true, s.listInterestPlaces},
		{"GET /interest/{place}", access.Anyone, true, s.showInterestForm},
		{"POST /interest/{place}", access.Anyone, false, s.sendInterest},
		// Pages too, to which only a form and a letter lead: the flow that sends one looks at the first.
		{"GET /interest/{place}/thanks", access.Anyone, false, s.thankForInterest},
		{"GET /interest/offer", access.Anyone, false, s.showOfferedPlace},

		{"GET /recruitment", access.HandleInterest, true, s.listInterests},
		{"GET /recruitment/new", access.HandleInterest, true, s.newInterest},
		{"POST /recruitment", access.HandleInterest, false, s.addInterest},
		{"POST /recruitment/contact", access.HandleInterest, false, s.setInterestContact},
		{"GET /recruitment/{interest}", access.HandleInterest, true, s.showInterest},
		{"POST /recruitment/{interest}/talk", access.HandleInterest, false, s.bookTalk},
		{"POST /recruitment/{interest}/talk/noted", access.HandleInterest, false, s.noteTalk},
		{"POST /recruitment/{interest}/offer", access.HandleInterest, false, s.offerPlace},
		{"POST /recruitment/{interest}/accepted", access.HandleInterest, false, s.acceptPlace},
		{"POST /recruitment/{interest}/wait", access.HandleInterest, false, s.putOnWaitingList},
		{"POST /recruitment/{interest}/end", access.HandleInterest, false, s.endInterest},
		{"POST /recruitment/{interest}/reopen", access.HandleInterest, false, s.reopenInterest},
		{"POST /recruitment/{interest}/erase", access.HandleInterest, false, s.eraseInterest},

		{"GET /rounds/{id}/recruitment", access.HandleInterest, true, s.showRoundRecruitment},
		{"GET /rounds/{id}/poster", access.HandleInterest, true, s.showPoster},
		{"GET /rounds/{id}/information-sheet", access.HandleInterest, true, s.showInformationSheet},
	}
}
