package parties

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"milepost.dev/domain"
)

// RuleNoSecondNode refuses to change the key of names while no other process can keep a copy of the new one.
const RuleNoSecondNode = "forget-on-one-node"

// fetchAgain is the pause before keys are asked for again.
const fetchAgain = 200 * time.Millisecond

// Sharing is how processes of one ledger bring each other the keys of names, each of which keeps its own copy. Implementations MUST be
// safe for concurrent use.
type Sharing interface {
	// Give brings keys to every other process that can be reached, and answers how many of them have all of these on their disk.
	Give(ctx context.Context, keys []Key) (have int, err error)
	// Fetch asks the others for what this process lacks, and hands it to Accept. It is no error that they have nothing.
	Fetch(ctx context.Context) error
	// Others waits until every other process that can be reached has no key but this one, or ctx ends, and answers those of which that
	// is not known.
	Others(ctx context.Context, only EpochID) (away []string, err error)
}

// Process is one that shares the ledger, as it is listed beside the names: so that who is away is known by those who are there.
type Process struct {
	ID      EpochID // random; the same as long as its data directory is
	Address string  // at which the others reach it
}

// nodeKey is what a process is listed under, before its id in hexadecimal; the value is a version and a listing in JSON.
const nodeKey = "node."

type listing struct {
	Address string `json:"address"`
}

// Share makes this directory one of several that share a store: told is what the ledger tells of keys. Those that are to be destroyed
// are. It MUST be called before anything else but Follow.
func (d *Directory) Share(sharing Sharing, told Told) error {
	revised, ok := d.kept.(revised)
	if !ok {
		return errors.New("the store of names does not say which value is the newest, so processes cannot share it")
	}
	d.sharing, d.revised = sharing, revised
	if !told.Begun || !told.Complete || d.sealing.keys == nil {
		return nil
	}
	return d.sealing.complete(told.Epoch)
}

// Enlist lists this process among those that share the ledger.
func (d *Directory) Enlist(ctx context.Context, p Process) error {
	text, err := json.Marshal(listing{p.Address})
	if err != nil {
		return err
	}
	key, value := nodeKey+p.ID.String(), append([]byte{version}, text...)
	if was, ok, err := d.kept.Get(ctx, key); err == nil && ok && string(was) == string(value) {
		return nil
	}
	if err := d.kept.Put(ctx, key, value); err != nil {
		return fmt.Errorf("list this node beside the names: %w", err)
	}
	return nil
}

// Processes are those that share the ledger, now or at some time.
func (d *Directory) Processes(ctx context.Context) ([]Process, error) { return Processes(ctx, d.kept) }

// Unlist takes a process off the list, by its id in hexadecimal: its data directory is destroyed.
func Unlist(ctx context.Context, kept Kept, id string) error {
	_, ok, err := kept.Get(ctx, nodeKey+id)
	if err != nil {
		return fmt.Errorf("look for the node: %w", err)
	}
	if !ok {
		return fmt.Errorf("no node has the id %q: leave --remove out to see the ids", id)
	}
	if err := kept.Erase(ctx, nodeKey+id); err != nil {
		return fmt.Errorf("take the node off the list: %w", err)
	}
	return nil
}

// Processes are those that are listed in a store, in order of their ids.
func Processes(ctx context.Context, kept Kept) (all []Process, err error) {
	err = kept.All(ctx, func(key string, value []byte) error {
		text, ok := strings.CutPrefix(key, nodeKey)
		if !ok {
			return nil
		}
		id, err := hex.DecodeString(text)
		var l listing
		if err != nil || len(id) != len(EpochID{}) || checkVersion(value) != nil || json.Unmarshal(value[1:], &l) != nil {
			return &Damage{Key: key, Reason: "it is not the listing of a node"}
		}
		all = append(all, Process{EpochID(id), l.Address})
		return nil
	})
	slices.SortFunc(all, func(a, b Process) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return all, err
}

// Accept keeps keys that another process gave, but for those that the ledger has told this one to destroy. When it returns they are on
// the disk.
func (d *Directory) Accept(keys []Key) error {
	if d.sealing.keys == nil {
		return nil
	}
	return d.sealing.accept(keys)
}

// Held are the keys of this process.
func (d *Directory) Held() ([]Key, error) {
	if d.sealing.keys == nil {
		return nil, nil
	}
	return d.sealing.keys.All()
}

// Current is the key that this process last kept names under; false where it never did.
func (d *Directory) Current() (EpochID, bool) {
	d.sealing.mu.RLock()
	defer d.sealing.mu.RUnlock()
	if d.sealing.current == nil {
		return EpochID{}, false
	}
	return *d.sealing.current, true
}

// ShareEpoch brings the key of an epoch that is about to begin to the processes that can be reached. Unless alone, one of them has to
// have it: a key on one disk is lost with the disk, and all names with it.
func (d *Directory) ShareEpoch(ctx context.Context, alone bool) error {
	if d.sharing == nil {
		return nil
	}
	keys, err := d.Held()
	if err != nil {
		return err
	}
	have, err := d.sharing.Give(ctx, keys)
	if alone {
		return nil
	}
	if have > 0 {
		return nil
	}
	return errors.Join(domain.Refuse(domain.Refused, RuleNoSecondNode, "",
		"No other node of this ledger can be reached, and a new key of names has to be on two disks before anything is kept under it. Start another node, and ask again."), err)
}

// Away are the processes that could not be reached, or still have an older key, though every other name is kept under this one.
func (d *Directory) Away(ctx context.Context, only EpochID) (away []string, err error) {
	if d.sharing == nil {
		return nil, nil
	}
	return d.sharing.Others(ctx, only)
}

// Completed is told that the ledger says that everything is kept under a key, by a process that follows it: it destroys the older ones,
// and fetches this one where it is not here. It may be repeated.
func (d *Directory) Completed(ctx context.Context, id EpochID) error {
	if d.sharing == nil || d.sealing.keys == nil {
		return nil
	}
	if err := d.sealing.complete(id); err != nil {
		return err
	}
	d.mu.Lock()
	clear(d.under)
	d.under[id] = true
	d.mu.Unlock()
	return d.Refresh(ctx)
}

// Refresh reads the request key as it is kept now, with the key that it is kept under, from another process if need be. It answers
// *Damage where no process in reach has that.
func (d *Directory) Refresh(ctx context.Context) error {
	value, ok, err := d.kept.Get(ctx, requestKey)
	if err != nil {
		return fmt.Errorf("read the directory of parties: %w", err)
	}
	if !ok {
		return nil
	}
	return d.learnt(ctx, requestKey, value)
}

// Unlock waits until ctx ends for the keys of everything that a ledger names, which it asks the other processes for, and reads what
// they open. It answers *Damage where they are not to be had.
func (d *Directory) Unlock(ctx context.Context, named func(yield func(string) bool)) error {
	for {
		locked := d.locked(named)
		if locked == nil {
			return nil
		}
		if err := d.sharing.Fetch(ctx); err == nil && d.sealing.has(locked.under) {
			if err := d.readAgain(ctx); err != nil {
				return err
			}
			continue
		}
		select {
		case <-time.After(fetchAgain):
		case <-ctx.Done():
			return &Damage{Key: locked.key, Reason: fmt.Sprintf("it is kept under the key %s, which is not here, and no node that can be reached has it. Start a node that has it, or restore a backup: a node that is new, or was away while somebody was forgotten, gets the key from another", locked.under)}
		}
	}
}

// Lacks says whether something that a ledger names is kept under a key that is not here.
func (d *Directory) Lacks(named func(yield func(string) bool)) bool { return d.locked(named) != nil }

type lockedValue struct {
	key   string
	under EpochID
}

// locked is a value that counts and cannot be read; nil where all can.
func (d *Directory) locked(named func(yield func(string) bool)) *lockedValue {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if under, ok := d.unreadable[requestKey]; ok {
		return &lockedValue{requestKey, under}
	}
	for id := range named {
		key := Party{ID: id}.key()
		if under, ok := d.unreadable[key]; ok && !d.erased[id] {
			return &lockedValue{key, under}
		}
	}
	return nil
}

func (d *Directory) readAgain(ctx context.Context) error {
	err := d.kept.All(ctx, func(key string, value []byte) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.read(key, value)
	})
	if err != nil {
		return fmt.Errorf("read the directory of parties: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.settleRead()
	return nil
}

// Ready makes sure, as far as it can be made sure, that this process could write the names: told is what the ledger tells of keys.
func (d *Directory) Ready(ctx context.Context, told Told) error {
	if err := d.sealing.load(); err != nil {
		return err
	}
	if told.Begun && !d.HasEpoch(told.Epoch) {
		_ = d.sharing.Fetch(ctx) // what it has not, HasEpoch says
		if !d.HasEpoch(told.Epoch) {
			return nil // it was lost: Settle says so
		}
	}
	return d.Refresh(ctx)
}

// settleShared is Settle where processes share the store. This process has taken over, and knows every party that counts.
func (d *Directory) settleShared(ctx context.Context, told Told) (Unfinished, error) {
	if err := d.Ready(ctx, told); err != nil {
		return Nothing, err
	}
	left := Nothing
	switch {
	case told.Begun && !d.HasEpoch(told.Epoch):
		// No process in reach has it, or a backup was restored, which has no keys: the ledger has to name another, and what this process
		// knows is kept under that.
		return BeginAgain, nil
	case told.Begun && !told.Complete:
		left = Complete
	}
	first := !told.Begun && len(d.sealing.others()) == 0 && d.sealing.currentID() == nil
	if err := d.choose(told); err != nil {
		return left, err
	}
	if first {
		if err := d.ShareEpoch(ctx, true); err != nil {
			return left, err
		}
	}
	return d.goOn(ctx, told, left)
}
