package programme

import (
	"strconv"
	"strings"
)

// entry finds a key of a mapping; nil when it is not there.
func (v *value) entry(name string) *entry {
	if v == nil {
		return nil
	}
	for _, e := range v.entries {
		if e.name == name {
			return e
		}
	}
	return nil
}

// at is the value of a key; nil when it is missing or mistaken.
func (v *value) key(name string) *value {
	if e := v.entry(name); e != nil {
		return e.value
	}
	return nil
}

// list are the items under a key.
func (v *value) list(name string) []*value {
	if k := v.key(name); k != nil {
		return k.items
	}
	return nil
}

// id is the mapping's own id, and where it stands.
func (v *value) id() (id string, at place, ok bool) {
	if k := v.key("id"); k != nil {
		if s, isText := k.data.(string); isText {
			return s, k.at, true
		}
	}
	return "", place{}, false
}

// placeOf is where a key stands, or the mapping when it does not.
func (v *value) placeOf(name string) place {
	if e := v.entry(name); e != nil {
		if e.value != nil {
			return e.value.at
		}
		return e.at
	}
	return v.at
}

// get is what a scalar under a key says; the zero value when it is not there.
func get[T any](v *value, name string) T {
	var zero T
	k := v.key(name)
	if k == nil {
		return zero
	}
	if t, ok := k.data.(T); ok {
		return t
	}
	return zero
}

// enum is get for words of a closed set.
func enum[T ~string](v *value, name string) T { return T(get[string](v, name)) }

// enums are the words of a list under a key; nil when it is not there.
func enums[T ~string](v *value, name string) []T {
	var out []T
	for _, item := range v.list(name) {
		if s, ok := item.data.(string); ok {
			out = append(out, T(s))
		}
	}
	return out
}

// textsAt are the texts under a key.
func textsAt(v *value, name string) Texts {
	if k := v.key(name); k != nil {
		return k.texts
	}
	return nil
}

// keepNotes puts a mapping's notes with the definition's.
func (r *reader) keepNotes(v *value) {
	for _, n := range v.list("notes") {
		on := get[string](n, "on")
		if on != "" && v.shape.find(on) == nil {
			r.wrong(n.placeOf("on"), "note-on-nothing", "key", short(on), "guess", closest(on, v.shape.names()))
		}
		ours, source := get[bool](n, "ours"), get[string](n, "source")
		if n.entry("ours") == nil && n.entry("source") == nil || ours && source != "" {
			r.wrong(n.at, "note-of-nothing")
		}
		r.notes = append(r.notes, Note{Path: v.path, On: on, Ours: ours, Source: source, Text: n.texts})
	}
}

// maxGuesses is among how many candidates a slip is looked for.
const maxGuesses = 200

// listed are the first of many ids, for a mistake.
func listed(ids []string) string {
	const most = 12
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + " …"
	}
	return strings.Join(ids, ", ")
}

// closest is the candidate that the word is most likely a slip for, or "".
func closest(word string, candidates []string) string {
	best, bestDistance := "", 1+max(1, len([]rune(word))/3)
	for _, c := range candidates[:min(len(candidates), maxGuesses)] {
		if d := distance([]rune(word), []rune(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out, changed or swapped with the next to turn a into b (optimal string
// alignment); from limit on it is not told exactly.
func distance(a, b []rune, limit int) int {
	if len(a) > maxName || len(b) > maxName || max(len(a)-len(b), len(b)-len(a)) >= limit {
		return limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// itoa is for arguments of mistakes.
func itoa(n int) string { return strconv.Itoa(n) }
