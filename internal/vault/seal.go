package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
)

// A sealed value is: version (1 byte), nonce (12), then AES-256-GCM of the padded text, with its tag (16). The version byte and
// what the value is bound to (subject and field) are additional data, so that a value put elsewhere does not open.
const (
	version   = 1
	nonceSize = 12
	tagSize   = 16
	padTo     = 32 // texts are padded to a multiple of this, so that a sealed name does not tell its length
)

var errSealed = errors.New("the sealed bytes do not open: altered, cut, or from another place")

// newAEAD makes the cipher of a key.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the length of key is a constant
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size that GCM wants
	}
	return aead
}

// bind is the additional data: the version, what sort of value it is, and what it belongs to, each with its length before it so
// that no two lists of parts give the same bytes.
func bind(buf []byte, kind string, parts ...string) []byte {
	buf = append(buf, version)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(kind)))
	buf = append(buf, kind...)
	for _, p := range parts {
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(p)))
		buf = append(buf, p...)
	}
	return buf
}

// seal encrypts plain with a random nonce. One key seals far fewer than 2^32 values, the limit for random nonces in GCM
// (NIST SP 800-38D, 8.3).
func seal(aead cipher.AEAD, plain, bound []byte) []byte {
	out := make([]byte, 1+nonceSize, 1+nonceSize+len(plain)+tagSize)
	out[0] = version
	_, _ = rand.Read(out[1:]) // never fails: it ends the program instead
	return aead.Seal(out, out[1:], plain, bound)
}

func open(aead cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < 1+nonceSize+tagSize || sealed[0] != version {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], bound)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// pad ends a text with 0x80 and as many zeros as fill the last block (ISO/IEC 7816-4); a whole block where it was full.
func pad(text string) []byte {
	padded := make([]byte, (len(text)/padTo+1)*padTo)
	copy(padded, text)
	padded[len(text)] = 0x80
	return padded
}

func unpad(padded []byte) (string, error) {
	for i := len(padded) - 1; i >= 0; i-- {
		switch padded[i] {
		case 0:
		case 0x80:
			return string(padded[:i]), nil
		default:
			return "", errSealed
		}
	}
	return "", errSealed
}
