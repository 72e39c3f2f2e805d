package web

import "hemvist/internal/access"

// organisationRoutes are those of organisations: the list, an organisation, what lies below it, and lists that are taken in.
func (s *Server) organisationRoutes() []Route {
	return []Route{
		{"GET /organisations", access.ListOrganisations, true, s.listOrganisations},
		{"GET /organisations.csv", access.ListOrganisations, false, s.exportOrganisationsCSV},
		{"GET /organisations.xlsx", access.ListOrganisations, false, s.exportOrganisationsExcel},
		{"GET /organisations/new", access.ChangeOrganisations, true, s.newOrganisation},
		{"POST /organisations", access.ChangeOrganisations, false, s.addOrganisation},
		{"GET /organisations/import", access.ChangeOrganisations, true, s.newImport},
		{"POST /organisations/import", access.ChangeOrganisations, false, s.importOrganisations},
		{"POST /organisations/import/sweden", access.ChangeOrganisations, false, s.importSweden},
		{"GET /organisations/import/drafts/{draft}", access.ChangeOrganisations, true, s.showDraft},
		{"POST /organisations/import/drafts/{draft}", access.ChangeOrganisations, false, s.confirmImport},
		{"GET /organisations/{organisation}", access.ReadOrganisation, true, s.showOrganisation},
		{"GET /organisations/{organisation}/change", access.ChangeOrganisations, true, s.showChangeOrganisation},
		{"POST /organisations/{organisation}/name", access.ChangeOrganisations, false, s.renameOrganisation},
		{"POST /organisations/{organisation}/place", access.ChangeOrganisations, false, s.placeOrganisation},
		{"POST /organisations/{organisation}/close", access.ChangeOrganisations, false, s.closeOrganisation},
		{"POST /organisations/{organisation}/reopen", access.ChangeOrganisations, false, s.reopenOrganisation},
		{"GET /organisations/{organisation}/merge", access.ChangeOrganisations, true, s.showMerger},
		{"POST /organisations/{organisation}/merge", access.ChangeOrganisations, false, s.mergeOrganisation},
		{"GET /organisations/{organisation}/split", access.ChangeOrganisations, true, s.showSplit},
		{"POST /organisations/{organisation}/split", access.ChangeOrganisations, false, s.splitOrganisation},
		{"GET /organisations/{organisation}/boards/new", access.ChangeUnits, true, s.newBoard},
		{"POST /organisations/{organisation}/boards", access.ChangeUnits, false, s.addBoard},
		{"GET /organisations/{organisation}/boards/{board}", access.ChangeUnits, true, s.showBoard},
		{"POST /organisations/{organisation}/boards/{board}", access.ChangeUnits, false, s.renameBoard},
		{"POST /organisations/{organisation}/boards/{board}/close", access.ChangeUnits, false, s.closeBoard},
		{"POST /organisations/{organisation}/boards/{board}/reopen", access.ChangeUnits, false, s.reopenBoard},
		{"GET /organisations/{organisation}/units/new", access.ChangeUnits, true, s.newUnit},
		{"POST /organisations/{organisation}/units", access.ChangeUnits, false, s.addUnit},
		{"GET /organisations/{organisation}/units/{unit}", access.ChangeUnits, true, s.showUnit},
		{"POST /organisations/{organisation}/units/{unit}", access.ChangeUnits, false, s.changeUnit},
		{"POST /organisations/{organisation}/units/{unit}/close", access.ChangeUnits, false, s.closeUnit},
		{"POST /organisations/{organisation}/units/{unit}/reopen", access.ChangeUnits, false, s.reopenUnit},
	}
}
