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
	values map[string]keptValue // guarded by mu
	last   uint64               // revision; guarded by mu
}

type keptValue struct {
	data     []byte
	revision uint64
}

var _ eventstore.Revised = (*Kept)(nil)

// NewKept returns an empty one.
func NewKept() *Kept { return &Kept{values: map[string]keptValue{}} }

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
	k.put(key, value)
	return nil
}

// put is Put for whoever holds mu.
func (k *Kept) put(key string, value []byte) {
	k.last++
	k.values[key] = keptValue{append([]byte{}, value...), k.last}
}

// Get implements eventstore.Kept.
func (k *Kept) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.values[key]
	return bytes.Clone(v.data), ok, nil
}

// GetRevised implements eventstore.Revised.
func (k *Kept) GetRevised(ctx context.Context, key string) ([]byte, uint64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	v := k.values[key]
	return bytes.Clone(v.data), v.revision, nil
}

// Revise implements eventstore.Revised.
func (k *Kept) Revise(ctx context.Context, key string, value []byte, revision uint64, _ bool) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	v := k.values[key]
	if v.revision != revision {
		return bytes.Equal(v.data, value), nil
	}
	k.put(key, value)
	return true, nil
}

// All implements eventstore.Kept.
func (k *Kept) All(ctx context.Context, yield func(string, []byte) error) error {
	return k.AllRevised(ctx, func(key string, value []byte, _ uint64) error { return yield(key, value) })
}

// AllRevised implements eventstore.Revised.
func (k *Kept) AllRevised(ctx context.Context, yield func(key string, value []byte, revision uint64) error) error {
	k.mu.Lock()
	values := maps.Clone(k.values)
	k.mu.Unlock()
	for key, v := range values {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(key, bytes.Clone(v.data), v.revision); err != nil {
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
