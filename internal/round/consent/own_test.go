package consent_test

import (
	"context"
	"testing"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/errs"
	"hemvist/internal/round"
	"hemvist/internal/round/consent"
)

func (w *world) own() []consent.Own {
	w.t.Helper()
	own, err := w.Consents.Own(ctx(), w.second)
	if err != nil {
		w.t.Fatal(err)
	}
	return own
}

func (w *world) takeBack(session string) error {
	w.t.Helper()
	return w.Consents.TakeBack(ctx(), w.second, w.round, session, w.today, "")
}

// TestOneWhoHasLeftTakesItBack: of a round that they have left and that is over, in which everybody else's answers stay as they are.
func TestOneWhoHasLeftTakesItBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		if err := w.takeBack(""); !errs.Is(err, errs.NotFound) || len(w.own()) != 0 {
			t.Errorf("what was never said is taken back: %v", err)
		}
		w.all()
		w.write(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE round_staff SET to_on = $2 WHERE person_id = $1`, w.second.Person, w.today.AddDays(-1)); err != nil {
				return err
			}
			return w.Rounds.AddEndBecauseTx(ctx, tx, w.round, round.BrokenOff, "too-few", w.today, w.leader.Person)
		})
		if _, err := w.try(w.second, w.batch(consent.Tick{Who: w.second.Person, Answer: consent.Withdrawn})); !errs.Is(err, errs.NotFound) {
			t.Errorf("in the round itself: %v", err)
		}
		own := w.own()
		if len(own) != 1 || own[0].Round != "Tisdagsgruppen" || own[0].Organisation != "Växjö kommun" || len(own[0].Said) != 1 || !own[0].MayTakeBack() {
			t.Fatalf("their own are %+v", own)
		}
		if err := w.Consents.TakeBack(ctx(), w.stranger, w.round, "", w.today, ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("a stranger's: %v", err)
		}
		if err := w.Consents.TakeBack(ctx(), w.second, w.round, "", w.today.AddDays(1), ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("from tomorrow: %v", err)
		}
		for range 2 { // twice is once
			if err := w.takeBack(""); err != nil {
				t.Fatal(err)
			}
		}
		if own := w.own()[0]; own.Answer().Answer != consent.Withdrawn || own.MayTakeBack() || len(own.Said) != 2 || own.Said[1].How != consent.Digitally {
			t.Errorf("afterwards it says %+v", own.Said)
		}
		if n := w.count(`SELECT count(*) FROM consent WHERE answer = 'withdrawn'`); n != 1 {
			t.Errorf("%d are taken back", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_entry WHERE action = $1 AND actor = $2`, string(consent.ActionRecord), w.second.Person); n != 2 {
			t.Errorf("%d entries in the log, want that of the yes and that of taking it back", n)
		}
	})
}

// TestTakingBackWhatIsForASession: that alone, or with all the rest.
func TestTakingBackWhatIsForASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, "parents")
		say := func(session int, a consent.Answer) {
			t.Helper()
			b := w.batch(consent.Tick{Who: w.second.Person, Answer: a, Seen: w.get(w.second, "").Seen(w.second.Person)})
			if session >= 0 {
				b.Session = w.sessions[session].ID
			}
			w.record(w.second, b)
		}
		say(-1, consent.Refused)
		say(1, consent.Given)
		say(2, consent.Given)
		own := w.own()[0]
		if own.Answer().Answer != consent.Refused || !own.MayTakeBack() || len(own.Sessions()) != 2 || own.Sessions()[0].Number != 2 {
			t.Fatalf("there is to take back: %+v", own.Sessions())
		}
		if err := w.takeBack(w.sessions[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("of a session for which nothing was said: %v", err)
		}
		if err := w.takeBack(w.sessions[1].ID); err != nil {
			t.Fatal(err)
		}
		if own = w.own()[0]; len(own.Sessions()) != 1 || own.Sessions()[0].Session != w.sessions[2].ID {
			t.Errorf("after one there is left: %+v", own.Sessions())
		}
		for range 2 {
			if err := w.takeBack(""); err != nil {
				t.Fatal(err)
			}
			if own = w.own()[0]; own.MayTakeBack() || own.Answer().Answer != consent.Withdrawn {
				t.Errorf("after all there is left: %+v", own.Sessions())
			}
			say(2, consent.Given) // and once more for a session alone
		}
	})
}
