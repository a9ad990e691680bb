package node

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/oracle/sweep"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

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
