package node

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	nodev1 "milepost.dev/api/milepost/node/v1"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// Bounds of keys among nodes.
const (
	// keysWithin bounds one exchange with one node: it flushes a small file.
	keysWithin = 2 * time.Second
	// unlockWithin is how long a start waits for the keys that it lacks.
	unlockWithin = time.Minute
	// destroyWithin is how long a forgetting waits for the other nodes to destroy the old key, when they read that they are to.
	destroyWithin = 5 * time.Second
	// lookAgain is the pause before they are asked again.
	lookAgain = 50 * time.Millisecond
)

// nodeFile holds the id by which a data directory is listed among those that have keys.
const nodeFile = "NODE"

// nodeID is the id of a data directory, which is made where it has none.
func nodeID(dir string, entropy io.Reader) (id parties.EpochID, err error) {
	path := filepath.Join(dir, nodeFile)
	text, err := os.ReadFile(path)
	if err == nil {
		raw, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil || len(raw) != len(id) {
			return id, fmt.Errorf("%s is not as a node wrote it: put it aside, and this data directory is listed as another node", path)
		}
		return parties.EpochID(raw), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return id, fmt.Errorf("read which node this is: %w", err)
	}
	if _, err := io.ReadFull(entropy, id[:]); err != nil {
		return id, fmt.Errorf("make an id for this node: %w", err)
	}
	f, err := dirlock.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return id, fmt.Errorf("write which node this is: %w", err)
	}
	_, err = f.WriteString(id.String() + "\n")
	return id, errors.Join(err, f.Sync(), f.Close())
}

// openNamesAmong opens the names of a ledger that nodes share. Where this node lacks the key of one it waits for another that has it.
func (n *Node) openNamesAmong(ctx context.Context, c Config) (*parties.Directory, error) {
	m := n.member
	keys := c.Keys
	if keys == nil {
		keys = keyfile.In(c.Data)
	}
	var err error
	if m.id, err = nodeID(c.Data, c.Entropy); err != nil {
		return nil, err
	}
	kept := n.store.Kept()
	if c.keep != nil {
		kept = c.keep(kept)
	}
	d, err := parties.Follow(ctx, kept, keys, c.Entropy)
	if err != nil {
		return nil, err
	}
	m.names = d
	told := n.toldOfNames()
	if err := d.Share(m, told); err != nil {
		return nil, err
	}
	if err := d.Enlist(ctx, parties.Process{ID: m.id, Address: m.address}); err != nil {
		return nil, err
	}
	m.recount(d, n.replica.Book())
	waiting, cancel := context.WithTimeout(ctx, unlockWithin)
	defer cancel()
	named := slices.Collect(n.replica.Parties())
	if d.Lacks(slices.Values(named)) {
		c.Log.Info("this node has not the key of names, and asks the other nodes for it", "within", unlockWithin)
	}
	if err := d.Unlock(waiting, slices.Values(named)); err != nil {
		return nil, err
	}
	m.recount(d, n.replica.Book())
	return d, d.Beside(n.replica.Position() > 0, slices.Values(named), told)
}

var _ parties.Sharing = (*member)(nil)

// exchanged is what another node answered; nil where it did not.
type exchanged struct {
	parties.Process
	answer *nodev1.KeysResponse
}

// exchange says the same to every other node, or to some of them, at once.
func (m *member) exchange(ctx context.Context, others []parties.Process, request *nodev1.KeysRequest) []exchanged {
	all := make([]exchanged, len(others))
	var asking sync.WaitGroup
	for i, other := range others {
		asking.Go(func() {
			within, cancel := context.WithTimeout(ctx, keysWithin)
			defer cancel()
			answer, err := m.forward.keys(within, other.Address, request)
			if err != nil || !slices.Equal(answer.GetNode(), other.ID[:]) { // another node has its address now
				answer = nil
			}
			all[i] = exchanged{other, answer}
		})
	}
	asking.Wait()
	return all
}

// others are the other nodes that were ever listed.
func (m *member) others(ctx context.Context) ([]parties.Process, error) {
	all, err := m.names.Processes(ctx)
	return slices.DeleteFunc(all, func(p parties.Process) bool { return p.ID == m.id }), err
}

// Give implements parties.Sharing.
func (m *member) Give(ctx context.Context, keys []parties.Key) (have int, err error) {
	others, err := m.others(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range m.exchange(ctx, others, &nodev1.KeysRequest{Keys: keysOnWire(keys), Has: idsOf(keys)}) {
		if e.answer != nil && !slices.ContainsFunc(keys, func(k parties.Key) bool { return !has(e.answer, k.ID) }) {
			have++
		}
	}
	return have, nil
}

// Fetch implements parties.Sharing.
func (m *member) Fetch(ctx context.Context) error {
	others, err := m.others(ctx)
	if err != nil {
		return err
	}
	held, err := m.names.Held()
	if err != nil {
		return err
	}
	for _, e := range m.exchange(ctx, others, &nodev1.KeysRequest{Has: idsOf(held)}) {
		keys, err := keysFromWire(e.answer.GetKeys())
		if err != nil {
			return fmt.Errorf("the keys of the node at %s: %w", e.Address, err)
		}
		if err := m.names.Accept(keys); err != nil {
			return err
		}
	}
	return nil
}

// Others implements parties.Sharing.
func (m *member) Others(ctx context.Context, only parties.EpochID) (away []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, destroyWithin)
	defer cancel()
	others, err := m.others(ctx)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var asking errgroup.Group
	for _, other := range others {
		asking.Go(func() error {
			if !m.hasOnly(ctx, other, only) {
				mu.Lock()
				defer mu.Unlock()
				away = append(away, fmt.Sprintf("%s (%s)", other.Address, other.ID))
			}
			return nil
		})
	}
	err = asking.Wait()
	slices.Sort(away)
	return away, err
}

// hasOnly waits until a node has one key alone. It answers false where the node does not answer, or still has others when ctx ends.
func (m *member) hasOnly(ctx context.Context, other parties.Process, only parties.EpochID) bool {
	for {
		e := m.exchange(ctx, []parties.Process{other}, &nodev1.KeysRequest{Has: [][]byte{only[:]}})[0]
		if e.answer == nil {
			return false
		}
		if len(e.answer.Has) == 1 && has(e.answer, only) {
			return true
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return false
		}
	}
}

// Keys implements grpcserver.Writer.
func (n among) Keys(_ context.Context, m *nodev1.KeysRequest) (*nodev1.KeysResponse, error) {
	d := n.member.names
	given, err := keysFromWire(m.Keys)
	if err != nil {
		return nil, err
	}
	if err := d.Accept(given); err != nil {
		return nil, err
	}
	held, err := d.Held()
	if err != nil {
		return nil, err
	}
	answer := &nodev1.KeysResponse{Node: n.member.id[:], Has: idsOf(held)}
	for _, k := range held {
		if !slices.ContainsFunc(m.Has, func(id []byte) bool { return slices.Equal(id, k.ID[:]) }) {
			answer.Keys = append(answer.Keys, keysOnWire([]parties.Key{k})...)
		}
	}
	return answer, nil
}

func has(answer *nodev1.KeysResponse, id parties.EpochID) bool {
	return slices.ContainsFunc(answer.Has, func(other []byte) bool { return slices.Equal(other, id[:]) })
}

func idsOf(keys []parties.Key) (ids [][]byte) {
	for _, k := range keys {
		ids = append(ids, slices.Clone(k.ID[:]))
	}
	return ids
}

func keysOnWire(keys []parties.Key) (all []*nodev1.NameKey) {
	for _, k := range keys {
		all = append(all, &nodev1.NameKey{Id: slices.Clone(k.ID[:]), Number: k.Number, Secret: slices.Clone(k.Secret[:])})
	}
	return all
}

// errNotAKey is a key of another node that is none.
var errNotAKey = errors.New("it is not a key of names as this milepost writes them")

func keysFromWire(keys []*nodev1.NameKey) (all []parties.Key, err error) {
	for _, k := range keys {
		key := parties.Key{Number: k.GetNumber()}
		if len(k.GetId()) != len(key.ID) || len(k.GetSecret()) != len(key.Secret) {
			return nil, errNotAKey
		}
		copy(key.ID[:], k.Id)
		copy(key.Secret[:], k.Secret)
		all = append(all, key)
	}
	return all, nil
}

// keepKeys fetches a key that the writer is heard to use and this node has not, before a name under it is needed.
func (m *member) keepKeys(ctx context.Context) {
	for {
		select {
		case <-m.lacks:
		case <-ctx.Done():
			return
		}
		_ = m.Fetch(ctx) // else the next beat, or the next name, asks again
	}
}

// hearOfKey looks whether the key that the writer uses is here.
func (m *member) hearOfKey(key string) {
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != len(parties.EpochID{}) || m.names.HasEpoch(parties.EpochID(raw)) {
		return
	}
	select {
	case m.lacks <- struct{}{}:
	default:
	}
}

// usedKey is the key that this node keeps names under, for the others; empty where it keeps none.
func (m *member) usedKey() string {
	if id, ok := m.names.Current(); ok {
		return id.String()
	}
	return ""
}
