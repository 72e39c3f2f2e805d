package meeting

import (
	"strings"

	"hemvist/internal/i18n"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// manyMoved is from how many moved sessions on their new days are told in one sentence.
const manyMoved = 3

// WordsOf is changes in sentences of a language, as those who take part are told of them.
func WordsOf(t *i18n.Printer, row round.Row, def *programme.Definition, changes []Change) []string {
	w := wording{t: t, word: def.Word(row.Variant, "session", t.Lang()), alike: map[saying][]Change{}}
	if row.EndedHow == round.BrokenOff && len(changes) > 0 {
		return []string{w.ended(row, def, changes)}
	}
	for _, c := range changes {
		for _, x := range w.sayings(c) {
			w.alike[x] = append(w.alike[x], c)
		}
	}
	for _, c := range changes {
		for _, x := range w.sayings(c) {
			w.say(c, x)
		}
		if !c.now.cancelled && c.before.leads != c.now.leads {
			w.out = append(w.out, leadsWords(t, c, w.args(c)))
		}
	}
	return w.out
}

// wording is the making of sentences.
type wording struct {
	t     *i18n.Printer
	word  programme.Word
	alike map[saying][]Change // of which the same is said
	out   []string
}

// saying is one thing that is said of a session: what kind it is, and what it then is. Where the two are the same for several sessions it is
// said once; of what has nothing to be the same it is said of each.
type saying struct{ kind, of string }

// sayings is what is to be said of a session: that it is moved, is at another time or place, or has another link.
func (w *wording) sayings(c Change) (all []saying) {
	k, b := c.now, c.before
	link := k.link != b.link && k.link != ""
	switch {
	case k.cancelled:
		return []saying{{"cancelled", ""}}
	case b.cancelled:
		back := saying{"back", w.when(k)}
		if k.on != b.on { // its day is news too
			back.of = ""
		}
		all = append(all, back)
	case c.moved():
		all = append(all, saying{"moved", w.when(k)})
	case k.starts != b.starts || k.minutes != b.minutes:
		all = append(all, saying{"at", w.when(k)})
	case k.place != b.place && k.place != "":
		all = append(all, saying{"place", k.place})
	case link:
		return []saying{{"link", k.link}}
	case k.where() != b.where():
		all = append(all, saying{"at", w.when(k)})
	}
	if link && k.place != "" { // else it stands where the place would
		all = append(all, saying{"link", k.link})
	}
	return all
}

// when is the time of a session, and where it is.
func (w *wording) when(k known) string {
	text := w.t.TimeSpan(k.starts, k.minutes)
	if where := k.where(); where != "" {
		text += ", " + where
	}
	return text
}

func (w *wording) args(c Change) []any {
	return []any{"session", w.word.The, "Session", i18n.Capital(w.word.The), "sessions", w.word.Many, "from", w.t.DayAndMonth(c.before.on), "on", w.t.DayAndMonth(c.now.on),
		"when", w.when(c.now), "place", c.now.place, "link", c.now.link}
}

// say says one thing of a change; of several of which the same is said, once for all.
func (w *wording) say(c Change, x saying) {
	alike, args := w.alike[x], append(w.args(c), "Which", i18n.Capital(w.t.T("tell.which.one", w.args(c)...)))
	if each := x.of == "" || x.kind == "moved" && len(alike) < manyMoved; !each {
		if alike[0].Session.ID != c.Session.ID { // it has been said
			return
		}
		if x.kind == "moved" {
			x.kind = "many"
		}
		which := w.which(alike)
		args = append(args, "days", w.days(alike), "which", which, "Which", i18n.Capital(which))
	}
	w.out = append(w.out, w.t.T("tell.said."+x.kind, args...))
}

// ended is that a round goes no further, or never begins, and which session is the first that is not held.
func (w *wording) ended(row round.Row, def *programme.Definition, changes []Change) string {
	key := "tell.said.ended"
	if row.SessionsHeld == 0 {
		key = "tell.said.never"
	}
	the := def.Word(row.Variant, "round", w.t.Lang()).The
	return w.t.T(key, append(w.args(changes[0]), "Round", i18n.Capital(the), "n", len(changes))...)
}

// which names sessions by their days; those that are all that follow, by the first.
func (w *wording) which(alike []Change) string {
	switch first := alike[0]; {
	case len(alike) == 1:
		return w.t.T("tell.which.one", w.args(first)...)
	case len(alike) == first.onward:
		return w.t.T("tell.which.onward", "sessions", w.word.TheMany, "on", w.t.DayAndMonth(first.now.on))
	default:
		return w.t.T("tell.which.some", "sessions", w.word.TheMany, "days", w.days(alike))
	}
}

func (w *wording) days(alike []Change) string {
	var days []string
	for _, c := range alike {
		days = append(days, w.t.DayAndMonth(c.now.on))
	}
	return strings.Join(days, ", ")
}

// moved tells whether a session that is held, and was to be, is held on another day.
func (c Change) moved() bool {
	return !c.now.cancelled && !c.before.cancelled && c.now.on != c.before.on
}

func leadsWords(t *i18n.Printer, c Change, args []any) string {
	if c.now.leads == "" {
		return t.T("tell.said.leads-again", args...)
	}
	var names, absent []string
	for _, a := range c.Away {
		if a.Person != "" {
			names, absent = append(names, a.Name), append(absent, a.AbsentName)
		}
	}
	return t.T("tell.said.leads", append(args, "names", strings.Join(names, ", "), "absent", strings.Join(absent, ", "))...)
}
