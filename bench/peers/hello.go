package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const helloPage = "<!doctype html><html lang=en><title>Hello</title><p>Hello from net/http.</p></html>\n"

// serveHello serves the calibrator: the least a Go server can do with a request. What another page costs beyond it is
// the page's own.
func serveHello(ctx context.Context, addr string, stdout io.Writer) error {
	l, err := listen(addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, helloPage) // a client that has gone is no error of the calibrator's
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	base := "http://" + l.Addr().String() + "/"
	if err := (ready{Name: "hello", URL: base, Health: base}).print(stdout); err != nil {
		return errors.Join(err, l.Close())
	}
	stopped := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stopped()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
