package week

import (
	"hemvist/internal/access"
	"hemvist/internal/programme"
	"hemvist/internal/round"
)

// Task is something to do before a session.
type Task string

// The tasks, in the order in which they are done. They are our own choice: no programme's text lists them.
const (
	Read        Task = "read"
	Together    Task = "together" // plan it with the other
	Room        Task = "room"
	Link        Task = "link" // of a digital round, instead of the room
	Interpreter Task = "interpreter"
	Handouts    Task = "handouts"
	Camera      Task = "camera"
	Bring       Task = "bring"
	Share       Task = "share" // of a digital round, instead of what is brought
)

// TasksOf are the tasks before a session of the round.
func TasksOf(r round.Row, def *programme.Definition, x round.Session) []Task {
	tasks := []Task{Read, Together}
	if Digital(r, def) {
		tasks = append(tasks, Link)
	} else {
		tasks = append(tasks, Room)
	}
	if r.Interpreter != "" {
		tasks = append(tasks, Interpreter)
	}
	tasks = append(tasks, Handouts)
	if isFilmed(r, def, x) {
		tasks = append(tasks, Camera)
	}
	if Digital(r, def) {
		return append(tasks, Share)
	}
	return append(tasks, Bring)
}

// MaySay tells whether the actor takes and ticks a task in a round: those who lead all, who else works in it what is theirs.
func MaySay(actor access.Subject, r round.Row, task Task) bool {
	return r.May(actor, access.WriteSession) || task == Link && r.May(actor, access.PrepareSession)
}

// Digital tells whether a round meets at a link.
func Digital(r round.Row, def *programme.Definition) bool {
	v, ok := def.Variant(r.Variant)
	return r.Link != "" || ok && v.Digital
}

// isFilmed tells whether the programme films sessions of this kind in the round's variant.
func isFilmed(r round.Row, def *programme.Definition, x round.Session) bool {
	v, ok := def.Variant(r.Variant)
	if !ok || v.Kind != programme.Group {
		return false
	}
	return def.FilmingIn(r.Variant).Films(x.Kind)
}
