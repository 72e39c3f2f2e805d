package register

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
)

// A summary keeps what was told of a round that has ended, so that a verdict over a life's work need not read every tick of every session
// again. It holds facts, never a verdict. Nothing is told of a round that has ended, so a summary holds until the fact that ended the round
// is superseded; merging people, which rewrites what was told, makes it anew. Participants stand in it as numbers within the round: it is
// of no use to whoever looks for a parent, and outlives none.

// summaryFormat is the first byte of a summary. One of another format is not read: the round is gathered.
const summaryFormat = 1

// noOne stands for the participants of whom only the number within the round is kept.
const noOne = ""

// writeSummary is what was told of a round, to be stored.
func writeSummary(t *told) []byte {
	w := summaryWriter{data: []byte{summaryFormat}}
	w.people(t)
	w.number(len(t.sessions))
	for i := range t.sessions {
		w.session(&t.sessions[i])
	}
	w.number(len(t.staff))
	for _, x := range t.staff {
		w.text(x.person)
		w.text(x.role)
		w.day(x.from)
		w.day(x.to)
	}
	w.number(len(t.ends))
	for _, e := range t.ends {
		w.dated(e.dated)
		w.text(string(e.kind))
	}
	w.number(len(t.notified))
	for _, n := range t.notified {
		w.dated(n)
	}
	w.counted(t.sizes)
	w.number(len(t.learners))
	for _, l := range t.learners {
		w.text(l.id)
		w.text(l.person)
		w.day(l.joinedOn)
		w.day(l.leftOn)
	}
	return w.data
}

// readSummary is what writeSummary wrote; ok is false when that cannot be read.
func readSummary(data []byte) (t told, ok bool) {
	if len(data) == 0 || data[0] != summaryFormat {
		return told{}, false
	}
	r := summaryReader{data: data[1:], text: string(data[1:])}
	r.people()
	t.sessions = make([]session, r.length())
	for i := range t.sessions {
		r.session(&t.sessions[i])
	}
	t.staff = make([]worker, r.length())
	for i := range t.staff {
		t.staff[i] = worker{r.string(), r.string(), r.day(), r.day()}
	}
	t.ends = make([]end, r.length())
	for i := range t.ends {
		t.ends[i] = end{r.dated(), credential.FactKind(r.string())}
	}
	t.notified = make([]dated, r.length())
	for i := range t.notified {
		t.notified[i] = r.dated()
	}
	t.sizes = r.counted()
	t.learners = make([]learner, r.length())
	for i := range t.learners {
		t.learners[i] = learner{r.string(), r.string(), r.day(), r.day()}
	}
	if r.broken || r.at != len(r.data) {
		return told{}, false
	}
	return t, true
}

// summaryWriter appends numbers as varints, texts after their length, and those who came as bits over the people.
type summaryWriter struct {
	data  []byte
	order map[string]int // of those who came or made up, by what they are called here
}

func (w *summaryWriter) number(n int) { w.data = binary.AppendUvarint(w.data, uint64(n)) } //nolint:gosec // lengths, minutes and counts

func (w *summaryWriter) text(s string) {
	w.number(len(s))
	w.data = append(w.data, s...)
}

func (w *summaryWriter) flag(yes bool) {
	if yes {
		w.number(1)
		return
	}
	w.number(0)
}

func (w *summaryWriter) day(d clock.Date) { w.number(d.Year<<9 | int(d.Month)<<5 | d.Day) }

func (w *summaryWriter) dated(d dated) {
	w.text(d.id)
	w.day(d.on)
}

func (w *summaryWriter) counted(all []counted) {
	w.number(len(all))
	for _, c := range all {
		w.dated(c.dated)
		w.number(c.n)
	}
}

// people writes who came to any session: those of the directory by their ids, the others as no one.
func (w *summaryWriter) people(t *told) {
	var names []string
	for _, x := range t.sessions {
		names = append(append(names, x.came...), x.made...)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	w.order = make(map[string]int, len(names))
	w.number(len(names))
	for i, name := range names {
		w.order[name] = i
		if !slices.ContainsFunc(t.learners, func(l learner) bool { return l.person == name }) {
			name = noOne
		}
		w.text(name)
	}
}

func (w *summaryWriter) bits(who []string) {
	bits := make([]byte, (len(w.order)+7)/8)
	for _, name := range who {
		i := w.order[name]
		bits[i/8] |= 1 << (i % 8)
	}
	w.data = append(w.data, bits...)
}

func (w *summaryWriter) session(x *session) {
	w.text(x.id)
	w.text(x.kind)
	w.text(x.item)
	w.day(x.on)
	w.number(x.minutes)
	w.text(x.heldID)
	w.day(x.heldOn)
	w.dated(x.cancelled)
	w.number(len(x.away))
	for _, a := range x.away {
		w.dated(a.dated)
		w.text(a.person)
	}
	w.flag(x.ledTold)
	w.number(len(x.led))
	for _, person := range x.led {
		w.text(person)
	}
	w.flag(x.cameTold)
	w.bits(x.came)
	w.bits(x.made)
	w.counted(x.counts)
}

// summaryReader reads what summaryWriter wrote. Once something cannot be read it is broken, and gives nothing but zeros.
type summaryReader struct {
	data   []byte
	text   string // the same, so that what is read shares its memory
	at     int
	broken bool
	names  []string
}

func (r *summaryReader) number() int {
	n, size := binary.Uvarint(r.data[r.at:])
	if size <= 0 || n > 1<<31 {
		r.broken, r.at = true, len(r.data)
		return 0
	}
	r.at += size
	return int(n) //nolint:gosec // bounded above
}

// length is a number of things that follow, of which each takes a byte at least.
func (r *summaryReader) length() int {
	n := r.number()
	if n > len(r.data)-r.at {
		r.broken, r.at = true, len(r.data)
		return 0
	}
	return n
}

func (r *summaryReader) string() string {
	n := r.length()
	r.at += n
	return r.text[r.at-n : r.at]
}

func (r *summaryReader) day() clock.Date {
	n := r.number()
	return clock.Date{Year: n >> 9, Month: time.Month(n >> 5 & 15), Day: n & 31}
}

func (r *summaryReader) dated() dated { return dated{r.string(), r.day()} }

func (r *summaryReader) counted() []counted {
	n := r.length()
	if n == 0 {
		return nil
	}
	all := make([]counted, n)
	for i := range all {
		all[i] = counted{r.dated(), r.number()}
	}
	return all
}

func (r *summaryReader) people() {
	r.names = make([]string, r.length())
	for i := range r.names {
		if r.names[i] = r.string(); r.names[i] == noOne {
			r.names[i] = strconv.Itoa(i + 1)
		}
	}
}

func (r *summaryReader) bits() []string {
	n := (len(r.names) + 7) / 8
	if n > len(r.data)-r.at {
		r.broken, r.at = true, len(r.data)
		return nil
	}
	bits := r.data[r.at : r.at+n]
	r.at += n
	var who []string
	for i, name := range r.names {
		if bits[i/8]&(1<<(i%8)) != 0 {
			if who == nil {
				who = make([]string, 0, len(r.names))
			}
			who = append(who, name)
		}
	}
	return who
}

func (r *summaryReader) session(x *session) {
	x.id, x.kind, x.item, x.on, x.minutes, x.heldID, x.heldOn = r.string(), r.string(), r.string(), r.day(), r.number(), r.string(), r.day()
	x.cancelled = r.dated()
	if n := r.length(); n > 0 {
		x.away = make([]away, n)
		for i := range x.away {
			x.away[i] = away{r.dated(), r.string()}
		}
	}
	x.ledTold = r.number() == 1
	if n := r.length(); n > 0 {
		x.led = make([]string, n)
		for i := range x.led {
			x.led[i] = r.string()
		}
	}
	x.cameTold = r.number() == 1
	x.came, x.made, x.counts = r.bits(), r.bits(), r.counted()
}

// summarizeChunk is how many rounds are summarized in one transaction, so that none is held for long.
const summarizeChunk = 50

// summarizeTx makes the summaries of rounds that have ended.
func summarizeTx(ctx context.Context, tx *db.Tx, ids []string) error {
	live, err := liveTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, h := range live {
		if _, err := tx.Exec(ctx, `DELETE FROM round_summary WHERE round_id = $1`, h.id); err != nil {
			return err
		}
		if len(h.ends) == 0 { // opened again meanwhile
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO round_summary (round_id, ended_by, told) VALUES ($1, $2, $3)`, h.id, h.ends[0].id, writeSummary(&h.told)); err != nil {
			return err
		}
	}
	return nil
}

// CheckedSummaries is what CheckSummaries found.
type CheckedSummaries struct {
	Rounds int
	Wrong  []string // ids of rounds of which the summary says something else than the rooms
}

// CheckSummaries compares every summary that holds with what the rooms have of the round. doctor calls it, after Refresh.
func (s *Service) CheckSummaries(ctx context.Context) (CheckedSummaries, error) {
	var c CheckedSummaries
	for after := ""; ; {
		var ids []string
		err := s.db.Read(ctx, func(ctx context.Context, tx *db.Tx) error {
			stored, err := db.All(ctx, tx, func(row db.Scanner) (x struct {
				id   string
				told []byte
			}, err error) {
				err = row.Scan(&x.id, &x.told)
				return x, err
			}, `SELECT y.round_id, y.told FROM round_summary y WHERE y.round_id > $1 AND NOT EXISTS (SELECT 1 FROM round_fact later WHERE later.supersedes = y.ended_by)
				ORDER BY y.round_id LIMIT `+strconv.Itoa(summarizeChunk), after)
			if ids = nil; err != nil || len(stored) == 0 {
				return err
			}
			for _, x := range stored {
				ids = append(ids, x.id)
			}
			live, err := liveTx(ctx, tx, ids)
			if err != nil {
				return err
			}
			for i, h := range live {
				if !bytes.Equal(writeSummary(&h.told), stored[i].told) {
					c.Wrong = append(c.Wrong, h.id)
				}
			}
			return nil
		})
		if err != nil {
			return c, fmt.Errorf("check summaries: %w", err)
		}
		if len(ids) == 0 {
			return c, nil
		}
		c.Rounds, after = c.Rounds+len(ids), ids[len(ids)-1]
	}
}

// liveTx is some rounds of all programmes as the rooms have them, without a look at their summaries.
func liveTx(ctx context.Context, tx *db.Tx, ids []string) ([]*happened, error) {
	these, args := in(nil, ids)
	all, err := db.All(ctx, tx, scanHappened, `SELECT id, variant, kind, created_at, first_on, last_on, NULL FROM round WHERE id IN `+these+` ORDER BY id`, args...)
	if err == nil {
		err = gatherTx(ctx, tx, all)
	}
	if err != nil {
		return nil, fmt.Errorf("gather rounds: %w", err)
	}
	return all, nil
}
