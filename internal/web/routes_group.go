package web

import "hemvist/internal/access"

// groupRoutes are those of who takes part in a round.
func (s *Server) groupRoutes() []Route {
	return []Route{
		{"GET /rounds/{id}/participants", access.ReadParticipants, true, s.showGroup},
		{"GET /rounds/{id}/participants/new", access.AddParticipant, true, s.newParticipant},
		{"POST /rounds/{id}/participants", access.AddParticipant, false, s.addParticipant},
		{"POST /rounds/{id}/participants/count", access.AddParticipant, false, s.countParticipants},
		{"GET /rounds/{id}/participants/import", access.AddParticipant, true, s.newGroupList},
		{"POST /rounds/{id}/participants/import", access.AddParticipant, false, s.readGroupList},
		// A page too, but only a list that was sent leads to it: the flow that sends one looks at it.
		{"GET /rounds/{id}/participants/import/lists/{list}", access.AddParticipant, false, s.showGroupList},
		{"POST /rounds/{id}/participants/import/lists/{list}", access.AddParticipant, false, s.takeGroupList},
		{"GET /rounds/{id}/participants/{participant}", access.AddParticipant, true, s.showParticipant},
		{"POST /rounds/{id}/participants/{participant}", access.AddParticipant, false, s.changeParticipant},
		{"POST /rounds/{id}/participants/{participant}/leave", access.AddParticipant, false, s.participantLeaves},
		{"POST /rounds/{id}/participants/{participant}/return", access.AddParticipant, false, s.participantReturns},
		{"POST /rounds/{id}/participants/{participant}/move", access.AddParticipant, false, s.moveParticipant},
		{"GET /rounds/{id}/consent", access.RecordConsent, true, s.showConsent},
		{"POST /rounds/{id}/consent", access.RecordConsent, false, s.saveConsent},
		{"GET /attendance", access.SetAttendance, true, s.showAttendanceRule},
		{"POST /attendance", access.SetAttendance, false, s.setAttendanceRule},
	}
}
