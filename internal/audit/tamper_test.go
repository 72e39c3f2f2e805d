package audit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/db"
)

// filled is a log with nine chained entries in o1 and four in o2.
func filled(t testing.TB, w *world) map[string][]string {
	t.Helper()
	ids := w.fill(t, 4, "o1", "o2")
	w.chain(t)
	for o, more := range w.fill(t, 5, "o1") {
		ids[o] = append(ids[o], more...)
	}
	w.chain(t)
	w.wantSound(t, "")
	return ids
}

func TestEveryColumnOfAnEntryIsGuarded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := filled(t, w)["o1"]
		for column, value := range map[string]any{
			"at": "2026-11-02T09:30:00.123457Z", "actor": "actor-2", "role": "leades", "organisation": "o2", "purpose": "round-2",
			"action": "participant.reae", "subject": "subject-9", "outcome": "denied", "request_id": "q_3-z", "total": 8,
			"found": `["found-1"]`, "mac": []byte("0123456789abcdef0123456789abcdef"),
		} {
			touch(t, w.house, `CREATE TABLE kept AS SELECT `+column+` AS value FROM audit_entry WHERE id = $1`, ids[3])
			touch(t, w.house, `UPDATE audit_entry SET `+column+` = $1 WHERE id = $2`, value, ids[3])
			wantFindings(t, w.verify(t, ""), "entry-altered organisation=o1 place=4 entry="+ids[3])
			touch(t, w.house, `UPDATE audit_entry SET `+column+` = (SELECT value FROM kept) WHERE id = $1`, ids[3])
			exec(t, w.house, `DROP TABLE kept`)
		}
		w.wantSound(t, "")
		touch(t, w.house, `UPDATE audit_entry SET subject = 'subject-4', mac = (SELECT mac FROM audit_entry WHERE id = $2) WHERE id = $1`, ids[5], ids[4])
		touch(t, w.house, `UPDATE audit_entry SET id = 'other' WHERE id = $1`, ids[3])
		wantFindings(t, w.verify(t, ""), "entry-altered organisation=o1 place=6 entry="+ids[5],
			"entry-deleted organisation=o1 place=4 entry="+ids[3], "entry-altered organisation=o1 entry=other")
	})
}

// tampering is one way to bend the log, and what must be said about it. ids are those of o1, in order.
type tampering struct {
	name string
	do   func(t *testing.T, w *world, ids []string)
	want func(ids []string) []string
}

const noteDeleted = "the note of an end deleted"

func fixed(want ...string) func([]string) []string { return func([]string) []string { return want } }

var tamperings = []tampering{
	{"an entry deleted", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1`, ids[2])
	}, func(ids []string) []string { return []string{"entry-deleted organisation=o1 place=3 entry=" + ids[2]} }},

	{"the first entry deleted", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1`, ids[0])
	}, func(ids []string) []string { return []string{"entry-deleted organisation=o1 place=1 entry=" + ids[0]} }},

	{"a place deleted", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE entry_id = $1`, ids[2])
		w.clock.Move(2 * time.Minute)
	}, func(ids []string) []string {
		return []string{"place-deleted organisation=o1 place=3", "unchained organisation=o1 entry=" + ids[2]}
	}},

	{"an entry deleted with its place", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE entry_id = $1 OR entry_id = $2`, ids[2], ids[3])
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1 OR id = $2`, ids[2], ids[3])
	}, fixed("place-deleted organisation=o1 place=3 to=4")},

	{"the first entries deleted with their places", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o1' AND seq <= 2`)
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1 OR id = $2`, ids[0], ids[1])
	}, fixed("place-deleted organisation=o1 place=1 to=2")},

	{"the tail cut off", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o1' AND seq > 7`)
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1 OR id = $2`, ids[7], ids[8])
	}, fixed("truncated organisation=o1 place=8 to=9")},

	{"the last entry's place cut off", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE entry_id = $1`, ids[8])
	}, fixed("truncated organisation=o1 place=9")},

	{"an organisation's log emptied", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o1'`)
		touch(t, w.house, `DELETE FROM audit_entry WHERE organisation = 'o1'`)
	}, fixed("truncated organisation=o1 place=1 to=9")},

	{"everything emptied", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `DELETE FROM audit_chain`)
		touch(t, w.house, `DELETE FROM audit_entry`)
	}, fixed("truncated organisation=o1 place=1 to=9", "truncated organisation=o2 place=1 to=4")},

	{"two entries' contents exchanged", func(t *testing.T, w *world, ids []string) {
		for _, s := range [][2]string{{ids[2], "x"}, {ids[5], ids[2]}, {"x", ids[5]}} {
			touch(t, w.house, `UPDATE audit_entry SET id = $2 WHERE id = $1`, s[0], s[1])
		}
	}, func(ids []string) []string {
		return []string{"entry-altered organisation=o1 place=3 entry=" + ids[2], "entry-altered organisation=o1 place=6 entry=" + ids[5]}
	}},

	{"two entries exchanged in the chain", func(t *testing.T, w *world, ids []string) {
		for _, s := range [][2]string{{ids[2], "x"}, {ids[5], ids[2]}, {"x", ids[5]}} {
			touch(t, w.house, `UPDATE audit_chain SET entry_id = $2 WHERE entry_id = $1`, s[0], s[1])
		}
	}, func(ids []string) []string {
		return []string{"moved organisation=o1 place=3 to=6 entry=" + ids[2], "moved organisation=o1 place=6 to=3 entry=" + ids[5]}
	}},

	{"two places exchanged, macs and all", func(t *testing.T, w *world, ids []string) {
		for _, s := range [][2]int{{3, 100}, {4, 3}, {100, 4}} {
			touch(t, w.house, `UPDATE audit_chain SET seq = $2 WHERE organisation = 'o1' AND seq = $1`, s[0], s[1])
		}
	}, func(ids []string) []string {
		return []string{"moved organisation=o1 place=3 to=4 entry=" + ids[2], "moved organisation=o1 place=4 to=3 entry=" + ids[3]}
	}},

	{"a place's mac altered", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `UPDATE audit_chain SET mac = $1 WHERE entry_id = $2`, []byte("0123456789abcdef0123456789abcdef"), ids[4])
	}, func(ids []string) []string { return []string{"chain-altered organisation=o1 place=5 entry=" + ids[4]} }},

	{"the last place's mac altered", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `UPDATE audit_chain SET mac = $1 WHERE entry_id = $2`, []byte("0123456789abcdef0123456789abcdef"), ids[8])
	}, func(ids []string) []string { return []string{"chain-altered organisation=o1 place=9 entry=" + ids[8]} }},

	{"a place given another number", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `UPDATE audit_chain SET seq = 12 WHERE entry_id = $1`, ids[8])
	}, func([]string) []string { return []string{"place-deleted organisation=o1 place=9 to=11"} }},

	{"a place moved to another organisation", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `UPDATE audit_chain SET organisation = 'o2' WHERE entry_id = $1`, ids[8])
		touch(t, w.house, `UPDATE audit_chain SET seq = 5 WHERE entry_id = $1`, ids[8])
	}, func(ids []string) []string {
		return []string{"truncated organisation=o1 place=9", "chain-altered organisation=o2 place=5 entry=" + ids[8]}
	}},

	{"an entry forged without a place", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `INSERT INTO audit_entry (id, at, actor, role, organisation, purpose, action, subject, outcome, request_id, total, found, mac)
			SELECT 'forged', at, actor, role, organisation, purpose, action, subject, outcome, request_id, total, found, mac FROM audit_entry WHERE id = $1`, ids[0])
	}, fixed("entry-altered organisation=o1 entry=forged")},

	{"an entry forged and chained by the sequencer", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `INSERT INTO audit_entry (id, at, actor, role, organisation, purpose, action, subject, outcome, request_id, total, found, mac)
			SELECT 'forged', at, actor, role, organisation, purpose, action, subject, outcome, request_id, total, found, mac FROM audit_entry WHERE id = $1`, ids[0])
		w.chain(t)
	}, fixed("entry-altered organisation=o1 place=10 entry=forged")},

	{"a place forged at the end", func(t *testing.T, w *world, ids []string) {
		touch(t, w.house, `INSERT INTO audit_chain (organisation, seq, entry_id, mac) SELECT organisation, 10, 'nothing', mac FROM audit_chain WHERE entry_id = $1`, ids[8])
	}, fixed("entry-deleted organisation=o1 place=10 entry=nothing")},

	{"an entry deleted before it was chained", func(t *testing.T, w *world, _ []string) {
		id := w.fill(t, 1, "o1")["o1"][0]
		touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1`, id)
		w.chain(t)
	}, fixed("entry-deleted entry=")},

	{"an entry kept from being chained", func(t *testing.T, w *world, _ []string) {
		w.fill(t, 1, "o1")
		touch(t, w.house, `DELETE FROM audit_unchained`)
		w.clock.Move(2 * time.Minute)
		w.chain(t)
	}, fixed("unchained organisation=o1 entry=")},

	{"the note of an end altered", func(t *testing.T, w *world, _ []string) {
		touch(t, w.keys, `UPDATE audit_head SET seq = 7 WHERE organisation = 'o1'`)
	}, fixed("head-altered organisation=o1 place=7")},

	{"the note of an end exchanged with another's", func(t *testing.T, w *world, _ []string) {
		touch(t, w.keys, `DELETE FROM audit_head WHERE organisation = 'o1'`)
		touch(t, w.keys, `UPDATE audit_head SET organisation = 'o1' WHERE organisation = 'o2'`)
		w.clock.Move(2 * time.Minute)
	}, fixed("head-altered organisation=o1 place=4", "head-missing organisation=o2")},

	{noteDeleted, func(t *testing.T, w *world, _ []string) {
		touch(t, w.keys, `DELETE FROM audit_head WHERE organisation = 'o1'`)
		w.clock.Move(2 * time.Minute)
	}, fixed("head-missing organisation=o1")},
}

// What was done is named, and the sequencer, which goes on over it, leaves it to be seen.
func TestTamperingIsFoundAndStaysVisible(t *testing.T) {
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				ids := filled(t, w)["o1"]
				c.do(t, w, ids)
				wantFindings(t, w.verify(t, ""), c.want(ids)...)

				w.log = w.instance() // a new start, which looks at the ends of all chains
				w.clock.Move(time.Hour)
				for range 2 {
					w.fill(t, 3, "o1", "o2")
					if n := w.chain(t); n < 6 {
						t.Errorf("chained %d, want the 6 new ones", n)
					}
				}
				r := w.verify(t, "")
				// A note that is gone is written again. That alone cuts nothing off, and a checkpoint has it.
				if r.Sound() && c.name != noteDeleted {
					t.Error("nothing is found any more")
				}
				// The new entries are sound.
				if len(r.Findings) > 6 {
					t.Errorf("%d findings:\n%s", len(r.Findings), list(r))
				}
			})
		})
	}
}

// Whoever has both databases can cut the tail and put the key store's notes back. The checkpoints outside tell.
func TestCheckpointsTellWhatBothDatabasesHide(t *testing.T) {
	folder := t.TempDir()
	each(t, func(t *testing.T, w *world) {
		folder := filepath.Join(folder, w.house.Dialect().String())
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		w.log = w.instance(audit.WithCheckpoints(audit.Folder(folder)))
		w.fill(t, 4, "o1", "o2")
		w.chain(t)
		old := noted(t, w, "o1")
		if err := w.log.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		ids := w.fill(t, 5, "o1")["o1"]
		w.chain(t)
		if err := w.log.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.wantSound(t, folder); r.Checkpoints != 2 || !r.LastCheckpoint.Equal(start) {
			t.Errorf("%d checkpoints, the last at %v", r.Checkpoints, r.LastCheckpoint)
		}
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o1' AND seq > 4`)
		for _, id := range ids {
			touch(t, w.house, `DELETE FROM audit_entry WHERE id = $1`, id)
		}
		touch(t, w.keys, `UPDATE audit_head SET seq = 4, mac = $1, seal = $2 WHERE organisation = 'o1'`, old[0], old[1])
		w.wantSound(t, "") // neither database knows
		wantFindings(t, w.verify(t, folder), "head-behind organisation=o1 place=4 to=9", "truncated organisation=o1 place=5 to=9")
		// Filled up with other entries, the chain is sound, and not the one that was signed.
		w.fill(t, 7, "o1")
		w.chain(t)
		w.wantSound(t, "")
		wantFindings(t, w.verify(t, folder), "replaced organisation=o1 place=9")
		// An organisation that both have forgotten.
		touch(t, w.house, `DELETE FROM audit_chain WHERE organisation = 'o2'`)
		touch(t, w.house, `DELETE FROM audit_entry WHERE organisation = 'o2'`)
		touch(t, w.keys, `DELETE FROM audit_head WHERE organisation = 'o2'`)
		wantFindings(t, w.verify(t, folder), "replaced organisation=o1 place=9", "truncated organisation=o2 place=1 to=4")
	})
}

// noted is the key store's note of an organisation's end: its mac and seal.
func noted(t testing.TB, w *world, organisation string) [2][]byte {
	t.Helper()
	return [2][]byte{
		scalar[[]byte](t, w.keys, `SELECT mac FROM audit_head WHERE organisation = $1`, organisation),
		scalar[[]byte](t, w.keys, `SELECT seal FROM audit_head WHERE organisation = $1`, organisation),
	}
}

func TestAlteredCheckpointsAreNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		folder := t.TempDir()
		w.log = w.instance(audit.WithCheckpoints(audit.Folder(folder)))
		for range 3 {
			w.fill(t, 2, "o1")
			w.chain(t)
			if err := w.log.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(folder, "audit-2026-11.jsonl")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) != 3 {
			t.Fatalf("%d lines", len(lines))
		}
		forged := strings.Replace(lines[1], `"seq":4`, `"seq":5`, 1)
		if forged == lines[1] {
			t.Fatalf("no end in %s", lines[1])
		}
		if err := os.WriteFile(path, []byte(lines[0]+"\n"+forged+"\n"+lines[2][:60]), 0o600); err != nil {
			t.Fatal(err)
		}
		wantFindings(t, w.verify(t, folder), "checkpoint-altered: audit-2026-11.jsonl line 2", "checkpoint-altered: audit-2026-11.jsonl line 3")
		// A line that was cut off spoils none that follows.
		if err := w.log.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.verify(t, folder); r.Checkpoints != 2 || r.Counts[audit.CheckpointAltered] != 2 {
			t.Errorf("%d checkpoints:\n%s", r.Checkpoints, list(r))
		}
		// Another installation's secret signs nothing here.
		other := audit.New(w.house, w.keys, [32]byte{9}, audit.WithClock(w.clock))
		r, err := other.Verify(t.Context(), audit.Verification{Checkpoints: folder})
		if err != nil || r.Checkpoints != 0 || r.Counts[audit.HeadAltered] != 1 || r.Counts[audit.EntryAltered] != 6 {
			t.Errorf("with another secret: %v\n%s", err, list(r))
		}
	})
}

// A report lists a thousand findings and counts all.
func TestReportIsBounded(t *testing.T) {
	w := newWorld(t, db.SQLite)
	w.fill(t, 1200, "o1")
	w.chain(t)
	touch(t, w.house, `UPDATE audit_entry SET actor = 'x'`)
	r := w.verify(t, "")
	if len(r.Findings) != 1000 || r.Counts[audit.EntryAltered] != 1200 || len(r.Counts) != 1 {
		t.Errorf("%d findings, counts %s", len(r.Findings), fmt.Sprint(r.Counts))
	}
}
