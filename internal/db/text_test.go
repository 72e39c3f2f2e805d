package db_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"ÅÄÖ":        "åäö",
		"A\u030asa":  "åsa",
		"Éva":        "éva",
		"ﬁn":         "fin",
		"Ｈｅｍ":        "hem",
		"ΟΔΟΣ ὁδός":  "οδοσ ὁδόσ",
		"STRASSE ß":  "strasse ß",
		"Ärø":        "ärø",
		"o'brien-å":  "o'brien-å",
		"ТЕСТ":       "тест",
		"":           "",
		"Trà \u00a0": "trà  ",
	} {
		if got := db.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldOfFoldedIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if once := db.Fold(s); db.Fold(once) != once {
			t.Fatalf("%q folds to %q and then to %q", s, once, db.Fold(once))
		}
	})
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			if once := db.Fold(string(r)); db.Fold(once) != once {
				t.Errorf("%U folds to %q and then to %q", r, once, db.Fold(once))
			}
		}
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("å", 100)
	for in, want := range map[string][]string{
		"":                                nil,
		" –,. ":                           nil,
		"Anna-Karin  Öberg (Anna)":        {"anna", "karin", "öberg"},
		"O'Brien\u2019s 2:a\u00a0grupp":   {"o", "brien", "s", "2", "a", "grupp"},
		"O\u0308rebro Örebro":             {"örebro"},
		"हिन्दी مَرحبا":                   {"हिन्दी", "مَرحبا"},
		long + " b":                       {strings.Repeat("å", 64), "b"},
		"'; DROP TABLE kept; -- % _ \x00": {"drop", "table", "kept"},
	} {
		if got := db.Words(in); !slices.Equal(got, want) {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

// inOrder are names as a Swedish list has them.
var inOrder = []string{
	"", "Anna Karin", "Anna-Karin", "Annakarin", "asa", "Asa", "de Geer", "Ek", "Ék", "Eklund", "va", "Va", "Van", "Vb", "von Essen",
	"Wa", "Wb", "Yx", "Üx", "Yxa", "Zorn", "Åsa", "Ärla", "Æsa", "Öberg", "Øre",
}

func TestCollationKeyIsSwedishOrder(t *testing.T) {
	for i := 1; i < len(inOrder); i++ {
		if bytes.Compare(db.CollationKey(inOrder[i-1]), db.CollationKey(inOrder[i])) >= 0 {
			t.Errorf("%q does not sort before %q", inOrder[i-1], inOrder[i])
		}
	}
	if !bytes.Equal(db.CollationKey("A\u030asa"), db.CollationKey("Åsa")) {
		t.Error("a decomposed å sorts otherwise than a composed one")
	}
	long := strings.Repeat("Å", 1<<20)
	if n := len(db.CollationKey(long)); n == 0 || n > 1024 {
		t.Errorf("a long text's key has %d bytes", n)
	}
}

func TestCollationKeyIsTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		key := db.CollationKey(a)
		if db.CollationKey(b); !bytes.Equal(key, db.CollationKey(a)) {
			t.Fatalf("two keys of %q", a)
		}
	})
}

// TestSearchAndOrderAreTheSameInTheDatabase asks both engines for what the functions promise.
func TestSearchAndOrderAreTheSameInTheDatabase(t *testing.T) {
	words := []string{
		"a", "å", "åsa", "åse", "åt", "ä", "ö", "öz", "ÿ", "z", "zz", "0", "\ud7ff", "\ud7ffa", "\ue000", "\U0010ffff", "\U0010ffffa", "\U0010ffff\U0010ffff",
		"é", "e", "ę", "日本", "日",
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, name := range inOrder {
				if _, err := tx.Exec(ctx, "INSERT INTO kept (id, t, b) VALUES ($1, $2, $3)", "name "+name, name, db.CollationKey(name)); err != nil {
					return err
				}
			}
			for _, w := range words {
				if _, err := tx.Exec(ctx, "INSERT INTO kept (id, t, n) VALUES ($1, $2, 1)", db.NewID(), w); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			sorted, err := db.All(ctx, tx, db.Scalar[string], "SELECT t FROM kept WHERE n IS NULL ORDER BY b, id")
			if err != nil || !slices.Equal(sorted, inOrder) {
				t.Errorf("sorted as %q (%v)", sorted, err)
			}
			for _, prefix := range append(words, "", "ås", "ÅS", "A\u030as", "zzz", "\ud7ffb") {
				var want []string
				for _, w := range words {
					if strings.HasPrefix(w, db.Fold(prefix)) {
						want = append(want, w)
					}
				}
				slices.Sort(want)
				from, to := db.PrefixRange(prefix)
				got, err := db.All(ctx, tx, db.Scalar[string], "SELECT t FROM kept WHERE n = 1 AND t >= $1 AND t < $2 ORDER BY t", from, to)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%q found %q, want %q (%v)", prefix, got, want, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}, tables)
}
