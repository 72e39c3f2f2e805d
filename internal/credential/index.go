package credential

import (
	"slices"
	"sync"

	"hemvist/internal/programme"
)

// index is what the rules look up. It holds all days; who asks about a day passes over what is later. It is made for each
// gathering of facts, so it does little: what happened at the sessions of a round is put together only when somebody asks.
type index struct {
	works     map[workKey]*work
	people    map[string]*person
	units     map[string][]*Fact // staff joined and left, by unit
	transfers []*Fact
	firstDay  day   // of all facts
	last      *work // facts about one round often come together
	spare     []*Fact
}

// workKey names a round or a case.
type workKey struct {
	isCase bool
	id     string
}

// work is a round or a case, with what happened in it in the order of the days.
type work struct {
	workKey
	order     int // of its first fact
	variant   string
	plans     []*Fact
	sessions  []*Fact // planned one by one
	started   []*Fact
	notified  []*Fact
	staff     []*Fact // joined and left
	held      []*Fact
	filmed    []*film
	said      []*Fact // of a session: that it is not held, who is away or was present, that it was not filmed, reviews and supervision that name no film
	sizes     []*Fact
	waves     []*Fact
	ended     []*Fact // closed and broken off
	enrolled  []*Fact
	whole     []*Fact // reviews of the whole, and what is vouched for
	supported []*Fact // supervision of no one session, and offers of it

	once sync.Once
	met  []*meeting
}

// meeting is one session of a round or case, as far as anything happened in it.
type meeting struct {
	session    string
	held       []*Fact
	cancelled  []*Fact
	away       []*Fact
	present    []*Fact // named or counted
	films      []*film
	notFilmed  []*Fact
	reviews    []*Fact // that name no film
	supervised []*Fact
}

// film is one film and what was said of it.
type film struct {
	fact       *Fact
	work       *work
	reviews    []*Fact
	supervised []*Fact
}

// person is what happened to one person, or to a unit.
type person struct {
	works     []*work // that the person has worked in, in the order of their first facts
	decisions []*Fact // granted and withdrawn
	courses   []*Fact // enrolled, unenrolled and completed
	educated  []*Fact
	tests     []*Fact
	attested  []*Fact
	began     []*Fact
	films     []*film // that name the person
	supported []*Fact // supervision and offers that name the person
	reviews   []*Fact // reviews of no round that name the person
}

func buildIndex(facts []*Fact) *index {
	ix := &index{works: map[workKey]*work{}, people: map[string]*person{}}
	if len(facts) > 0 {
		ix.firstDay = dayOf(facts[0].On)
	}
	films := map[string]*film{}
	var said []*Fact // what may name a film, once all films are known
	for _, f := range facts {
		switch f.Kind {
		case FactFilmed:
			ix.addFilm(f, films)
		case FactReviewed, FactSupervised:
			said = append(said, f)
		default:
			ix.add(f)
		}
	}
	for _, f := range said {
		ix.addSaid(f, films)
	}
	return ix
}

// grow appends to one of many short lists; their room is taken from one piece of memory.
func (ix *index) grow(list []*Fact, f *Fact) []*Fact {
	if len(list) < cap(list) {
		return append(list, f)
	}
	n := max(2, 4*len(list))
	if n > 64 {
		return append(list, f)
	}
	if len(ix.spare) < n {
		ix.spare = make([]*Fact, 512)
	}
	room := ix.spare[:len(list):n]
	ix.spare = ix.spare[n:]
	copy(room, list)
	return append(room, f)
}

// work finds or makes the round or case that f is about; nil when it is about none.
func (ix *index) work(f *Fact) *work {
	id, isCase := f.Round, false
	if id == "" {
		id, isCase = f.Case, true
	}
	if id == "" {
		return nil
	}
	if ix.last != nil && ix.last.id == id && ix.last.isCase == isCase {
		return ix.last
	}
	key := workKey{isCase, id}
	w := ix.works[key]
	if w == nil {
		w = &work{workKey: key, order: len(ix.works)}
		ix.works[key] = w
	}
	ix.last = w
	return w
}

func (ix *index) person(id string) *person {
	p := ix.people[id]
	if p == nil {
		p = &person{}
		ix.people[id] = p
	}
	return p
}

// add puts a fact where the rules look for it. What lacks the round or the person it is about is of no use and left out.
func (ix *index) add(f *Fact) {
	switch f.Kind {
	case FactTransferred:
		ix.transfers = append(ix.transfers, f)
	case FactStaffJoined, FactStaffLeft:
		if ix.units == nil {
			ix.units = map[string][]*Fact{}
		}
		ix.units[f.Unit] = append(ix.units[f.Unit], f)
	case FactGranted, FactWithdrawn, FactBegan, FactEducated, FactTested:
		ix.addPersonal(f)
	case FactEnrolled, FactUnenrolled, FactCourseCompleted:
		ix.addPersonal(f)
		if w := ix.work(f); w != nil && f.Kind == FactEnrolled {
			w.name(f)
			w.enrolled = append(w.enrolled, f)
		}
	case FactAttested:
		if w := ix.work(f); w != nil {
			w.whole = append(w.whole, f)
		}
		ix.addPersonal(f)
	case FactOffered:
		who := named(f)
		for _, id := range who {
			p := ix.person(id)
			p.supported = append(p.supported, f)
		}
		if w := ix.work(f); w != nil && len(who) == 0 {
			w.supported = append(w.supported, f)
		}
	default:
		if w := ix.work(f); w != nil {
			ix.addTo(w, f)
		}
	}
}

func (ix *index) addPersonal(f *Fact) {
	if f.Who == "" {
		return
	}
	p := ix.person(f.Who)
	var list *[]*Fact
	switch f.Kind {
	case FactGranted, FactWithdrawn:
		list = &p.decisions
	case FactBegan:
		list = &p.began
	case FactEducated:
		list = &p.educated
	case FactTested:
		list = &p.tests
	case FactAttested:
		list = &p.attested
	default:
		list = &p.courses
	}
	*list = ix.grow(*list, f)
}

// addTo puts a fact about a round or case where it belongs in it, and notes who works there.
func (ix *index) addTo(w *work, f *Fact) {
	w.name(f)
	var list *[]*Fact
	switch f.Kind {
	case FactHeld:
		list = &w.held
		for _, who := range f.People {
			ix.join(who, w)
		}
	case FactCancelled, FactAway, FactPresent, FactCounted, FactNotFilmed:
		list = &w.said
	case FactPlanned:
		list = &w.plans
		ix.join(f.Unit, w)
	case FactJoined:
		list = &w.staff
		ix.join(f.Who, w)
	case FactLeft:
		list = &w.staff
	case FactSessionPlanned:
		list = &w.sessions
	case FactStarted:
		list = &w.started
	case FactNotified:
		list = &w.notified
	case FactGroupSize:
		list = &w.sizes
	case FactEvaluationDone:
		list = &w.waves
	case FactClosed, FactBrokenOff:
		list = &w.ended
	default:
		return
	}
	*list = ix.grow(*list, f)
}

// join notes that somebody has a part in a round or case.
func (ix *index) join(who string, w *work) {
	if who == "" {
		return
	}
	p := ix.person(who)
	if n := len(p.works); n > 0 && p.works[n-1] == w || slices.Contains(p.works, w) {
		return
	}
	p.works = append(p.works, w)
}

func (ix *index) addFilm(f *Fact, films map[string]*film) {
	made := &film{fact: f, work: ix.work(f)}
	if made.work != nil {
		made.work.filmed = append(made.work.filmed, made)
	}
	for _, who := range named(f) {
		p := ix.person(who)
		p.films = append(p.films, made)
	}
	if f.Item != "" && films[f.Item] == nil {
		films[f.Item] = made
	}
}

// addSaid puts a review or a supervision at its film, its session, its round or its people, the nearest that it names.
func (ix *index) addSaid(f *Fact, films map[string]*film) {
	if made := films[f.Item]; f.Item != "" && made != nil && !f.On.Before(made.fact.On) {
		if f.Kind == FactReviewed {
			made.reviews = ix.grow(made.reviews, f)
		} else {
			made.supervised = ix.grow(made.supervised, f)
		}
	} else if w := ix.work(f); w != nil && f.Session != "" {
		w.said = ix.grow(w.said, f)
	} else if w != nil && f.Kind == FactReviewed {
		w.whole = append(w.whole, f)
	} else if w != nil && len(named(f)) == 0 {
		w.supported = append(w.supported, f)
	}
	for _, who := range named(f) {
		p := ix.person(who)
		if f.Kind == FactSupervised {
			p.supported = append(p.supported, f)
		} else if f.Item == "" && f.Round == "" && f.Case == "" {
			p.reviews = append(p.reviews, f)
		}
	}
}

// named are the people that a fact is about: Who, People or both.
func named(f *Fact) []string {
	if f.Who == "" {
		return f.People
	}
	if len(f.People) == 0 {
		return []string{f.Who}
	}
	return append([]string{f.Who}, f.People...)
}

// isAbout tells whether the fact names the person, or names nobody.
func isAbout(f *Fact, who string) (names, nobody bool) {
	if f.Who == "" && len(f.People) == 0 {
		return false, true
	}
	return f.Who == who || slices.Contains(f.People, who), false
}

// name notes the variant; the first fact that tells it is believed.
func (w *work) name(f *Fact) {
	if w.variant == "" {
		w.variant = f.Variant
	}
}

// isOf tells whether the round or case is of one of the variants; of any when none is given.
func (w *work) isOf(variants []string) bool {
	return len(variants) == 0 || slices.Contains(variants, w.variant)
}

// kindOf is what sort of session a planned fact tells of.
func kindOf(f *Fact) programme.SessionKind {
	if f.Plan == nil || f.Plan.SessionKind == "" {
		return programme.Ordinary
	}
	return programme.SessionKind(f.Plan.SessionKind)
}
