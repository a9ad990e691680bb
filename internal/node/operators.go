package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/grpcserver"
)

// operatorsOnly answers who looks after the server, and nobody else: what it measures says how much every plan is
// written. They ask from this machine, or with a token that has a role for every plan.
func (n *Node) operatorsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.isOperator(r) {
			next.ServeHTTP(w, r)
			return
		}
		status := http.StatusForbidden
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
			status = http.StatusUnauthorized
		}
		http.Error(w, "Metrics are for those who run this server. Ask from its own machine as localhost, with a token that has a role for every plan, or at the address that --metrics-addr gives.", status)
	})
}

func (n *Node) isOperator(r *http.Request) bool {
	if fromThisMachine(r) {
		return true
	}
	server := n.answering.Load()
	if server == nil || r.Header.Get("Authorization") == "" || n.outside() && !n.encrypted {
		return false
	}
	caller, err := server.Know(r.Context(), r.Header.Values("Authorization"))
	if err != nil || !caller.May(access.Viewer, access.EveryPlan) {
		return false
	}
	connectionOf(r).KnownAs(caller.Name)
	return true
}

// fromThisMachine says whether a request comes from this machine, under a name that always means it: not through a
// proxy, and not of a page of another site whose own name was made to lead here.
func fromThisMachine(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	return local != nil && access.IsLoopback(local.String()) && access.IsLoopback(r.RemoteAddr) && access.IsLoopback(withPort(r.Host))
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "80")
}

// Bounds of the address for metrics. Nobody signs in there, so each connection has an end.
const (
	connectionsMetrics = 64
	metricsWithin      = 30 * time.Second
)

// gauges answer /metrics, /healthz and /readyz on an address of their own, over plain HTTP and without credentials:
// whoever gives it sees to it who can reach it.
type gauges struct {
	listener net.Listener
	server   *http.Server
	silent   silent
}

func (n *Node) openGauges(address string, names []string) (*gauges, error) {
	l, err := listen(address, "--metrics-addr")
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", n.metrics.Handler())
	mux.Handle("/", grpcserver.HealthHandler(n, nil))
	g := &gauges{listener: l, server: &http.Server{
		Handler: underItsNames(names, mux), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
	}}
	g.silent.watch(g.server)
	return g, nil
}

// serveGauges answers there until close.
func (n *Node) serveGauges() {
	if n.gauges == nil {
		return
	}
	n.serving.Go(func() {
		set := places.NewConnections(places.Bounds{Strangers: connectionsMetrics, Within: metricsWithin})
		if err := n.gauges.server.Serve(set.Listen(n.gauges.listener)); !errors.Is(err, http.ErrServerClosed) {
			n.failed <- fmt.Errorf("serve metrics: %w", err)
		}
	})
}

func (g *gauges) close(ctx context.Context) error {
	defer g.listener.Close() // where it was never served; else it is closed already
	g.silent.close()
	return g.server.Shutdown(ctx)
}

// MetricsAddr is the address for metrics alone; empty where there is none.
func (n *Node) MetricsAddr() string {
	if n.gauges == nil {
		return ""
	}
	return n.gauges.listener.Addr().String()
}

// underItsNames answers requests for an address, for this machine's own name, and for names that were given. A page of
// another site can have its own name lead here, and nothing else of it.
func underItsNames(names []string, next http.Handler) http.Handler {
	if own, err := os.Hostname(); err == nil {
		names = append(slices.Clone(names), own)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(withPort(r.Host))
		_, err := netip.ParseAddr(host)
		if err != nil && !strings.EqualFold(host, "localhost") && !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, host) }) {
			http.Error(w, "This server does not know that name as its own. Ask for its address, or give it the name with --metrics-host.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
