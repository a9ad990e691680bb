package memory

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"sync"

	"milepost.dev/eventstore"
)

// Kept is an eventstore.Kept in memory.
type Kept struct {
	mu     sync.Mutex
	values map[string][]byte // guarded by mu
}

var _ eventstore.Kept = (*Kept)(nil)

// NewKept returns an empty one.
func NewKept() *Kept { return &Kept{values: map[string][]byte{}} }

// Put implements eventstore.Kept.
func (k *Kept) Put(ctx context.Context, key string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if key == "" || len(key) > eventstore.MaxKey {
		return fmt.Errorf("eventstore: a key of %d bytes; it has 1 to %d", len(key), eventstore.MaxKey)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.values[key] = append([]byte{}, value...)
	return nil
}

// Get implements eventstore.Kept.
func (k *Kept) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	value, ok := k.values[key]
	return bytes.Clone(value), ok, nil
}

// All implements eventstore.Kept.
func (k *Kept) All(ctx context.Context, yield func(string, []byte) error) error {
	k.mu.Lock()
	values := maps.Clone(k.values)
	k.mu.Unlock()
	for key, value := range values {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(key, bytes.Clone(value)); err != nil {
			return err
		}
	}
	return nil
}

// Erase implements eventstore.Kept.
func (k *Kept) Erase(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.values, key)
	return nil
}
