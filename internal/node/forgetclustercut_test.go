package node

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/parties/keyfile"
)

// endingRevised is what is kept on NATS servers, for a node that does so many steps.
type endingRevised struct {
	eventstore.Revised
	*steps
}

func (k endingRevised) Put(ctx context.Context, key string, value []byte) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Revised.Put(ctx, key, value)
}

func (k endingRevised) Erase(ctx context.Context, key string) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.Revised.Erase(ctx, key)
}

func (k endingRevised) Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (bool, error) {
	if err := k.step(); err != nil {
		return false, err
	}
	return k.Revised.Revise(ctx, key, value, revision, erase)
}

// named is a request that gives a milestone an owner.
func named(i int, name string) *milepostv1.SubmitRequest {
	m := report(i)
	m.Commands[2].GetOwnerChanged().Owner = name
	return m
}

// A node that ends at any step of forgetting on three servers is followed by another, which goes on with it; no other name is lost,
// and the first has nothing of the forgotten one when it is back.
func TestAnotherNodeGoesOnWithForgetting(t *testing.T) {
	s := layOut(t, 2)
	ends := make([]*steps, len(s.configs))
	for i := range s.configs {
		ends[i] = &steps{}
		ends[i].left.Store(-1)
		s.configs[i].SingleUser = true
		s.configs[i].Keys = endingKeys{keyfile.In(s.configs[i].Data), ends[i]}
		s.configs[i].keep = func(kept eventstore.Kept) eventstore.Kept { return endingRevised{kept.(eventstore.Revised), ends[i]} }
		s.start(i)
	}
	s.submit(0, registration())
	s.submit(0, named(0, "Estates office"))
	for allowed := int64(0); ; allowed++ {
		name := fmt.Sprintf("Person Of %d Steps", allowed)
		s.submit(0, named(int(allowed)+1, name))
		writer := s.writes()
		ends[writer].left.Store(allowed)
		_, err := milepostv1.NewNamesServiceClient(connect(t, s.nodes[writer])).Forget(t.Context(), &milepostv1.ForgetRequest{Name: name, Reason: "it was asked for"})
		if err != nil && status.Code(err) != codes.Internal {
			t.Fatalf("after %d steps it says %v", allowed, err)
		}
		s.stop(writer)
		ends[writer].left.Store(-1)
		if s.writes() != 1-writer {
			t.Fatal("nobody goes on")
		}
		s.start(writer)
		var keys [][]byte
		for i, n := range s.nodes {
			ledger, _ := n.replica.Book().Now().Ledger()
			epoch := ledger.Registered.Epoch()
			if epoch.Begun && !epoch.Complete {
				t.Fatalf("after %d steps the epoch is not complete at node %d", allowed, i)
			}
			for p := range ledger.Registered.AllForgotten() {
				_, there := n.names.Load().Name(string(p))
				if there {
					t.Fatalf("after %d steps node %d knows who is forgotten", allowed, i)
				}
			}
			if _, there := n.names.Load().Find(name); there != (allowed == 0) {
				t.Fatalf("after %d steps node %d knows the name: %v", allowed, i, there)
			}
			for _, other := range []string{"Estates office", "local:test"} {
				if _, ok := n.names.Load().Find(other); !ok {
					t.Fatalf("after %d steps %s is lost at node %d", allowed, other, i)
				}
			}
			held, err := keyfile.In(s.configs[i].Data).All()
			if err != nil || epoch.Begun && (len(held) != 1 || held[0].ID != epoch.Key) {
				t.Fatalf("after %d steps node %d has the keys %v, %v", allowed, i, held, err)
			}
			if len(held) > 0 {
				keys = append(keys, held[0].Secret[:])
			}
		}
		if len(keys) != 2 || !bytes.Equal(keys[0], keys[1]) {
			t.Fatalf("after %d steps the nodes have different keys", allowed)
		}
		if allowed > 40 {
			t.Fatal("it never comes to its end")
		}
		if err == nil {
			t.Logf("forgetting takes %d steps", allowed)
			if allowed < 5 {
				t.Error("there were too few steps to end at")
			}
			return
		}
	}
}
