package meeting_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/house/housetest"
	"hemvist/internal/round"
	"hemvist/internal/round/meeting"
)

// childTicks is the environment by which a process knows that it is the child of a test: what it ticks, as JSON.
const childTicks = "HEMVIST_TEST_TICKS"

// ticking is what a child is told.
type ticking struct {
	Database, Round, Session string
	Name                     string // of the page, unlike that of any other child
	Actor                    access.Subject
	People                   []string
	Seen                     []string // the marks that its page showed
}

func TestMain(m *testing.M) {
	if os.Getenv(childTicks) == "" {
		os.Exit(m.Run())
	}
	var what ticking
	err := json.Unmarshal([]byte(os.Getenv(childTicks)), &what)
	if err == nil {
		err = what.tick()
	}
	_, _ = os.Stderr.WriteString(err.Error() + "\n")
	os.Exit(1)
}

// tick marks everybody again and again, as a phone in a bad network does, and says each number that was answered for. It ends with an error.
func (w ticking) tick() error {
	d, err := db.Open(context.Background(), w.Database, db.Options{})
	if err != nil {
		return err
	}
	now := clock.NewFake(housetest.Noon)
	log := audit.New(d, d, sha256.Sum256([]byte("a child's")))
	s := meeting.New(d, nil, log, now, round.New(d, nil, log, now, nil), nil, nil, nil, nil)
	seen := w.Seen
	for n := 0; ; n++ {
		b := meeting.Batch{}
		for i, p := range w.People {
			b.Ticks = append(b.Ticks, meeting.Tick{Participant: p, Mark: meeting.Marks[n%len(meeting.Marks)], Request: fmt.Sprintf("%s.%d", w.Name, n*len(w.People)+i), Seen: seen[i]})
		}
		r, err := s.Record(context.Background(), w.Actor, w.Round, w.Session, b, "")
		if err != nil {
			return err
		}
		for i, taken := range r.Taken {
			seen[i] = taken.Now.ID
		}
		if _, err := fmt.Fprintln(os.Stdout, n); err != nil {
			return err
		}
	}
}

// TestKilledWhileTicking kills -9 a process that ticks, again and again: what was answered for is there, a batch is there whole or not at
// all, everybody has one mark that counts, and what the device sends again is stored once.
func TestKilledWhileTicking(t *testing.T) {
	for _, dialect := range dbtest.Engines() {
		t.Run(dialect.String(), func(t *testing.T) {
			url, options := dbtest.Fresh(t, dialect)
			d, err := db.Open(t.Context(), url, options)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			w := newWorld(t, d)
			what := ticking{Database: url, Round: w.round, Session: w.sessions[1].ID, Actor: w.leader, People: w.people, Seen: make([]string, len(w.people))}
			batches := 0
			for kill := range 4 {
				what.Name = strings.Repeat(string(rune('a'+kill)), 16)
				answered := tickAndKill(t, what, 3+5*kill)
				stored := w.count(`SELECT count(*) FROM attendance WHERE request LIKE $1`, what.Name+".%")
				if stored%len(w.people) != 0 || stored < answered*len(w.people) {
					t.Fatalf("%d marks are stored of %d batches of %d that were answered for", stored, answered, len(w.people))
				}
				batches += stored / len(w.people)
				what.Seen = w.again(what, stored/len(w.people)-1)
			}
			if n := w.count(`SELECT count(*) FROM attendance`); n != batches*len(w.people) {
				t.Errorf("%d marks, want %d: what was sent again was stored again", n, batches*len(w.people))
			}
			if n := w.count(`SELECT count(*) FROM attendance a WHERE NOT EXISTS (SELECT 1 FROM attendance later WHERE later.supersedes = a.id)`); n != len(w.people) {
				t.Errorf("%d marks count, of %d people", n, len(w.people))
			}
		})
	}
}

// tickAndKill lets a child tick until it has said so often that a batch was answered for, and kills it. It gives how many were.
func tickAndKill(t *testing.T, what ticking, until int) (answered int) {
	t.Helper()
	told, err := json.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env, child.Stderr = append(os.Environ(), childTicks+"="+string(told)), os.Stderr
	said, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if answered++; answered == until {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if answered < until {
		t.Fatalf("the child was answered %d times, want %d", answered, until)
	}
	return answered
}

// again sends the last batch that is stored once more, as a device does that never got its answer, and gives the marks that count now.
func (w *world) again(what ticking, n int) (seen []string) {
	w.t.Helper()
	b := meeting.Batch{}
	for i, p := range what.People {
		b.Ticks = append(b.Ticks, meeting.Tick{Participant: p, Mark: meeting.Marks[n%len(meeting.Marks)], Request: fmt.Sprintf("%s.%d", what.Name, n*len(what.People)+i)})
	}
	r, err := w.Meetings.Record(ctx(), what.Actor, what.Round, what.Session, b, "")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, taken := range r.Taken {
		seen = append(seen, taken.Now.ID)
	}
	return seen
}
