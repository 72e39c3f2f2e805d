package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"hemvist/internal/demo"
	"hemvist/internal/web"
)

type serveCmd struct {
	store   `embed:""`
	letters `embed:""`
	Addr    string `help:"Where to listen." default:"localhost:8080" placeholder:"HOST:PORT"`
	TLSCert string `help:"The certificate's file; without it, put a proxy that speaks https in front." placeholder:"FILE" type:"existingfile"`
	TLSKey  string `help:"The certificate's key." placeholder:"FILE" type:"existingfile"`
	// Origin is what passkeys are bound to.
	Origin        string `help:"The address at which people open this, such as https://hemvist.example. Without it there are no passkeys." placeholder:"URL"`
	AddressHeader string `help:"The header in which your own proxy names the visitor's address, such as X-Forwarded-For. Only with a proxy that writes it." placeholder:"NAME"`
	MetricsToken  string `help:"A token with which /metrics may be read from other machines." placeholder:"TOKEN"`
	LogText       bool   `help:"Write the log as text for people instead of JSON."`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, out io.Writer) error {
	logger := newLogger(c.LogText)
	h, err := open(ctx, c.store, logger)
	if err != nil {
		return err
	}
	defer func() { logErr(logger, "close", h.close()) }()
	if c.Origin == "" {
		logger.Warn("no passkeys: --origin does not say at which address people open this")
	} else if err := h.SignIns.AllowPasskeys(c.Origin); err != nil {
		return err
	}
	h.SignIns.AllowProviders(reachProviders(false), false)
	if err := c.letters.connect(h, c.Origin, logger); err != nil {
		return err
	}
	if h.rootIsNew {
		fmt.Fprintf(out, "\nA root key was made in %s.\nWithout it nothing that is sealed can ever be read: keep a copy of the file in another place, and never beside a backup.\n", h.store.RootKey)
	}
	empty, err := h.Directory.IsEmpty(ctx)
	if err != nil {
		return err
	}
	if empty {
		code, err := h.SignIns.NewCode(ctx, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\nNobody is here yet. Open /start in a browser within half an hour and give this code:\n\n    %s\n\n", code)
	}
	config := h.pages(logger)
	config.Origin, config.AddressHeader, config.MetricsToken = strings.TrimSuffix(c.Origin, "/"), c.AddressHeader, c.MetricsToken
	return h.serve(ctx, logger, web.New(config), c.Addr, c.TLSCert, c.TLSKey, func(address string) {
		logger.Info("serving", "address", address, "https", c.TLSCert != "")
	})
}

type demoCmd struct {
	Addr string `help:"Where to listen. Passkeys want the name localhost, not 127.0.0.1." default:"localhost:8080" placeholder:"HOST:PORT"`
	Dir  string `help:"The folder to keep the demo in; a temporary one when not given." placeholder:"DIR" type:"path"`
	// Database is for trying the demo on PostgreSQL.
	Database string `help:"Another database than SQLite in the folder." placeholder:"URL"`

	Municipalities int `help:"How many municipalities to invent." default:"20"`
	Years          int `help:"How many years they have held groups." default:"3"`
	Rounds         int `help:"How many groups they have ended in those years." default:"160"`
	Participants   int `help:"How many participants a group has at most." default:"16"`
}

// Run makes the demo's people where there are none, prints a link for each role and serves until it is told to stop.
func (c *demoCmd) Run(ctx context.Context, out io.Writer) error {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	dir := c.Dir
	if dir == "" {
		temporary, err := os.MkdirTemp("", "hemvist-demo-")
		if err != nil {
			return fmt.Errorf("make a temporary folder: %w", err)
		}
		defer func() { logErr(logger, "remove the demo", os.RemoveAll(temporary)) }()
		dir = temporary
	}
	h, err := open(ctx, store{Dir: dir, Database: c.Database}, logger)
	if err != nil {
		return err
	}
	defer func() { logErr(logger, "close", h.close()) }()
	people, err := fillDemo(ctx, out, h, demo.Size{Municipalities: c.Municipalities, Years: c.Years, Rounds: c.Rounds, Participants: c.Participants, Seed: 1})
	if err != nil {
		return err
	}
	h.SignIns.AllowProviders(reachProviders(true), true)
	config := h.pages(logger)
	config.Plain = true
	for _, d := range people {
		config.Demo = append(config.Demo, web.DemoRole(d))
	}
	return h.serve(ctx, logger, web.New(config), c.Addr, "", "", func(address string) {
		if err := h.SignIns.AllowPasskeys("http://" + address); err != nil {
			logger.Warn("no passkeys: they want the name localhost", "err", err)
		}
		logErr(logger, "letters", h.Letters.Keep("http://"+address))
		fmt.Fprintf(out, "\nHemvist's demo is running. All people in it are invented. Stop it with Ctrl-C.\n\n")
		for _, r := range config.Demo {
			fmt.Fprintf(out, "%-14s http://%s/demo/%s\n", r.Role, address, r.Role)
		}
		fmt.Fprintln(out)
	})
}

// pages is what the pages are made of, in every command that serves them.
func (h *opened) pages(logger *slog.Logger) web.Config {
	return web.Config{Meetings: h.Meetings, Consents: h.Consents,
		Directory: h.Directory, Registers: h.Registers, Register: h.Register, Weeks: h.Weeks, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Notices: h.Notices, Oversight: h.Oversight, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment, Definitions: h.Catalogue,
		Trail: h.Log, Texts: h.Texts, Clock: h.Clock, Logger: logger, Version: version(), Ready: h.Ready, Registry: h.registry()}
}

// fillDemo makes the demo's people in a house that has none.
func fillDemo(ctx context.Context, out io.Writer, h *opened, size demo.Size) (demo.People, error) {
	empty, err := h.Directory.IsEmpty(ctx)
	if err != nil || !empty {
		return demo.SignInAs, err
	}
	connect, err := h.Catalogue.Newest("connect")
	if err != nil {
		return nil, err
	}
	return demo.Fill(ctx, demo.House{DB: h.DB, Register: h.Register, Meetings: h.Meetings, Consents: h.Consents, Directory: h.Directory, Organisations: h.Organisations, SignIns: h.SignIns, Rounds: h.Rounds, Groups: h.Groups, Catalogue: h.Catalogue, Oversight: h.Oversight, Log: h.Log, Site: h.Site, Letters: h.Letters, Recruitment: h.Recruitment, Clock: h.Clock, Programme: connect}, size,
		func(done, of int) { fmt.Fprintf(out, "%d of %d groups made\n", done, of) })
}

// serve listens, tells where, and answers until ctx ends; then it lets what is under way finish.
func (h *opened) serve(ctx context.Context, logger *slog.Logger, handler http.Handler, addr, cert, key string, listening func(address string)) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
	listening(shown(addr, listener.Addr())) // before the first answer: what is told there may still make ready
	h.keepHouse(logger)
	stopped := make(chan error, 1)
	go func() {
		if cert != "" {
			stopped <- server.ServeTLS(listener, cert, key)
		} else {
			stopped <- server.Serve(listener)
		}
	}()
	select {
	case err = <-stopped:
	case <-ctx.Done():
		logger.Info("stopping")
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		err = server.Shutdown(last)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// shown is the address as a person may open it: the host that was asked for and the port that was given.
func shown(asked string, got net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, portErr := net.SplitHostPort(got.String())
	if err != nil || portErr != nil {
		return asked
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func newLogger(text bool) *slog.Logger {
	if text {
		return slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, nil))
}

func logErr(logger *slog.Logger, what string, err error) {
	if err != nil {
		logger.Error(what, "err", err)
	}
}
