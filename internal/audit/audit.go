// Package audit is the log that cannot be bent unseen: who did or looked at what, when and in which matter. An entry is written
// in the transaction of what it tells about, and carries a MAC of its own. Within a second one sequencer chains the entries of
// each organisation, and keeps the end of each chain in the key store, which is another database; once an hour all ends are
// signed and put outside. Verify then names what was altered, deleted, moved or cut off.
//
// What is only looked at has no transaction of its own: a domain calls Note, and Commit writes what was noted before the page
// that shows it is sent. If that fails, nothing is shown.
//
// It holds ids and words of the program, never contents: no name, no text that anybody wrote. It never alters or deletes an
// entry, and never decides who may read one (package access).
package audit

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
)

// Action is what was done. The room that writes it owns the word: "round.read", "participant.search".
type Action string

// Outcome is how it went.
type Outcome string

// The outcomes.
const (
	OK     Outcome = "ok"
	Denied Outcome = "denied" // asked for, and not allowed
	Failed Outcome = "failed" // allowed, and not done
)

// Entry is one line of the log. What does not apply is empty.
type Entry struct {
	ID           string    // made by Add where it is empty
	At           time.Time // in UTC, to the microsecond; the present where it is zero
	Actor        string    // person id; "" when nobody is signed in
	Role         string    // the role in which it was done
	Organisation string    // the organisation in whose log it stands
	Purpose      string    // the matter: a round's or case's id
	Action       Action
	Subject      string // id of whom or what it was done to
	Outcome      Outcome
	RequestID    string
	Found        []string // ids that a list, search or page showed
	Count        int      // how many there were; as many as Found where it is 0
}

// Log writes, chains and reads entries. It is safe for concurrent use.
type Log struct {
	db, keys *db.DB
	clock    clock.Clock
	logger   *slog.Logger
	sinks    []Sink
	interval time.Duration
	batch    int
	holder   string // this instance, in the lease

	entryMAC, chainMAC, headMAC, lotsMAC *macer
	signer                               ed25519.PrivateKey

	unsettled atomic.Bool // see settle

	mu       sync.Mutex // guards what follows
	stats    Stats
	lastMark mark
}

// Option is a choice of New.
type Option func(*Log)

// WithClock sets the clock that entries are dated by; the machine's own otherwise.
func WithClock(c clock.Clock) Option { return func(l *Log) { l.clock = c } }

// WithLogger sets where the sequencer tells of its troubles; slog's default otherwise. It tells no ids of persons.
func WithLogger(logger *slog.Logger) Option { return func(l *Log) { l.logger = logger } }

// WithCheckpoints names where the signed checkpoints go.
func WithCheckpoints(sinks ...Sink) Option {
	return func(l *Log) { l.sinks = append(l.sinks, sinks...) }
}

// WithInterval sets how often Run looks for entries to chain; half a second otherwise.
func WithInterval(d time.Duration) Option { return func(l *Log) { l.interval = d } }

// WithBatch sets how many entries are chained in one transaction at most; 500 otherwise.
func WithBatch(n int) Option { return func(l *Log) { l.batch = max(n, 1) } }

// New opens the log in the house's database. keys is the key store's database, where the ends of the chains are kept; secret is the
// log's own, from the vault. Both databases stay the caller's to close.
func New(house, keys *db.DB, secret [32]byte, options ...Option) *Log {
	l := &Log{
		db: house, keys: keys, clock: clock.System{}, logger: slog.Default(),
		interval: 500 * time.Millisecond, batch: 500, holder: db.NewID(),
		entryMAC: newMACer(secret, "entry"), chainMAC: newMACer(secret, "chain"), headMAC: newMACer(secret, "head"),
		lotsMAC: newMACer(secret, "lots"),
		signer:  ed25519.NewKeyFromSeed(subkey(secret, "checkpoint")),
	}
	l.unsettled.Store(true)
	for _, option := range options {
		option(l)
	}
	return l
}

// PublicKey verifies the checkpoints' signatures, by whoever keeps them.
func (l *Log) PublicKey() ed25519.PublicKey { return l.signer.Public().(ed25519.PublicKey) }

// subkey makes a key of its own for one use (HKDF-SHA-256, RFC 5869).
func subkey(secret [32]byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret[:], nil, "hemvist audit "+use, 32)
	if err != nil {
		panic(err) // only a length beyond 255 hashes can do this, and the length is a constant
	}
	return key
}
