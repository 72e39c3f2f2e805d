package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"hemvist/internal/clock"
	"hemvist/internal/db"
	"hemvist/internal/house"
	"hemvist/internal/vault"
)

// store says where everything is kept; the zero value is a folder with SQLite in it.
type store struct {
	Dir      string `help:"The folder for the database, the keys and the checkpoints." default:"hemvist-data" type:"path"`
	Database string `help:"The database: sqlite:FILE or postgres://…  (default: sqlite in the folder)" placeholder:"URL"`
	Keys     string `help:"The key store: sqlite:FILE or postgres://…  (default: a file of its own in the folder, or the schema vault of the PostgreSQL database)" placeholder:"URL"`
	RootKey  string `help:"The file that holds the root key. It is made when it is missing. (default: root.key in the folder)" placeholder:"FILE" type:"path"`
	// The key itself can be given instead of a file, by those who start the program with secrets in its environment.
	RootKeyText string `help:"The root key itself instead of a file, as the file's one line. Best given as an environment variable." placeholder:"KEY"`
	Checkpoints string `help:"The folder for signed checkpoints of the log; best on another machine's disk. (default: checkpoints in the folder)" placeholder:"DIR" type:"path"`
}

func (s store) withDefaults() store {
	if s.Database == "" {
		s.Database = "sqlite:" + filepath.Join(s.Dir, "hemvist.db")
	}
	if s.Keys == "" {
		s.Keys = s.Database
		if strings.HasPrefix(s.Database, "sqlite:") {
			s.Keys = "sqlite:" + filepath.Join(s.Dir, "keys.db")
		}
	}
	if s.RootKey == "" {
		s.RootKey = filepath.Join(s.Dir, "root.key")
	}
	if s.Checkpoints == "" {
		s.Checkpoints = filepath.Join(s.Dir, "checkpoints")
	}
	return s
}

// opened is a house and what has to be closed after it.
type opened struct {
	*house.House
	store      store
	rootIsNew  bool
	closeFuncs []func() error
}

// open opens the house. What was opened before a failure is closed again.
func open(ctx context.Context, s store, logger *slog.Logger) (*opened, error) {
	h := &opened{store: s.withDefaults()}
	if err := h.open(ctx, logger); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *opened) open(ctx context.Context, logger *slog.Logger) error {
	for _, dir := range []string{h.store.Dir, h.store.Checkpoints} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make a folder for the data: %w", err)
		}
	}
	ground := house.Ground{Clock: clock.System{}, Logger: logger, Checkpoints: h.store.Checkpoints}
	var err error
	if ground.Root, err = h.root(); err != nil {
		return err
	}
	if ground.Keys, err = db.Open(ctx, h.store.Keys, db.Options{Migrations: vault.Migrations(), Schema: "vault"}); err != nil {
		return fmt.Errorf("the key store: %w", err)
	}
	h.closeFuncs = append(h.closeFuncs, ground.Keys.Close)
	if ground.DB, err = db.Open(ctx, h.store.Database, db.Options{Migrations: db.Embedded()}); err != nil {
		return err
	}
	h.closeFuncs = append(h.closeFuncs, ground.DB.Close)
	h.House, err = house.Open(ctx, ground)
	return err
}

func (h *opened) root() (root vault.Root, err error) {
	if h.store.RootKeyText != "" {
		return vault.ParseRoot(h.store.RootKeyText)
	}
	root, h.rootIsNew, err = vault.LoadOrCreateRootKey(h.store.RootKey)
	return root, err
}

// close closes what was opened, the last first.
func (h *opened) close() error {
	var err error
	for i := len(h.closeFuncs) - 1; i >= 0; i-- {
		err = errors.Join(err, h.closeFuncs[i]())
	}
	h.closeFuncs = nil
	return err
}

// keepHouse does the house's work in the background until the house is closed.
func (h *opened) keepHouse(logger *slog.Logger) {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := h.Run(ctx); err != nil {
			logger.Error("the house's own work stopped", "err", err)
		}
	})
	h.closeFuncs = append(h.closeFuncs, func() error {
		stop()
		running.Wait()
		return nil
	})
}
