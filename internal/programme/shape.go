package programme

// The format is one table: shapes with their keys (keys*.go). The reader, the JSON Schema and the reference in
// docs/programme-format.md all come from it, so that they cannot disagree.

// sort is what a value is in the file.
type sort uint8

const (
	aScalar      sort = iota // one word, number or text
	aList                    // a sequence of elem
	aMap                     // a mapping with the keys of shape
	aTable                   // a mapping with keys of the file's own: key to elem
	aText                    // a mapping from language to text
	anEither                 // one of several that are told apart by whether they are scalar, list or mapping
	aRequirement             // a mapping whose keys depend on which kind of requirement it is
)

// typ is what a key's value may be.
type typ struct {
	sort   sort
	scalar *scalar
	elem   *typ
	key    *typ // aTable: a scalar
	shape  *shape
	either []*typ
	alone  bool // aList: one value may stand without brackets
	least  int  // aList, aTable: at least so many
}

// shape is a mapping: which keys it may have.
type shape struct {
	name   string // in the reference
	help   string
	titled bool // its texts stand as language keys beside the others: {id: p1, sv: …, en: …}
	bare   bool // titled, but the texts may be missing
	keys   []key
	index  map[string]*key
}

// key is one key of a mapping.
type key struct {
	name    string
	typ     *typ
	needed  bool
	help    string
	example string // the key's value as it would stand in a file
}

func (s *shape) find(name string) *key {
	if s.index == nil {
		return nil
	}
	return s.index[name]
}

// names are the shape's keys in the order of the table.
func (s *shape) names() []string {
	out := make([]string, len(s.keys))
	for i, k := range s.keys {
		out[i] = k.name
	}
	return out
}

func mapping(name, help string, keys ...key) *shape {
	s := &shape{name: name, help: help}
	return s.with(keys...)
}

// with adds keys, and indexes all.
func (s *shape) with(keys ...key) *shape {
	s.keys = append(s.keys, keys...)
	s.index = make(map[string]*key, len(s.keys))
	for i := range s.keys {
		s.index[s.keys[i].name] = &s.keys[i]
	}
	return s
}

// withTitle lets the shape carry its title as language keys of its own.
func (s *shape) withTitle() *shape { s.titled = true; return s }

// mayTitle is withTitle where the title may be missing.
func (s *shape) mayTitle() *shape { s.titled, s.bare = true, true; return s }

func may(name string, t *typ, help, example string) key {
	return key{name: name, typ: t, help: help, example: example}
}

func must(name string, t *typ, help, example string) key {
	return key{name: name, typ: t, needed: true, help: help, example: example}
}

func one(s *scalar) *typ               { return &typ{sort: aScalar, scalar: s} }
func object(s *shape) *typ             { return &typ{sort: aMap, shape: s} }
func listOf(e *typ) *typ               { return &typ{sort: aList, elem: e} }
func someOf(e *typ) *typ               { return &typ{sort: aList, elem: e, alone: true, least: 1} }
func tableOf(k *scalar, e *typ) *typ   { return &typ{sort: aTable, key: one(k), elem: e, least: 1} }
func either(alternatives ...*typ) *typ { return &typ{sort: anEither, either: alternatives} }

var (
	texts       = &typ{sort: aText}
	requirement = &typ{sort: aRequirement}
)
