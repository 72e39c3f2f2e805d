package housetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Origin is where a test's browser says it is, unless it lies.
const Origin = "https://example.com"

// Authenticator is a browser and its security key in software: it makes real keys and real signatures. Its fields let it lie.
type Authenticator struct {
	Origin     string
	Challenge  string // answered instead of the one that was given, when set
	Unverified bool   // the person was not asked for a finger or a PIN
	StandStill bool   // the counter does not count, as that of some keys
	Keys       []*Key
}

// Key is a passkey's private side.
type Key struct {
	ID, Person []byte
	RPID       string
	Count      uint32
	private    *ecdsa.PrivateKey
}

// NewAuthenticator is an honest one, at Origin.
func NewAuthenticator() *Authenticator { return &Authenticator{Origin: Origin} }

// The flags of authenticator data, WebAuthn level 3, section 6.1.
const (
	present  = 0x01
	verified = 0x04
	attested = 0x40
)

var b64 = base64.RawURLEncoding

// Make answers the options of a passkey's making, and keeps the key.
func (a *Authenticator) Make(t testing.TB, options []byte) []byte {
	t.Helper()
	var o struct {
		Challenge string
		RP        struct{ ID string }
		User      struct{ ID string }
	}
	read(t, options, &o)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fatal(t, err)
	person, err := b64.DecodeString(o.User.ID)
	fatal(t, err)
	k := &Key{ID: make([]byte, 32), Person: person, RPID: o.RP.ID, private: private}
	_, _ = rand.Read(k.ID)
	a.Keys = append(a.Keys, k)

	point, err := private.PublicKey.Bytes()
	fatal(t, err)
	cose, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:]})
	fatal(t, err)
	data := append(a.data(k, attested), make([]byte, 16)...) // the model's id: none
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.ID)))
	data = append(append(data, k.ID...), cose...)
	attestation, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	fatal(t, err)
	return a.answer(t, k, map[string]any{"clientDataJSON": b64.EncodeToString(a.client(t, "webauthn.create", o.Challenge)),
		"attestationObject": b64.EncodeToString(attestation), "transports": []string{"internal"}})
}

// Use answers the options of a sign-in with one of the keys.
func (a *Authenticator) Use(t testing.TB, k *Key, options []byte) []byte {
	t.Helper()
	var o struct{ Challenge string }
	read(t, options, &o)
	if !a.StandStill {
		k.Count++
	}
	data, client := a.data(k, 0), a.client(t, "webauthn.get", o.Challenge)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, signed[:])
	fatal(t, err)
	return a.answer(t, k, map[string]any{"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(k.Person)})
}

// data is the authenticator's data without what is attested.
func (a *Authenticator) data(k *Key, flags byte) []byte {
	flags |= present | verified
	if a.Unverified {
		flags &^= verified
	}
	hash := sha256.Sum256([]byte(k.RPID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), k.Count)
}

func (a *Authenticator) client(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	if a.Challenge != "" {
		challenge = a.Challenge
	}
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	fatal(t, err)
	return text
}

func (a *Authenticator) answer(t testing.TB, k *Key, response map[string]any) []byte {
	t.Helper()
	id := b64.EncodeToString(k.ID)
	text, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response})
	fatal(t, err)
	return text
}

func read(t testing.TB, text []byte, into any) {
	t.Helper()
	fatal(t, json.Unmarshal(text, into))
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
