package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// keySize is the length of every key here, in bytes: AES-256 and HMAC-SHA-256.
const keySize = 32

// Root is the root key. Whoever holds it and the key store can open everything; without it nothing opens. It prints as a
// placeholder whatever the format, so that it cannot end in a log by mistake.
type Root struct {
	key [keySize]byte
	set bool
}

const redacted = "root key (secret)"

// Format writes a placeholder for every verb.
func (Root) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// LogValue is a placeholder.
func (Root) LogValue() slog.Value { return slog.StringValue(redacted) }

// NewRoot makes a root key of random bytes.
func NewRoot() Root {
	r := Root{set: true}
	_, _ = rand.Read(r.key[:]) // never fails: it ends the program instead
	return r
}

const rootFileText = `# Hemvist root key. Everything that is sealed opens with it and nothing opens without it: keep a copy on paper or in a
# password vault, away from this machine and away from the backups.
`

// File is the text of a root key file: words for whoever finds it, then the key.
func (r Root) File() []byte {
	return fmt.Appendf([]byte(rootFileText), "%s\n", base64.StdEncoding.EncodeToString(r.key[:]))
}

// ParseRoot reads a root key from the text of its file, or from the line of base64 alone, as an environment variable holds it.
// The error never repeats what was read.
func ParseRoot(text string) (Root, error) {
	var keys []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			keys = append(keys, line)
		}
	}
	if len(keys) != 1 {
		return Root{}, fmt.Errorf("a root key is one line of base64 beside lines that begin with #, here are %d", len(keys))
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(keys[0])
	if err != nil || len(raw) != keySize {
		return Root{}, fmt.Errorf("a root key is %d bytes in base64 (44 characters that end with =)", keySize)
	}
	if bytes.Count(raw, raw[:1]) == keySize {
		return Root{}, errors.New("this root key is the same byte over and over: nobody drew it at random")
	}
	r := Root{set: true}
	copy(r.key[:], raw)
	return r, nil
}

// LoadOrCreateRootKey reads the root key's file, or makes it where there is none; created tells which. The file gets mode 0600
// and is on the disk, with its name, before this returns. A file that others than its owner and group can read is refused.
func LoadOrCreateRootKey(path string) (key Root, created bool, err error) {
	key, err = loadRoot(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, false, err
	}
	key = NewRoot()
	err = createWhole(path, key.File())
	if errors.Is(err, fs.ErrExist) {
		// Another instance made it at the same moment; its key is the one.
		key, err = loadRoot(path)
		return key, false, err
	}
	if err != nil {
		return Root{}, false, fmt.Errorf("make the root key file: %w", err)
	}
	return key, true, nil
}

func loadRoot(path string) (Root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Root{}, fmt.Errorf("read the root key file: %w", err)
	}
	// The group may read, since that is how containers are given a secret.
	if mode := info.Mode().Perm(); mode&0o037 != 0 {
		return Root{}, fmt.Errorf("the root key file %s has mode %04o, which lets others at it: set it to 0600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Root{}, fmt.Errorf("read the root key file: %w", err)
	}
	key, err := ParseRoot(string(text))
	if err != nil {
		return Root{}, fmt.Errorf("the root key file %s is damaged: %w", path, err)
	}
	return key, nil
}

// createWhole makes a file that is either there with all of its content or not there at all, and never replaces one: the content
// goes to another name first, and a hard link gives it its own. A crash half-way leaves the temporary file, never half a key.
func createWhole(path string, content []byte) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".root-key-*") // O_EXCL, mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// derive makes a key of its own for one purpose (HKDF-SHA-256, RFC 5869). The secret is uniformly random, so no salt is needed.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "hemvist "+purpose, keySize)
	if err != nil {
		panic(err) // only a length beyond 255 hashes can do this, and the length is a constant
	}
	return key
}
