package audit

import (
	"context"
	"fmt"
	"time"

	"hemvist/internal/db"
)

// lookAround is how many places before and after one that does not fit are tried for the entry that belongs there.
const lookAround = 100

// chainCheck follows one organisation's chain from its beginning.
type chainCheck struct {
	*verifier
	organisation string
	last         int64    // the last place seen
	before       [][]byte // what the MAC of the last place may be: one, unless that place did not fit; none after a hole
	displaced    []placed // entries that stood where others belong
	oldest       time.Time
}

func (c *chainCheck) run(ctx context.Context) error {
	for {
		var page []placed
		err := c.log.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = readPlaces(ctx, tx, c.organisation, c.last, pageSize)
			return err
		})
		if err != nil {
			return err
		}
		for i := range page {
			c.place(page, i)
		}
		if len(page) < pageSize {
			break
		}
	}
	return c.end(ctx)
}

// place verifies one place and the entry there, and goes on from it.
func (c *chainCheck) place(page []placed, i int) {
	p := &page[i]
	c.report.Chained++
	if p.seq != c.last+1 {
		c.add(Finding{Kind: PlaceDeleted, Seq: c.last + 1, To: p.seq - 1, Detail: "entries were deleted together with their places"})
		c.before = nil // the place after a hole is taken at its word
	}
	c.last = p.seq
	if p.entry.id == "" {
		c.add(Finding{Kind: EntryDeleted, Seq: p.seq, Entry: p.entryID})
		c.goOn(p, p.mac)
		return
	}
	c.report.Entries++
	if at := p.entry.entry().At; !at.IsZero() && at.Before(c.oldest) {
		c.oldest = at
	}
	sum := c.log.sumEntry(&p.entry)
	altered := !equal(sum, p.entry.mac)
	if altered {
		c.add(Finding{Kind: EntryAltered, Seq: p.seq, Entry: p.entryID})
	}
	if c.before == nil {
		c.goOn(p, p.mac)
		return
	}
	for _, before := range c.before {
		if equal(c.log.sumLink(c.organisation, p.seq, before, p.entryID, p.entry.mac), p.mac) ||
			altered && equal(c.log.sumLink(c.organisation, p.seq, before, p.entryID, sum), p.mac) {
			c.goOn(p, p.mac)
			return
		}
	}
	if right := c.belongsHere(page, i); right != nil {
		c.goOn(p, right)
		return
	}
	if !altered { // an altered entry's own MAC may be altered too, and then its place cannot fit
		c.add(Finding{Kind: ChainAltered, Seq: p.seq, Entry: p.entryID, Detail: "altered, or moved from far away"})
		c.displace(p)
	}
	// Either the place's MAC was altered or what it covers: whichever the next place fits is the right one.
	c.goOn(p, p.mac, c.log.sumLink(c.organisation, p.seq, c.before[0], p.entryID, p.entry.mac))
}

// belongsHere looks for the entry that belongs at a place where another stands, among those around, and gives the place's right MAC.
func (c *chainCheck) belongsHere(page []placed, i int) []byte {
	p := &page[i]
	for _, others := range [][]placed{c.displaced, page[i+1 : min(len(page), i+1+lookAround)]} {
		for _, o := range others {
			if o.entry.id == "" {
				continue
			}
			for _, before := range c.before {
				right := c.log.sumLink(c.organisation, p.seq, before, o.entryID, o.entry.mac)
				// The entries were exchanged, or the places with their MACs.
				if equal(right, p.mac) || equal(right, o.mac) {
					c.add(Finding{Kind: Moved, Seq: p.seq, To: o.seq, Entry: o.entryID, Detail: fmt.Sprintf("entry %s stands in its place", p.entryID)})
					c.displace(p)
					return right
				}
			}
		}
	}
	return nil
}

// displace remembers an entry that stood in a wrong place, as it may be missed further on.
func (c *chainCheck) displace(p *placed) {
	if c.displaced = append(c.displaced, *p); len(c.displaced) > lookAround {
		c.displaced = c.displaced[1:]
	}
}

// goOn takes the MACs that the place may have, and compares them with what is known from elsewhere.
func (c *chainCheck) goOn(p *placed, macs ...[]byte) {
	c.before = macs
	if h, known := c.heads[c.organisation]; known && h.seq == p.seq {
		c.compare(p, macs, h.mac, "the key store's note")
	}
	if s, known := c.signed[c.organisation]; known && s.Seq == p.seq {
		c.compare(p, macs, s.MAC, "a signed checkpoint")
	}
}

func (c *chainCheck) compare(p *placed, macs [][]byte, want []byte, source string) {
	for _, mac := range macs {
		if equal(mac, want) {
			return
		}
	}
	c.add(Finding{Kind: Replaced, Seq: p.seq, Entry: p.entryID, Detail: "not the place that " + source + " vouches for"})
}

func (c *chainCheck) add(f Finding) {
	f.Organisation = c.organisation
	c.report.add(f)
}

// end compares how far the chain goes with how far it is known to have gone.
func (c *chainCheck) end(ctx context.Context) error {
	h, known := c.heads[c.organisation]
	signed := c.signed[c.organisation].Seq
	if last := max(h.seq, signed); c.last < last {
		source := "the key store knows the last of them"
		if signed > h.seq {
			source = "a signed checkpoint knows the last of them"
		}
		c.add(Finding{Kind: Truncated, Seq: c.last + 1, To: last, Detail: source})
	}
	if known || c.broken[c.organisation] || !c.oldest.Before(c.late.Time) {
		return nil
	}
	// The chain may have begun since the notes were read.
	again, err := c.log.heads(ctx, c.organisation)
	if err == nil && len(again) == 0 {
		c.add(Finding{Kind: HeadMissing, To: c.last})
	}
	return err
}
