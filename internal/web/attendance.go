package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/errs"
	"hemvist/internal/i18n"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
	"hemvist/internal/web/static"
	"hemvist/internal/web/views"
)

// keyOf is the key of an error's text; empty for none.
func keyOf(err error) string {
	if e := (*errs.Error)(nil); errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// wantsJSON tells whether it was a script that asked.
func wantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

func (s *Server) showAttendance(w http.ResponseWriter, r *http.Request) error {
	return s.renderAttendance(w, r, http.StatusOK, meeting.Result{}, views.Form{})
}

// renderAttendance shows who is asked for; result is what became of marks that were just sent, and wrong what was wrong with them.
func (s *Server) renderAttendance(w http.ResponseWriter, r *http.Request, status int, result meeting.Result, wrong views.Form) error {
	v := visitOf(r)
	sheet, err := s.Meetings.Sheet(r.Context(), v.who.Subject, r.PathValue("id"), r.PathValue("session"))
	if err != nil {
		return err
	}
	data := s.attendanceView(v, sheet, result)
	data.Form = wrong
	if wrong.Of("count") != "" {
		data.Count.Value, data.Count.Wrong = r.PostFormValue("count"), wrong.Of("count")
	}
	page := s.page(r, v.texts.T("attendance.title"))
	page.Flash = s.takeFlash(w, r)
	page.KeptFor = "" // the form itself tells of them
	if !slices.Contains(page.Scripts, attendanceScript()) {
		page.Scripts = append(page.Scripts, attendanceScript())
	}
	return s.render(w, r, status, views.AttendanceView(page, data))
}

func attendanceScript() string { return static.URL("js/attendance.js") }

func (s *Server) attendanceView(v *visit, x meeting.Sheet, result meeting.Result) views.AttendancePage {
	t := v.texts
	href := sessionHref(x.ID, x.Session.Session.ID)
	data := views.AttendancePage{Round: x.Name, RoundHref: "/rounds/" + x.ID, SessionHref: href, Action: href + "/attendance", Title: s.numberedTitle(t, x.Session),
		When: whenOf(t, x.Session.Session), Key: x.ID + "/" + x.Session.Session.ID, Person: v.who.Subject.Person, Request: randomText(16),
		Ahead: x.Session.Session.On.After(x.Today), Counts: x.Attendance == round.CountsOnly, WasHeld: x.Session.Session.Fact == round.Held, Concern: s.concernHref(v, x.Row)}
	switch {
	case x.EndedHow != "":
		data.Closed = t.T("round.ended."+string(x.EndedHow), "on", t.Date(x.EndedOn))
	case x.Session.Session.Fact == round.Cancelled:
		data.Closed = t.T("attendance.error.cancelled")
	case data.Counts && data.Ahead:
		data.Closed = t.T("attendance.none.ahead")
	}
	data.OfferHeld = !data.Ahead && x.MayRecord
	for _, l := range x.Leaders {
		data.Leaders = append(data.Leaders, views.Option{Value: l.PersonID, Text: l.Name, Chosen: l.Led})
	}
	if data.Counts {
		countView(t, x, result, &data)
		return data
	}
	marks := meeting.MarksOn(x.Session.Session, x.Today)
	for _, m := range meeting.Marks {
		data.Legend = append(data.Legend, views.Fact{Name: t.T("mark." + string(m)), Value: t.T("mark." + string(m) + ".about")})
	}
	left := 0
	for i, p := range append(slices.Clone(x.People), x.Later...) {
		row := tickRow(t, p, marks)
		row.Later = i >= len(x.People)
		for _, taken := range result.Taken {
			if taken.Participant == p.ID && taken.Outcome == meeting.Clash {
				row.Note = clashText(t, taken)
				for i := range row.Options {
					row.Options[i].Chosen = false
				}
				row.Was = ""
			}
		}
		if row.Later {
			data.Later = append(data.Later, row)
			continue
		}
		if row.Was == "" {
			left++
		}
		data.Rows = append(data.Rows, row)
	}
	data.Summary = strings.NewReplacer("%of", t.Number(len(x.People)), "%n", t.Number(len(x.People)-left)).Replace(t.T("attendance.sum"))
	return data
}

func tickRow(t *i18n.Printer, p meeting.Row, marks []meeting.Mark) views.TickRow {
	row := views.TickRow{ID: p.ID, Name: p.Name, Seen: p.Stored.ID}
	if p.Language != "" {
		row.Language = t.T("language." + p.Language)
	}
	if p.Erased {
		row.Name = t.T("participant.erased")
	}
	if p.Stored.Mark != meeting.Unknown {
		row.Was = string(p.Stored.Mark)
	}
	for _, m := range marks {
		row.Options = append(row.Options, views.Option{Value: string(m), Text: t.T("mark." + string(m)), Chosen: m == p.Stored.Mark})
	}
	return row
}

func countView(t *i18n.Printer, x meeting.Sheet, result meeting.Result, data *views.AttendancePage) {
	data.Count = views.Input{Name: "count", Label: t.T("attendance.count"), Hint: t.T("attendance.count.hint"), Mode: "numeric"}
	data.CountSeen = x.Count.ID
	if x.Count.ID != "" {
		data.Count.Value = strconv.Itoa(x.Count.Present)
		data.Summary = t.T("attendance.came.count", "n", x.Count.Present)
	}
	if c := result.Count; c != nil && c.Outcome == meeting.Clash {
		data.Count.Value = strconv.Itoa(c.Mine)
		data.CountNote = countClashText(t, c)
	}
}

// countClashText asks whoever wrote one number while somebody else wrote another.
func countClashText(t *i18n.Printer, c *meeting.CountTaken) string {
	return t.T("attendance.clash.count", "name", c.Now.ByName, "theirs", c.Now.Present, "time", clockTime(t, c.Now.At), "mine", c.Mine)
}

// clockTime is the time of day in Sweden.
func clockTime(t *i18n.Printer, at time.Time) string {
	here := at.In(stockholm)
	return t.TimeOfDay(here.Hour()*60 + here.Minute())
}

// clashText asks whoever marked one thing while somebody else marked another.
func clashText(t *i18n.Printer, taken meeting.Taken) string {
	mine := t.T("mark." + string(taken.Mine))
	theirs := t.T("mark." + string(taken.Now.Mark))
	return t.T("attendance.clash", "name", taken.Now.ByName, "theirs", theirs, "time", clockTime(t, taken.Now.At), "mine", mine)
}

// batchOf reads what was sent of a session, by the form or by the script: a mark beside the id of the mark that was shown, for each
// participant; a mark that is the one that was shown is not sent on.
func batchOf(r *http.Request) (meeting.Batch, error) {
	b := meeting.Batch{Held: r.PostFormValue("held") == "yes", Led: r.PostForm["led"]}
	base := r.PostFormValue("request")
	if len(r.PostForm["count"]) > 0 {
		n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("count")))
		if err != nil {
			return b, errs.InvalidFields(errs.Field{Name: "count", Key: "attendance.error.count"})
		}
		b.Count = &meeting.CountTick{Present: n, Request: cmp.Or(r.PostFormValue("request.count"), base+".0"), Seen: r.PostFormValue("seen")}
		return b, nil
	}
	var ids []string
	for name := range r.PostForm {
		for _, prefix := range []string{"seen.", "mark."} {
			if id, ok := strings.CutPrefix(name, prefix); ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	for i, id := range ids {
		t := meeting.Tick{Participant: id, Mark: meeting.Mark(r.PostFormValue("mark." + id)), Seen: r.PostFormValue("seen." + id), Request: r.PostFormValue("request." + id)}
		was := meeting.Mark(r.PostFormValue("was." + id))
		switch {
		case r.PostFormValue("clear") == id:
			t.Mark = meeting.Unknown
		case t.Mark == "" && r.PostFormValue("all") != "" && slices.Contains(r.PostForm["asked"], id):
			t.Mark = meeting.Mark(r.PostFormValue("all"))
		}
		if t.Mark == "" || t.Mark == was {
			continue
		}
		if t.Request == "" {
			t.Request = fmt.Sprintf("%s.%d", base, i)
		}
		b.Ticks = append(b.Ticks, t)
	}
	return b, nil
}

func (s *Server) saveAttendance(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	id, session := r.PathValue("id"), r.PathValue("session")
	batch, err := batchOf(r)
	if person := r.PostFormValue("person"); person != "" && person != v.who.Subject.Person {
		err = errs.New(errs.SignedOut, "") // somebody else has signed in on the device since: these are not theirs to send
	}
	var result meeting.Result
	stay := len(r.PostForm["all"]) > 0 || len(r.PostForm["clear"]) > 0
	if stay { // one of the buttons among the rows: the evening is not over
		batch.Held = false
	}
	if err == nil {
		result, err = s.Meetings.Record(r.Context(), v.who.Subject, id, session, batch, v.id)
	}
	if wantsJSON(r) {
		return s.answerAttendance(w, r, result, err)
	}
	switch {
	case errs.Is(err, errs.Invalid) && len(formOf(v.texts, err).Wrong) > 0:
		return s.renderAttendance(w, r, http.StatusUnprocessableEntity, result, formOf(v.texts, err))
	case err != nil:
		return err
	case result.Clashes():
		return s.renderAttendance(w, r, http.StatusConflict, result, views.Form{})
	case stay:
		return s.redirect(w, r, sessionHref(id, session)+"/attendance", "flash.attendance.stored")
	}
	return s.redirect(w, r, sessionHref(id, session), "flash.attendance.saved")
}

// takenAnswer is what became of a mark, for the script.
type takenAnswer struct {
	Participant string `json:"participant"`
	Outcome     string `json:"outcome"`
	ID          string `json:"id"`   // of the mark that is stored now
	Mark        string `json:"mark"` // and which it is; empty for none
	Text        string `json:"text,omitempty"`
}

// countAnswer is what became of a number, for the script.
type countAnswer struct {
	Outcome string `json:"outcome"`
	ID      string `json:"id"` // of the number that is stored now
	Present int    `json:"present"`
	Text    string `json:"text,omitempty"`
}

// attendanceAnswer is the answer to the script. Error is in words, for whoever reads the page.
type attendanceAnswer struct {
	Taken []takenAnswer `json:"taken"`
	Count *countAnswer  `json:"count,omitempty"` // of a group that keeps counts only
	Error string        `json:"error,omitempty"`
}

// answerAttendance answers a batch that the script sent. What cannot be taken is answered in words, and the script keeps it.
func (s *Server) answerAttendance(w http.ResponseWriter, r *http.Request, result meeting.Result, err error) error {
	t := visitOf(r).texts
	answer, status := attendanceAnswer{Taken: []takenAnswer{}}, http.StatusOK
	if err != nil {
		kind := errs.KindOf(err)
		if kind == errs.Internal || kind == errs.Unavailable {
			return err // the page of an error is no JSON: the script keeps everything and tries again
		}
		status, answer.Error = statuses[kind], t.T("error."+errorName(kind)+".text")
		if key := keyOf(err); key != "" {
			answer.Error = t.T(key)
		}
	}
	if result.Clashes() {
		status = http.StatusConflict
	}
	for _, taken := range result.Taken {
		a := takenAnswer{Participant: taken.Participant, Outcome: string(taken.Outcome), ID: taken.Now.ID, Mark: string(taken.Now.Mark)}
		switch {
		case taken.Outcome == meeting.Clash:
			a.Text = clashText(t, taken)
		case taken.Outcome == meeting.Gone:
			a.Text = t.T("attendance.gone")
		case taken.Outcome == meeting.Kept && taken.Now.Mark != taken.Mine:
			a.Text = t.T("attendance.since", "name", taken.Now.ByName, "theirs", t.T("mark."+string(taken.Now.Mark)), "time", clockTime(t, taken.Now.At))
		}
		if taken.Now.Mark == meeting.Unknown {
			a.Mark = ""
		}
		answer.Taken = append(answer.Taken, a)
	}
	if c := result.Count; c != nil {
		answer.Count = &countAnswer{Outcome: string(c.Outcome), ID: c.Now.ID, Present: c.Now.Present}
		if c.Outcome == meeting.Clash {
			answer.Count.Text = countClashText(t, c)
		}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("answer attendance: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	return s.send(w, r, status, body)
}
