// Package parties is the directory of people and organisations.
//
// The ledger cannot forget, and people have a right to be forgotten. So records name a person by an id,
// and the name behind the id is kept here, beside the ledger, with a salt. Whoever holds name and salt
// can prove that the id stands for the name; once both are erased, the id says nothing to anybody.
package parties

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// RuleUnknown is broken by an id that the directory has no name for.
const RuleUnknown = "party-unknown"

const (
	// putWithin is how long the store may take to keep one name. A slow disk may need seconds.
	putWithin = 10 * time.Second
	// maxUnsure bounds the names of which it is not known whether they are kept.
	maxUnsure = 1000
)

// Directory knows the names. It is safe for concurrent use.
//
// It holds every party in memory: one is a few hundred bytes, and a programme has thousands at most. What keeps it so
// is that a name becomes a party with the request that was accepted and names it, and with nothing else (Begin); and that
// quotas bound what is accepted. A question is answered with Find, which makes none.
type Directory struct {
	kept    Kept
	revised revised // the same; nil where this process has it alone
	sharing Sharing // nil there too
	sealing sealing
	fresh   bool

	mu         sync.RWMutex
	requestKey []byte             // guarded by mu
	under      map[EpochID]bool   // the keys that values were found under, the zero id for none; guarded by mu
	unreadable map[string]EpochID // what is kept under a key that is not here, by what it is kept as; guarded by mu

	byID     map[string]Party     // guarded by mu
	erased   map[string]bool      // ids that were forgotten; guarded by mu
	purged   map[string]bool      // those of them of which nothing was found but the word that they were; guarded by mu
	written  map[string]string    // id by name as it is kept; guarded by mu. It saves most calls the folding
	folded   map[string]string    // id by what same makes of the name; guarded by mu
	proposed map[string]*proposal // by the same: requests name them, and none of them is accepted yet; guarded by mu
	unsure   map[string]Party     // by the same: the store gave no clear answer; guarded by mu

	entropyMu sync.Mutex
	entropy   io.Reader // guarded by entropyMu
}

// Open reads the directory and proves every name in it, for a process that writes: it is Follow without keys, and then EnsureRequestKey.
func Open(ctx context.Context, kept Kept, entropy io.Reader) (*Directory, error) {
	d, err := Follow(ctx, kept, nil, entropy)
	if err != nil {
		return nil, err
	}
	return d, d.EnsureRequestKey(ctx)
}

// Follow reads the directory and proves every name in it, and writes nothing; *Damage says which is not what was
// written. Names that another process keeps later become known by Learn. Where keys is nil nothing is kept under a key.
func Follow(ctx context.Context, kept Kept, keys Keys, entropy io.Reader) (*Directory, error) {
	d, err := Read(keys, func(yield func(string, []byte) error) error { return kept.All(ctx, yield) })
	if err != nil {
		return nil, err
	}
	d.kept, d.entropy = kept, entropy
	return d, nil
}

// Read proves every name among values, of which all calls yield with each: *Damage says which is not what was written. It is
// for who looks at the files of a store; no name can be kept or forgotten by such a directory.
func Read(keys Keys, all func(yield func(key string, value []byte) error) error) (*Directory, error) {
	d := &Directory{
		sealing: sealing{keys: keys}, under: map[EpochID]bool{}, unreadable: map[string]EpochID{},
		byID: map[string]Party{}, erased: map[string]bool{}, purged: map[string]bool{}, written: map[string]string{}, folded: map[string]string{},
		proposed: map[string]*proposal{}, unsure: map[string]Party{},
	}
	if err := d.sealing.load(); err != nil {
		return nil, err
	}
	if err := all(d.read); err != nil {
		return nil, fmt.Errorf("read the directory of parties: %w", err)
	}
	d.fresh = len(d.byID)+len(d.unreadable) == 0
	d.settleRead()
	return d, nil
}

// settleRead hides what was read and is forgotten: whoever forgot a name may have been ended before it was erased. The caller holds mu,
// or is Read.
func (d *Directory) settleRead() {
	for id := range d.erased {
		_, named := d.byID[id]
		_, unread := d.unreadable[Party{ID: id}.key()]
		d.purged[id] = d.purged[id] || !named && !unread
	}
	d.hide(maps.Keys(d.erased))
}

// read takes in one value as it is kept. The caller holds mu, or is Follow.
func (d *Directory) read(key string, stored []byte) error {
	if id, ok := forgottenID(key); ok {
		d.erased[id] = true
		return checkVersion(stored)
	}
	if strings.HasPrefix(key, nodeKey) {
		return nil
	}
	if key != requestKey && !isID(key) {
		return &Damage{Key: key, Reason: "nothing is kept under such a key; was it written by a newer milepost?"}
	}
	under, _ := sealedUnder(stored)
	value, readable, err := d.sealing.open(key, stored)
	if err != nil {
		return err
	}
	if !readable {
		d.unreadable[key] = under
		return nil
	}
	d.under[under] = true
	delete(d.unreadable, key)
	if key == requestKey {
		k, err := readRequestKey(value)
		d.requestKey = slices.Clone(k)
		return err
	}
	p, err := readParty(key, value)
	if err == nil {
		d.add(p)
	}
	return err
}

// EnsureRequestKey makes the request key where the directory is new. A directory that has names but no key has lost it, and with
// it the means to tell a retry from a new request: that is a *Damage.
func (d *Directory) EnsureRequestKey(ctx context.Context) error {
	if d.RequestKey() != nil {
		return nil
	}
	if err := d.keyLost(); err != nil {
		return err
	}
	value, err := d.makeRequestKey()
	if err != nil {
		return err
	}
	return d.keepRequestKey(ctx, value)
}

func (d *Directory) keyLost() error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if under, ok := d.unreadable[requestKey]; ok {
		return &Damage{Key: requestKey, Reason: keyMissing(under)}
	}
	if d.requestKey == nil && len(d.byID) > 0 {
		return &Damage{Key: requestKey, Reason: "it is missing, though there are names"}
	}
	return nil
}

// keyMissing is what is wrong with a value whose key is not here.
func keyMissing(id EpochID) string {
	return fmt.Sprintf("it is kept under the key %s, and there is no such key here: the keys are part of a data directory, and without them nobody can read its names. Restore the whole data directory, or a backup", id)
}

func (d *Directory) makeRequestKey() (value []byte, err error) {
	value = make([]byte, 1+requestKeyLen)
	value[0] = version
	if err := d.random(value[1:]); err != nil {
		return nil, fmt.Errorf("make the request key: %w", err)
	}
	return value, nil
}

func (d *Directory) keepRequestKey(ctx context.Context, value []byte) error {
	if err := d.sealing.put(ctx, d.kept, d.random, requestKey, value); err != nil {
		return fmt.Errorf("keep the request key: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.requestKey = value[1:]
	return nil
}

// RequestKey is the secret under which the content of requests is digested: 32 bytes, the same until it is retired. The caller
// must not change it.
func (d *Directory) RequestKey() []byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.requestKey
}

// Values calls yield with everything that is kept, as it is without a key of this process: the names with their salts, and the
// request key. So a backup of one store restores into another. They are secrets, and meant for a backup. It stops at the first error
// of yield.
func (d *Directory) Values(yield func(key string, value []byte) error) error {
	if key := d.RequestKey(); key != nil {
		if err := yield(requestKey, append([]byte{version}, key...)); err != nil {
			return err
		}
	}
	for _, p := range d.All() {
		if err := yield(p.key(), p.value()); err != nil {
			return err
		}
	}
	d.mu.RLock()
	erased := slices.Sorted(maps.Keys(d.erased))
	d.mu.RUnlock()
	for _, id := range erased {
		if err := yield(forgottenKey+hex.EncodeToString([]byte(id)), []byte{version}); err != nil {
			return err
		}
	}
	return nil
}

// Fresh says that the directory had no names when it was opened. Beside a ledger that has records this means
// that the directory is lost. A request key alone does not count: an earlier start, which found out that
// the names are lost, may have made it.
func (d *Directory) Fresh() bool { return d.fresh }

// Resolve returns the id of a name. Another case or spacing of a name that is known is the same party; a
// new name becomes a party, whose name is durable when Resolve returns.
//
// A name that cannot be kept is a *domain.Refusal. Any other error means that it is not known whether the
// name is kept; the same name may be resolved again, and comes to the same id.
func (d *Directory) Resolve(ctx context.Context, name string) (id string, err error) {
	n := d.Begin()
	defer n.Leave()
	if id, err = n.Party(name); err != nil {
		return "", err
	}
	if err := n.Keep(ctx); err != nil {
		return "", err
	}
	return id, nil
}

// put is not ended by a caller who leaves: that would only make it unknown what became of the name.
func (d *Directory) put(ctx context.Context, p Party) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putWithin)
	defer cancel()
	if d.revised != nil {
		return d.putNew(ctx, p)
	}
	return d.sealing.put(ctx, d.kept, d.random, p.key(), p.value())
}

// settleOne makes room among the unsure by keeping one of them.
func (d *Directory) settleOne(ctx context.Context) error {
	d.mu.RLock()
	var p Party
	for _, p = range d.unsure {
		break
	}
	d.mu.RUnlock()
	if p.ID == "" {
		return nil
	}
	if err := d.put(ctx, p); err != nil {
		return fmt.Errorf("keep a party's name: %w", err)
	}
	d.mu.Lock()
	d.add(p)
	d.mu.Unlock()
	return nil
}

func (d *Directory) salt() (s [saltSize]byte, err error) {
	if err := d.random(s[:]); err != nil {
		return s, fmt.Errorf("make a salt: %w", err)
	}
	return s, nil
}

// random fills b with chance.
func (d *Directory) random(b []byte) error {
	d.entropyMu.Lock()
	defer d.entropyMu.Unlock()
	_, err := io.ReadFull(d.entropy, b)
	return err
}

// add makes a kept party known. The caller holds mu, or is Open. Should a name ever have come to be kept
// twice, the party with the smaller id answers to it, on every server alike.
func (d *Directory) add(p Party) {
	d.byID[p.ID] = p
	folded := Fold(p.Name)
	delete(d.unsure, folded)
	if other, ok := d.folded[folded]; ok {
		if other <= p.ID {
			return
		}
		delete(d.written, d.byID[other].Name)
	}
	d.folded[folded] = p.ID
	d.written[p.Name] = p.ID
}

func (d *Directory) exactly(name string) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok := d.written[name]
	return id, ok
}

// Find returns the id of a name, in any case and spacing, and makes none.
func (d *Directory) Find(name string) (id string, ok bool) {
	if id, ok := d.exactly(name); ok {
		return id, true
	}
	clean, err := Clean(name)
	if err != nil {
		return "", false
	}
	folded := Fold(clean)
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok = d.folded[folded]
	return id, ok
}

// Name returns the name behind an id, as it was first written.
func (d *Directory) Name(id string) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.byID[id]
	return p.Name, ok
}

// Display returns what people are shown for an id: the name or, when it was forgotten, the beginning of
// the id, by which two of them can still be told apart. Nobody, the empty id, is shown as nothing.
func (d *Directory) Display(id string) string {
	if name, ok := d.Name(id); ok {
		return name
	}
	return Forgotten(id)
}

// Forgotten is what people are shown for an id whose name is not kept. Whoever checks answers against the
// ledger has to show it in the same way; the empty id is nobody.
func Forgotten(id string) string {
	if id == "" {
		return ""
	}
	return "forgotten party " + Short(id)
}

// Short is the beginning of an id in hexadecimal, as people are shown it.
func Short(id string) string { return hex.EncodeToString([]byte(id[:min(4, len(id))])) }

// Size is how many parties there are whose names are kept.
func (d *Directory) Size() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.byID)
}

// All returns every party whose name is kept, in order of name.
func (d *Directory) All() []Party {
	d.mu.RLock()
	all := slices.Collect(maps.Values(d.byID))
	d.mu.RUnlock()
	slices.SortFunc(all, func(a, b Party) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}
