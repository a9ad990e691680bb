package grpcserver

import (
	"net"
	"sync"
)

// limit is a listener with a bounded number of connections. Whoever comes beyond it waits to be accepted,
// in the queue of the operating system.
type limit struct {
	net.Listener
	places chan struct{} // one for each connection
	closed chan struct{}
	once   sync.Once
}

func limitListener(l net.Listener, most int) *limit {
	return &limit{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept waits for a place, and then for a connection to take it.
func (l *limit) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placed{Conn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

// Close also ends an Accept that waits for a place.
func (l *limit) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// placed is a connection that gives up its place when it is closed.
type placed struct {
	net.Conn
	leave func()
}

func (c *placed) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
