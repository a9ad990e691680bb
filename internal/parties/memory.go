package parties

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Memory is a Kept that forgets everything with the process. It is meant for tests and demonstrations.
type Memory struct {
	mu     sync.Mutex
	values map[string][]byte // guarded by mu
}

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{values: map[string][]byte{}} }

// Put keeps a copy of the value.
func (m *Memory) Put(ctx context.Context, key string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = slices.Clone(value)
	return nil
}

// Get returns a copy of the value.
func (m *Memory) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return slices.Clone(value), ok, nil
}

// All calls yield with copies, in order of key.
func (m *Memory) All(ctx context.Context, yield func(key string, value []byte) error) error {
	m.mu.Lock()
	values := maps.Clone(m.values)
	m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(key, slices.Clone(values[key])); err != nil {
			return err
		}
	}
	return nil
}

// Erase removes the value.
func (m *Memory) Erase(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}
