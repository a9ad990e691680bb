package datadir_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
	"milepost.dev/internal/parties/keyfile"
)

// remembering is a server that gives the names that it gave before, with the commits that it has now: as one does that is asked for its
// names in the instant in which the ledger says that one of them is forgotten.
type remembering struct {
	backup.Server
	values []backup.Value
}

func (r remembering) Values(_ context.Context, yield func(backup.Value) error) error {
	for _, v := range r.values {
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// A restore applies every forgetting that the ledger tells of, whatever names the backup has: over a backup of a running server, and
// over one of a directory in which a server was ended before it erased the name.
func TestARestoreForgets(t *testing.T) {
	const name = "Owner 3"
	data := t.TempDir()
	n, err := node.Start(context.Background(), node.Config{Data: data, Listen: "127.0.0.1:0", User: "test", Software: "test", SingleUser: true})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, data: data, node: n, conn: conn}
	s.grow("a", 5)
	from := remembering{Server: backup.NewServer(conn)}
	if err := from.Server.Values(t.Context(), func(v backup.Value) error {
		from.values = append(from.values, backup.Value{Key: v.Key, Value: slices.Clone(v.Value)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := milepostv1.NewNamesServiceClient(conn).Forget(t.Context(), &milepostv1.ForgetRequest{Name: name, Reason: "it was asked for"}); err != nil {
		t.Fatal(err)
	}
	remembers, cold := filepath.Join(t.TempDir(), "remembers"), filepath.Join(t.TempDir(), "cold")
	if _, err := backup.Take(t.Context(), remembers, from, backup.Options{Now: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	if !below(t, remembers, name) {
		t.Fatal("the backup does not hold the name, and the restore has nothing to leave out")
	}
	s.stop()
	s.conn = nil

	restored := filepath.Join(t.TempDir(), "restored")
	if _, err := datadir.Restore(t.Context(), remembers, datadir.Options{Data: restored, Software: "test", Clock: clock.System(), Entropy: clock.Entropy()}); err != nil {
		t.Fatal(err)
	}
	if below(t, restored, name) {
		t.Error("the restored directory holds the name before a server was started on it")
	}
	again := start(t, restored)
	again.stop()
	again.conn = nil
	for _, others := range []string{name, "Owner 4"} {
		if below(t, restored, others) {
			t.Errorf("%s stands in plain text in a directory that a server was started on", others)
		}
	}
	source, err := datadir.Open(t.Context(), restored, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = backup.Take(t.Context(), cold, source, backup.Options{Now: time.Unix(1, 0)})
	if closed := source.Close(t.Context()); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	if below(t, cold, name) || below(t, cold, string(keyOf(t, restored))) {
		t.Error("a backup of the directory holds the name, or the key of the names")
	}
	if _, err := datadir.Restore(t.Context(), cold, datadir.Options{Data: filepath.Join(t.TempDir(), "second"), Software: "test", Clock: clock.System(), Entropy: clock.Entropy()}); err != nil {
		t.Error(err)
	}
}

func keyOf(t *testing.T, data string) []byte {
	keys, err := keyfile.In(data).All()
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	return keys[0].Secret[:]
}

// below says whether a file below a directory holds a text, as it is or as JSON has bytes.
func below(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || bytes.Contains(content, []byte(text)) || bytes.Contains(plain(content), []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// plain is what the values of a file of names hold, where it is one.
func plain(content []byte) (all []byte) {
	var values []backup.Value
	if json.Unmarshal(content, &values) != nil {
		return nil
	}
	for _, v := range values {
		all = append(all, v.Value...)
	}
	return all
}
