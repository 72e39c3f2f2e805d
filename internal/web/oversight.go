package web

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/oversight"
	"hemvist/internal/web/views"
)

// The addresses of the log's room.
const (
	logPath          = "/log"
	logEntriesPath   = "/log/entries"
	logQuestionsPath = "/log/questions"
	myLogPath        = "/me/log"
	myDoingsPath     = "/me/log/own"
)

func logTabs(t *i18n.Printer, current string) []views.LogTab {
	tabs := []views.LogTab{{Href: logPath, Text: t.T("log.tab.spot")}, {Href: logEntriesPath, Text: t.T("log.tab.entries")},
		{Href: logQuestionsPath, Text: t.T("log.tab.questions")}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
	}
	return tabs
}

// maxSeed is how long a seed in an address may be.
const maxSeed = 40

// showSpot is a spot-check. Its seed stands in the address, so that it can be drawn again.
func (s *Server) showSpot(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	days, _ := strconv.Atoi(r.FormValue("days"))
	seed := r.FormValue("seed")
	spot, err := s.Oversight.SpotCheck(r.Context(), v.who.Subject, days, seed[:min(maxSeed, len(seed))])
	if err != nil {
		return err
	}
	data := views.LogSpot{Tabs: logTabs(t, logPath), Seed: spot.Seed,
		Summary: t.T("log.spot.summary", "n", spot.Looks, "from", t.Date(spot.From), "to", t.Date(spot.To)),
		Again:   logPath + "?" + url.Values{"days": {strconv.Itoa(spot.Days)}, "seed": {strings.ToLower(rand.Text()[:8])}}.Encode()}
	if spot.Cut {
		data.Cut = t.T("log.spot.cut", "number", t.Number(spot.Looks))
	}
	for _, n := range oversight.Periods {
		data.Days = append(data.Days, views.Option{Value: strconv.Itoa(n), Text: t.T("log.spot.days", "days", n), Chosen: n == spot.Days})
	}
	for _, m := range oversight.Marks {
		if n := spot.Counts[m]; n.N > 0 {
			text := t.Number(n.N)
			if n.More {
				text = t.T("log.spot.more", "number", text)
			}
			data.Counts = append(data.Counts, views.Tag{Text: t.T("log.mark."+string(m)) + ": " + text, Colour: "neutral"})
		}
	}
	data.Sample, data.Marked = logEntryViews(t, spot.Sample), logEntryViews(t, spot.Marked)
	return s.render(w, r, http.StatusOK, views.LogSpotPage(s.page(r, t.T("log.title")), data))
}

// logQuery reads the log's filters from the address, and what is wrong with them. A day that is none is not taken for no bound: the
// list would show more than was asked for.
func logQuery(values url.Values) (oversight.Query, error) {
	q := oversight.Query{Person: strings.TrimSpace(values.Get("person")), Round: strings.TrimSpace(values.Get("round")), After: placeOf(values.Get("after"))}
	if g := oversight.Group(values.Get("group")); slices.Contains(oversight.Groups, g) {
		q.Group = g
	}
	if o := audit.Outcome(values.Get("outcome")); slices.Contains(outcomes, o) {
		q.Outcome = o
	}
	var wrong []errs.Field
	day := func(name string) clock.Date {
		if values.Get(name) == "" {
			return clock.Date{}
		}
		d, err := clock.ParseDate(values.Get(name))
		if err != nil {
			wrong = append(wrong, errs.Field{Name: name, Key: "log.error.day"})
		}
		return d
	}
	q.From, q.To = day("from"), day("to")
	if len(wrong) == 0 && !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		wrong = append(wrong, errs.Field{Name: "to", Key: "log.error.order"})
	}
	return q, errs.InvalidFields(wrong...)
}

var outcomes = []audit.Outcome{audit.OK, audit.Denied, audit.Failed}

// placeOf reads a place in the log from an address; one that is none is the beginning.
func placeOf(text string) audit.Place {
	at, id, found := strings.Cut(text, "_")
	instant, err := time.Parse(time.RFC3339Nano, at)
	if !found || err != nil || id == "" {
		return audit.Place{}
	}
	return audit.Place{At: instant, ID: id}
}

func placeText(p audit.Place) string { return p.At.UTC().Format(time.RFC3339Nano) + "_" + p.ID }

// withPlace is an address with its filters, at another place of the list.
func withPlace(path string, filters url.Values, place *audit.Place) string {
	values := url.Values{}
	for name, all := range filters {
		if name != "after" && all[0] != "" {
			values[name] = all
		}
	}
	if place != nil {
		values.Set("after", placeText(*place))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

func (s *Server) listLog(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t, values := v.texts, r.URL.Query()
	data := views.LogList{Tabs: logTabs(t, logEntriesPath), Person: values.Get("person"), Round: values.Get("round"), From: values.Get("from"), To: values.Get("to")}
	q, wrong := logQuery(values)
	status := http.StatusOK
	if wrong != nil {
		status, data.Form = http.StatusUnprocessableEntity, formOf(t, wrong)
	} else {
		found, err := s.Oversight.List(r.Context(), v.who.Subject, q)
		if err != nil {
			return err
		}
		data.Entries = logEntryViews(t, found.Entries)
		if data.Summary = t.T("log.summary", "n", found.Total); found.More {
			data.Summary = t.T("log.summary.more", "number", t.Number(found.Total))
		}
		data.CSV = withPlace("/log/entries.csv", values, nil)
		if q.After.ID != "" {
			data.Newest = withPlace(logEntriesPath, values, nil)
		}
		if found.Next != nil {
			data.Older = withPlace(logEntriesPath, values, found.Next)
		}
	}
	data.Filtered = withPlace(logEntriesPath, values, nil) != logEntriesPath
	data.Groups = append(data.Groups, views.Option{Text: t.T("log.group.any"), Chosen: q.Group == ""})
	for _, g := range oversight.Groups {
		data.Groups = append(data.Groups, views.Option{Value: string(g), Text: t.T("log.group." + string(g)), Chosen: q.Group == g})
	}
	data.Outcomes = append(data.Outcomes, views.Option{Text: t.T("log.outcome.any"), Chosen: q.Outcome == ""})
	for _, o := range outcomes {
		data.Outcomes = append(data.Outcomes, views.Option{Value: string(o), Text: t.T("log.outcome." + string(o)), Chosen: q.Outcome == o})
	}
	return s.render(w, r, status, views.LogListPage(s.page(r, t.T("log.title")), data))
}

// exportLog sends the list as Swedish Excel opens it. It takes who did what out of the house, so it wants a fresh sign-in.
func (s *Server) exportLog(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	t := v.texts
	if !s.SignIns.Fresh(v.who) {
		return errs.New(errs.Denied, "log.stale")
	}
	q, err := logQuery(r.URL.Query())
	if err != nil {
		return err
	}
	found, err := s.Oversight.Export(r.Context(), v.who.Subject, q)
	if err != nil {
		return err
	}
	buf := bytes.NewBufferString("\ufeff")
	out := csv.NewWriter(buf)
	out.Comma, out.UseCRLF = ';', true
	head := []string{}
	for _, key := range []string{"when", "who", "where", "what", "outcome", "shown", "intact", "request"} {
		head = append(head, t.T("log.csv."+key))
	}
	_ = out.Write(head) // a bytes.Buffer takes everything
	for _, e := range found.Entries {
		view := logEntryView(t, e)
		intact := t.T("log.csv.yes")
		if !e.Intact {
			intact = t.T("log.altered")
		}
		cells := []string{e.At.In(stockholm).Format("2006-01-02 15:04:05"), view.Who, view.Where, view.Did, t.T("log.outcome." + string(e.Outcome)),
			strconv.Itoa(e.Count), intact, e.RequestID}
		for i := range cells {
			cells[i] = safeCell(cells[i])
		}
		_ = out.Write(cells)
	}
	out.Flush()
	attach(w, "text/csv; charset=utf-8", t.T("log.file")+".csv")
	return s.send(w, r, http.StatusOK, buf.Bytes())
}

// showLookers is who has looked at the reader.
func (s *Server) showLookers(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	shown, err := s.Oversight.Lookers(r.Context(), v.who.Subject, placeOf(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	data := views.MyLog{Lead: v.texts.T("my-log.lookers.lead", "since", v.texts.Date(shown.Since)), Empty: v.texts.T("my-log.lookers.none"), Doer: true}
	return s.renderMyLog(w, r, myLogPath, shown, data)
}

// showDoings is what the reader has done and looked at.
func (s *Server) showDoings(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	shown, err := s.Oversight.Doings(r.Context(), v.who.Subject, placeOf(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return s.renderMyLog(w, r, myDoingsPath, shown, views.MyLog{Lead: v.texts.T("my-log.own.lead"), Empty: v.texts.T("my-log.own.none")})
}

func (s *Server) renderMyLog(w http.ResponseWriter, r *http.Request, path string, shown oversight.Shown, data views.MyLog) error {
	t := visitOf(r).texts
	data.Tabs = []views.LogTab{{Href: myLogPath, Text: t.T("my-log.lookers"), Current: path == myLogPath},
		{Href: myDoingsPath, Text: t.T("my-log.own"), Current: path == myDoingsPath}}
	data.Entries = logEntryViews(t, shown.Entries)
	for i := range data.Entries { // the question is at home, and its page here is the reviewer's
		data.Entries[i].Ask, data.Entries[i].Asked = "", ""
	}
	if r.URL.Query().Get("after") != "" {
		data.Newest = path
	}
	if shown.Next != nil {
		data.Older = withPlace(path, nil, shown.Next)
	}
	page := s.page(r, t.T("my-log.title"))
	page.Flash = s.takeFlash(w, r)
	return s.render(w, r, http.StatusOK, views.MyLogPage(page, data))
}
