// Package clock tells the time and the day. It holds the one interface through which the rest of the program asks
// what time it is, so that tests and "what if" can choose it, and Date, a day without a time or a zone.
// time.Time is used for instants only.
package clock

import (
	"sync"
	"time"
)

// Clock tells the present instant, in UTC.
type Clock interface{ Now() time.Time }

// System is the machine's own clock.
type System struct{}

// Now is the present instant in UTC, in whole microseconds: what both databases can hold.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fake is a clock that stands still until it is moved. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake is a clock that stands at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t.UTC().Truncate(time.Microsecond)} }

// Now is where the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Move turns the clock by d, which may be negative.
func (f *Fake) Move(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}
