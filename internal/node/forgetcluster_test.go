package node

import (
	"context"
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
	"milepost.dev/internal/backup"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
	"milepost.dev/internal/rig/natstest"
)

// peopleAmong are three nodes on three NATS servers, with credentials of three people.
type peopleAmong struct {
	*several
	v *vouching
}

func newPeopleAmong(t *testing.T) *peopleAmong {
	t.Helper()
	p := &peopleAmong{several: layOut(t, 3), v: newVouching(t)}
	var certificates []string
	for i := range p.configs {
		name := fmt.Sprint("node-", i)
		p.v.issue(name, false)
		certificates = append(certificates, fmt.Sprintf(`{"cn": %q, "actor": "Node %d", "roles": {"*": ["node"]}}`, name, i))
	}
	tokens := []string{
		tokenOfPerson("one", "Office one", "Person One", `"*": ["admin", "operator", "auditor"]`),
		tokenOfPerson("two", "Office two", "Person Two", `"*": ["admin"]`),
		tokenOfPerson("feed", "Council feed", "Person Three", `"*": ["reporter"]`),
	}
	file := p.v.path("credentials.json")
	text := fmt.Sprintf(`{"tokens": [%s], "certificates": [%s]}`, strings.Join(tokens, ","), strings.Join(certificates, ","))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range p.configs {
		p.configs[i].Credentials, p.configs[i].TLS, p.configs[i].Local = file, p.v.files(fmt.Sprint("node-", i)), Local{}
		p.start(i)
	}
	return p
}

// again repeats a call until there is a writer that answers it.
func (p *peopleAmong) again(call func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for {
		err := call(ctx)
		if status.Code(err) != codes.Unavailable || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func (p *peopleAmong) state(i int, m ...*milepostv1.SubmitRequest) {
	p.t.Helper()
	commands := milepostv1.NewCommandServiceClient(p.v.dial(p.nodes[i], "", "feed"))
	for _, m := range m {
		if err := p.again(func(ctx context.Context) error { _, err := commands.Submit(ctx, m); return err }); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *peopleAmong) forget(i int, token string, m *milepostv1.ForgetRequest) (answer *milepostv1.ForgetResponse, err error) {
	names := milepostv1.NewNamesServiceClient(p.v.dial(p.nodes[i], "", token))
	err = p.again(func(ctx context.Context) error { answer, err = names.Forget(ctx, m); return err })
	return answer, err
}

// forgets lets two people forget a name, each at another node.
func (p *peopleAmong) forgets(asking, confirming int, name string) *milepostv1.ForgetResponse {
	p.t.Helper()
	if answer, err := p.forget(asking, "one", &milepostv1.ForgetRequest{Name: name, Reason: "it was asked for"}); err != nil || answer.Forgotten {
		p.t.Fatalf("%v, %v", answer, err)
	}
	if _, err := p.forget(confirming, "one", &milepostv1.ForgetRequest{Name: name, Confirm: true}); status.Code(err) != codes.PermissionDenied {
		p.t.Errorf("who asked confirms at another node: %v", err)
	}
	done, err := p.forget(confirming, "two", &milepostv1.ForgetRequest{Name: name, Confirm: true})
	if err != nil || !done.Forgotten {
		p.t.Fatalf("%v, %v", done, err)
	}
	return done
}

func (p *peopleAmong) backup(i int, dir string) {
	p.t.Helper()
	if _, err := backup.Take(p.t.Context(), dir, backup.NewServer(p.v.dial(p.nodes[i], "", "one")), backup.Options{Now: time.Now()}); err != nil {
		p.t.Fatal(err)
	}
}

// dirs are those of all servers, and of some nodes.
func (p *peopleAmong) dirs(nodes ...int) (dirs []string) {
	for i := range natstest.Members {
		dirs = append(dirs, p.servers.Dir(i))
	}
	for _, i := range nodes {
		dirs = append(dirs, p.configs[i].Data)
	}
	return dirs
}

// tells is what a program can say of a party that has every file of the servers, of these nodes and in these directories, the keys of the
// nodes, and a list of names.
func (p *peopleAmong) tells(id string, nodes []int, more ...string) (told []string) {
	p.t.Helper()
	list := []string{"Ben Nobody", toForget, "Dan Example"}
	dirs := append(p.dirs(nodes...), more...)
	for _, file := range holding(p.t, []byte(toForget), dirs...) {
		told = append(told, "the name stands in "+file)
	}
	for _, i := range nodes {
		told = append(told, guess(p.t, id, list, p.configs[i].Data, dirs...)...)
	}
	return told
}

func (p *peopleAmong) keys(i int) []parties.Key {
	p.t.Helper()
	keys, err := keyfile.In(p.configs[i].Data).All()
	if err != nil {
		p.t.Fatal(err)
	}
	return keys
}

// shareOneKey waits until the nodes have one key, and the same.
func (p *peopleAmong) shareOneKey(nodes ...int) parties.Key {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	for {
		all := map[parties.Key]bool{}
		total := 0
		for _, i := range nodes {
			for _, k := range p.keys(i) {
				all[k] = true
				total++
			}
		}
		if len(all) == 1 && total == len(nodes) {
			for k := range all {
				return k
			}
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			p.t.Fatalf("the nodes %v have %d keys, of which %d are different", nodes, total, len(all))
		}
	}
}

var everyNode = []int{0, 1, 2}

// With all nodes up, a name that is forgotten is in no file of any server or node afterwards, and in no backup; and nobody can tell whose
// it was who has all of them, every key that is left, and a list that holds the name.
func TestANameIsForgottenOnACluster(t *testing.T) {
	p := newPeopleAmong(t)
	p.state(0, owned(toForget)...)
	key := p.shareOneKey(everyNode...)
	writer := p.writes()
	id, ok := p.nodes[writer].names.Load().Find(toForget)
	if !ok {
		t.Fatal("the name is not known")
	}
	backups := t.TempDir()
	dir, before := filepath.Join(backups, "backup"), filepath.Join(t.TempDir(), "before")
	p.backup(0, dir)
	p.backup(1, before)
	// What the look is worth.
	if files := holding(t, []byte(toForget), p.dirs(everyNode...)...); len(files) > 0 {
		t.Errorf("the name stands in plain text in %q", files)
	}
	if told := p.tells(id, everyNode); len(told) == 0 {
		t.Fatal("a program cannot tell the name before it is forgotten")
	}
	if len(p.tells(id, nil, before)) == 0 {
		t.Fatal("the look does not find the name in a backup")
	}

	done := p.forgets((writer+1)%3, (writer+2)%3, toForget)
	if len(done.NodesAway) > 0 || done.Party != hex.EncodeToString([]byte(id)) {
		t.Errorf("it says %v", done)
	}
	for i := range p.nodes {
		p.backup(i, dir)
		p.backup(i, filepath.Join(backups, fmt.Sprint("fresh", i)))
	}
	nowhere := func(when string) {
		t.Helper()
		if told := p.tells(id, everyNode, backups); len(told) > 0 {
			t.Errorf("%s, a program can tell %q", when, told)
		}
		if files := holding(t, key.Secret[:], append(p.dirs(everyNode...), backups)...); len(files) > 0 {
			t.Errorf("%s, the key that it was kept under stands in %q", when, files)
		}
		if next := p.shareOneKey(everyNode...); next.ID == key.ID || next.ID.String() != done.Epoch {
			t.Errorf("%s, names are kept under %s", when, next.ID)
		}
		for i, n := range p.nodes {
			for _, name := range []string{"Estates office", "Council feed", "Person Three"} {
				if _, ok := n.names.Load().Find(name); !ok {
					t.Errorf("%s, %s is lost at node %d", when, name, i)
				}
			}
			held, err := milepostv1.NewNamesServiceClient(p.v.dial(n, "", "one")).Person(t.Context(), &milepostv1.PersonRequest{Name: toForget})
			if err != nil || len(held.Held) > 0 {
				t.Errorf("%s, node %d says of the forgotten person %v, %v", when, i, held, err)
			}
			report, err := oracle.NewServer(p.v.dial(n, "", "one")).Check(t.Context(), time.Now(), nil)
			if err != nil || report.Different > 0 {
				t.Errorf("%s, a check of node %d says %v, %v", when, i, report, err)
			}
		}
	}
	nowhere("while the nodes run")
	for i := range p.nodes {
		p.stop(i)
	}
	for i := range natstest.Members {
		p.servers.Stop(i)
	}
	if told := p.tells(id, everyNode, backups); len(told) > 0 {
		t.Errorf("when everything has ended, a program can tell %q", told)
	}
	for i := range natstest.Members {
		p.servers.Run(i)
	}
	p.configs[0].Cluster.Monitors = p.servers.Monitors() // of all nodes
	for i := range p.nodes {
		p.start(i)
	}
	nowhere("after another start")
	again := owned("Grace Nextname")[1]
	again.RequestId = "later"
	p.state(1, owned(toForget)[0], again) // the first is known, and makes no second event
	nowhere("after another name")

	was := slices.Clone(p.nodes[0].names.Load().RequestKey())
	follows := milepostv1.NewNamesServiceClient(p.v.dial(p.nodes[(p.writes()+1)%3], "", "two"))
	if err := p.again(func(ctx context.Context) error {
		_, err := follows.RetireRequestKey(ctx, &milepostv1.RetireRequestKeyRequest{Reason: "an older milepost wrote here"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	p.shareOneKey(everyNode...)
	for i, n := range p.nodes {
		if key := n.names.Load().RequestKey(); slices.Equal(key, was) || !slices.Equal(key, p.nodes[0].names.Load().RequestKey()) {
			t.Errorf("node %d has the request key of before, or another than node 0", i)
		}
	}
	if _, err := milepostv1.NewCommandServiceClient(p.v.dial(p.nodes[0], "", "feed")).Submit(t.Context(), again); status.Code(err) != codes.AlreadyExists {
		t.Errorf("a request that was digested under the key of before is answered %v", err)
	}
}

// Nodes of an earlier version kept names in plain text: the first one that writes puts them under a key, of which the others get a copy.
func TestAnOldClusterIsMovedUnderAKey(t *testing.T) {
	s := startSeveral(t, 2)
	for _, m := range owned(toForget) {
		s.submit(0, m)
	}
	kept := s.nodes[0].store.Kept()
	if err := s.nodes[0].names.Load().Values(func(key string, value []byte) error { return kept.Put(t.Context(), key, value) }); err != nil {
		t.Fatal(err)
	}
	inStreams := func() (files []string) {
		for i := range natstest.Members {
			files = append(files, holding(t, []byte(toForget), filepath.Join(s.servers.Dir(i), "jetstream", "$G", "streams"))...)
		}
		return files
	}
	for i := range s.nodes {
		s.stop(i)
		if err := os.RemoveAll(filepath.Join(s.configs[i].Data, keyfile.Folder)); err != nil {
			t.Fatal(err)
		}
	}
	if len(inStreams()) == 0 {
		t.Fatal("the name does not stand in plain text")
	}
	for i := range s.nodes {
		s.start(i)
	}
	again := owned(toForget)[1]
	for i := range s.nodes {
		if answer := s.submit(i, again); !answer.Replayed {
			t.Errorf("node %d does not know a request that names somebody", i)
		}
		if _, ok := s.nodes[i].names.Load().Find(toForget); !ok {
			t.Errorf("the name is lost at node %d", i)
		}
	}
	// Where it stands in plain text is overwritten by each server, when it hears of it.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for files := inStreams(); len(files) > 0; files = inStreams() {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("the name stands in plain text in %q", files)
		}
	}
	s.agree()
}

// While a node is away a name is forgotten all the same: the answer names the node, whose disk alone can tell the name, until it has
// started; then no more. It does not start without the key, and what it had is destroyed even so.
func TestANodeIsAwayWhileANameIsForgotten(t *testing.T) {
	p := newPeopleAmong(t)
	p.state(0, owned(toForget)...)
	p.shareOneKey(everyNode...)
	away := (p.writes() + 1) % 3
	there := slices.DeleteFunc(slices.Clone(everyNode), func(i int) bool { return i == away })
	id, _ := p.nodes[away].names.Load().Find(toForget)
	address := p.nodes[away].GRPCAddr()
	p.stop(away)
	done := p.forgets(there[0], there[1], toForget)
	if len(done.NodesAway) != 1 || !strings.Contains(done.NodesAway[0], address) || !strings.Contains(done.Left[0], address) {
		t.Errorf("it says %v", done)
	}
	p.shareOneKey(there...)
	if told := p.tells(id, there); len(told) > 0 {
		t.Errorf("without the disk of the node that is away, a program can tell %q", told)
	}
	if told := p.tells(id, everyNode); len(told) == 0 {
		t.Error("with the disk of the node that is away a program cannot tell the name: what is this test worth?")
	}

	for _, i := range there {
		p.stop(i)
	}
	waiting, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if n, err := Start(waiting, p.configs[away]); err == nil || !strings.Contains(err.Error(), "no node that can be reached has it") {
		t.Errorf("a node starts without the key of names: %v, %v", n, err)
	}
	if told := p.tells(id, everyNode); len(told) > 0 {
		t.Errorf("once the node has tried to start, a program can tell %q", told)
	}
	for _, i := range append(there, away) {
		p.start(i)
	}
	p.shareOneKey(everyNode...)
	listed, err := Listed(t.Context(), *p.configs[0].Cluster, "")
	if err != nil || len(listed) != 3 {
		t.Fatalf("listed are %v, %v", listed, err)
	}
	if listed, err = Listed(t.Context(), *p.configs[0].Cluster, listed[0].ID.String()); err != nil || len(listed) != 2 {
		t.Errorf("after one was removed, listed are %v, %v", listed, err)
	}
	if told := p.tells(id, everyNode); len(told) > 0 {
		t.Errorf("once all nodes run, a program can tell %q", told)
	}
	if _, ok := p.nodes[away].names.Load().Find(toForget); ok {
		t.Error("the node that was away knows the name")
	}
	if _, ok := p.nodes[away].names.Load().Find("Estates office"); !ok {
		t.Error("the node that was away does not know another name")
	}
}
