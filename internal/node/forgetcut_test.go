package node

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// errEnded is what a store answers once as many steps are done as it was to do.
var errEnded = errors.New("the process has ended")

// steps are what a store and the keys beside it may still do. A negative number is no bound.
type steps struct{ left atomic.Int64 }

func (s *steps) step() error {
	if s.left.Load() < 0 {
		return nil
	}
	if s.left.Add(-1) < 0 {
		s.left.Store(0)
		return errEnded
	}
	return nil
}

// endingStore is a store that does so many steps.
type endingStore struct {
	shared
	*steps
}

func (s endingStore) Kept() eventstore.Kept { return endingKept{s.Server.Kept(), s.steps} }

type endingKept struct {
	eventstore.Kept
	*steps
}

func (k endingKept) Put(ctx context.Context, key string, value []byte) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Kept.Put(ctx, key, value)
}

func (k endingKept) Erase(ctx context.Context, key string) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Kept.Erase(ctx, key)
}

type endingKeys struct {
	*keyfile.Dir
	*steps
}

func (k endingKeys) Add(key parties.Key) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Dir.Add(key)
}

func (k endingKeys) Destroy(id parties.EpochID) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Dir.Destroy(id)
}

// A server that ends at any step of forgetting is started again: no name that is to stay is lost, the ledger and the names agree, and
// what was begun comes to its end.
func TestForgettingGoesOnWhereverItEnded(t *testing.T) {
	for allowed := int64(0); ; allowed++ {
		if done := forgetWithin(t, allowed, false); done {
			t.Logf("forgetting takes %d steps", allowed)
			if allowed < 5 {
				t.Error("there were too few steps to end at")
			}
			return
		}
	}
}

// A key of which the ledger says that it was begun, and that is gone before anything was kept under it, is replaced by another one.
func TestAKeyThatIsGoneIsBegunAgain(t *testing.T) { forgetWithin(t, 1, true) }

func forgetWithin(t *testing.T, allowed int64, loses bool) (done bool) {
	t.Helper()
	dir := t.TempDir()
	server, err := embedded.Open(t.Context(), dir, embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(context.Background())
	s := &steps{}
	s.left.Store(-1)
	config := Config{
		Listen: "127.0.0.1:0", User: "test", Software: "test", SingleUser: true, Keys: endingKeys{keyfile.In(dir), s},
		Open: func(ctx context.Context, feed func(uint64, []byte) error) (Store, error) {
			return endingStore{shared{server}, s}, server.Log().Read(ctx, 1, feed)
		},
	}
	begin := func() *Node {
		config.Data = t.TempDir()
		n, err := Start(t.Context(), config)
		if err != nil {
			t.Fatalf("the start after %d steps: %v", allowed, err)
		}
		return n
	}
	n := begin()
	commands := milepostv1.NewCommandServiceClient(connect(t, n))
	for _, m := range owned(toForget) {
		if _, err := commands.Submit(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	id, _ := n.names.Load().Find(toForget)
	s.left.Store(allowed)
	_, err = milepostv1.NewNamesServiceClient(connect(t, n)).Forget(t.Context(), &milepostv1.ForgetRequest{Name: toForget, Reason: "it was asked for"})
	if done = err == nil; !done && status.Code(err) != codes.Internal {
		t.Errorf("after %d steps it says %v", allowed, err)
	}
	_ = n.Close(context.Background())
	if loses {
		keys, err := keyfile.In(dir).All()
		if err != nil || len(keys) != 2 {
			t.Fatal(keys, err)
		}
		if err := keyfile.In(dir).Destroy(keys[1].ID); err != nil {
			t.Fatal(err)
		}
	}

	s.left.Store(-1)
	n = begin()
	ledger, _ := n.replica.Book().Now().Ledger()
	begun := ledger.Registered.Epoch().Begun
	if loses && !begun {
		t.Error("the epoch did not begin")
	}
	if begun && !ledger.Registered.Epoch().Complete {
		t.Errorf("after %d steps the epoch is not complete", allowed)
	}
	if _, there := n.names.Load().Find(toForget); there == begun {
		t.Errorf("after %d steps the name is there: %v, and the ledger says that it is forgotten: %v", allowed, there, begun)
	}
	for _, name := range []string{"Estates office", "local:test"} {
		if _, ok := n.names.Load().Find(name); !ok {
			t.Errorf("after %d steps %s is lost", allowed, name)
		}
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if keys, err := keyfile.In(dir).All(); err != nil || len(keys) != 1 {
		t.Errorf("after %d steps there are %d keys, %v", allowed, len(keys), err)
	}
	if told := guess(t, id, []string{"Ben Nobody", toForget}, dir); begun == (len(told) > 0) {
		t.Errorf("after %d steps a program can tell %q, and the ledger says that it is forgotten: %v", allowed, told, begun)
	}
	return done
}
