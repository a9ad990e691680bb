package embedded

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/minio/highwayhash"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// traces looks at what else the server keeps of the ledger, before its records are read. The server
// starts an empty stream where a description is missing or broken, and acts on a changed one at once:
// a limit that was lowered deletes records before anybody can ask.
func (w *walk) traces(dir string, blocks []string) error {
	for _, name := range []string{"__msgs__", "__new_msgs__"} {
		if exists(filepath.Join(w.stream, name)) {
			return w.damaged("a purge of the ledger was begun: there is %s", name)
		}
	}
	used := exists(filepath.Join(dir, formatFile)) || exists(keptDir(dir)) || w.mark.number > 0
	for _, name := range blocks {
		info, err := os.Stat(filepath.Join(w.stream, "msgs", name))
		if err != nil {
			return fmt.Errorf("inspect the ledger: %w", err)
		}
		used = used || info.Size() > 0
	}
	if !used {
		return nil // nothing yet, or the very first start was interrupted
	}
	if err := w.description(); err != nil {
		return err
	}
	if len(blocks) == 0 && exists(filepath.Join(dir, formatFile)) {
		return w.damaged("the files of its records are gone") // the server makes the first with the stream
	}
	return nil
}

// description checks the stream's configuration as it is stored.
func (w *walk) description() error {
	why, err := misdescribed(w.stream, jetstream.LedgerConfig(1), jetstream.CheckConfig)
	if why != "" {
		return w.damaged("%s", why)
	}
	return err
}

// misdescribed says what is wrong with the description of a stream; an error of jetstream.CheckConfig where it is another one
// than it has to be.
func misdescribed(stream string, want natsjs.StreamConfig, check func(want, have natsjs.StreamConfig) error) (why string, err error) {
	described, err := os.ReadFile(filepath.Join(stream, "meta.inf"))
	if errors.Is(err, fs.ErrNotExist) {
		return "the description of its stream, meta.inf, is gone", nil
	}
	if err != nil {
		return "", fmt.Errorf("inspect the ledger: %w", err)
	}
	stored, err := os.ReadFile(filepath.Join(stream, "meta.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("inspect the ledger: %w", err)
	}
	if sum := streamSum(want.Name, described); hex.EncodeToString(sum) != string(stored) {
		return "the description of its stream, meta.inf, is not the one that meta.sum was made of", nil
	}
	var have natsjs.StreamConfig
	if err := json.Unmarshal(described, &have); err != nil {
		return "the description of its stream, meta.inf, cannot be read", nil
	}
	return "", check(want, have)
}

// indexed is how far the server's own index says that the log reached; 0 where it says nothing. It is written now and then, and
// when the server is shut down, so it may be behind the records, never ahead of them. One that cannot be read is no
// evidence: the server makes it anew.
func (w *walk) indexed() (last uint64, err error) {
	const magic, versions = 11, 4
	data, err := os.ReadFile(filepath.Join(w.stream, "msgs", "index.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("inspect the ledger: %w", err)
	}
	if len(data) < 2+recordSum {
		return 0, nil
	}
	data, sum := data[:len(data)-recordSum], data[len(data)-recordSum:]
	if !bytes.Equal(streamSum(jetstream.LedgerStream, data), sum) || data[0] != magic || data[1] > versions {
		return 0, nil
	}
	data = data[2:]
	// Messages, bytes, first sequence, first time (signed, which takes as many bytes), last sequence.
	for range 5 {
		value, n := binary.Uvarint(data)
		if n <= 0 {
			return 0, nil
		}
		last, data = value, data[n:]
	}
	return last, nil
}

// streamSum is the checksum that the server puts on what it keeps about a stream.
func streamSum(stream string, data []byte) []byte {
	key := sha256.Sum256([]byte(stream))
	sum := highwayhash.Sum64(data, key[:])
	return binary.LittleEndian.AppendUint64(nil, sum)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// locate finds the position of damage that was found without a chain, by reading once more.
func locate(dir string, err error) error {
	var damage *eventstore.Damage
	if !errors.As(err, &damage) || damage.Position != 0 {
		return err
	}
	if _, _, located := Verify(dir, func(*eventstore.Commit) error { return nil }); errors.As(located, &damage) {
		return located
	}
	return err
}
