package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hemvist/internal/db"
)

// leaseTime is how long an instance that stopped in the midst of its work keeps others from chaining.
const leaseTime = 10 * time.Second

const leaseName = "sequencer"

// errMoved: another instance chained what this one was about to.
var errMoved = errors.New("another sequencer was first")

// waiting is an entry that is yet to be chained.
type waiting struct {
	id, organisation string
	mac              []byte
}

// link is an entry's place in a chain.
type link struct {
	organisation string
	seq          int64
	entryID      string
	mac          []byte
}

// end is where one organisation's chain is to be gone on from.
type end struct {
	head        // the last place that is vouched for
	tail  int64 // the last place that there is in the log itself
	links []link
}

// Chain gives the entries that wait their places, at most a batch of them, and tells how many it chained. It does nothing while
// another instance holds the lease. Run calls it; a command or a test may.
//
// Only the places are inserted in the transaction; what waits is read from a snapshot before it. So those who add entries and the
// sequencer do not get in each other's way.
func (l *Log) Chain(ctx context.Context) (int, error) {
	if err := l.settle(ctx); err != nil {
		return 0, err
	}
	batch, err := l.waiting(ctx)
	if err != nil || len(batch) == 0 {
		return 0, err
	}
	organisations := make([]string, len(batch))
	for i, w := range batch {
		organisations[i] = w.organisation
	}
	slices.Sort(organisations)
	ends, err := l.ends(ctx, slices.Compact(organisations))
	if err != nil {
		return 0, err
	}
	for _, w := range batch {
		e := ends[w.organisation]
		e.seq++
		e.mac = l.sumLink(w.organisation, e.seq, e.mac, w.id, w.mac)
		e.links = append(e.links, link{w.organisation, e.seq, w.id, e.mac})
	}
	err = l.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return l.store(ctx, tx, batch, ends) })
	if errors.Is(err, errMoved) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("chain the log: %w", err)
	}
	l.count(len(batch))
	// Should the program end here, settle finds the new places at the next start.
	if err := l.keepEnds(ctx, ends); err != nil {
		l.unsettled.Store(true)
		return 0, err
	}
	return len(batch), nil
}

func (l *Log) keepEnds(ctx context.Context, ends map[string]*end) error {
	heads := make([]head, 0, len(ends))
	for _, e := range ends {
		if e.seq > 0 {
			heads = append(heads, e.head)
		}
	}
	return l.keepHeads(ctx, heads)
}

// settle brings the key store up to what the log holds, once after the start and again after the key store could not be written:
// the last places may have been chained without it hearing of them.
func (l *Log) settle(ctx context.Context) error {
	if !l.unsettled.Load() {
		return nil
	}
	organisations, err := l.organisations(ctx)
	if err != nil {
		return err
	}
	if len(organisations) > 0 {
		ends, err := l.ends(ctx, organisations)
		if err == nil {
			err = l.keepEnds(ctx, ends)
		}
		if err != nil {
			return fmt.Errorf("settle the log: %w", err)
		}
	}
	l.unsettled.Store(false)
	return nil
}

// waiting reads a batch of entries to chain; none while another instance holds the lease.
func (l *Log) waiting(ctx context.Context) ([]waiting, error) {
	var all []waiting
	err := l.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := l.clock.Now()
		others, err := db.One(ctx, tx, db.Scalar[int], `SELECT count(*) FROM audit_lease WHERE name = $1 AND holder <> $2 AND ends_at > $3 AND ends_at < $4`,
			leaseName, l.holder, db.At(now), db.At(now.Add(2*leaseTime)))
		if err != nil || others > 0 {
			return err
		}
		// A mark whose entry has a place already, or is gone, is left to Verify. CROSS makes SQLite begin with the marks: it may have looked at
		// them while there was none, and would rather read the whole log.
		all, err = db.All(ctx, tx, func(s db.Scanner) (waiting, error) {
			var w waiting
			err := s.Scan(&w.id, &w.organisation, &w.mac)
			return w, err
		}, `SELECT e.id, e.organisation, e.mac FROM audit_unchained u CROSS JOIN audit_entry e
			LEFT JOIN audit_chain c ON c.entry_id = e.id WHERE e.id = u.entry_id AND c.entry_id IS NULL ORDER BY u.entry_id LIMIT $1`, l.batch)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("entries to chain: %w", err)
	}
	return all, nil
}

// ends finds where the chains of organisations go on. The key store's word counts; places in the log beyond it, which
// a crash between the two databases leaves, are taken when their MACs fit.
func (l *Log) ends(ctx context.Context, organisations []string) (map[string]*end, error) {
	heads, err := l.heads(ctx, organisations...)
	if err != nil {
		return nil, err
	}
	var alarms []alarm
	var bad []head
	ends := map[string]*end{}
	for _, o := range organisations {
		h, known := heads[o]
		if known && !l.headIntact(h) {
			alarms, bad = append(alarms, l.alarmAt(h, HeadAltered)), append(bad, h)
			h = head{}
		}
		h.organisation = o
		e, found, err := l.catchUp(ctx, h)
		if err != nil {
			return nil, err
		}
		ends[o], alarms = e, append(alarms, found...)
	}
	return ends, l.raise(ctx, alarms, bad)
}

func (l *Log) alarmAt(h head, kind Kind) alarm {
	return alarm{h.organisation, h.seq, kind, db.At(l.clock.Now())}
}

// catchUp goes from a vouched place to the last one in the log.
func (l *Log) catchUp(ctx context.Context, h head) (*end, []alarm, error) {
	e := &end{head: h}
	var alarms []alarm
	for {
		var page []placed
		err := l.db.Read(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if page, err = readPlaces(ctx, tx, h.organisation, e.seq, pageSize); err != nil || len(page) > 0 {
				return err
			}
			e.tail, err = lastSeq(ctx, tx, h.organisation)
			return err
		})
		if err != nil {
			return nil, nil, fmt.Errorf("catch up with the chain: %w", err)
		}
		if len(page) == 0 {
			if e.tail < e.seq {
				alarms = append(alarms, alarm{h.organisation, e.tail + 1, Truncated, db.At(l.clock.Now())})
			}
			return e, alarms, nil
		}
		for _, p := range page {
			if p.seq != e.seq+1 || p.entry.id == "" || !equal(l.sumLink(h.organisation, p.seq, e.mac, p.entryID, p.entry.mac), p.mac) {
				alarms = append(alarms, alarm{h.organisation, p.seq, ChainAltered, db.At(l.clock.Now())})
			}
			// Also a place that does not fit is gone on from: Verify will always find it.
			e.seq, e.mac = p.seq, p.mac
		}
	}
}

func lastSeq(ctx context.Context, tx *db.Tx, organisation string) (int64, error) {
	return db.One(ctx, tx, db.Scalar[int64], `SELECT coalesce(max(seq), 0) FROM audit_chain WHERE organisation = $1`, organisation)
}

// store inserts the new places, if this instance has the lease and nobody was there before.
func (l *Log) store(ctx context.Context, tx *db.Tx, batch []waiting, ends map[string]*end) error {
	if tx.Dialect() == db.Postgres {
		// Serializable would have this transaction's look at the marks meet with everyone who adds one. That only one sequencer does
		// the work is secured by the lease's row and by the two unique keys of the chain.
		if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
			return err
		}
	}
	if err := l.takeLease(ctx, tx); err != nil {
		return err
	}
	ids := make([]string, len(batch))
	for i, w := range batch {
		ids[i] = w.id
	}
	var taken int64
	for chunk := range slices.Chunk(ids, inMost) {
		in, args := inList(chunk)
		n, err := tx.Exec(ctx, `DELETE FROM audit_unchained WHERE entry_id IN `+in, args...)
		if err != nil {
			return err
		}
		taken += n
	}
	if taken != int64(len(batch)) {
		return errMoved
	}
	var links []link
	for o, e := range ends {
		tail, err := lastSeq(ctx, tx, o)
		if err != nil {
			return err
		}
		if tail != e.tail {
			return errMoved
		}
		links = append(links, e.links...)
	}
	return insertLinks(ctx, tx, links)
}

// takeLease takes or renews the lease. One that ends far in the future comes from a clock that is wrong, and does not count.
func (l *Log) takeLease(ctx context.Context, tx *db.Tx) error {
	now := l.clock.Now()
	n, err := tx.Exec(ctx, `INSERT INTO audit_lease (name, holder, ends_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
		WHERE audit_lease.holder = excluded.holder OR audit_lease.ends_at <= $4 OR audit_lease.ends_at >= $5`,
		leaseName, l.holder, db.At(now.Add(leaseTime)), db.At(now), db.At(now.Add(2*leaseTime)))
	if err == nil && n == 0 {
		return errMoved
	}
	return err
}

// letGo gives the lease back, so that another instance need not wait for its end.
func (l *Log) letGo(ctx context.Context) error {
	return l.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM audit_lease WHERE name = $1 AND holder = $2`, leaseName, l.holder)
		return err
	})
}

// insertLinks inserts many in a statement, in numbers that halve so that few different statements have to be prepared.
func insertLinks(ctx context.Context, tx *db.Tx, links []link) error {
	for size := 64; size > 0; size /= 2 {
		for ; len(links) >= size; links = links[size:] {
			var b strings.Builder
			b.WriteString(`INSERT INTO audit_chain (organisation, seq, entry_id, mac) VALUES `)
			args := make([]any, 0, 4*size)
			for i, k := range links[:size] {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteByte('(')
				for j := range 4 {
					if j > 0 {
						b.WriteByte(',')
					}
					b.WriteString("$" + strconv.Itoa(4*i+j+1))
				}
				b.WriteByte(')')
				args = append(args, k.organisation, k.seq, k.entryID, k.mac)
			}
			if _, err := tx.Exec(ctx, b.String(), args...); err != nil {
				return err
			}
		}
	}
	return nil
}
