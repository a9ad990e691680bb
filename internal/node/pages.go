package node

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/web"
)

// serveHTTP answers /healthz and /readyz where there is an address for them, and with the pages once they can be
// made. On an address that others can reach it is over TLS where there is TLS.
func (n *Node) serveHTTP(encryption *tls.Config) {
	if n.http == nil {
		return
	}
	mux := http.NewServeMux()
	for _, r := range n.routes() {
		mux.Handle(r.pattern, r.handler)
	}
	if !n.outside() {
		encryption = nil
	}
	serve := n.newPages(mux, encryption)
	n.serving.Go(func() {
		if err := serve(n.crowd.Listen(n.http)); !errors.Is(err, http.ErrServerClosed) {
			n.failed <- fmt.Errorf("serve HTTP: %w", err)
		}
	})
}

// route is a pattern of addresses, as http.ServeMux has them, and what answers.
type route struct {
	pattern string
	handler http.Handler
}

// routes are what is answered over HTTP: health to everybody, in full to operators; metrics to operators; and the rest by
// REST and the site, which ask who asks.
func (n *Node) routes() []route {
	health := grpcserver.HealthHandler(n, n.isOperator)
	return []route{
		{"/healthz", health},
		{"/readyz", health},
		{"GET /metrics", n.operatorsOnly(n.metrics.Handler())},
		{"/v1/", http.HandlerFunc(n.answerREST)},
		{"/", http.HandlerFunc(n.answerPages)},
	}
}

// answerPages answers with the pages, and says so while the ledger is read.
func (n *Node) answerPages(w http.ResponseWriter, r *http.Request) {
	if site := n.site.Load(); site != nil {
		site.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "2")
	w.Header().Set("Refresh", "2") // a browser tries again by itself
	http.Error(w, "The server is reading its ledger. This page comes by itself when it has.", http.StatusServiceUnavailable)
}

// outside says whether other machines can reach the HTTP address.
func (n *Node) outside() bool { return !access.IsLoopback(n.http.Addr().String()) }

// newPages makes the HTTP server, and answers with what serves it: over TLS where there is encryption.
func (n *Node) newPages(handler http.Handler, encryption *tls.Config) (serve func(net.Listener) error) {
	n.pages = &http.Server{
		Handler: n.toThisMachine(n.unlessCrowded(fromHTTP(handler))), ConnContext: inContext, ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
	}
	n.silent.watch(n.pages)
	n.encrypted = encryption != nil
	if !n.encrypted {
		return n.pages.Serve
	}
	// A load balancer asks for health without a certificate, and a visitor signs in with a token.
	n.pages.TLSConfig = encryption.Clone()
	n.pages.TLSConfig.ClientAuth, n.pages.TLSConfig.ClientCAs, n.pages.TLSConfig.GetConfigForClient = tls.NoClientCert, nil, nil
	n.pages.TLSConfig.NextProtos = nil // HTTP's own, and not those of gRPC
	return func(l net.Listener) error { return n.pages.ServeTLS(l, "", "") }
}

// fromHTTP says of what a request asks where it came from.
func fromHTTP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(access.WithOrigin(r.Context(), access.Origin{Address: r.RemoteAddr, Path: r.URL.EscapedPath()})))
	})
}

// openSite makes the pages, a client of the server like any other.
func (n *Node) openSite(c Config) (err error) {
	if n.own, err = n.server.Dial(); err != nil {
		return err
	}
	issuer, err := n.callers.visitors(c.Entropy)
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{
		API:      client.Over(n.own, client.Config{RetryFor: time.Minute}),
		Visitors: visitors(c.Credentials != "" || c.Local.ReadsNeedToken, n.outside(), n.encrypted), Encrypted: n.encrypted,
		Clock: c.Clock, Wall: clock.System(), Log: c.Log, Entropy: c.Entropy, Watching: c.Browsers, Port: portOf(n.http), Issuer: issuer, Open: c.Local.Open,
	})
	if err != nil {
		return fmt.Errorf("make the pages: %w", err)
	}
	n.site.Store(site)
	return nil
}

// portOf is the port of a listener.
func portOf(l net.Listener) string {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return ""
	}
	return port
}

// visitors says who may look at the pages. Where callers need credentials to read, so do visitors. Where they need
// none, everybody on this machine may look; and nobody from elsewhere.
func visitors(credentials, outside, encrypted bool) web.Visitors {
	switch {
	case outside && !(encrypted && credentials):
		return web.Nobody
	case credentials:
		return web.TokenHolders
	default:
		return web.ThisMachine
	}
}
