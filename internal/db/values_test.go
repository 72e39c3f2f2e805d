package db_test

import (
	"bytes"
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
)

var farFuture = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

func containsSecret(text, secret string) bool { return strings.Contains(text, secret) }

// back stores v in a column and reads it into what scan points at.
func back(t *testing.T, d *db.DB, column string, v, scan any) {
	t.Helper()
	id := db.NewID()
	mustExec(t, d, "INSERT INTO kept (id, "+column+") VALUES ($1, $2)", id, v)
	err := d.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		// Found by its value too, where it is not NULL: what is stored must be what is compared.
		return tx.QueryRow(ctx, "SELECT "+column+" FROM kept WHERE id = $1 AND ("+column+" = $2 OR "+column+" IS NULL)", id, v).Scan(scan)
	})
	if err != nil {
		t.Errorf("%v (%T): %v", v, v, err)
	}
}

func TestTextsRoundTrip(t *testing.T) {
	naughty := []string{
		"", " ", "undefined", "'; DROP TABLE kept; --", `\`, `\x00`, "$1", "%s%n", "\t\r\n\v\f\x01\x1f\x7f", "\u0085\u2028\ufeff",
		"Åsa Öberg", "A\u030asa O\u0308berg", "田中さん", "ﷺ", "\u202eteg\u202c", "👩‍👩‍👧‍👦", "\U0010ffff", "\ufffd", "ẞß", "Ω≈ç√∫",
		strings.Repeat("å", 1<<20),
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, s := range naughty {
			var got string
			if back(t, d, "t", s, &got); got != s {
				t.Errorf("%.40q came back as %.40q", s, got)
			}
		}
	}, tables)
}

func TestNumbersAndBytesRoundTrip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 1 << 53, 1<<53 + 1} {
			var got int64
			if back(t, d, "n", n, &got); got != n {
				t.Errorf("%d came back as %d", n, got)
			}
		}
		for _, yes := range []bool{true, false} {
			var got bool
			if back(t, d, "n", yes, &got); got != yes {
				t.Errorf("%v came back as %v", yes, got)
			}
		}
		for _, r := range []float64{0, 0.1, 1.0 / 3, -1e-300, math.MaxFloat64, 3} {
			var got float64
			if back(t, d, "r", r, &got); got != r {
				t.Errorf("%v came back as %v", r, got)
			}
		}
		for _, b := range [][]byte{nil, {}, {0}, {0, 255, 0}, bytes.Repeat([]byte{7, 0}, 1<<19)} {
			got := []byte("before")
			if back(t, d, "b", b, &got); !bytes.Equal(got, b) || (got == nil) != (b == nil) {
				t.Errorf("%d bytes (nil: %v) came back as %d (nil: %v)", len(b), b == nil, len(got), got == nil)
			}
		}
	}, tables)
}

func TestTimesAndDatesRoundTrip(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, at := range []time.Time{
			{},
			time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
			time.Date(2026, 3, 29, 3, 0, 0, 0, stockholm),
			time.Date(2026, 10, 25, 2, 30, 0, 123456789, stockholm),
			time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
		} {
			var got db.Time
			back(t, d, "t", db.At(at), &got)
			if want := db.At(at); !got.Equal(want.Time) || got.IsZero() != at.IsZero() {
				t.Errorf("%v came back as %v, want %v", at, got, want)
			}
			if !at.IsZero() && (got.Location() != time.UTC || at.Sub(got.Time) >= time.Microsecond) {
				t.Errorf("%v came back as %v", at, got)
			}
		}
		for _, day := range []clock.Date{{}, clock.MustDate("0001-01-01"), clock.MustDate("2024-02-29"), clock.MustDate("9999-12-31")} {
			var got clock.Date
			if back(t, d, "t", day, &got); got != day {
				t.Errorf("%v came back as %v", day, got)
			}
		}
	}, tables)
}

func TestTimesSortAsText(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var last string
	for i, step := range []time.Duration{0, time.Microsecond, 10 * time.Microsecond, time.Second, time.Hour, 400 * 24 * time.Hour} {
		v, err := db.At(at.Add(step)).Value()
		if err != nil {
			t.Fatal(err)
		}
		if s := v.(string); i > 0 && s <= last || len(s) != len("2006-01-02T15:04:05.000000Z") {
			t.Errorf("%s after %s", s, last)
		} else {
			last = s
		}
	}
}

func TestTimeRefusesWhatIsNotStoredByIt(t *testing.T) {
	for _, src := range []any{"", "2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02 03:04:05.000000Z", "2026-01-02T03:04:05.000000+01:00", 5, farFuture} {
		if err := new(db.Time).Scan(src); err == nil {
			t.Errorf("%v (%T) was read as an instant", src, src)
		}
	}
}

func TestNewIDsSortAsTheyAreMade(t *testing.T) {
	last := ""
	for range 10_000 {
		id := db.NewID()
		if id <= last || len(id) != 36 || id[14] != '7' {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}
