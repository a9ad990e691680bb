package node

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"milepost.dev/internal/access/places"
)

// A page that is not made before its visitor's connection would be closed is answered with why, and the next try has all the time there is.
func TestAPageThatTakesTooLongIsSaid(t *testing.T) {
	t.Parallel()
	n := &Node{crowd: places.NewConnections(places.Bounds{Known: 10, Strangers: 10, Within: toldWithin + 200*time.Millisecond, Refusals: 10})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	given := make(chan error, 2)
	pages := &http.Server{ConnContext: inContext, ReadHeaderTimeout: time.Minute, Handler: n.unlessCrowded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == streams+"slow" {
			_, ends := r.Context().Deadline()
			if ends {
				given <- context.DeadlineExceeded
			}
			given <- nil
			return
		}
		<-r.Context().Done() // as a page that is made and made
		given <- r.Context().Err()
		http.Error(w, "No answer at the moment.", http.StatusServiceUnavailable)
	}))}
	served := make(chan error, 1)
	go func() { served <- pages.Serve(n.crowd.Listen(listener)) }()
	defer func() {
		_ = pages.Close()
		<-served
	}()
	answer, err := http.Get("http://" + listener.Addr().String() + "/plans/hubs")
	if err != nil {
		t.Fatalf("it was cut off: %v", err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusServiceUnavailable || string(body) != "No answer at the moment.\n" || !answer.Close {
		t.Errorf("%s, close %t, %q, %v", answer.Status, answer.Close, body, err)
	}
	if err := <-given; err != context.DeadlineExceeded {
		t.Errorf("the page ended with %v", err)
	}
	stream, err := http.Get("http://" + listener.Addr().String() + streams + "slow")
	if err != nil {
		t.Fatal(err)
	}
	stream.Body.Close()
	if err := <-given; err != nil {
		t.Error("a stream ends when its visitor would have to be known")
	}
}
