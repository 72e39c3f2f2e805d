package register_test

import (
	"context"
	"strings"
	"testing"

	"hemvist/internal/access"
	"hemvist/internal/clock"
	"hemvist/internal/credential"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/register"
	"hemvist/internal/round"
)

func (w *world) outlook(id, on string, what register.Suppose) register.Outlook {
	w.t.Helper()
	d := clock.Date{}
	if on != "" {
		d = day(on)
	}
	o, err := w.Register.Outlook(ctx(), w.leader, id, d, what)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// prospects are those of one leader, by the reasons' codes, with the whole under "".
func prospects(o register.Outlook, who access.Subject, supposed bool) map[credential.Code]credential.Prospect {
	out := map[credential.Code]credential.Prospect{}
	for _, l := range o.Leaders {
		if l.Who != who.Person || l.Credential != "leader" {
			continue
		}
		x := l.LeaderOutlook
		if supposed {
			x = *l.Supposed
		}
		out[""] = x.Prospect
		for _, c := range x.Conditions {
			out[c.Reason.Code] = c.Prospect
		}
	}
	return out
}

func TestWillThisRoundCertifyUs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.recorded(credential.FactCourseCompleted, w.leader.Person, "leader-training-on-site", "2026-05-01")
		w.recorded(credential.FactGranted, w.second.Person, "leader", "2025-05-10")
		id := w.group(day("2026-10-07"), round.Named, w.leader, w.second) // six sessions until the clock's day
		w.parents(id, 6, w.hold(id, 6))

		now := prospects(w.outlook(id, "", register.Suppose{}), w.leader, false)
		if now[""] != credential.ProspectOpen || now[credential.CodeFilmedUnrecorded] != credential.ProspectUnknown || now[credential.CodePresence] != credential.ProspectMet {
			t.Errorf("with six people, and films that are written down nowhere: %v", now)
		}
		if l := w.outlook(id, "", register.Suppose{}).Leaders[1]; l.Who != w.second.Person || l.For != "" {
			t.Errorf("something is asked of one who is certified: %+v", l.LeaderOutlook)
		}
		for name, c := range map[string]struct {
			what register.Suppose
			want credential.Prospect
		}{
			"the rest as planned":       {register.Suppose{Rest: true}, credential.ProspectMet},
			"a session is not filmed":   {register.Suppose{NotFilmed: 8}, credential.ProspectMissed},
			"one past is not filmed":    {register.Suppose{NotFilmed: 2}, credential.ProspectMissed},
			"a session is cancelled":    {register.Suppose{Cancelled: 9}, credential.ProspectMissed},
			"the leader is away once":   {register.Suppose{Away: w.leader.Person, AwayFrom: 7}, credential.ProspectMet},
			"the other is away":         {register.Suppose{Away: w.second.Person, AwayFrom: 7}, credential.ProspectMet},
			"the leader was away once":  {register.Suppose{Away: w.leader.Person, AwayFrom: 2}, credential.ProspectMet},
			"more people come too late": {register.Suppose{More: 4}, credential.ProspectMet},
		} {
			o := w.outlook(id, "", c.what)
			if got := prospects(o, w.leader, true)[""]; got != c.want {
				t.Errorf("%s: %s, want %s: %v", name, got, c.want, prospects(o, w.leader, true))
			}
			if o.SupposedOn != o.Row.LastOn {
				t.Errorf("%s: it is told of %s", name, o.SupposedOn)
			}
		}
		// What was supposed is stored nowhere.
		if again := prospects(w.outlook(id, "", register.Suppose{}), w.leader, false); again[""] != now[""] || len(again) != len(now) {
			t.Errorf("after having supposed: %v, before %v", again, now)
		}
		planned := w.group(day("2026-12-02"), round.Named, w.leader, w.second)
		if before := prospects(w.outlook(planned, "", register.Suppose{}), w.leader, false); before[credential.CodeNotBegun] != credential.ProspectOpen {
			t.Errorf("before the first session: %v", before)
		}
		if after := prospects(w.outlook(planned, "2027-03-01", register.Suppose{}), w.leader, false); len(after) == 0 {
			t.Error("nothing is told of a day ahead")
		}
	})
}

func TestOutlookWhereOnlyCountsAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.recorded(credential.FactCourseCompleted, w.leader.Person, "leader-training-on-site", "2026-05-01")
		id := w.group(day("2026-09-01"), round.CountsOnly, w.leader)
		for _, x := range w.hold(id, 9) {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO attendance_count (id, session_id, present, happened_on, recorded_at, recorded_by, request)
					VALUES ($1, $2, 7, $3, $4, $5, $1)`, db.NewID(), x.ID, x.On, db.At(w.Clock.Now()), w.leader.Person)
				return err
			})
		}
		w.closeRound(id, day("2026-11-02"))
		got := prospects(w.outlook(id, "", register.Suppose{}), w.leader, false)
		if got[credential.CodePresenceCounted] != credential.ProspectUnknown {
			t.Errorf("seven counted at nine sessions: %v", got)
		}
	})
}

func TestOutlookRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.recorded(credential.FactCourseCompleted, w.leader.Person, "leader-training-on-site", "2026-05-01")
		id := w.group(day("2026-10-07"), round.Named, w.leader)
		w.hold(id, 2)
		if _, err := w.Register.Outlook(ctx(), w.stranger, id, clock.Date{}, register.Suppose{}); !errs.Is(err, errs.NotFound) {
			t.Errorf("a leader with no part in the round: %v", err)
		}
		course := w.round("leader-training-digital", day("2026-10-07"), round.Named, w.leader)
		if _, err := w.Register.Outlook(ctx(), w.leader, course, clock.Date{}, register.Suppose{}); !errs.Is(err, errs.NotFound) {
			t.Errorf("a course certifies nobody who gives it: %v", err)
		}
		for name, what := range map[string]register.Suppose{
			"film":      {NotFilmed: 99},
			"cancelled": {Cancelled: 1}, // which was held
			"away":      {Away: w.stranger.Person, AwayFrom: 3},
			"from":      {Away: w.leader.Person},
			"more":      {More: 51},
		} {
			_, err := w.Register.Outlook(ctx(), w.leader, id, clock.Date{}, what)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), " "+name+":") {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $1 WHERE round_id = $2`, day("2026-11-01"), id)
			return err
		})
		if o, err := w.Register.Outlook(ctx(), w.contact, id, clock.Date{}, register.Suppose{}); err != nil || len(o.Leaders) != 0 {
			t.Errorf("of a round in which nobody works any more: %+v, %v", o.Leaders, err)
		}
	})
}

// TestWhoLedIsSaid: a leader who is said not to have led two of the sessions is not certified by the round.
func TestWhoLedIsSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.recorded(credential.FactCourseCompleted, w.leader.Person, "leader-training-on-site", "2026-05-01")
		id := w.group(day("2026-10-07"), round.Named, w.leader, w.second)
		held := w.hold(id, 6)
		both := []string{w.leader.Person, w.second.Person}
		for i, want := range []credential.Prospect{credential.ProspectOpen, credential.ProspectMissed} {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return w.Meetings.AddLedTx(ctx, tx, held[i].ID, held[i].On, both, []string{w.second.Person}, w.leader.Person)
			})
			if got := prospects(w.outlook(id, "", register.Suppose{}), w.leader, false); got[credential.CodeLed] != want {
				t.Errorf("away from %d: %v", i+1, got)
			}
		}
	})
}

// TestWhatIsKnownOfSessionsAhead: a session that is cancelled, and one that a leader is away from, weigh before they are past.
func TestWhatIsKnownOfSessionsAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.recorded(credential.FactCourseCompleted, w.leader.Person, "leader-training-on-site", "2026-05-01")
		id := w.group(day("2026-10-07"), round.Named, w.leader, w.second)
		w.parents(id, 6, w.hold(id, 6))
		var sessions []round.Session
		w.write(func(ctx context.Context, tx *db.Tx) (err error) {
			sessions, err = round.SessionsTx(ctx, tx, id)
			return err
		})
		away := func(session int) {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO stand_in (id, session_id, absent_id, person_id, happened_on, recorded_at, recorded_by)
					VALUES ($1, $2, $3, $4, $5, $6, $3)`, db.NewID(), sessions[session].ID, w.leader.Person, w.stranger.Person, sessions[session].On, db.At(w.Clock.Now()))
				return err
			})
		}
		away(6)
		if got := prospects(w.outlook(id, "", register.Suppose{}), w.leader, false); got[credential.CodeLed] != credential.ProspectOpen {
			t.Errorf("away once: %v", got)
		}
		if got := prospects(w.outlook(id, "", register.Suppose{Rest: true}), w.leader, true); got[credential.CodeLed] != credential.ProspectMet {
			t.Errorf("away once, and the rest as planned: %v", got)
		}
		away(7)
		for _, supposed := range []bool{false, true} {
			if got := prospects(w.outlook(id, "", register.Suppose{Rest: supposed}), w.leader, supposed); got[credential.CodeLed] != credential.ProspectMissed {
				t.Errorf("away twice: %v", got)
			}
		}
		w.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM stand_in`)
			return err
		})
		cancel := func(fact round.SessionFact) map[credential.Code]credential.Prospect {
			w.write(func(ctx context.Context, tx *db.Tx) error {
				return w.Rounds.AddSessionFactTx(ctx, tx, sessions[8].ID, fact, sessions[8].On, w.leader.Person)
			})
			return prospects(w.outlook(id, "", register.Suppose{}), w.leader, false)
		}
		if got := cancel(round.Cancelled); got[""] != credential.ProspectMissed || got[credential.CodeFilmed] != credential.ProspectMissed {
			t.Errorf("a session ahead is cancelled: %v", got)
		}
		if got := cancel(round.Unknown); got[""] != credential.ProspectOpen {
			t.Errorf("it is held after all: %v", got)
		}
	})
}
