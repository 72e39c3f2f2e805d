package web

import "hemvist/internal/access"

// registerRoutes are those of credentials, of a leader's week and of the overview of rounds.
func (s *Server) registerRoutes() []Route {
	return []Route{
		{"GET /rounds/{id}/outlook", access.ReadOutlook, true, s.showOutlook},

		{"GET /rounds/calendar", access.ListRounds, true, s.showCalendar},
		{"GET /rounds/strip", access.ListRounds, true, s.showStrip},
		{"GET /rounds/idle", access.ReadSpread, true, s.showIdle},
		{"GET /week", access.ReadWeek, true, s.showWeek},
		{"POST /rounds/{id}/sessions/{session}/tasks", access.PrepareSession, false, s.sayTask},
		{"GET /rounds/{id}/sessions/{session}/record", access.ReadParticipants, true, s.showRecord},

		{"GET /me/credentials", access.ListProgrammes, true, s.showMyCredentials},
		{"GET /people/{person}/credentials", access.ReadCredentials, true, s.showCredentials},
		{"GET /people/{person}/credentials/new", access.RecordCredential, true, s.newCredential},
		{"POST /people/{person}/credentials", access.RecordCredential, false, s.recordCredential},
		{"POST /people/{person}/credentials/{fact}/retract", access.RecordCredential, false, s.retractCredential},
	}
}
