package web

import (
	"net/url"
	"strings"

	"hemvist/internal/audit"
	"hemvist/internal/i18n"
	"hemvist/internal/oversight"
	"hemvist/internal/web/views"
)

func logEntryViews(t *i18n.Printer, entries []oversight.Entry) []views.LogEntry {
	out := make([]views.LogEntry, len(entries))
	for i, e := range entries {
		out[i] = logEntryView(t, e)
	}
	return out
}

// logEntryView puts an entry into words, as a person would tell it.
func logEntryView(t *i18n.Printer, e oversight.Entry) views.LogEntry {
	view := views.LogEntry{ID: e.ID, When: moment(t, e.At), Who: e.Doer.Name, Did: didText(t, e)}
	if e.Doer.ID == "" {
		view.Who = t.T("log.nobody")
	} else if view.Who == "" {
		view.Who = t.T("log.somebody")
	}
	if e.Role != "" {
		view.Where = t.T("role." + e.Role)
	}
	if e.Doer.Organisation != "" {
		view.Where += ", " + e.Doer.Organisation
	}
	if e.Count > 0 && e.Outcome == audit.OK {
		switch e.Group {
		case oversight.Participants:
			view.Shown = t.T("log.shown.participants", "n", e.Count)
		case oversight.Exports:
			view.Shown = t.T("log.shown.rows", "n", e.Count)
		}
	}
	view.Tags = logTags(t, e)
	switch {
	case e.Asked != "":
		view.Asked = logQuestionsPath + "/" + e.Asked
	case !e.Own && e.Actor != "":
		view.Ask = logQuestionsPath + "/new?" + url.Values{"entry": {e.ID}}.Encode()
	}
	return view
}

// didText is what was done, to what. A word that no text knows was written by another version of the program.
func didText(t *i18n.Printer, e oversight.Entry) string {
	args := []any{"round", e.Matter, "person", e.About}
	if e.Matter == "" {
		args[1] = t.T("log.a-round")
	}
	if e.About == "" {
		args[3] = t.T("log.a-person")
	}
	did := t.T("log.did.other")
	if key := "log.did." + string(e.Action); t.Has(key) {
		did = t.T(key, args...)
	}
	switch {
	case e.Outcome == audit.Failed:
		return t.T("log.did-not", "did", did)
	case e.Outcome != audit.Denied || strings.HasPrefix(string(e.Action), "denied") || strings.HasSuffix(string(e.Action), "refused"):
		return i18n.Capital(did)
	case e.Matter != "":
		return t.T("log.denied", "what", e.Matter)
	case e.About != "":
		return t.T("log.denied", "what", e.About)
	default:
		return t.T("log.denied", "what", t.T("log.group.the."+string(e.Group)))
	}
}

func logTags(t *i18n.Printer, e oversight.Entry) []views.Tag {
	var tags []views.Tag
	if !e.Intact {
		tags = append(tags, views.Tag{Text: t.T("log.altered"), Colour: "danger"})
	}
	if e.Outcome != audit.OK && len(e.Marks) == 0 {
		tags = append(tags, views.Tag{Text: t.T("log.outcome." + string(e.Outcome)), Colour: "warning"})
	}
	for _, m := range e.Marks {
		tags = append(tags, views.Tag{Text: t.T("log.mark." + string(m)), Colour: "warning"})
	}
	if e.Own {
		tags = append(tags, views.Tag{Text: t.T("log.own"), Colour: "info"})
	}
	return tags
}
