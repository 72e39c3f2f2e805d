package programme

import "hemvist/internal/clock"

// VAT is what a source says of value-added tax.
type VAT string

// What is said of value-added tax.
const (
	VATExcluded VAT = "excluded"
	VATIncluded VAT = "included"
	VATNotSaid  VAT = "not-said"
)

// Price is what something costs from a day on.
type Price struct {
	Item     string     // id of a variant, a credential or a service
	From     clock.Date // never zero after Parse: an undated price counts from the day that the definition is dated
	Undated  bool
	Ore      int64  // in öre
	Per      string // person, place, round, day, unit
	VAT      VAT
	Includes []string // what it covers: material, manual, supervision, certification
	For      string   // outside, inside or "": whoever
	path     string   // where it stands in the file
}

// Price is the newest price of the item that has begun by the day, for those it is for: outside, inside, or "" for whoever. A price
// for whoever is also theirs; of two from the same day, the one that names them. The second result tells whether there is one.
func (d *Definition) Price(item, whom string, on clock.Date) (Price, bool) {
	var best Price
	found := false
	for _, p := range d.Prices {
		if p.Item != item || p.For != whom && p.For != "" || p.From.After(on) {
			continue
		}
		if !found || p.From.After(best.From) || p.From == best.From && p.For == whom {
			best, found = p, true
		}
	}
	return best, found
}
