// Package walls holds, as a table, who may import whom in the house. The linter holds the same walls in .golangci.yml; the two are
// written apart, and the test of this package asks the linter about every pair of rooms and compares. It never reads the linter's
// settings itself: only what the linter says counts.
package walls

import "slices"

// Rooms under internal/, by kind.
var (
	pure    = []string{"access", "programme", "credential", "stats", "typed", "sheet"}
	ground  = []string{"clock", "errs"}
	infra   = []string{"audit", "vault", "blob", "jobs", "mail"}
	domains = []string{
		"directory", "signin", "site", "catalogue", "round", "oversight", "film", "supervision", "survey", "casework", "course", "register", "evidence",
		"economy", "notice",
	}
	others   = []string{"i18n", "config", "db", "web", "house", "demo"}
	forTests = []string{"dbtest", "housetest", "webtest"}
)

// below is, for each domain, the domains it stands on.
var below = map[string][]string{
	"directory":   {},
	"signin":      {"directory"},
	"site":        {"directory"},
	"catalogue":   {"directory"},
	"round":       {"directory", "catalogue"},
	"oversight":   {"directory", "catalogue", "round"},
	"film":        {"directory", "catalogue", "round"},
	"supervision": {"directory", "catalogue", "round", "film"},
	"survey":      {"directory", "catalogue", "round"},
	"casework":    {"directory", "catalogue", "round"},
	"course":      {"directory", "catalogue", "round"},
	"register":    {"directory", "catalogue", "round", "film", "supervision", "survey", "casework", "course"},
	"evidence":    {"directory"},
	"economy":     {"directory", "catalogue", "round", "register"},
	"notice": {
		"directory", "signin", "site", "catalogue", "round", "oversight", "film", "supervision", "survey", "casework", "course", "register",
		"evidence", "economy",
	},
}

// Rooms are all rooms of the house, those that are planned too.
func Rooms() []string { return slices.Concat(pure, ground, infra, domains, others, forTests) }

// Folder is where a room stands in the repository.
func Folder(room string) string {
	switch room {
	case "dbtest":
		return "internal/db/dbtest"
	case "housetest":
		return "internal/house/housetest"
	case "webtest":
		return "internal/web/webtest"
	default:
		return "internal/" + room
	}
}

// MayImport tells whether code (not tests) of one room may import another.
func MayImport(from, to string) bool {
	is := func(room string, lists ...[]string) bool { return slices.Contains(slices.Concat(lists...), room) }
	switch {
	case from == "web":
		return !is(to, []string{"db", "house", "demo"}, forTests)
	case from == "house":
		return !is(to, []string{"web", "demo"}, forTests)
	case from == "demo":
		return !is(to, []string{"web", "house"}, forTests)
	case from == "housetest":
		return !is(to, []string{"web", "webtest"})
	case from == "webtest":
		return true
	case is(from, ground):
		return false
	case from == "stats":
		return to == "errs"
	case from == "credential":
		return is(to, ground) || to == "programme"
	case is(from, pure), from == "i18n", from == "config", from == "db":
		return is(to, ground)
	case from == "dbtest":
		return is(to, ground, []string{"db", "audit", "vault"})
	case is(from, infra):
		return is(to, pure, ground, infra, []string{"i18n", "db"})
	default:
		return is(to, pure, ground, infra, []string{"i18n", "db"}, below[from])
	}
}

// Outside are packages of the standard library and drivers that some rooms must not touch.
func Outside() []string {
	return []string{"database/sql", "net/http", "net/http/httptest", "net", "os", "log", "testing", "modernc.org/sqlite", "github.com/jackc/pgx/v5/stdlib"}
}

// MayTouch tells whether code (not tests) of a room may import a package from Outside.
func MayTouch(room, pkg string) bool {
	isPure := slices.Contains(pure, room)
	switch pkg {
	case "database/sql":
		return !isPure && room != "web" && room != "i18n"
	case "net/http", "net/http/httptest":
		return slices.Contains([]string{"web", "webtest", "mail", "config", "clock", "errs"}, room)
	case "net", "os":
		return !isPure
	case "log", "testing":
		return slices.Contains(forTests, room)
	default:
		return room == "db" || room == "dbtest"
	}
}
