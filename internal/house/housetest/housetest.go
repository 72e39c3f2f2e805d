// Package housetest opens a whole house for a test: real rooms on a real database, a clock that stands where the test wants it.
// It is imported by tests only.
package housetest

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/db/dbtest"
	"hemvist/internal/demo"
	"hemvist/internal/house"
	"hemvist/internal/vault"
)

// Noon is where the clock of a new house stands: an ordinary Wednesday in term.
var Noon = time.Date(2026, 11, 18, 11, 0, 0, 0, time.UTC)

// House is an open house and the clock it goes by.
type House struct {
	*house.House
	Time *clock.Fake
}

// New opens a house on d, with keys in a database of their own on the same engine. log, when given, takes the log's lines.
func New(t testing.TB, d *db.DB, log io.Writer) House {
	t.Helper()
	if log == nil {
		log = io.Discard
	}
	keys := dbtest.On(t, d.Dialect(), dbtest.With(func(o *db.Options) { o.Migrations = vault.Migrations() }))
	fake := clock.NewFake(Noon)
	h, err := house.Open(context.Background(), house.Ground{DB: d, Keys: keys, Root: vault.NewRoot(), Clock: fake,
		Logger: slog.New(slog.NewJSONHandler(log, nil)), Checkpoints: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return House{House: h, Time: fake}
}

// Fill makes the small nation of package demo in the house, and tells who can sign in.
func (h House) Fill(t testing.TB) demo.People {
	t.Helper()
	connect, err := h.Catalogue.Newest("connect")
	if err != nil {
		t.Fatal(err)
	}
	people, err := demo.Fill(context.Background(), demo.House{DB: h.DB, Register: h.Register, Meetings: h.Meetings, Consents: h.Consents, Directory: h.Directory, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Oversight: h.Oversight, Log: h.Log, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment, Clock: h.Clock, Programme: connect},
		demo.Small, nil)
	if err != nil {
		t.Fatal(err)
	}
	return people
}
