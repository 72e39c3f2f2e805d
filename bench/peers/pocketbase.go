package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	_ "github.com/pocketbase/pocketbase/migrations" // PocketBase's own tables: without them nothing starts
)

// listPath is the page that is measured: 50 rows of all, newest first, with the total.
const listPath = "/api/collections/" + collectionName + "/records?page=1&perPage=50&sort=-first_on"

type options struct {
	addr       string
	dir        string
	rows       int
	requestLog bool
}

// servePocketBase starts PocketBase with its default pools, pragmas and middlewares. Left out, in PocketBase's favour,
// is what its released binary adds around them: the JavaScript engine, the updater and the file hooks.
func servePocketBase(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	if opt.dir == "" {
		return errors.New("--dir is missing: name a folder for the database")
	}
	if opt.rows < 1 || opt.rows > 10_000_000 {
		return fmt.Errorf("--rows %d is outside 1 to 10000000", opt.rows)
	}
	if err := mustBeLoopback(opt.addr); err != nil {
		return err
	}

	app := core.NewBaseApp(core.BaseAppConfig{DataDir: opt.dir})
	if err := app.Bootstrap(); err != nil {
		return fmt.Errorf("start PocketBase in %s: %w", opt.dir, err)
	}
	token, err := prepare(app, opt, stderr)
	if err != nil {
		return errors.Join(err, app.ResetBootstrapState())
	}

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		l, err := listen(opt.addr)
		if err != nil {
			return err
		}
		e.Listener = l        // PocketBase closes it
		e.InstallerFunc = nil // it would open a browser to make the first superuser
		if err := e.Next(); err != nil {
			return err
		}
		base := "http://" + l.Addr().String()
		return ready{
			Name: "pocketbase", Version: version(), URL: base + listPath, Health: base + "/api/health",
			Header: map[string]string{"Authorization": token}, Token: token, Rows: opt.rows,
		}.print(stdout)
	})

	ended := make(chan error, 1)
	stopped := context.AfterFunc(ctx, func() { ended <- terminate(app) })
	err = apis.Serve(app, apis.ServeConfig{})
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	if !stopped() { // terminating has begun: let it finish, it writes the last logs and closes the files
		return errors.Join(err, <-ended)
	}
	return errors.Join(err, app.ResetBootstrapState())
}

func terminate(app core.App) error {
	e := new(core.TerminateEvent)
	e.App = app
	return app.OnTerminate().Trigger(e, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() })
}

// version is PocketBase's version as built into this program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/pocketbase/pocketbase" {
			return d.Version
		}
	}
	return "unknown"
}
