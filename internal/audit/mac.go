package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strconv"
	"sync"
)

// macer makes MACs (HMAC-SHA-256) with one key.
type macer struct{ pool sync.Pool }

// working is what a MAC is made with, kept for the next one.
type working struct {
	hash hash.Hash
	buf  []byte
}

func newMACer(secret [32]byte, use string) *macer {
	key := subkey(secret, use)
	return &macer{pool: sync.Pool{New: func() any { return &working{hash: hmac.New(sha256.New, key)} }}}
}

// sum is the MAC of what fill appends.
func (m *macer) sum(fill func(buf []byte) []byte) []byte {
	w := m.pool.Get().(*working)
	defer m.pool.Put(w)
	w.buf = fill(w.buf[:0])
	w.hash.Reset()
	w.hash.Write(w.buf)
	return w.hash.Sum(nil)
}

// part appends a text with its length before it, so that no two lists of parts give the same bytes.
func part[T string | []byte](buf []byte, s T) []byte {
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(s)))
	return append(buf, s...)
}

// entry is the MAC of an entry: all that is stored of it.
func (l *Log) sumEntry(r *row) []byte {
	return l.entryMAC.sum(func(buf []byte) []byte {
		for _, s := range [...]string{r.id, r.at, r.actor, r.role, r.organisation, r.purpose, r.action, r.subject, r.outcome, r.requestID} {
			buf = part(buf, s)
		}
		buf = part(buf, strconv.FormatInt(r.total, 10))
		return part(buf, r.found)
	})
}

// sumLink is the MAC of a place in a chain: it binds the entry to the place, and to all places before it.
func (l *Log) sumLink(organisation string, seq int64, before []byte, entryID string, entryMAC []byte) []byte {
	return l.chainMAC.sum(func(buf []byte) []byte {
		buf = part(buf, organisation)
		buf = binary.BigEndian.AppendUint64(buf, uint64(seq))
		buf = part(buf, before)
		buf = part(buf, entryID)
		return part(buf, entryMAC)
	})
}

// sumHead is the seal of a stored end of a chain.
func (l *Log) sumHead(h head) []byte {
	return l.headMAC.sum(func(buf []byte) []byte {
		buf = part(buf, h.organisation)
		buf = binary.BigEndian.AppendUint64(buf, uint64(h.seq))
		return part(buf, h.mac)
	})
}
