package datadir_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/client"
)

// These are set where this test's own binary is to take a backup or to restore one, to be killed meanwhile.
const (
	backupOf  = "MILEPOST_TEST_BACKUP_OF" // an address; the directory is in workOn
	withToken = "MILEPOST_TEST_TOKEN"
	restoreTo = "MILEPOST_TEST_RESTORE_TO"
	workOn    = "MILEPOST_TEST_BACKUP"
)

func TestMain(m *testing.M) {
	var err error
	switch server, data := os.Getenv(backupOf), os.Getenv(restoreTo); {
	case server != "":
		err = backUp(server, os.Getenv(withToken), os.Getenv(workOn))
	case data != "":
		o := into(data)
		o.Progress = printed
		_, err = datadir.Restore(context.Background(), os.Getenv(workOn), o)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// printed tells the test how far it is: a line for each commit, written at once.
func printed(commit uint64) { fmt.Println(commit) }

func backUp(server, token, dir string) error {
	conn, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(token))
	if err != nil {
		return err
	}
	defer conn.Close()
	// A file for each commit, so that most of the time goes into making one part of the backup.
	_, err = backup.Take(context.Background(), dir, backup.NewServer(conn), backup.Options{SegmentSize: 500, Progress: printed})
	return err
}

// killed runs this binary, and kills it after so many lines and a moment. It says whether it came to its end
// before.
func killed(t *testing.T, lines int, moment time.Duration, env ...string) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	text := bufio.NewReader(out)
	for range lines {
		if _, err := text.ReadString('\n'); err != nil {
			break
		}
	}
	<-time.After(moment)
	_ = cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, text)
	err = cmd.Wait()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.Exited() {
		t.Fatalf("it ended by itself: %v", err)
	}
	return err == nil
}

// A backup that is killed at any instant, again and again, is whole up to some position each time, and never
// falls back; at last it reaches the end. So is a restore: until it has ended there is no ledger.
func TestKilledWhileBackingUpAndRestoring(t *testing.T) {
	const kills = 16
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := filepath.Join(t.TempDir(), "backup")
	first := start(t, t.TempDir())
	receipts := first.grow("r", 60)

	var reached uint64
	interrupted := 0
	for range kills {
		if !killed(t, random.IntN(7), time.Duration(random.IntN(4000))*time.Microsecond, backupOf+"="+first.node.GRPCAddr(), withToken+"="+first.node.LocalToken(), workOn+"="+dir) {
			interrupted++
		}
		if _, err := os.Stat(filepath.Join(dir, "MANIFEST")); errors.Is(err, os.ErrNotExist) && reached == 0 {
			continue // it had not begun
		}
		b, err := backup.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		proven, err := b.Prove(t.Context(), func(*eventstore.Commit) error { return nil })
		if err = errors.Join(err, b.Close()); err != nil {
			t.Fatal(err)
		}
		if proven.Chain.Position < reached {
			t.Fatalf("the backup fell back from position %d to %d", reached, proven.Chain.Position)
		}
		reached = proven.Chain.Position
	}
	t.Logf("%d of %d runs were interrupted; the backup had reached position %d", interrupted, kills, reached)
	if interrupted < 5 || reached == 0 {
		t.Errorf("%d runs were interrupted, and position %d was reached: this shows nothing", interrupted, reached)
	}
	if r := first.backup(dir); r.Position != receipts[59].Position {
		t.Fatalf("the last run came to %+v", r)
	}
	first.stop()

	data := filepath.Join(t.TempDir(), "restored")
	interrupted = 0
	for range kills / 2 {
		ended := killed(t, random.IntN(62), time.Duration(random.IntN(100))*time.Millisecond, restoreTo+"="+data, workOn+"="+dir)
		if chain, _, err := embedded.Verify(data, func(*eventstore.Commit) error { return nil }); err == nil && chain.Commit > 0 {
			if chain.Position != receipts[59].Position {
				t.Fatalf("half a ledger is there, up to position %d", chain.Position)
			}
			if err := os.RemoveAll(data); err != nil { // it was in its place before the kill; again
				t.Fatal(err)
			}
		} else if ended {
			t.Fatalf("a restore ended, and there is no ledger: %v", err)
		}
		if !ended {
			interrupted++
		}
	}
	t.Logf("%d of %d restores were interrupted", interrupted, kills/2)
	if _, err := datadir.Restore(t.Context(), dir, into(data)); err != nil {
		t.Fatal(err)
	}
	second := start(t, data)
	if second.proved().Position != receipts[59].Position {
		t.Error("another ledger was restored")
	}
	for i, receipt := range receipts {
		if answer, err := second.submit(requestOf("r", i)); err != nil || !answer.Replayed || !proto.Equal(answer.Receipt, receipt) {
			t.Fatalf("request %d: %v, %v", i, answer, err)
		}
	}
}
