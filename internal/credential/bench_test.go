package credential_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/credential"
)

// career is twenty years of one leader: the training, two rounds a year with nine sessions each, films for the first round and for
// every renewal, notices, evaluations, boosters.
func career(who string, start clock.Date) []credential.Fact {
	var facts []credential.Fact
	add := func(f credential.Fact) {
		f.ID = fmt.Sprintf("%s-%d", who, len(facts))
		f.RecordedAt = time.Date(f.On.Year, f.On.Month, f.On.Day, 12, 0, len(facts), 0, time.UTC)
		facts = append(facts, f)
	}
	present := crowd(8)
	add(credential.Fact{Kind: credential.FactEnrolled, On: start.AddDays(-60), Who: who, Variant: "leader-training-digital", Round: who + "-course"})
	add(credential.Fact{Kind: credential.FactCourseCompleted, On: start.AddDays(-20), Who: who, Variant: "leader-training-digital", Round: who + "-course"})
	led := 0
	for n := range 40 {
		first := start.AddDays(n * 182)
		id := fmt.Sprintf("%s-g%d", who, n)
		add(credential.Fact{Kind: credential.FactPlanned, On: first.AddDays(-30), Round: id, Variant: "parents", Plan: &credential.Plan{Starts: first, Ends: first.AddDays(56)}})
		add(credential.Fact{Kind: credential.FactJoined, On: first.AddDays(-30), Round: id, Who: who, Role: "leader"})
		add(credential.Fact{Kind: credential.FactJoined, On: first.AddDays(-30), Round: id, Who: who + "-2", Role: "leader"})
		add(credential.Fact{Kind: credential.FactNotified, On: first.AddDays(-3), Round: id})
		filmed := n == 0 || led%6 == 5
		for s := range 9 {
			on, session := first.AddDays(7*s), fmt.Sprintf("p%d", s+1)
			add(credential.Fact{Kind: credential.FactHeld, On: on, Round: id, Session: session})
			add(credential.Fact{Kind: credential.FactPresent, On: on, Round: id, Session: session, People: present})
			if filmed {
				film := fmt.Sprintf("%s-%d", id, s)
				review := &credential.Review{By: "expert", Holding: []string{"supervisor"}}
				add(credential.Fact{Kind: credential.FactFilmed, On: on, Round: id, Session: session, Item: film})
				add(credential.Fact{Kind: credential.FactReviewed, On: on.AddDays(3), Item: film, Review: review})
				add(credential.Fact{Kind: credential.FactSupervised, On: on.AddDays(4), Round: id, Session: session, Review: review})
			}
		}
		add(credential.Fact{Kind: credential.FactClosed, On: first.AddDays(58), Round: id})
		add(credential.Fact{Kind: credential.FactEvaluationDone, On: first.AddDays(59), Round: id, Item: "after", Count: 7, Of: 8})
		add(credential.Fact{Kind: credential.FactEducated, On: first.AddDays(90), Who: who, Variant: "booster"})
		if filmed {
			led = 0
			add(credential.Fact{Kind: credential.FactGranted, On: first.AddDays(70), Who: who, Credential: "leader"})
		} else {
			led++
		}
	}
	return facts
}

// cpu is the processor time that the process has used: on a busy machine it says more than the clock on the wall.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEvaluate asks where 10,000 people stand, each with twenty years of facts: first when the facts have just been gathered,
// then when they are asked about again, for the credentials that lean on more and less.
func BenchmarkEvaluate(b *testing.B) {
	const people = 10_000
	def, ok := definitions(b)("connect", "")
	if !ok {
		b.Fatal("there is no connect")
	}
	start, on := clock.MustDate("2004-02-02"), clock.MustDate("2024-02-02")
	var careers [][]credential.Fact
	for i := range 50 {
		careers = append(careers, career(fmt.Sprintf("p%d", i), start.AddDays(i*5)))
	}
	b.Logf("%d facts a person", len(careers[0]))
	for _, cred := range []string{"leader", "econnect-leader", "supervisor"} {
		b.Run("gathered/"+cred, func(b *testing.B) {
			spent := cpu(b)
			for b.Loop() {
				for i := range people {
					n := i % len(careers)
					credential.Evaluate(def, cred, credential.NewFacts(fmt.Sprintf("p%d", n), careers[n]...), on)
				}
			}
			b.ReportMetric((cpu(b)-spent).Seconds()/float64(b.N), "cpu-s/op")
		})
		b.Run("asked again/"+cred, func(b *testing.B) {
			var facts []credential.Facts
			for i := range careers {
				facts = append(facts, credential.NewFacts(fmt.Sprintf("p%d", i), careers[i]...))
			}
			spent := cpu(b)
			for b.Loop() {
				for i := range people {
					credential.Evaluate(def, cred, facts[i%len(facts)], on)
				}
			}
			b.ReportMetric((cpu(b)-spent).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}
