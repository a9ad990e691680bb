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
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/client"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/oracle/sweep"
	"milepost.dev/internal/parties"
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
	return fmt.Sprintf(`{"sha256": %q, "actor": %q, "person": %q, "roles": {%s}}`, digest(token), actor, person, roles)
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

// TestAForgottenNameIsNowhere forgets a name, and looks for it as somebody does who has everything that is left.
func TestAForgottenNameIsNowhere(t *testing.T) {
	o := newTwoPeople(t)
	o.state(owned(toForget)...)
	list := []string{"Ben Nobody", "Cora Elsewhere", toForget, "Dan Example"}
	id, ok := o.node.names.Load().Find(toForget)
	if !ok {
		t.Fatal("the name is not known")
	}
	before, backups := filepath.Join(t.TempDir(), "before"), t.TempDir()
	dir := filepath.Join(backups, "backup")
	o.backup(before)
	o.backup(dir)
	old, err := keyfile.In(o.data).All()
	if err != nil || len(old) != 1 {
		t.Fatal(old, err)
	}

	// What the look is worth: it finds the name in a backup, and by the key of the data directory, before it is forgotten.
	if len(holding(t, []byte(toForget), o.data)) > 0 || len(holding(t, old[0].Secret[:], o.data)) != 1 {
		t.Error("the name stands in plain text in the data directory, or its key does not")
	}
	if told := guess(t, id, list, o.data); len(told) == 0 || !strings.HasPrefix(told[0], toForget) {
		t.Fatalf("the program that looks for the name says %q", told)
	}
	if len(holding(t, []byte(toForget), before)) != 1 || len(guess(t, id, list, t.TempDir(), before)) == 0 {
		t.Fatal("the look does not find the name in a backup")
	}

	asked, err := o.forget("one", &milepostv1.ForgetRequest{Name: strings.ToUpper(toForget), Reason: "it was asked for"})
	if err != nil || asked.Forgotten || asked.Party != hex.EncodeToString([]byte(id)) {
		t.Fatalf("%v, %v", asked, err)
	}
	for _, token := range []string{"one", "again"} {
		if _, err := o.forget(token, &milepostv1.ForgetRequest{Name: toForget, Confirm: true}); status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s asked, and confirms: %v", token, err)
		}
	}
	if _, ok := o.node.names.Load().Find(toForget); !ok {
		t.Fatal("it was forgotten before another person confirmed")
	}
	done, err := o.forget("two", &milepostv1.ForgetRequest{Name: toForget, Confirm: true})
	if err != nil || !done.Forgotten {
		t.Fatalf("%v, %v", done, err)
	}
	o.backup(dir)
	fresh := filepath.Join(backups, "fresh")
	o.backup(fresh)

	nowhere := func(when string) {
		t.Helper()
		if files := holding(t, []byte(toForget), o.data, backups); len(files) > 0 {
			t.Errorf("%s, the name stands in %q", when, files)
		}
		if files := holding(t, old[0].Secret[:], o.data, backups); len(files) > 0 {
			t.Errorf("%s, the key that it was kept under stands in %q", when, files)
		}
		if told := guess(t, id, list, o.data, backups); len(told) > 0 {
			t.Errorf("%s, a program can tell %q", when, told)
		}
	}
	nowhere("while the server runs")
	if told := guessByDigest(t, o.node, o.node.names.Load().RequestKey(), list); len(told) > 0 {
		t.Errorf("by the digests of requests a program can tell %q", told)
	}
	answer, err := milepostv1.NewQueryServiceClient(o.as("one")).ListOwners(t.Context(), &milepostv1.ListOwnersRequest{Plan: "hubs", All: true})
	if err != nil || !strings.Contains(answer.String(), parties.Forgotten(id)) || strings.Contains(answer.String(), "Quill") {
		t.Errorf("owners are %v, %v", answer, err)
	}
	report, err := oracle.NewServer(o.as("one")).Check(t.Context(), time.Now(), nil)
	if err != nil || report.Different > 0 {
		t.Errorf("a check says %v, %v", report, err)
	}
	o.stop()
	nowhere("when the server has ended")
	if _, err := sweep.Directory(o.data, oracle.NewVerifier); err != nil {
		t.Errorf("a sweep says %v", err)
	}
	o.start()
	nowhere("after another start")
	for _, name := range []string{"Estates office", "Council feed", "Person Three"} {
		if _, ok := o.node.names.Load().Find(name); !ok {
			t.Errorf("%s is lost", name)
		}
	}
	// What the forgotten one's office sends again is not taken for something new.
	if _, err := milepostv1.NewCommandServiceClient(o.as("feed")).Submit(t.Context(), owned(toForget)[0]); err != nil {
		t.Error(err)
	}
}

// A name of the credentials would be kept again with the next request, and so is not forgotten before it is taken out there.
func TestANameInUseIsNotForgotten(t *testing.T) {
	o := newTwoPeople(t)
	o.state(owned(toForget)...)
	for _, name := range []string{"council FEED", "Person Three"} {
		_, err := o.forget("one", &milepostv1.ForgetRequest{Name: name, Reason: "it was asked for"})
		if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "tokens: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.forget("one", &milepostv1.ForgetRequest{Name: "Nobody", Reason: "x"}); status.Code(err) != codes.NotFound {
		t.Error(err)
	}
	if _, err := o.forget("two", &milepostv1.ForgetRequest{Name: toForget, Confirm: true, Reason: "x"}); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("nobody asked, and it is confirmed: %v", err)
	}
	if _, ok := o.node.names.Load().Find(toForget); !ok {
		t.Error("it is forgotten")
	}
	if keys, err := keyfile.In(o.data).All(); err != nil || len(keys) != 1 {
		t.Errorf("a refusal left %d keys, %v", len(keys), err)
	}
}

// On a server without credentials nobody is known, so that nobody else can confirm: one person may, who says so when it is started.
func TestForgettingOnOnesOwnMachine(t *testing.T) {
	forget := func(n *Node) (*milepostv1.ForgetResponse, error) {
		for _, m := range owned(toForget) {
			if _, err := milepostv1.NewCommandServiceClient(connect(t, n)).Submit(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		return milepostv1.NewNamesServiceClient(connect(t, n)).Forget(t.Context(), &milepostv1.ForgetRequest{Name: toForget, Reason: "it was asked for"})
	}
	if _, err := forget(served(t, Config{})); status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "--single-user") {
		t.Errorf("a server that knows nobody says %v", err)
	}
	answer, err := forget(served(t, Config{SingleUser: true}))
	if err != nil || !answer.Forgotten {
		t.Errorf("%v, %v", answer, err)
	}
}

// Free text cannot be forgotten: where it holds the name is said, with the positions. Person lists that and everything else.
func TestWhatIsHeldAboutSomebody(t *testing.T) {
	o := newTwoPeople(t)
	o.state(owned(toForget)...)
	o.state(&milepostv1.SubmitRequest{RequestId: "text", Plan: "hubs", Commands: []*milepostv1.Command{
		{Source: "minute of " + toForget, Command: &milepostv1.Command_MilestoneAmended{MilestoneAmended: &milepostv1.MilestoneAmended{Ref: "HUB-1", Title: ptrTo("As ada  QUILLFEATHER's team said"), Workstream: ptrTo("Ada Quillfeatherstone is another")}}},
	}})
	names := milepostv1.NewNamesServiceClient(o.as("one"))
	held := func(name string, size int32) (all []string) {
		t.Helper()
		for token := ""; ; {
			page, err := names.Person(t.Context(), &milepostv1.PersonRequest{Name: name, PageSize: size, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Held {
				all = append(all, strings.Join(strings.Fields(fmt.Sprintln(h.As, h.Position, h.Ref, h.Event, h.Field)), " "))
			}
			if token = page.NextPageToken; token == "" {
				return all
			}
		}
	}
	want := []string{
		"on-behalf-of 3 HUB-1 OwnerChanged", "owner 3 HUB-1 OwnerChanged", "named 4 HUB-1 OwnerChanged",
		"free-text 5 HUB-1 MilestoneAmended source", "free-text 5 HUB-1 MilestoneAmended title",
	}
	for _, size := range []int32{0, 1, 2} {
		if got := held("ada quillfeather", size); !slices.Equal(got, want) {
			t.Errorf("in pages of %d it is %q", size, got)
		}
	}
	if got := held("Council feed", 0); len(got) < 6 || got[0] != "credentials 0 tokens: actor" || got[1] != "actor 1 PlanRegistered" {
		t.Errorf("of the feed it is %q", got)
	}
	if _, err := o.forget("one", &milepostv1.ForgetRequest{Name: toForget, Reason: "it was asked for"}); err != nil {
		t.Fatal(err)
	}
	done, err := o.forget("two", &milepostv1.ForgetRequest{Name: toForget, Confirm: true})
	if err != nil || done.FreeTextPlaces != 2 || len(done.FreeText) != 2 || done.FreeText[0].Position != 5 || !strings.Contains(done.Left[0], "2 places") {
		t.Errorf("%v, %v", done, err)
	}
	if got := held(toForget, 0); !slices.Equal(got, want[3:]) {
		t.Errorf("after it was forgotten it is %q", got)
	}
}

func ptrTo[T any](v T) *T { return &v }

// A request that was accepted before the request key was retired, and is sent again, makes no second event; nobody can say whether it
// is the same, and so it is refused. What comes after is known again.
func TestARequestKeyIsRetired(t *testing.T) {
	o := newTwoPeople(t)
	requests := owned(toForget)
	o.state(requests...)
	was := slices.Clone(o.node.names.Load().RequestKey())
	names := milepostv1.NewNamesServiceClient(o.as("two"))
	answer, err := names.RetireRequestKey(t.Context(), &milepostv1.RetireRequestKeyRequest{Reason: "an older milepost wrote here"})
	if err != nil || len(answer.Means) == 0 {
		t.Fatalf("%v, %v", answer, err)
	}
	later := &milepostv1.SubmitRequest{RequestId: "later", Plan: "hubs", Commands: owned("Another owner")[1].Commands}
	o.state(later)
	for range 2 {
		if bytes.Equal(o.node.names.Load().RequestKey(), was) {
			t.Error("the request key is the same")
		}
		position := o.node.replica.Position()
		for _, m := range requests {
			_, err := milepostv1.NewCommandServiceClient(o.as("feed")).Submit(t.Context(), m)
			if status.Code(err) != codes.AlreadyExists || !strings.Contains(err.Error(), "key") {
				t.Errorf("request %s is answered %v", m.RequestId, err)
			}
		}
		again, err := milepostv1.NewCommandServiceClient(o.as("feed")).Submit(t.Context(), later)
		if err != nil || !again.Replayed {
			t.Errorf("what came after is answered %v, %v", again, err)
		}
		if o.node.replica.Position() != position {
			t.Error("something was stated twice")
		}
		o.stop()
		o.start()
	}
}

// An older milepost kept names in plain text: they are under a key after the next start, and in plain text nowhere.
func TestAnOldDirectoryIsMovedUnderAKey(t *testing.T) {
	o := newTwoPeople(t)
	o.state(owned(toForget)...)
	kept := o.node.store.Kept()
	if err := o.node.names.Load().Values(func(key string, value []byte) error { return kept.Put(t.Context(), key, value) }); err != nil {
		t.Fatal(err)
	}
	o.stop()
	if err := os.RemoveAll(filepath.Join(o.data, keyfile.Folder)); err != nil {
		t.Fatal(err)
	}
	if len(holding(t, []byte(toForget), o.data)) == 0 {
		t.Fatal("the name does not stand in plain text")
	}
	o.start()
	if _, ok := o.node.names.Load().Find(toForget); !ok {
		t.Error("the name is lost")
	}
	o.stop()
	if files := holding(t, []byte(toForget), o.data); len(files) > 0 {
		t.Errorf("the name stands in plain text in %q", files)
	}
	if _, err := sweep.Directory(o.data, oracle.NewVerifier); err != nil {
		t.Errorf("a sweep says %v", err)
	}
}
