package clustered

import (
	"net"
	"sync"
)

// state is what a link does.
type state int

const (
	passes  state = iota
	refuses       // connections are closed at once, as where nobody listens
	hole          // connections are taken, and nothing comes through, as where packets are dropped
)

// link passes connections on to an address, unless it is cut.
type link struct {
	listener net.Listener
	to       string
	running  sync.WaitGroup

	mu     sync.Mutex
	state  state             // guarded by mu
	change chan struct{}     // closed when state changes; guarded by mu
	open   map[net.Conn]bool // guarded by mu
	closed bool              // guarded by mu
}

func newLink(to string) (*link, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &link{listener: listener, to: to, change: make(chan struct{}), open: map[net.Conn]bool{}}
	l.running.Go(l.accept)
	return l, nil
}

func (l *link) address() string { return l.listener.Addr().String() }

// set cuts the link, or mends it. Those that went through a hole are closed when it is mended: what was in them is lost.
func (l *link) set(s state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s == l.state {
		return
	}
	if s != hole {
		for conn := range l.open {
			conn.Close()
		}
	}
	l.state = s
	close(l.change)
	l.change = make(chan struct{})
}

func (l *link) is() (state, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.change
}

// keep notes a connection, or closes it where the link is cut.
func (l *link) keep(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.state == refuses {
		conn.Close()
		return false
	}
	l.open[conn] = true
	return true
}

func (l *link) drop(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	conn.Close()
	delete(l.open, conn)
}

func (l *link) accept() {
	for {
		from, err := l.listener.Accept()
		if err != nil {
			return
		}
		if !l.keep(from) {
			continue
		}
		l.running.Go(func() {
			defer l.drop(from)
			to, err := net.Dial("tcp", l.to)
			if err != nil || !l.keep(to) {
				return
			}
			defer l.drop(to)
			var both sync.WaitGroup
			both.Go(func() { l.copy(to, from); to.Close(); from.Close() })
			both.Go(func() { l.copy(from, to); to.Close(); from.Close() })
			both.Wait()
		})
	}
}

// copy hands on what comes, and holds it while the link is a hole.
func (l *link) copy(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for n > 0 {
			s, change := l.is()
			if s == passes {
				break
			}
			<-change
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *link) close() {
	l.set(refuses)
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.listener.Close()
	l.running.Wait()
}
