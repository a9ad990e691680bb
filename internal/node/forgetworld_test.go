package node

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/client"
	"milepost.dev/internal/parties/keyfile"
	"milepost.dev/internal/request"
)

// toForget is a name that stands nowhere else.
const toForget = "Ada Quillfeather"

// twoPeople is a server with credentials of three people, on a data directory.
type twoPeople struct {
	t                 *testing.T
	data, credentials string
	node              *Node
}

func newTwoPeople(t *testing.T) *twoPeople {
	o := &twoPeople{t: t, data: filepath.Join(t.TempDir(), "data"), credentials: filepath.Join(t.TempDir(), "credentials.json")}
	o.write(
		tokenOfPerson("one", "Office one", "Person One", `"*": ["admin", "operator", "auditor"]`),
		tokenOfPerson("two", "Office two", "Person Two", `"*": ["admin"]`),
		tokenOfPerson("again", "Office one again", "Person One", `"*": ["admin"]`),
		tokenOfPerson("feed", "Council feed", "Person Three", `"*": ["reporter"]`),
	)
	o.start()
	return o
}

func tokenOfPerson(token, actor, person, roles string) string {
	return fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "speaks_for": ["*"], "roles": {%s}}`, digest(token), actor, person, roles)
}

func (o *twoPeople) write(entries ...string) {
	o.t.Helper()
	if err := os.WriteFile(o.credentials, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *twoPeople) start() {
	o.t.Helper()
	n, err := Start(o.t.Context(), Config{Data: o.data, Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", Credentials: o.credentials, Software: "test"})
	if err != nil {
		o.t.Fatal(err)
	}
	o.node = n
	o.t.Cleanup(func() { n.Close(context.Background()) })
}

func (o *twoPeople) stop() {
	o.t.Helper()
	if err := o.node.Close(context.Background()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *twoPeople) as(token string) *grpc.ClientConn {
	o.t.Helper()
	conn, err := grpc.NewClient(o.node.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(token))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { conn.Close() })
	return conn
}

// owned are requests that name a person, as whom they speak for and as an owner.
func owned(name string) []*milepostv1.SubmitRequest {
	return []*milepostv1.SubmitRequest{
		{RequestId: "begin", Plan: "hubs", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
			{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "HUB-1"}}},
		}},
		{RequestId: "owner", Plan: "hubs", OnBehalfOf: name, Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "HUB-1", Owner: name}}},
		}},
		{RequestId: "other", Plan: "hubs", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "HUB-1", Owner: "Estates office"}}},
		}},
	}
}

func (o *twoPeople) state(m ...*milepostv1.SubmitRequest) {
	o.t.Helper()
	for _, m := range m {
		if _, err := milepostv1.NewCommandServiceClient(o.as("feed")).Submit(o.t.Context(), m); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *twoPeople) forget(token string, m *milepostv1.ForgetRequest) (*milepostv1.ForgetResponse, error) {
	return milepostv1.NewNamesServiceClient(o.as(token)).Forget(o.t.Context(), m)
}

func (o *twoPeople) backup(dir string) {
	o.t.Helper()
	if _, err := backup.Take(o.t.Context(), dir, backup.NewServer(o.as("one")), backup.Options{Now: time.Now()}); err != nil {
		o.t.Fatal(err)
	}
}

// holding are the files below directories that hold a text.
func holding(t *testing.T, text []byte, dirs ...string) (files []string) {
	t.Helper()
	for _, dir := range dirs {
		for path, content := range filesIn(t, dir) {
			if bytes.Contains(content, text) {
				files = append(files, path)
			}
		}
	}
	return files
}

func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // the server removed it meanwhile
		}
		var values []backup.Value // as a backup has them, in JSON
		if err == nil && json.Unmarshal(content, &values) == nil {
			for _, v := range values {
				content = append(content, v.Value...)
			}
		}
		all[path] = content
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// guess is what a program can say that has every file of these directories, every key in one of them, and a list of names: which of
// them a party was.
func guess(t *testing.T, id string, list []string, data string, dirs ...string) (told []string) {
	t.Helper()
	keys, err := keyfile.In(data).All()
	if err != nil {
		t.Fatal(err)
	}
	try := func(how string, text []byte) {
		for i := 0; i+16 <= len(text); i++ {
			for _, name := range list {
				if sum := sha256.Sum256([]byte("milepost party\x00" + string(text[i:i+16]) + name)); string(sum[:]) == id {
					told = append(told, name+" by "+how)
				}
			}
		}
	}
	for _, dir := range append(dirs, data) {
		for path, content := range filesIn(t, dir) {
			try("its salt in "+filepath.Base(path), content)
			for _, key := range keys {
				block, _ := aes.NewCipher(key.Secret[:])
				aead, _ := cipher.NewGCM(block)
				for at := 0; ; {
					i := bytes.Index(content[at:], key.ID[:])
					if i < 0 {
						break
					}
					at += i + len(key.ID)
					for end := at + 12 + 17; end <= min(len(content), at+400); end++ {
						if plain, err := aead.Open(nil, content[at:at+12], content[at+12:end], []byte(hex.EncodeToString([]byte(id)))); err == nil {
							try("a key, and what is kept under it in "+filepath.Base(path), plain)
						}
					}
				}
			}
		}
	}
	return told
}

// guessByDigest is what it can say by the digests of requests, with the request key.
func guessByDigest(t *testing.T, n *Node, key []byte, list []string) (told []string) {
	t.Helper()
	digests := request.NewDigests(key)
	kept := map[string]bool{}
	err := n.store.Log().Read(t.Context(), 1, func(number uint64, data []byte) error {
		commit, err := eventstore.Decode(number, data)
		if err != nil {
			return err
		}
		for _, e := range commit.Entries {
			kept[e.Content], kept[e.ContentV2] = true, true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range list {
		for _, m := range owned(name)[1:2] {
			content, err := digests.Of(m, func(name string) (string, error) { return name, nil })
			if err != nil {
				t.Fatal(err)
			}
			if kept[content.V1] {
				told = append(told, name)
			}
		}
	}
	return told
}
