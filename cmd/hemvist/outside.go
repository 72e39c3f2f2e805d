package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"hemvist/internal/signin"
)

// What organisations' own identity providers are asked with. An administrator writes where a provider is, so what is asked for stays
// bounded: no other machine's answer is followed elsewhere, nothing large is read, and this machine's own doors are not opened.

const (
	askLimit    = 10 * time.Second
	answerLimit = 1 << 20 // bytes
)

var (
	errElsewhere = errors.New("the provider sends us elsewhere")
	errOwnDoor   = errors.New("the provider's address is this machine's own, or its network's")
)

// reachProviders gives contexts with a client for asking providers. local lets them be on this machine, as in the demo.
func reachProviders(local bool) signin.Reach {
	dialer := &net.Dialer{Timeout: askLimit}
	if !local {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return refuseOwn(address) }
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // what the standard library has there
	transport.DialContext = dialer.DialContext
	client := &http.Client{Timeout: askLimit, Transport: bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errElsewhere }}
	return func(ctx context.Context) context.Context { return oidc.ClientContext(ctx, client) }
}

// refuseOwn refuses addresses of this machine, and those by which machines of a cloud ask for secrets of their own. Addresses of a
// town hall's inner network are fine: providers stand there.
func refuseOwn(address string) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("where a provider is: %w", err)
	}
	ip := a.Addr().Unmap()
	if ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
		return errOwnDoor
	}
	return nil
}

// bounded cuts answers off that are larger than any provider's.
type bounded struct{ next http.RoundTripper }

// RoundTrip asks, and bounds what is answered.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, answerLimit), answer.Body}
	return answer, nil
}
