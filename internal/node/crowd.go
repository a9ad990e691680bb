package node

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/net/netutil"

	"milepost.dev/internal/rest"
)

const (
	// connectionsHTTP is how many HTTP connections are served at once: a thousand browsers that are kept up to date, and two
	// thousand requests under /v1/, each on one of its own, with room for as many that are idle.
	connectionsHTTP = 4096
	// spare are the connections beyond it that are told so, each once. Whoever comes when they are taken as well waits to be
	// accepted, in the queue of the operating system.
	spare = 64
)

// crowd counts the connections that are open, some of which are beyond what is served.
type crowd struct {
	net.Listener
	most int64
	open atomic.Int64
}

func newCrowd(l net.Listener, most int) *crowd {
	return &crowd{Listener: netutil.LimitListener(l, most+spare), most: int64(most)}
}

// Accept waits for a connection, and before that for its place.
func (c *crowd) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &oneOfMany{Conn: conn, beyond: c.open.Add(1) > c.most, leave: sync.OnceFunc(func() { c.open.Add(-1) })}, nil
}

// oneOfMany is a connection that is counted until it is closed.
type oneOfMany struct {
	net.Conn
	beyond bool // what is served
	leave  func()
}

func (o *oneOfMany) Close() error {
	o.leave() // first: who takes the place that becomes free is not one too many
	return o.Conn.Close()
}

// beyondKey is in the context of what comes over a connection beyond what is served.
type beyondKey struct{}

// inContext notes of a connection whether it is beyond what is served.
func inContext(ctx context.Context, conn net.Conn) context.Context {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	if one, ok := conn.(*oneOfMany); ok && one.beyond {
		return context.WithValue(ctx, beyondKey{}, true)
	}
	return ctx
}

// unlessCrowded tells those who came over a connection beyond what is served that they have to come again, and ends it.
// Those who look after the server are answered all the same.
func unlessCrowded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Context().Value(beyondKey{}) == nil {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Connection", "close")
		switch {
		case r.URL.Path == "/healthz", r.URL.Path == "/readyz", r.URL.Path == "/metrics":
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			rest.Crowded(w, r)
		default:
			w.Header().Set("Retry-After", "5")
			w.Header().Set("Refresh", "5") // a browser tries again by itself
			http.Error(w, "More connections are open than this server serves. This page comes by itself when one is free.", http.StatusServiceUnavailable)
		}
	})
}
