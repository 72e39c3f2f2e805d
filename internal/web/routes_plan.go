package web

import "hemvist/internal/access"

// planRoutes are those of planning a round: a new one, its days, who works in it, what the hub is told, and its end.
func (s *Server) planRoutes() []Route {
	return []Route{
		{"GET /rounds/new", access.PlanRound, true, s.showNewPlan},
		{"POST /rounds/new", access.PlanRound, false, s.newPlan},
		{"GET /rounds/{id}/plan", access.ChangeRound, true, s.showPlan},
		{"GET /rounds/{id}/plan/change", access.ChangeRound, true, s.showPlanWords},
		{"POST /rounds/{id}/plan/change", access.ChangeRound, false, s.changePlanWords},
		{"POST /rounds/{id}/plan/weeks", access.ChangeRound, false, s.changeWeeks},
		{"GET /rounds/{id}/plan/sessions/{session}", access.ChangeRound, true, s.showShift},
		{"POST /rounds/{id}/plan/sessions/{session}", access.ChangeRound, false, s.shift},
		{"POST /rounds/{id}/plan/information", access.ChangeRound, false, s.changeInformation},
		{"GET /rounds/{id}/plan/staff", access.ChangeRound, true, s.showStaff},
		{"POST /rounds/{id}/plan/staff", access.ChangeRound, false, s.join},
		{"GET /rounds/{id}/plan/staff/{person}", access.ChangeRound, true, s.showPart},
		{"POST /rounds/{id}/plan/staff/{person}", access.ChangeRound, false, s.part},
		{"GET /rounds/{id}/plan/notify", access.ChangeRound, true, s.showNotify},
		{"POST /rounds/{id}/plan/notify", access.ChangeRound, false, s.notify},
		{"GET /rounds/{id}/end", access.CloseRound, true, s.showEnd},
		{"POST /rounds/{id}/reopen", access.CloseRound, false, s.reopen},
	}
}
