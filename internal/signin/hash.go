package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// What one hash costs: Argon2id with 64 MiB, passed over once, in one lane. That is a little over what OWASP's table of equal strengths asks
// for one pass (46 MiB). The parameters stand in each hash, so that these may rise.
const (
	hashMemory = 64 << 10 // KiB
	hashPasses = 1
	hashLanes  = 1
	hashSize   = 32
	saltSize   = 16
	// hashesAtOnce bounds the memory that hashing takes, 128 MiB; more wait for their turn.
	hashesAtOnce = 2
)

// hasher makes and compares hashes of passwords.
type hasher struct {
	turns  chan struct{}
	memory uint32       // KiB of each new hash
	runs   atomic.Int64 // how many hashes have been worked out
	none   string       // the hash of no password, compared with where there is none
}

func newHasher() *hasher {
	salt, sum := make([]byte, saltSize), make([]byte, hashSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	_, _ = rand.Read(sum)
	return &hasher{turns: make(chan struct{}, hashesAtOnce), memory: hashMemory, none: encodeHash(hashMemory, hashPasses, hashLanes, salt, sum)}
}

// HashLightly makes hashes cheap. It is for tests of what stands around them alone, and is called before anything is served.
func (s *Service) HashLightly() {
	s.hashes.memory = 64
	s.hashes.none = strings.Replace(s.hashes.none, fmt.Sprintf("m=%d", hashMemory), "m=64", 1)
}

// hash is what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // as above
	sum, err := h.sum(ctx, password, salt, h.memory, hashPasses, hashLanes)
	if err != nil {
		return "", err
	}
	return encodeHash(h.memory, hashPasses, hashLanes, salt, sum), nil
}

// matches tells whether a stored hash is of the password.
func (h *hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	parts := strings.Split(stored, "$") // "", argon2id, v, parameters, salt, sum
	var memory, passes uint32
	var lanes uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a stored password's hash is none")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("a stored password's hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("a stored password's salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("a stored password's hash: %w", err)
	}
	sum, err := h.sum(ctx, password, salt, memory, passes, lanes)
	return err == nil && subtle.ConstantTimeCompare(sum, want) == 1, err
}

func (h *hasher) sum(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	h.runs.Add(1)
	// One letter may be typed as different bytes on different keyboards (NIST SP 800-63B-4, 3.1.1.2).
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, passes, memory, lanes, hashSize), nil
}

func encodeHash(memory, passes, lanes uint32, salt, sum []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64(salt), b64(sum))
}
