package yardstick

import (
	"net"
	"net/netip"
	"sync"
)

// places are a bounded number, shared out by holder.
type places struct {
	most int

	mu    sync.Mutex
	by    map[string]int // guarded by mu
	taken int            // guarded by mu
}

func newPlaces(most int) *places { return &places{most: most, by: map[string]int{}} }

type place struct {
	of     *places
	holder string
	n      int
}

func (p *places) take(holder string, n int) (place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if free := p.most - p.taken; p.by[holder]+n > free {
		return place{}, false
	}
	p.by[holder] += n
	p.taken += n
	return place{p, holder, n}, true
}

func (t place) leave() {
	if t.of == nil {
		return
	}
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	t.of.taken -= t.n
	if t.of.by[t.holder] -= t.n; t.of.by[t.holder] == 0 {
		delete(t.of.by, t.holder)
	}
}

// connections are those of a listener, by the address of the other end.
type connections struct {
	mu  sync.Mutex
	all map[netip.AddrPort]*connection // guarded by mu
}

type connection struct {
	net.Conn
	of   *connections
	addr netip.AddrPort

	mu    sync.Mutex
	known bool // guarded by mu
	gone  bool // guarded by mu
}

func (c *connections) listen(l net.Listener) net.Listener { return &listener{l, c} }

type listener struct {
	net.Listener
	of *connections
}

// Accept waits for a connection.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	addr, ok := addrPort(conn.RemoteAddr())
	if !ok {
		return conn, nil
	}
	x := &connection{Conn: conn, of: l.of, addr: addr}
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	l.of.all[addr] = x
	return x, nil
}

// Close closes the connection.
func (x *connection) Close() error {
	x.mu.Lock()
	x.gone = true
	x.mu.Unlock()
	x.of.mu.Lock()
	delete(x.of.all, x.addr)
	x.of.mu.Unlock()
	return x.Conn.Close()
}

func (x *connection) isKnown() {
	if x == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.known = x.known || !x.gone
}

func (c *connections) find(addr net.Addr) *connection {
	a, ok := addrPort(addr)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[a]
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	p := tcp.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port()), true
}
