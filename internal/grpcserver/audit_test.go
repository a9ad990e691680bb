package grpcserver_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/parties"
)

// all receives a stream to its end.
func all[M any](stream grpc.ServerStreamingClient[M], err error) (messages []*M, _ error) {
	for err == nil {
		var m *M
		if m, err = stream.Recv(); err == nil {
			messages = append(messages, m)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return messages, err
}

// A backup needs the ledger and all that is kept beside it. An auditor may read the ledger and the names; the
// key by which requests are told apart is for operators alone.
func TestWhoMayTakeABackup(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	var err error
	if w.config.Access, err = access.Parse([]byte(`{"tokens": [
		{"sha256": "` + sum("operator") + `", "actor": "Night shift", "roles": {"*": ["operator"]}},
		{"sha256": "` + sum("auditor") + `", "actor": "Auditor", "roles": {"*": ["auditor"]}},
		{"sha256": "` + sum("reporter") + `", "actor": "Reporter", "roles": {"*": ["reporter"]}},
		{"sha256": "` + sum("of one plan") + `", "actor": "Clerk", "roles": {"hubs": ["reporter", "approver"]}}
	]}`)); err != nil {
		t.Fatal(err)
	}
	audit := milepostv1.NewAuditServiceClient(w.start().dial())
	for token, may := range map[string]struct{ commits, directory bool }{
		"operator": {true, true}, "auditor": {true, false}, "reporter": {}, "of one plan": {},
	} {
		commits, err := all(audit.ReadCommits(withToken(t, token), &milepostv1.ReadCommitsRequest{}))
		if may.commits && (err != nil || len(commits) != len(w.log.Messages())) {
			t.Errorf("%s reads %d commits: %v", token, len(commits), err)
		} else if !may.commits {
			info(t, err, codes.PermissionDenied, access.RuleDenied)
		}
		values, err := all(audit.ReadDirectory(withToken(t, token), &milepostv1.ReadDirectoryRequest{}))
		if !may.directory {
			info(t, err, codes.PermissionDenied, access.RuleDenied)
			continue
		}
		kept := parties.NewMemory()
		for _, v := range values {
			if err := kept.Put(t.Context(), v.Key, v.Value); err != nil {
				t.Fatal(err)
			}
		}
		again, openErr := parties.Open(t.Context(), kept, bytes.NewReader(nil))
		if err != nil || openErr != nil || len(again.All()) != len(w.names.All()) || !bytes.Equal(again.RequestKey(), w.names.RequestKey()) {
			t.Errorf("%s reads %d values: %v, %v", token, len(values), err, openErr)
		}
	}
}

func TestTheLedgerIsReadFromACommitOn(t *testing.T) {
	w := newWorld(t).start()
	w.hubs()
	audit := milepostv1.NewAuditServiceClient(w.dial())
	stored := w.log.Messages()
	for _, after := range []uint64{0, 1, 5, uint64(len(stored) - 1), uint64(len(stored)), 1000, math.MaxUint64} {
		commits, err := all(audit.ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{AfterCommit: after}))
		rest := stored[min(after, uint64(len(stored))):]
		if err != nil || len(commits) != len(rest) {
			t.Fatalf("after %d: %d commits, want %d: %v", after, len(commits), len(rest), err)
		}
		for i, c := range commits {
			if !bytes.Equal(c.Commit, rest[i]) {
				t.Errorf("after %d: commit %d is another one", after, i+1)
			}
		}
	}
}

// A commit that the store holds, and of which nobody knows yet whether it is durable, is handed to nobody.
func TestWhatIsNotDurableYetIsHandedToNobody(t *testing.T) {
	w := newWorld(t).start()
	w.hubs()
	known := w.log.Messages()
	if err := w.log.Append(t.Context(), uint64(len(known))+1, []byte("on its way")); err != nil {
		t.Fatal(err)
	}
	commits, err := all(milepostv1.NewAuditServiceClient(w.dial()).ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{}))
	if err != nil || len(commits) != len(known) {
		t.Errorf("%d commits are handed out, and %d are known: %v", len(commits), len(known), err)
	}
}

// slowCommits is a ledger that is read until the caller leaves.
type slowCommits chan struct{}

func (s slowCommits) Read(ctx context.Context, _ uint64, _ func(uint64, []byte) error) error {
	s <- struct{}{}
	<-ctx.Done()
	return ctx.Err()
}

// Who reads the whole ledger takes the disk from those who report, so few may at once.
func TestFewReadTheWholeLedgerAtOnce(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	slow := make(slowCommits)
	w.config.Commits, w.config.Reading = slow, 2
	audit := milepostv1.NewAuditServiceClient(w.start().dial())
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error, 2)
	for range cap(left) {
		go func() {
			_, err := all(audit.ReadCommits(leaving, &milepostv1.ReadCommitsRequest{}))
			left <- err
		}()
		<-slow
	}
	_, err := all(audit.ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{}))
	info(t, err, codes.ResourceExhausted, grpcserver.RuleTooManyReading)
	leave()
	for range cap(left) {
		<-left
	}
}
