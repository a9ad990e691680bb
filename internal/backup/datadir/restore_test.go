package datadir_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
)

// A backup that was taken while requests came in is restored elsewhere. It proves, it answers the same, it
// goes on accepting, and who sends a request again gets the receipt that the first server gave.
func TestABackupTakenUnderLoadGoesOnElsewhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	first := start(t, t.TempDir())
	early := first.grow("early", 5)

	stop := make(chan struct{})
	var mu sync.Mutex
	receipts := map[string]*milepostv1.Receipt{}
	sent := map[string]*milepostv1.SubmitRequest{}
	var load sync.WaitGroup
	begun := make(chan struct{}, 1)
	for _, worker := range []string{"a", "b", "c", "d"} {
		load.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				m := requestOf(worker, i)
				answer, err := first.submit(m)
				if err != nil {
					t.Errorf("under load: %v", err)
					return
				}
				mu.Lock()
				receipts[m.RequestId], sent[m.RequestId] = answer.Receipt, m
				mu.Unlock()
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	<-begun
	var taken *backup.Result
	for range 4 {
		<-begun
		taken = first.backup(dir)
	}
	close(stop)
	load.Wait()
	want := first.answersAt(taken.Position)
	if first.proved().Position <= taken.Position {
		t.Log("nothing came after the backup; the load was light")
	}
	first.stop()

	data := filepath.Join(t.TempDir(), "restored")
	r, err := datadir.Restore(t.Context(), dir, into(data))
	if err != nil {
		t.Fatal(err)
	}
	if r.Position != taken.Position || r.Lost || r.Origin != taken.Origin || r.Digest != taken.Digest {
		t.Errorf("restored %+v of %+v", r, taken)
	}
	second := start(t, data)
	if p := second.proved(); p.Position != taken.Position || p.Origin != taken.Origin || len(p.Restores) != 1 || p.Restores[0].Lost {
		t.Errorf("the proof is %+v", p)
	}
	same(t, "the answers", want, second.answersAt(taken.Position))
	again := 0
	for id, m := range sent {
		if receipts[id].Position > taken.Position {
			continue
		}
		again++
		answer, err := second.submit(m)
		if err != nil {
			t.Fatal(err)
		}
		if !answer.Replayed || !proto.Equal(answer.Receipt, receipts[id]) {
			t.Fatalf("request %s has the receipt %v and had %v", id, answer.Receipt, receipts[id])
		}
	}
	if answer, err := second.submit(requestOf("early", 3)); err != nil || !answer.Replayed || !proto.Equal(answer.Receipt, early[3]) {
		t.Errorf("%v, %v", answer, err)
	}
	if again == 0 {
		t.Error("no request of those under load is in the backup")
	}
	if p := second.proved(); p.Position != taken.Position {
		t.Errorf("retried requests brought the ledger to position %d", p.Position)
	}
	new := second.grow("new", 3)
	if new[0].Events[0].Position != taken.Position+1 {
		t.Errorf("the first new position is %d", new[0].Events[0].Position)
	}
	// And the backup goes on with the restored ledger.
	if r := second.backup(dir); r.Position != new[2].Position {
		t.Errorf("the backup of the restored ledger came to %+v", r)
	}
}

// A restore that would lose what is known to have been committed is refused, however it is known; where the
// loss is accepted, everything that answers says so.
func TestALossIsRefusedOrSaid(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "backup"), t.TempDir()
	first := start(t, data)
	first.grow("r", 4)
	taken := first.backup(dir)
	late := first.grow("late", 2)
	last := late[1].Position
	origin := first.proved().Origin

	target := filepath.Join(t.TempDir(), "restored")
	o := into(target)
	o.OldData = data
	if _, err := datadir.Restore(t.Context(), dir, o); !errors.As(err, new(*embedded.Locked)) {
		t.Errorf("while the old server is running: %v", err)
	}
	first.stop()
	for name, change := range map[string]func(*datadir.Options){
		"a position was named":                       func(o *datadir.Options) { o.Expect = last },
		"the old data directory is there":            func(o *datadir.Options) { o.OldData = data },
		"both, and the directory holds the later":    func(o *datadir.Options) { o.OldData, o.Expect = data, last-1 },
		"a position that the backup ends just below": func(o *datadir.Options) { o.Expect = taken.Position + 1 },
	} {
		o := into(target)
		change(&o)
		var loss *datadir.Loss
		if _, err := datadir.Restore(t.Context(), dir, o); !errors.As(err, &loss) || loss.Position != taken.Position || loss.LastKnown <= taken.Position {
			t.Errorf("%s: %v", name, err)
		}
		isAbsent(t, target)
	}

	o.AcceptLoss = true
	r, err := datadir.Restore(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Lost || r.LastKnown != last || r.Position != taken.Position || r.PreviousOrigin != origin || r.Origin == origin {
		t.Errorf("%+v", r)
	}
	second := start(t, target)
	proof := second.proved()
	if len(proof.Restores) != 1 || !proof.Restores[0].Lost || proof.Restores[0].LastKnown != last || proof.Origin != r.Origin {
		t.Errorf("verify says %+v", proof)
	}
	plans, err := milepostv1.NewQueryServiceClient(second.conn).ListPlans(t.Context(), &milepostv1.ListPlansRequest{})
	if err != nil {
		t.Fatal(err)
	}
	losses := plans.SpokenFor.Losses
	if len(losses) != 1 || losses[0].Position != taken.Position || losses[0].LastKnown != last || losses[0].PreviousOrigin != origin {
		t.Errorf("plans says %v", losses)
	}
	if report := second.node.Readiness(); len(report.Ledger.Losses) != 1 || report.Ledger.Losses[0].LastKnown != last {
		t.Errorf("readyz says %+v", report)
	}
	// What was lost is a new request, and a server that starts again still says so.
	if answer, err := second.submit(requestOf("late", 0)); err != nil || answer.Replayed {
		t.Errorf("%v, %v", answer, err)
	}
	second.stop()
	third := start(t, target)
	if report := third.node.Readiness(); len(report.Ledger.Losses) != 1 || !report.Ready() {
		t.Errorf("after another start readyz says %+v", report)
	}
	third.proved()
}

// Whoever knows that something is lost, and not how much, can say so.
func TestALossOfWhichNobodyKnowsHowMuch(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	first := start(t, t.TempDir())
	first.grow("r", 3)
	taken := first.backup(dir)
	first.stop()
	o := into(filepath.Join(t.TempDir(), "restored"))
	o.AcceptLoss = true
	r, err := datadir.Restore(t.Context(), dir, o)
	if err != nil || !r.Lost || r.Origin == taken.Origin || r.LastKnown != taken.Position {
		t.Fatalf("%+v, %v", r, err)
	}
	second := start(t, o.Data)
	if p := second.proved(); len(p.Restores) != 1 || !p.Restores[0].Lost || p.Restores[0].LastKnown != p.Restores[0].Position {
		t.Errorf("%+v", p.Restores)
	}
}

// An office that reports that nothing has changed did report. That it did is not lost in silence either.
func TestARequestThatChangedNothingIsNotLostInSilence(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "backup"), t.TempDir()
	first := start(t, data)
	receipts := first.grow("r", 3)
	taken := first.backup(dir)
	again := requestOf("r", 2)
	again.RequestId = "as before"
	if answer, err := first.submit(again); err != nil || len(answer.Receipt.Events) != 0 {
		t.Fatalf("%v, %v", answer, err)
	}
	first.stop()
	o := into(filepath.Join(t.TempDir(), "restored"))
	o.OldData = data
	var loss *datadir.Loss
	if _, err := datadir.Restore(t.Context(), dir, o); !errors.As(err, &loss) || loss.LastKnown != receipts[2].Position || loss.Position != taken.Position {
		t.Errorf("%v", err)
	}
	isAbsent(t, o.Data)
}

// The old data directory is whole, and so nothing has to be lost: the backup is brought up to date from it.
func TestABackupIsTakenOfADirectory(t *testing.T) {
	dir, data := filepath.Join(t.TempDir(), "backup"), t.TempDir()
	first := start(t, data)
	first.grow("r", 4)
	first.backup(dir)
	late := first.grow("late", 2)
	if _, err := datadir.Open(t.Context(), data, nil); !errors.As(err, new(*embedded.Locked)) {
		t.Errorf("while a server is running: %v", err)
	}
	first.stop()

	source, err := datadir.Open(t.Context(), data, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := backup.Take(t.Context(), dir, source, backup.Options{})
	if err = errors.Join(err, source.Close(context.Background())); err != nil || r.Position != late[1].Position {
		t.Fatalf("%+v, %v", r, err)
	}
	o := into(filepath.Join(t.TempDir(), "restored"))
	o.OldData, o.Expect = data, late[1].Position
	if r, err := datadir.Restore(t.Context(), dir, o); err != nil || r.Lost {
		t.Fatalf("%+v, %v", r, err)
	}
	second := start(t, o.Data)
	if answer, err := second.submit(requestOf("late", 1)); err != nil || !proto.Equal(answer.Receipt, late[1]) {
		t.Errorf("%v, %v", answer, err)
	}
	if _, err := datadir.Open(t.Context(), t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "no ledger") {
		t.Errorf("of a directory without a ledger: %v", err)
	}
}

// A damaged backup is refused with the first position that is wrong, and nothing is left behind. Where the
// loss is accepted, what stands before the damage is restored.
func TestADamagedBackupIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	first := start(t, t.TempDir())
	receipts := first.grow("r", 6)
	first.backup(dir)
	first.stop()
	names, err := filepath.Glob(filepath.Join(dir, "commits-*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("%v, %v", names, err)
	}
	whole, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	at := bytes.Index(changed, []byte("Owner 3")) // a name is in no record
	if at >= 0 {
		t.Fatal("the name of an owner is in the ledger")
	}
	changed[bytes.Index(changed, []byte("Hub r 3"))] = 'P'
	if err := os.WriteFile(names[0], changed, 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := receipts[3].Events[0].Position

	target := filepath.Join(t.TempDir(), "restored")
	var damage *backup.Damage
	if _, err := datadir.Restore(t.Context(), dir, into(target)); !errors.As(err, &damage) || damage.Position > wrong+2 || damage.Position < wrong {
		t.Errorf("%v, and the first position that was changed is %d or soon after", err, wrong)
	}
	isAbsent(t, target)

	o := into(target)
	o.AcceptLoss = true
	r, err := datadir.Restore(t.Context(), dir, o)
	if err != nil || !r.Lost || r.Position >= damage.Position || r.LastKnown != receipts[5].Position {
		t.Fatalf("%+v, %v", r, err)
	}
	second := start(t, target)
	if second.proved().Position != r.Position {
		t.Error("another ledger was restored")
	}
	if answer, err := second.submit(requestOf("r", 1)); err != nil || !proto.Equal(answer.Receipt, receipts[1]) {
		t.Errorf("%v, %v", answer, err)
	}
}

// The old data directory of another ledger says nothing about this one.
func TestAnotherLedgerIsNoWitness(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	first, other := start(t, t.TempDir()), start(t, t.TempDir())
	first.grow("r", 3)
	other.grow("r", 4)
	first.backup(dir)
	other.stop()
	o := into(filepath.Join(t.TempDir(), "restored"))
	o.OldData, o.AcceptLoss = other.data, true
	if _, err := datadir.Restore(t.Context(), dir, o); err == nil || !strings.Contains(err.Error(), "differ from position 1 on") {
		t.Errorf("%v", err)
	}
	isAbsent(t, o.Data)
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	first := start(t, t.TempDir())
	first.grow("r", 3)
	first.backup(dir)
	if _, err := datadir.Restore(t.Context(), dir, into(first.data)); !errors.As(err, new(*embedded.Locked)) {
		t.Errorf("over a running server: %v", err)
	}
	first.grow("more", 1)
	first.stop()
	if _, err := datadir.Restore(t.Context(), dir, into(first.data)); !errors.As(err, new(*datadir.NotEmpty)) {
		t.Errorf("over a ledger: %v", err)
	}
	if chain, _, err := embedded.Verify(first.data, func(*eventstore.Commit) error { return nil }); err != nil || chain.Position == 0 {
		t.Errorf("the ledger that was there: %v", err)
	}
}
