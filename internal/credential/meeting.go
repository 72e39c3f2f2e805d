package credential

import "slices"

// meetings are the sessions in which anything happened, in the order of their first day. They are put together once.
func (w *work) meetings() []*meeting {
	w.once.Do(w.meet)
	return w.met
}

// meet puts what happened in the round or case at its sessions.
func (w *work) meet() {
	facts := append(slices.Clone(w.held), w.said...)
	for _, f := range w.filmed {
		facts = append(facts, f.fact)
	}
	slices.SortStableFunc(facts, compareFacts)
	for _, f := range facts {
		w.meeting(sessionOf(f))
	}
	for _, f := range w.held {
		m := w.meeting(sessionOf(f))
		m.held = append(m.held, f)
	}
	for _, f := range w.said {
		m := w.meeting(sessionOf(f))
		switch f.Kind {
		case FactPresent, FactCounted:
			m.present = append(m.present, f)
		case FactCancelled:
			m.cancelled = append(m.cancelled, f)
		case FactAway:
			m.away = append(m.away, f)
		case FactNotFilmed:
			m.notFilmed = append(m.notFilmed, f)
		case FactReviewed:
			m.reviews = append(m.reviews, f)
		default:
			m.supervised = append(m.supervised, f)
		}
	}
	for _, f := range w.filmed {
		m := w.meeting(sessionOf(f.fact))
		m.films = append(m.films, f)
		m.supervised = append(m.supervised, f.supervised...)
	}
	for _, m := range w.met {
		slices.SortStableFunc(m.supervised, compareFacts)
	}
}

// sessionOf is the session that f is about. One without a name, such as a meeting in a case, is known by its day.
func sessionOf(f *Fact) string {
	if f.Session == "" {
		return f.On.String()
	}
	return f.Session
}

// meeting finds or makes the session.
func (w *work) meeting(id string) *meeting {
	for _, m := range slices.Backward(w.met) {
		if m.session == id {
			return m
		}
	}
	m := &meeting{session: id}
	w.met = append(w.met, m)
	return m
}
