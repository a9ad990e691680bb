package places

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Bounds are how many connections there may be.
type Bounds struct {
	// Known is how many connections those may have who proved who they are, shared out by caller.
	Known int
	// Strangers is how many there may be of those who have not proved it yet. Where one more comes, the oldest one from the
	// address that has most of them is closed: who proves at once who they are gets in, however many do not.
	Strangers int
	// Health is how many of those who only ask for the server's health may stay, shared out by address.
	Health int
	// Within is how long a connection may stay a stranger's.
	Within time.Duration
	// Refusals is how many calls of a stranger are refused on one connection, or ask for health, before it is closed; Asks is how
	// many ask for health on one that stays for that.
	Refusals, Asks int
}

// Connections are those of a server's listeners. It is safe for concurrent use.
type Connections struct {
	bounds        Bounds
	known, health *Places

	mu        sync.Mutex
	all       map[netip.AddrPort]*Connection // by the address of the other end; guarded by mu
	strangers map[netip.Prefix][]*Connection // the oldest first; guarded by mu
	waiting   int                            // of strangers; guarded by mu
	closed    uint64                         // strangers that were closed; guarded by mu
}

// NewConnections makes a set of no connections.
func NewConnections(b Bounds) *Connections {
	return &Connections{
		bounds: b, known: New(b.Known), health: New(b.Health),
		all: map[netip.AddrPort]*Connection{}, strangers: map[netip.Prefix][]*Connection{},
	}
}

// Listen is the listener with its connections in the set. Those that cannot come from another machine, or have no
// address, are not counted.
func (c *Connections) Listen(l net.Listener) net.Listener { return &listener{l, c} }

type listener struct {
	net.Listener
	of *Connections
}

// Accept waits for a connection, which is a stranger's at first.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr, ok := addrPort(conn.RemoteAddr())
		if !ok {
			return conn, nil
		}
		if x := l.of.enter(conn, addr); x != nil {
			return x, nil
		}
		_ = conn.Close() // a second one from the same port, to another address of this machine
	}
}

// Connection is one connection of the set.
type Connection struct {
	net.Conn
	of      *Connections
	addr    netip.AddrPort
	name    string // of conn.RemoteAddr
	address netip.Prefix
	timer   *time.Timer
	ends    time.Time // when it is closed, while it is a stranger's

	mu      sync.Mutex // taken before that of the set
	place   Place      // guarded by mu
	stays   bool       // it has a place, of a caller or for health; guarded by mu
	isKnown bool       // guarded by mu
	refused int        // guarded by mu
	asked   int        // guarded by mu
	gone    bool       // guarded by mu
}

func (c *Connections) enter(conn net.Conn, addr netip.AddrPort) *Connection {
	x := &Connection{Conn: conn, of: c, addr: addr, name: conn.RemoteAddr().String(), address: Address(addr.Addr())}
	x.mu.Lock() // until all of it is there
	defer x.mu.Unlock()
	c.mu.Lock()
	var oldest *Connection
	if _, twice := c.all[addr]; twice {
		c.mu.Unlock()
		return nil
	}
	if c.waiting >= c.bounds.Strangers {
		oldest = c.oldest()
	}
	c.all[addr] = x
	c.strangers[x.address] = append(c.strangers[x.address], x)
	c.waiting++
	c.mu.Unlock()
	within, done := context.WithTimeout(context.Background(), c.bounds.Within)
	x.ends, _ = within.Deadline() // by the clock that contexts go by, as the timer does
	done()
	x.timer = time.AfterFunc(c.bounds.Within, x.expire)
	if oldest != nil {
		oldest.expire()
	}
	return x
}

// oldest is the oldest stranger of the address that has most. The caller holds mu.
func (c *Connections) oldest() *Connection {
	var most []*Connection
	for _, of := range c.strangers {
		if len(of) > len(most) || len(of) == len(most) && len(of) > 0 && of[0].addr.Compare(most[0].addr) < 0 {
			most = of
		}
	}
	if len(most) == 0 {
		return nil
	}
	return most[0]
}

// Address is where the connection comes from, HOST:PORT; empty of one that is not counted.
func (x *Connection) Address() string {
	if x == nil {
		return ""
	}
	return x.name
}

// Ends is when the connection is closed unless it has a place by then; zero of one that is not counted.
func (x *Connection) Ends() time.Time {
	if x == nil {
		return time.Time{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ends
}

// expire closes the connection unless it has a place by now.
func (x *Connection) expire() {
	x.mu.Lock()
	stays := x.stays || x.gone
	x.mu.Unlock()
	if stays {
		return
	}
	x.of.mu.Lock()
	x.of.closed++
	x.of.mu.Unlock()
	_ = x.Close()
}

// Close closes the connection, and gives its place up first: who takes it is not one too many.
func (x *Connection) Close() error {
	x.mu.Lock()
	x.timer.Stop()
	gone := x.gone
	x.gone = true
	if !gone {
		x.place.Leave()
	}
	x.mu.Unlock()
	if !gone {
		x.of.leave(x)
	}
	return x.Conn.Close()
}

func (c *Connections) leave(x *Connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, x.addr)
	c.forgetStranger(x)
}

// forgetStranger takes a connection out of the strangers. The caller holds mu.
func (c *Connections) forgetStranger(x *Connection) {
	of := c.strangers[x.address]
	for i, other := range of {
		if other == x {
			c.waiting--
			of = append(of[:i:i], of[i+1:]...)
			break
		}
	}
	if len(of) == 0 {
		delete(c.strangers, x.address)
		return
	}
	c.strangers[x.address] = of
}

// Of is the connection whose other end has an address; nil where it is not in the set.
func (c *Connections) Of(addr net.Addr) *Connection {
	a, ok := addrPort(addr)
	if !ok {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[a]
}

// Named is Of for an address that is written HOST:PORT.
func (c *Connections) Named(address string) *Connection {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[netip.AddrPortFrom(a.Addr().Unmap(), a.Port())]
}

// KnownAs gives the connection to a caller who proved who it is, and says whether the caller may have one more. It stays
// with the first. Of nil it is true.
func (x *Connection) KnownAs(caller string) bool {
	if x == nil {
		return true
	}
	x.mu.Lock()
	if x.isKnown || x.gone {
		x.mu.Unlock()
		return true
	}
	place, ok := x.of.known.Take(caller, 1)
	if !ok {
		x.mu.Unlock()
		return false
	}
	x.place.Leave() // one for health
	x.place, x.stays, x.isKnown = place, true, true
	x.timer.Stop()
	x.mu.Unlock()
	x.stay()
	return true
}

// AsksForHealth notes a call for the server's health. The connection of a stranger who makes one stays, where there is a
// place for its address, and is closed when it has made very many.
func (x *Connection) AsksForHealth() {
	if x == nil {
		return
	}
	x.mu.Lock()
	if x.isKnown || x.gone {
		x.mu.Unlock()
		return
	}
	if x.stays {
		x.asked++
		over := x.asked >= x.of.bounds.Asks
		x.mu.Unlock()
		if over {
			_ = x.Close()
		}
		return
	}
	place, ok := x.of.health.Take(x.address.String(), 1)
	if ok = ok && x.refused < x.of.bounds.Refusals; ok {
		x.place, x.stays = place, true
		x.timer.Stop()
	} else {
		place.Leave()
	}
	x.mu.Unlock()
	if ok {
		x.stay()
	} else {
		x.Refused()
	}
}

// stay takes the connection out of the strangers.
func (x *Connection) stay() {
	x.of.mu.Lock()
	x.of.forgetStranger(x)
	x.of.mu.Unlock()
}

// Refused notes that a call was refused for who made it. After too many of them the connection is closed: a moment later, so
// that the last refusal is heard, and at once where they go on meanwhile.
func (x *Connection) Refused() {
	if x != nil && x.refuse() {
		x.expire()
	}
}

// refuse counts a refusal, and says whether the connection is to be closed at once.
func (x *Connection) refuse() (now bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refused++; x.isKnown || x.gone || x.refused < x.of.bounds.Refusals {
		return false
	}
	if x.refused == x.of.bounds.Refusals {
		x.timer.Stop()
		x.place.Leave() // one for health
		x.place, x.stays = Place{}, false
		x.timer = time.AfterFunc(time.Second, x.expire)
	}
	return x.refused >= 2*x.of.bounds.Refusals
}

// IsKnown says whether the connection belongs to somebody who proved who they are.
func (x *Connection) IsKnown() bool {
	if x == nil {
		return true
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.isKnown
}

// Room says whether a caller who proves who it is may have one connection more.
func (c *Connections) Room(caller string) bool { return c.known.Room(caller) }

// ConnectionCount is how the connections are used.
type ConnectionCount struct {
	Known, Health          Count
	Strangers, StrangerMax int
	Closed                 uint64 // strangers that were closed since the start, for more of them or for the time they took
}

// Count says how the connections are used.
func (c *Connections) Count() ConnectionCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ConnectionCount{
		Known: c.known.Count(), Health: c.health.Count(),
		Strangers: c.waiting, StrangerMax: c.bounds.Strangers, Closed: c.closed,
	}
}

// Address is what strangers are told apart by: an address or, of IPv6, the network of one household.
func Address(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil { // of the zero address
		return netip.Prefix{}
	}
	return p
}

func addrPort(a net.Addr) (netip.AddrPort, bool) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}, false
	}
	p := tcp.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port()), p.IsValid()
}

// Host is Address of what is written HOST:PORT, or the text itself where it is something else.
func Host(address string) string {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return address
	}
	return Address(a.Addr()).String()
}
