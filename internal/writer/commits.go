package writer

import (
	"context"
	"fmt"
	"sync"

	"milepost.dev/eventstore"
)

// keptCommits is how many commits are kept decoded: a return that is sent once more asks for the same
// few again and again, because its rows became durable together.
const keptCommits = 64

// commits reads stored commits back. It is safe for concurrent use.
type commits struct {
	store eventstore.Log

	mu   sync.Mutex
	kept map[uint64]*eventstore.Commit // guarded by mu
	ring [keptCommits]uint64           // their numbers, the oldest at next; guarded by mu
	next int                           // guarded by mu
}

func newCommits(store eventstore.Log) *commits {
	return &commits{store: store, kept: map[uint64]*eventstore.Commit{}}
}

// load returns a commit. It is shared: nobody may change it.
func (c *commits) load(ctx context.Context, number uint64) (*eventstore.Commit, error) {
	c.mu.Lock()
	commit, ok := c.kept[number]
	c.mu.Unlock()
	if ok {
		return commit, nil
	}
	data, err := c.store.Load(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("read commit %d for a receipt: %w", number, err)
	}
	if commit, err = eventstore.Decode(number, data); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.kept[number]; !ok { // somebody else may have been as quick
		delete(c.kept, c.ring[c.next])
		c.kept[number], c.ring[c.next] = commit, number
		c.next = (c.next + 1) % keptCommits
	}
	return commit, nil
}
