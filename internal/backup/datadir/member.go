package datadir

import (
	"context"
	"slices"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/parties"
)

// Member is what one server of a cluster keeps of a ledger, to take a backup of: where the servers have different histories, that of
// the one whose is to go on. Nothing is changed in its store, and the server should be down.
type Member struct {
	store, account string
	keys           parties.Keys
	told           forgetting
}

var _ backup.Source = (*Member)(nil)

// OpenMember names the store directory of a server and the NATS account of the ledger in it. Keys are those under which its names are
// kept; nil where they are kept under none.
func OpenMember(store, account string, keys parties.Keys) *Member {
	return &Member{store: store, account: account, keys: keys}
}

// Commits implements backup.Source. It answers *eventstore.Damage where the store is not what was written.
func (m *Member) Commits(_ context.Context, after uint64, yield func(data []byte) error) error {
	m.told = forgetting{}
	_, err := embedded.InspectMember(m.store, m.account, func(number uint64, data []byte) error {
		commit, err := eventstore.Decode(number, data)
		if err != nil {
			return err
		}
		if m.told.hear(commit); number <= after {
			return nil
		}
		return yield(slices.Clone(data))
	})
	return err
}

// Values implements backup.Source. It leaves out the names that the ledger says are forgotten.
func (m *Member) Values(_ context.Context, yield func(backup.Value) error) error {
	names, err := parties.Read(m.keys, func(yield func(string, []byte) error) error {
		_, err := embedded.InspectMemberKept(m.store, m.account, yield)
		return err
	})
	if err != nil {
		return err
	}
	names.Hide(m.told.raw())
	if err := names.Readable(); err != nil {
		return err
	}
	return names.Values(func(key string, value []byte) error { return yield(backup.Value{Key: key, Value: value}) })
}
