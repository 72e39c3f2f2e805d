// Package webtest gives a test of the web a whole house on a fresh database: every room as the program opens them, a clock that
// stands still, the log's text kept, and clients that behave as browsers do with cookies and forms. It is imported by tests only,
// and never fakes a room: what a test sees is what a person would have seen.
package webtest

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"hemvist/internal/audit"
	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/demo"
	"hemvist/internal/house"
	"hemvist/internal/house/housetest"
	"hemvist/internal/programme"
	"hemvist/internal/vault"
	"hemvist/internal/web"
)

// Now is where a house's clock stands when it is opened: a Wednesday morning in Sweden.
var Now = time.Date(2026, 3, 11, 8, 30, 0, 0, time.UTC)

// House is an open house, its pages, and what a test wants to know of it.
type House struct {
	*house.House
	Web     *web.Server
	Time    *clock.Fake
	Connect *programme.Definition // the newest definition of Connect
	LogText *Text                 // what the program has logged, at every level

	names     int
	addresses atomic.Int64
}

// Open opens a house on a database from dbtest. change may alter how its server is made.
func Open(t testing.TB, d *db.DB, change ...func(*House, *web.Config)) *House {
	t.Helper()
	return OpenOn(t, d, dbtest.On(t, d.Dialect(), dbtest.Migrations(vault.Migrations())), change...)
}

// OpenOn is Open for a test that has made the key store's database itself.
func OpenOn(t testing.TB, d, keys *db.DB, change ...func(*House, *web.Config)) *House {
	t.Helper()
	h := &House{Time: clock.NewFake(Now), LogText: &Text{}}
	logger := slog.New(slog.NewJSONHandler(h.LogText, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	h.House, err = house.Open(t.Context(), house.Ground{DB: d, Keys: keys, Root: vault.NewRoot(), Clock: h.Time, Logger: logger, Checkpoints: t.TempDir()})
	must(t, "open the house", err)
	h.Connect, err = h.Catalogue.Newest("connect")
	must(t, "find Connect", err)
	h.SignIns.HashLightly()
	must(t, "allow passkeys", h.SignIns.AllowPasskeys(housetest.Origin))
	config := web.Config{Meetings: h.Meetings, Consents: h.Consents,
		Directory: h.Directory, Registers: h.Registers, Register: h.Register, Weeks: h.Weeks, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Notices: h.Notices, Oversight: h.Oversight, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment, Definitions: h.Catalogue, Trail: h.Log,
		Texts: h.Texts, Clock: h.Clock, Logger: logger, Version: "test", Ready: h.Ready}
	for _, c := range change {
		c(h, &config)
	}
	h.Web = web.New(config)
	return h
}

// FillDemo fills the house with the demo's small nation and returns the addresses by which its people sign in.
func (h *House) FillDemo(t testing.TB) demo.People {
	t.Helper()
	return h.FillNation(t, demo.Small)
}

// FillNation is FillDemo at any size.
func (h *House) FillNation(t testing.TB, size demo.Size) demo.People {
	t.Helper()
	people, err := demo.Fill(t.Context(), demo.House{DB: h.DB, Register: h.Register, Meetings: h.Meetings, Consents: h.Consents, Directory: h.Directory, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Oversight: h.Oversight, Log: h.Log, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment,
		Clock: h.Clock, Programme: h.Connect}, size, nil)
	must(t, "fill the house", err)
	return people
}

// Today is the day it is in the house.
func (h *House) Today() clock.Date { return h.Rounds.Today() }

// Entries is every entry of the log that a filter gives, the newest first.
func (h *House) Entries(t testing.TB, f audit.Filter) []audit.Entry {
	t.Helper()
	f.Limit = 1000
	var found []audit.Entry
	must(t, "read the log", h.DB.Read(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		stored, err := h.Log.List(ctx, tx, f)
		for _, s := range stored {
			found = append(found, s.Entry)
		}
		return err
	}))
	return found
}

func must(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
