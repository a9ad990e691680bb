package embedded

import (
	"fmt"
	"os"
	"path/filepath"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// InspectMember is Inspect for what one server of a cluster keeps: store is its store directory (store_dir in its configuration, which
// holds a directory "jetstream"), and account is the NATS account of the ledger, "$G" where there are none. The server may be
// running; what it was writing just then may look like damage, and is whole at a second look.
func InspectMember(store, account string, yield func(number uint64, data []byte) error) (Summary, error) {
	w := walk{
		stream: filepath.Join(store, "jetstream", account, "streams", jetstream.LedgerStream),
		yield:  func(number uint64, r *prepared) error { return yield(number, r.body) },
	}
	if _, err := os.Stat(w.stream); err != nil {
		return Summary{}, fmt.Errorf("there is no ledger of the account %s in this store: %w", account, err)
	}
	names, err := w.blocks()
	if err != nil {
		return w.summary, err
	}
	for _, name := range []string{"__msgs__", "__new_msgs__"} {
		if exists(filepath.Join(w.stream, name)) {
			return w.summary, w.damaged("a purge of the ledger was begun: there is %s", name)
		}
	}
	why, err := misdescribed(w.stream, jetstream.LedgerConfig(0), func(want, have natsjs.StreamConfig) error {
		want.Replicas = have.Replicas
		return jetstream.CheckOutside(want, have)
	})
	if why != "" {
		return w.summary, w.damaged("%s", why)
	}
	if err != nil {
		return w.summary, err
	}
	return w.records(names)
}

// VerifyMember is InspectMember with a Chain over it, as Verify is Inspect.
func VerifyMember(store, account string, apply func(*eventstore.Commit) error) (*eventstore.Chain, Summary, error) {
	chain, summary := &eventstore.Chain{}, Summary{}
	err := eventstore.Follow(chain, func(yield func(uint64, []byte) error) (err error) {
		summary, err = InspectMember(store, account, yield)
		return err
	}, apply)
	return chain, summary, err
}
