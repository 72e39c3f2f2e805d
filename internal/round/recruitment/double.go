package recruitment

import (
	"slices"
	"strings"

	"hemvist/internal/db"
)

// maxCompared bounds with how many others one is compared for being the same person.
const maxCompared = 500

// markDoubles marks the rows of which another is open at the same board with the same telephone number or address.
func markDoubles(rows, open []Row) {
	said := map[string][]string{} // the ids of those who say each
	for _, r := range open {
		for _, way := range r.ways() {
			said[way] = append(said[way], r.ID)
		}
	}
	for i, r := range rows {
		for _, way := range r.ways() {
			rows[i].Double = rows[i].Double || r.State.IsOpen() && slices.ContainsFunc(said[way], func(id string) bool { return id != r.ID })
		}
	}
}

// alike tells whether two say the same telephone number or address to the same board.
func alike(a, b Row) bool {
	return slices.ContainsFunc(a.ways(), func(way string) bool { return slices.Contains(b.ways(), way) })
}

// ways is how to reach them at their board, each written in one way.
func (r Row) ways() []string {
	var ways []string
	if r.Phone != "" {
		ways = append(ways, r.Authority+" "+dialled(r.Phone))
	}
	if r.Email != "" {
		ways = append(ways, r.Authority+" "+db.Fold(r.Email))
	}
	return ways
}

// dialled is a telephone number as it is dialled in Sweden: digits alone, without the country.
func dialled(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	abroad := strings.HasPrefix(strings.TrimSpace(phone), "+")
	for _, country := range []string{"0046", "46"} {
		if rest, ok := strings.CutPrefix(digits, country); ok && (abroad || country == "0046") {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return digits
}
