package node

import (
	"net"
	"net/http"
	"sync"
)

// silent are the connections of an HTTP server over which nothing was asked yet. A client opens one ahead of need, and
// http.Server.Shutdown waits for it for up to five seconds. A server that is closing closes them instead.
type silent struct {
	mu     sync.Mutex
	open   map[net.Conn]struct{} // guarded by mu
	closed bool                  // guarded by mu
}

// watch has the server tell of its connections. It is called before it serves.
func (s *silent) watch(server *http.Server) { server.ConnState = s.changed }

func (s *silent) changed(c net.Conn, now http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case now != http.StateNew:
		delete(s.open, c)
	case s.closed:
		c.Close()
	default:
		if s.open == nil {
			s.open = map[net.Conn]struct{}{}
		}
		s.open[c] = struct{}{}
	}
}

// close closes those that there are, and those that come from now on.
func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.open {
		c.Close()
	}
}
