package parties

import (
	"cmp"
	"context"
	"crypto/cipher"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// sealing puts values under the key of the epoch, and reads them back. Without keys it leaves them as they are.
type sealing struct {
	keys Keys // nil: nothing is kept under a key

	// mu is held for reading while a value is put, so that no put under an older key goes on once another key is current.
	mu      sync.RWMutex
	known   map[EpochID]cipher.AEAD // guarded by mu
	numbers map[EpochID]uint64      // guarded by mu
	current *EpochID                // guarded by mu; nil: values are kept without a key
	// completed is the key that everything is kept under, as the ledger told this process; nil where it told of none, or where the process
	// has its store alone. Guarded by mu.
	completed *EpochID
}

// load reads the keys that there are. One that was known stays known.
func (s *sealing) load() error {
	if s.keys == nil {
		return nil
	}
	all, err := s.keys.All()
	if err != nil {
		return fmt.Errorf("read the keys of the names: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known, s.numbers = map[EpochID]cipher.AEAD{}, map[EpochID]uint64{}
	}
	for _, k := range all {
		if err := s.learn(k); err != nil {
			return err
		}
	}
	return nil
}

// learn makes a key known. The caller holds mu.
func (s *sealing) learn(k Key) (err error) {
	if s.known[k.ID], err = k.aead(); err != nil {
		return fmt.Errorf("use a key of the names: %w", err)
	}
	s.numbers[k.ID] = k.Number
	return nil
}

// add makes a key, keeps it, and makes it known. It is not current.
func (s *sealing) add(random func([]byte) error) (EpochID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := uint64(0)
	for _, n := range s.numbers {
		number = max(number, n)
	}
	k, err := newKey(random, number+1)
	if err != nil || s.keys == nil {
		return k.ID, err
	}
	if err := s.keys.Add(k); err != nil {
		return EpochID{}, fmt.Errorf("keep a key for names: %w", err)
	}
	return k.ID, s.learn(k)
}

// use makes a key current. When it returns no put under another one goes on.
func (s *sealing) use(id EpochID) {
	if s.keys == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = &id
}

// isChosen says whether a key is current.
func (s *sealing) isChosen() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current != nil
}

// others are the keys that there are beside the current one, in order of number.
func (s *sealing) others() (others []EpochID) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id := range s.known {
		if s.current == nil || id != *s.current {
			others = append(others, id)
		}
	}
	slices.SortFunc(others, func(a, b EpochID) int { return int(s.numbers[a]) - int(s.numbers[b]) })
	return others
}

// has says whether a key is known.
func (s *sealing) has(id EpochID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[id] != nil
}

// isCurrent says whether a value is kept as one is kept now.
func (s *sealing) isCurrent(value []byte) bool {
	under, sealed := sealedUnder(value)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.current == nil {
		return !sealed
	}
	return sealed && under == *s.current
}

// isCurrentID says whether values are kept under a key now; the zero id stands for none.
func (s *sealing) isCurrentID(id EpochID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.current == nil {
		return id == EpochID{}
	}
	return id == *s.current
}

// currentID is the key that is current; nil where none is.
func (s *sealing) currentID() *EpochID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current
}

// accept keeps keys that another process gave, the oldest first, but for those that are not needed any more.
func (s *sealing) accept(keys []Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b Key) int { return cmp.Compare(a.Number, b.Number) })
	for _, k := range keys {
		if s.known[k.ID] != nil || s.isOver(k.ID, k.Number) {
			continue
		}
		if err := s.keys.Add(k); err != nil {
			return fmt.Errorf("keep a key for names: %w", err)
		}
		if err := s.learn(k); err != nil {
			return err
		}
	}
	return s.prune()
}

// complete destroys all keys before the one under which, as the ledger says, everything is kept. Where that one is not here, none that is
// here is any use.
func (s *sealing) complete(id EpochID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.completed = &id
	if s.known[id] != nil {
		return s.prune()
	}
	for other := range maps.Clone(s.known) {
		if err := s.destroyKnown(other); err != nil {
			return err
		}
	}
	return nil
}

// isOver says whether a key is before the one that everything is kept under. The caller holds mu.
func (s *sealing) isOver(id EpochID, number uint64) bool {
	return s.completed != nil && s.known[*s.completed] != nil && id != *s.completed && number <= s.numbers[*s.completed]
}

// prune destroys the keys that are over. The caller holds mu.
func (s *sealing) prune() error {
	for id, number := range maps.Clone(s.numbers) {
		if s.isOver(id, number) {
			if err := s.destroyKnown(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// destroy destroys a key, here and where it lies.
func (s *sealing) destroy(id EpochID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.destroyKnown(id)
}

// destroyKnown is destroy for whoever holds mu.
func (s *sealing) destroyKnown(id EpochID) error {
	if err := s.keys.Destroy(id); err != nil {
		return fmt.Errorf("destroy a key of the names: %w", err)
	}
	delete(s.known, id)
	delete(s.numbers, id)
	return nil
}

// put keeps a value under the current key.
func (s *sealing) put(ctx context.Context, kept Kept, random func([]byte) error, key string, value []byte) error {
	return s.putBy(ctx, kept.Put, random, key, value)
}

// replace is put over a value that was kept under a key. That key is destroyed before anybody is told that a name is forgotten, so the
// bytes under it need not be overwritten.
func (s *sealing) replace(ctx context.Context, kept Kept, random func([]byte) error, key string, value []byte) error {
	if r, ok := kept.(replacer); ok {
		return s.putBy(ctx, r.Replace, random, key, value)
	}
	return s.put(ctx, kept, random, key, value)
}

func (s *sealing) putBy(ctx context.Context, put func(context.Context, string, []byte) error, random func([]byte) error, key string, value []byte) error {
	nonce := make([]byte, nonceSize)
	if err := random(nonce); err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.current == nil {
		return put(ctx, key, value)
	}
	aead := s.known[*s.current]
	sealed := append(append(append(make([]byte, 0, sealedHead+len(value)+aead.Overhead()), sealedVersion), s.current[:]...), nonce...)
	return put(ctx, key, aead.Seal(sealed, nonce, value, []byte(key)))
}

// open reads a value as it is kept. Of one whose key is not known it answers false.
func (s *sealing) open(key string, value []byte) (plain []byte, known bool, err error) {
	under, sealed := sealedUnder(value)
	if !sealed {
		return value, true, nil
	}
	s.mu.RLock()
	aead := s.known[under]
	s.mu.RUnlock()
	if aead == nil {
		return nil, false, nil
	}
	plain, err = aead.Open(nil, value[1+len(under):sealedHead], value[sealedHead:], []byte(key))
	if err != nil {
		return nil, true, &Damage{Key: key, Reason: "it is not what was written under the key " + under.String()}
	}
	return plain, true, nil
}
