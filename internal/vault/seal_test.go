package vault_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hemvist/internal/db"
	"hemvist/internal/vault"
)

func TestSealedTextOpensAsItWas(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, _ vault.Root, v *vault.Vault) {
		o := mustNew(t, v, "owner", "s1")
		for _, text := range []string{"", "Alma Ek", "\x80", "\x00\x80\x00", strings.Repeat("ö", 16), strings.Repeat("x", 31),
			strings.Repeat("x", 32), "\u202eبيانات", strings.Repeat("långt ", 100_000), "\xff not UTF-8"} {
			sealed := mustSeal(t, o, "s1", "name", text)
			wantOpens(t, o, "s1", "name", sealed, text)
			if len(text) > 4 && bytes.Contains(sealed, []byte(text)) {
				t.Errorf("%.10q can be read in what is sealed", text)
			}
		}
		rapid.Check(t, func(t *rapid.T) {
			text, field := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "field")
			sealed, err := o.Seal("s1", field, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := o.Open("s1", field, sealed); err != nil || got != text {
				t.Fatalf("%q came back as %q, %v", text, got, err)
			}
		})
	})
}

func TestSealedBytesTellNothing(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, _ vault.Root, v *vault.Vault) {
		o := mustNew(t, v, "owner", "s1")
		short, long := mustSeal(t, o, "s1", "name", "Bo Ek"), mustSeal(t, o, "s1", "name", "Maximiliana Björkenhielm")
		if len(short) != len(long) {
			t.Errorf("a short name is sealed in %d bytes and a long one in %d", len(short), len(long))
		}
		if again := mustSeal(t, o, "s1", "name", "Bo Ek"); bytes.Equal(again, short) {
			t.Error("the same text was sealed to the same bytes")
		}
	})
}

func TestSealedBytesThatWereAltered(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, _ vault.Root, v *vault.Vault) {
		o := mustNew(t, v, "owner", "s1", "s2")
		sealed := mustSeal(t, o, "s1", "name", "Alma Ek")
		for i := range sealed {
			for bit := range 8 {
				flipped := bytes.Clone(sealed)
				flipped[i] ^= 1 << bit
				_, err := o.Open("s1", "name", flipped)
				wantError(t, "a flipped bit", err, vault.ErrBroken)
			}
			_, err := o.Open("s1", "name", sealed[:i])
			wantError(t, "cut bytes", err, vault.ErrBroken)
		}
		_, err := o.Open("s1", "name", append(bytes.Clone(sealed), 0))
		wantError(t, "a byte more", err, vault.ErrBroken)
		_, err = o.Open("s1", "name", nil)
		wantError(t, "no bytes", err, vault.ErrBroken)
		_, err = o.Open("s2", "name", sealed)
		wantError(t, "another row", err, vault.ErrBroken)
		_, err = o.Open("s1", "contact", sealed)
		wantError(t, "another field", err, vault.ErrBroken)
		// The parts that a value is bound to do not run into each other.
		glued := mustSeal(t, mustNew(t, v, "owner", "ab"), "ab", "c", "x")
		_, err = mustNew(t, v, "owner", "a").Open("a", "bc", glued)
		wantError(t, "parts moved", err, vault.ErrBroken)
	})
}
