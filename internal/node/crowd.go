package node

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"math"
	"net"
	"net/http"
	"strings"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/rest"
)

// Bounds of the connections over HTTP.
const (
	// connectionsHTTP is how many are served at once of those who proved who they are, shared out by caller: a thousand
	// browsers that are kept up to date, and two thousand requests under /v1/, each on one of its own, with room for as many
	// that are idle.
	connectionsHTTP = 4096
	// strangersHTTP is how many there may be of others. Where one more comes, the oldest of the address that has most is closed.
	strangersHTTP = 256
	// proveWithinHTTP is how long a connection may stay one of those.
	proveWithinHTTP = 10 * time.Second
)

// newCrowd makes the set of connections over HTTP.
func newCrowd(most int) *places.Connections {
	return places.NewConnections(places.Bounds{
		Known: cmp.Or(most, connectionsHTTP), Strangers: strangersHTTP, Within: proveWithinHTTP,
		Refusals: math.MaxInt, // the answer itself ends the connection
	})
}

// connectionKey is in the context of a request: the connection that it came over.
type connectionKey struct{}

// inContext notes of a connection which it is.
func inContext(ctx context.Context, conn net.Conn) context.Context {
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	x, _ := conn.(*places.Connection)
	return context.WithValue(ctx, connectionKey{}, x)
}

func connectionOf(r *http.Request) *places.Connection {
	x, _ := r.Context().Value(connectionKey{}).(*places.Connection)
	return x
}

// unlessCrowded tells those whose share of the connections is taken that they have to come again, and ends theirs. Those
// who look after the server are answered all the same.
func (n *Node) unlessCrowded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, visitor := connectionOf(r), visitorOf(r)
		switch {
		case x.IsKnown():
			next.ServeHTTP(w, r)
		case forOperators(r.URL.Path):
			w.Header().Set("Connection", "close") // a stranger's connection waits for nothing
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/v1/"):
			next.ServeHTTP(w, r) // which finds out who asks
		case forEverybody(r.URL.Path):
			next.ServeHTTP(w, r)
		case !n.crowd.Room(visitor):
			w.Header().Set("Connection", "close")
			w.Header().Set("Retry-After", "5")
			w.Header().Set("Refresh", "5") // a browser tries again by itself
			http.Error(w, "More connections are open than this server serves. This page comes by itself when one is free.", http.StatusServiceUnavailable)
		default:
			if ends := x.Ends(); !ends.IsZero() && !strings.HasPrefix(r.URL.Path, streams) { // a stream is let in by its first frame, and goes on
				ctx, cancel := context.WithDeadline(r.Context(), ends.Add(-toldWithin))
				defer cancel()
				r = r.WithContext(ctx)
			}
			next.ServeHTTP(&letIn{ResponseWriter: w, by: func() { x.KnownAs(visitor) }}, r)
		}
	})
}

// streams begins the addresses of streams.
const streams = "/live/"

// toldWithin is how long before a visitor's connection would be closed a page is given up that is not made yet: so its visitor is told, and tries
// again, in place of a connection that was cut off.
const toldWithin = 2 * time.Second

// forOperators says whether a path is asked for by what looks after the server.
func forOperators(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// forEverybody says whether a page answers those who have not signed in.
func forEverybody(path string) bool {
	return strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/sign-")
}

// visitorOf is what visitors of the pages are told apart by before it is known who they are: the session that they
// say they have, or where they come from.
func visitorOf(r *http.Request) string {
	if cookie := r.Header.Get("Cookie"); cookie != "" {
		sum := sha256.Sum256([]byte(cookie))
		return "page " + hex.EncodeToString(sum[:8])
	}
	return "page " + places.Host(r.RemoteAddr)
}

// letIn is the answer of a page. One that shows something was for somebody who may see it.
type letIn struct {
	http.ResponseWriter
	by   func()
	said bool
}

// WriteHeader notes who is let in.
func (l *letIn) WriteHeader(status int) {
	if !l.said && status >= 200 && status < 300 {
		l.by()
	}
	if !l.said && status == http.StatusServiceUnavailable {
		l.Header().Set("Connection", "close") // who tries again begins anew, with all the time there is
	}
	l.said = true
	l.ResponseWriter.WriteHeader(status)
}

// Write notes the same.
func (l *letIn) Write(b []byte) (int, error) {
	if !l.said {
		l.WriteHeader(http.StatusOK)
	}
	return l.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (l *letIn) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// whoAsks finds out who makes a request under /v1/, by its headers, as the server itself will. It gives the connection to
// that caller.
func (n *Node) whoAsks(r *http.Request) (access.Caller, error) {
	caller, err := n.server.Know(r.Context(), r.Header.Values("Authorization"))
	if err != nil {
		return caller, err
	}
	if !connectionOf(r).KnownAs(caller.Name) {
		return caller, rest.ErrCrowded
	}
	return caller, nil
}
