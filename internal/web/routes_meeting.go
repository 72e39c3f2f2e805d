package web

import "hemvist/internal/access"

// meetingRoutes are those of one session: what became of it, who came, notes; and what those who lead consent to.
func (s *Server) meetingRoutes() []Route {
	return []Route{
		{"GET /rounds/{id}/sessions/{session}", access.ReadRound, true, s.showSession},
		{"GET /rounds/{id}/sessions/{session}/attendance", access.TickAttendance, true, s.showAttendance},
		{"POST /rounds/{id}/sessions/{session}/attendance", access.TickAttendance, false, s.saveAttendance},
		{"POST /rounds/{id}/sessions/{session}/notes", access.WriteSession, false, s.saveNotes},
		{"POST /rounds/{id}/sessions/{session}/check", access.WriteSession, false, s.saveCheck},
		{"GET /rounds/{id}/sessions/{session}/stand-in", access.ChangeRound, true, s.showStandIn},
		{"POST /rounds/{id}/sessions/{session}/stand-in", access.ChangeRound, false, s.stepIn},
		{"GET /rounds/{id}/sessions/{session}/tell", access.WriteSession, true, s.showTell},
		{"POST /rounds/{id}/sessions/{session}/tell", access.WriteSession, false, s.tell},
		{"GET /me/consents", access.SignedIn, true, s.showMyConsents},
		{"GET /me/consents/{round}", access.SignedIn, true, s.showMyConsent},
		{"POST /me/consents/{round}", access.SignedIn, false, s.takeBackConsent},
		{"GET /concern", access.SignedIn, true, s.showConcern},
		{"GET /rounds/{id}/concern", access.WriteSession, true, s.showRoundConcern},
		{"POST /rounds/{id}/concern", access.WriteSession, false, s.noteConcern},
	}
}
