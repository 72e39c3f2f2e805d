package signin

import (
	"net/netip"
	"sync"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/errs"
)

// How many tries to sign in are taken. Secrets here have 128 bits or more and are guessed by nobody; the limits are for what
// tries cost. A whole town hall sits behind one address and comes to work at eight, so an address gets many.
const (
	addressBurst    = 600
	addressPerSec   = 5
	credentialBurst = 10
	credentialEvery = 30 * time.Second
	maxBuckets      = 10_000
)

// limits are those of this instance. They are kept in memory: several instances give as many times the tries, and a restart
// gives them anew, which for what they are for is good enough.
type limits struct{ addresses, credentials *limiter }

func newLimits(c clock.Clock) *limits {
	return &limits{addresses: newLimiter(c, addressBurst, addressPerSec),
		credentials: newLimiter(c, credentialBurst, 1/credentialEvery.Seconds())}
}

// AdmitAddress counts a try to sign in from a network address, "192.0.2.1" or "[2001:db8::1]:443", and is TooMany when there have
// been too many lately. Of an IPv6 address the first 64 bits count: they are what one subscriber has.
func (s *Service) AdmitAddress(address string) error {
	if !s.tries.addresses.take(addressKey(address)) {
		return errs.New(errs.TooMany, "")
	}
	return nil
}

func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		port, err := netip.ParseAddrPort(address)
		if err != nil {
			return "" // what is no address shares one bucket
		}
		a = port.Addr()
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 bits are within an IPv6 address
		return p.String()
	}
	return a.String()
}

// limiter is a token bucket a key.
type limiter struct {
	clock         clock.Clock
	burst, perSec float64

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(c clock.Clock, burst, perSec float64) *limiter {
	return &limiter{clock: c, burst: burst, perSec: perSec, buckets: map[string]bucket{}}
}

// take takes a token of the key's, and tells whether there was one.
func (l *limiter) take(key string) bool {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[key]
	if !known {
		l.makeRoom(now)
		b = bucket{tokens: l.burst, at: now}
	}
	b = l.filled(b, now)
	ok := b.tokens >= 1
	if ok {
		b.tokens--
	}
	l.buckets[key] = b
	return ok
}

func (l *limiter) filled(b bucket, now time.Time) bucket {
	if passed := now.Sub(b.at).Seconds(); passed > 0 { // a clock that is set back fills nothing
		b.tokens = min(l.burst, b.tokens+passed*l.perSec)
	}
	b.at = now
	return b
}

// makeRoom forgets full buckets, which say nothing, and when that is not enough some that are not: the memory is bounded, whoever
// comes from however many addresses.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < maxBuckets {
		return
	}
	for key, b := range l.buckets {
		if l.filled(b, now).tokens >= l.burst {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) < maxBuckets*9/10 {
			return
		}
		delete(l.buckets, key)
	}
}
