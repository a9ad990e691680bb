package places_test

import (
	"net"
	"testing"
	"time"

	"milepost.dev/internal/access/places"
	"milepost.dev/internal/rig/hostile"
)

// listening is a listener whose connections are counted, with what it accepted.
type listening struct {
	t        *testing.T
	set      *places.Connections
	listener net.Listener
	accepted chan *places.Connection
}

func listen(t *testing.T, b places.Bounds) *listening {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	set := places.NewConnections(b)
	x := &listening{t, set, set.Listen(l), make(chan *places.Connection)}
	return x
}

// dial connects from an address, and answers both ends.
func (l *listening) dial(from string) (client net.Conn, server *places.Connection) {
	l.t.Helper()
	client, err := hostile.From{Address: from}.Dial(l.t.Context(), l.listener.Addr().String())
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { client.Close() })
	conn, err := l.listener.Accept()
	if err != nil {
		l.t.Fatal(err)
	}
	return client, conn.(*places.Connection)
}

// ended says whether the server has closed a connection; it waits for that.
func ended(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection says something")
	} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Error("the connection is still open")
	}
}

// Strangers from one address make room for others: their oldest is closed, and nobody's who has proved who they are.
func TestTheOldestStrangerOfTheMostMakesRoom(t *testing.T) {
	l := listen(t, places.Bounds{Known: 8, Strangers: 4, Within: time.Hour, Refusals: 3})
	_, known := l.dial("127.0.0.2")
	if !known.KnownAs("ann") {
		t.Fatal("the first of ann's is refused")
	}
	other, _ := l.dial("127.0.0.3")
	oldest, _ := l.dial("127.0.0.2")
	for range 2 {
		l.dial("127.0.0.2")
	}
	if n := l.set.Count(); n.Strangers != 4 || n.Known.Taken != 1 || n.Closed != 0 {
		t.Fatalf("%+v", n)
	}
	l.dial("127.0.0.4")
	ended(t, oldest)
	if n := l.set.Count(); n.Strangers != 4 || n.Closed != 1 || !known.IsKnown() {
		t.Errorf("%+v", n)
	}
	if err := other.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Read(make([]byte, 1)); err == nil || !err.(net.Error).Timeout() {
		t.Errorf("the only one of another address: %v", err)
	}
}

// A connection whose caller does not say who they are is closed when the time is over; one that does stays.
func TestWhoDoesNotSayWhoTheyAreIsClosed(t *testing.T) {
	l := listen(t, places.Bounds{Known: 8, Strangers: 4, Health: 8, Within: 50 * time.Millisecond, Refusals: 3, Asks: 100})
	silent, _ := l.dial("")
	_, known := l.dial("")
	known.KnownAs("ann")
	_, health := l.dial("")
	health.AsksForHealth()
	ended(t, silent)
	if n := l.set.Count(); n.Strangers != 0 || n.Known.Taken != 1 || n.Health.Taken != 1 || n.Closed != 1 {
		t.Errorf("%+v", n)
	}
	for range 3 {
		health.Refused() // a place for health is not for guessing tokens
	}
	for _, x := range []*places.Connection{known, health} {
		x.Close()
		x.Close()
	}
	if n := l.set.Count(); n.Known.Taken != 0 || n.Health.Taken != 0 || n.Strangers != 0 {
		t.Errorf("when all are closed: %+v", n)
	}
	if l.set.Of(known.RemoteAddr()) != nil {
		t.Error("a connection that is closed is still found")
	}
}

// After so many refusals a connection of a stranger is closed.
func TestWhoIsRefusedAgainAndAgainIsClosed(t *testing.T) {
	l := listen(t, places.Bounds{Known: 8, Strangers: 4, Within: time.Hour, Refusals: 3})
	client, x := l.dial("")
	for range 3 {
		x.Refused()
	}
	ended(t, client)
}

// One that only asks for health stays, and not for ever; where there is no place for it, it is a stranger's.
func TestWhoAsksForHealthAgainAndAgainIsClosed(t *testing.T) {
	l := listen(t, places.Bounds{Strangers: 4, Health: 2, Within: time.Hour, Refusals: 3, Asks: 50})
	client, stays := l.dial("")
	other, stranger := l.dial("")
	for range 50 {
		stays.AsksForHealth()
	}
	if n := l.set.Count(); n.Health.Taken != 1 || n.Strangers != 1 {
		t.Fatalf("%+v", n)
	}
	for range 3 {
		stranger.AsksForHealth()
	}
	ended(t, other)
	stays.AsksForHealth()
	ended(t, client)
	if n := l.set.Count(); n.Health.Taken != 0 || n.Strangers != 0 {
		t.Errorf("%+v", n)
	}
}
