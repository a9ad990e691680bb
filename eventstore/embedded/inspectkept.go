package embedded

import (
	"encoding/binary"
	"fmt"
	"hash"
	"path/filepath"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore/jetstream"
)

// KeptDamage is a value beside the ledger, or what the server keeps about all of them, that is not what was written.
type KeptDamage struct {
	File   string
	Offset int64 // bytes; of the first record that cannot be read
	Reason string
}

func (e *KeptDamage) Error() string {
	return fmt.Sprintf("what is kept beside the ledger is damaged: %s, in %s at byte %d", e.Reason, e.File, e.Offset)
}

// KeptSummary is what an inspection saw of the kept values beside their bytes.
type KeptSummary struct {
	Torn *Torn // nil where the last file ends with a whole record
	// Misdescribed says what is wrong with the description of the stream, which the server makes anew when it opens the store;
	// empty where nothing is.
	Misdescribed string
}

// InspectKept reads the values that are kept beside the ledger of a data directory, or of a copy of one, and changes nothing. It
// calls yield for each key with its value, in no order, and stops at its first error. A directory in which nothing was kept has
// no values.
//
// What cannot be read is a *KeptDamage, but for the beginning of a record at the very end: the machine stopped while it was being
// written, and the server cuts it off when it opens the store.
func InspectKept(dir string, yield func(key string, value []byte) error) (seen KeptSummary, err error) {
	return inspectKept(keptDir(dir), jetstream.CheckConfig, yield)
}

// InspectMemberKept is InspectKept for what one server of a cluster keeps, as InspectMember is Inspect.
func InspectMemberKept(store, account string, yield func(key string, value []byte) error) (KeptSummary, error) {
	stream := filepath.Join(store, "jetstream", account, "streams", jetstream.KeptStream)
	return inspectKept(stream, func(want, have natsjs.StreamConfig) error {
		want.Replicas = have.Replicas
		return jetstream.CheckOutside(want, have)
	}, yield)
}

func inspectKept(stream string, check func(want, have natsjs.StreamConfig) error, yield func(key string, value []byte) error) (seen KeptSummary, err error) {
	names, stray, err := blocksOf(stream)
	if err != nil {
		return seen, fmt.Errorf("inspect the kept values: %w", err)
	}
	if !exists(stream) {
		return seen, nil
	}
	if stray != "" {
		return seen, &KeptDamage{File: filepath.Join(stream, "msgs", stray), Reason: "no server writes such a file"}
	}
	if seen.Misdescribed, err = misdescribed(stream, jetstream.KeptConfig(1), check); err != nil {
		return seen, err
	}
	all := values{}
	for i, name := range names {
		if seen.Torn, err = all.block(filepath.Join(stream, "msgs", name), i == len(names)-1); err != nil {
			return seen, err
		}
	}
	newest := map[string]uint64{}
	for sequence, v := range all {
		newest[v.subject] = max(newest[v.subject], sequence)
	}
	for subject, sequence := range newest {
		key, err := jetstream.KeyOf(subject)
		if err != nil {
			return seen, &KeptDamage{File: stream, Reason: err.Error()}
		}
		if err := yield(key, all[sequence].value); err != nil {
			return seen, err
		}
	}
	return seen, nil
}

// values are kept ones by the number under which each was written.
type values map[uint64]keptValue

type keptValue struct {
	subject string
	value   []byte
}

// block adds the records of one file. Torn is for the last one.
func (all values) block(path string, last bool) (*Torn, error) {
	data, sum, why, err := readBlock(jetstream.KeptStream, path)
	if err != nil {
		return nil, fmt.Errorf("inspect the kept values: %w", err)
	}
	if why != "" {
		return nil, &KeptDamage{File: path, Reason: why}
	}
	for offset := 0; offset < len(data); {
		rest := data[offset:]
		r, why := readRecord(rest, sum)
		if why != "" && last && endsEarly(rest, offset, sum) {
			return &Torn{File: path, Offset: int64(offset), Bytes: int64(len(rest))}, nil
		}
		if why != "" {
			return nil, &KeptDamage{File: path, Offset: int64(offset), Reason: why}
		}
		offset += r.size
		if r.gone() {
			delete(all, r.sequence&^(erasedMark|lostMark))
			continue
		}
		all[r.sequence] = keptValue{string(r.subject), r.body}
	}
	return nil, nil
}

// endsEarly says whether what follows the last whole record of a file is one of which not all reached the disk: its end is missing, or a
// sector of it, and no whole record stands behind it.
func endsEarly(rest []byte, offset int, sum hash.Hash64) bool {
	for i := 1; i+recordHead+recordSum <= len(rest); i++ {
		if _, why := readRecord(rest[i:], sum); why == "" {
			return false
		}
	}
	size := recordHead
	if len(rest) >= recordHead {
		size = int(binary.LittleEndian.Uint32(rest) &^ hasHeader)
	}
	return size > len(rest) || missesSector(rest, offset)
}
