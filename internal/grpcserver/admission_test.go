package grpcserver_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/rig/hostile"
)

const submit = "/milepost.v1.CommandService/Submit"

// two is a world that asks who calls, and knows ann and bob.
func two(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.hubs()
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [
		{"sha256": "` + sum("ann") + `", "actor": "Ann", "roles": {"*": ["reporter"]}},
		{"sha256": "` + sum("bob") + `", "actor": "Bob", "roles": {"*": ["reporter"]}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) calls() *hostile.Calls {
	w.t.Helper()
	c, err := hostile.From{}.Calls(w.t.Context(), w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) plans(token string) codes.Code {
	_, err := milepostv1.NewQueryServiceClient(w.dial()).ListPlans(withToken(w.t, token), &milepostv1.ListPlansRequest{})
	return status.Code(err)
}

// Who calls is found out from the headers: a call of a stranger is over before a byte of its message is sent, whatever it
// announces, and after some of them so is the connection.
func TestAStrangerIsRefusedBeforeItsMessage(t *testing.T) {
	t.Parallel()
	w := two(t).start()
	for name, headers := range map[string][]string{
		"none": nil, "wrong": {"authorization", "Bearer x"}, "for ever": {"grpc-timeout", "99999999H"}, "two": {"authorization", "Bearer ann", "authorization", "Bearer bob"},
	} {
		c := w.calls()
		refused := 0
		for ; ; refused++ {
			if _, err := c.Begin(submit, headers...); err != nil {
				break
			}
			end, err := c.Next()
			if err != nil {
				break
			}
			if end.Status != "16" || end.Message == "" {
				t.Fatalf("%s: a call without its message ended with %+v", name, end)
			}
		}
		if refused < 15 || refused > 32 {
			t.Errorf("%s: the connection was closed after %d refusals", name, refused)
		}
	}
	if code := w.plans("ann"); code != codes.OK {
		t.Errorf("ann is told %s", code)
	}
}

// Connections that say nothing shut nobody out, and neither do those that only ask for health.
func TestConnectionsThatSayNothingShutNobodyOut(t *testing.T) {
	t.Parallel()
	w := two(t)
	w.config.Connections = places.Bounds{Known: 8, Strangers: 16, Health: 4, Within: time.Minute}
	w.start()
	ann := w.dial()
	if _, err := milepostv1.NewQueryServiceClient(ann).ListPlans(withToken(t, "ann"), &milepostv1.ListPlansRequest{}); err != nil {
		t.Fatal(err)
	}
	for i := range 64 {
		c := w.calls()
		if i%2 == 0 {
			if _, err := c.Begin("/grpc.health.v1.Health/Watch"); err != nil && i < 16 {
				t.Fatal(err)
			}
		}
	}
	if _, err := healthv1.NewHealthClient(w.dial()).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil {
		t.Error("health:", err)
	}
	if code := w.plans("bob"); code != codes.OK {
		t.Errorf("bob, who comes now, is told %s", code)
	}
	if _, err := milepostv1.NewQueryServiceClient(ann).ListPlans(withToken(t, "ann"), &milepostv1.ListPlansRequest{}); err != nil {
		t.Error("ann, who was there before:", err)
	}
}

// A caller has its share of the connections, and is told so beyond it; another has one of its own.
func TestConnectionsAreSharedOut(t *testing.T) {
	t.Parallel()
	w := two(t)
	w.config.Connections = places.Bounds{Known: 4}
	w.start()
	for range 2 {
		if code := w.plans("ann"); code != codes.OK {
			t.Fatal(code)
		}
	}
	_, err := milepostv1.NewQueryServiceClient(w.dial()).ListPlans(withToken(t, "ann"), &milepostv1.ListPlansRequest{})
	info(t, err, codes.ResourceExhausted, grpcserver.RuleTooManyConnections)
	if code := w.plans("bob"); code != codes.OK {
		t.Errorf("bob is told %s", code)
	}
}

// A message that comes slowly, or never to its end, ends with its call.
func TestASlowMessageEnds(t *testing.T) {
	t.Parallel()
	w := two(t)
	w.config.Deadline = 200 * time.Millisecond
	w.start()
	c := w.calls()
	stream, err := c.Begin(submit, "authorization", "Bearer ann")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Announce(stream, 500_000, 1000); err != nil {
		t.Fatal(err)
	}
	end, err := c.Next()
	if err != nil || end.Status != "4" {
		t.Errorf("it ended with %+v, %v", end, err)
	}
}

// A caller who has many slow messages under way keeps its share of them, and holds up nobody else.
func TestSlowMessagesAreSharedOut(t *testing.T) {
	t.Parallel()
	w := two(t).start()
	c := w.calls()
	const begun = 100
	for range begun {
		stream, err := c.Begin(submit, "authorization", "Bearer ann")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Announce(stream, 500_000, 100); err != nil {
			t.Fatal(err)
		}
	}
	for range begun - 64 { // of 128 places
		if end, err := c.Next(); err != nil || end.Status != "1" {
			t.Fatalf("%+v, %v", end, err)
		}
	}
	ctx, cancel := context.WithTimeout(withToken(t, "bob"), 5*time.Second)
	defer cancel()
	if _, err := milepostv1.NewCommandServiceClient(w.dial()).Submit(ctx, &milepostv1.SubmitRequest{
		RequestId: "b", Plan: "hubs", Commands: []*milepostv1.Command{added("B1")},
	}); err != nil {
		t.Error("bob:", err)
	}
}

// Two connections full of watches of one caller leave room for others.
func TestWatchesAreSharedOut(t *testing.T) {
	t.Parallel()
	w := two(t)
	w.config.Watching = 20
	w.start()
	watch := func(token string) error {
		stream, err := milepostv1.NewWatchServiceClient(w.dial()).Watch(withToken(t, token), &milepostv1.WatchRequest{Plan: "hubs"})
		if err == nil {
			_, err = stream.Recv()
		}
		return err
	}
	for range 10 {
		if err := watch("ann"); err != nil {
			t.Fatal(err)
		}
	}
	info(t, watch("ann"), codes.ResourceExhausted, grpcserver.RuleTooManyWatching)
	for range 5 {
		if err := watch("bob"); err != nil {
			t.Fatal("bob:", err)
		}
	}
}
