package cluster_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/internal/rig/natstest"
)

// as are the addresses of the servers for a user.
func as(servers *natstest.Cluster, user, password string) cluster.Connect {
	var urls []string
	for _, u := range servers.URLs() {
		urls = append(urls, strings.Replace(u, "nats://", "nats://"+user+":"+password+"@", 1))
	}
	return cluster.Connect{URLs: urls}
}

// With the rights that packaging/nats/accounts.conf gives, a person begins a ledger and a node works on it; and a node cannot take
// anything from it, nor a stranger speak as one.
func TestAccountsOfLeastRights(t *testing.T) {
	if testing.Short() {
		t.Skip("three servers")
	}
	t.Parallel() // it mostly waits
	text, err := os.ReadFile("../../packaging/nats/accounts.conf")
	if err != nil {
		t.Fatal(err)
	}
	servers := natstest.Start(t, natstest.Options{Accounts: string(text)})
	o := cluster.Options{Connect: as(servers, "milepost-admin", "REPLACE-ADMIN"), System: as(servers, "milepost-system", "REPLACE-SYSTEM")}
	if made, err := cluster.Init(t.Context(), o, cluster.Placing{}, func(ctx context.Context, log eventstore.Log, kept eventstore.Kept) error {
		return errors.Join(kept.Put(ctx, "key.requests", []byte("secret")), begin(ctx, log, kept))
	}); err != nil || !made.Synced {
		t.Fatalf("%+v, %v", made, err)
	}
	o.Connect = as(servers, "milepost", "REPLACE-NODE")
	s, err := cluster.Open(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(context.Background())
	if s.Log().Durability() != ledgerv1.Durability_DURABILITY_QUORUM {
		t.Errorf("durability %s", s.Log().Durability())
	}

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	read := make(chan uint64, 10)
	tailing, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Log().Tail(tailing, 1, func(number uint64, _ []byte) error { read <- number; return nil })
	}()
	chain := &eventstore.Chain{}
	ledger, err := eventstore.TakeOver(ctx, s.Log(), chain, eventstoretest.Opening(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Append(ctx, []eventstore.Request{eventstoretest.Request("r", "p", "x")}); err != nil {
		t.Fatal(err)
	}
	for <-read < 3 {
	}
	stop()
	<-ended
	for _, err := range []error{
		s.Claim().Store(ctx, 2), s.Kept().Put(ctx, "name", []byte("Ada")), s.Kept().Put(ctx, "name", []byte("Grace")), s.Kept().Erase(ctx, "name"),
		revises(ctx, s.Kept()), s.Reaches(ctx), s.Check(),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	began, all := time.Now(), 0
	if err := s.Kept().All(ctx, func(string, []byte) error { all++; return nil }); err != nil || all != 1 {
		t.Errorf("%d values are kept: %v", all, err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("to read what is kept took %s: it was asked for one by one", took)
	}
	heard := make(chan cluster.Beat, 1)
	second, err := cluster.Open(ctx, t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close(context.Background())
	if err := second.Hear(chain.Origin, func(b cluster.Beat) { heard <- b }); err != nil {
		t.Fatal(err)
	}
	for listening := true; listening; { // until the servers know of it
		if err := s.Say(chain.Origin, cluster.Beat{Term: 2}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-heard:
			listening = false
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("a node does not hear another")
		}
	}

	for _, subject := range []string{
		"$JS.API.STREAM.DELETE.MILEPOST_LEDGER", "$JS.API.STREAM.PURGE.MILEPOST_LEDGER", "$JS.API.STREAM.UPDATE.MILEPOST_LEDGER",
		"$JS.API.STREAM.PURGE.MILEPOST_PARTIES", "$JS.API.STREAM.MSG.DELETE.MILEPOST_LEDGER", "$JS.API.STREAM.CREATE.MILEPOST_LEDGER",
		"$JS.API.STREAM.DELETE.MILEPOST_WRITER", "$SYS.REQ.SERVER.PING.JSZ", "anything.else",
	} {
		if err := refused(ctx, o.Connect, subject); err != nil {
			t.Errorf("a node may publish %s: %v", subject, err)
		}
	}
	if err := refused(ctx, as(servers, "milepost-admin", "REPLACE-ADMIN"), "milepost.beat.00"); err != nil {
		t.Error(err)
	}
	if err := refused(ctx, o.System, "milepost.ledger"); err != nil {
		t.Error(err)
	}
}

// refused answers nil where the servers let nothing through that the user publishes on a subject.
func refused(ctx context.Context, c cluster.Connect, subject string) error {
	violated := make(chan error, 8)
	conn, err := nats.Connect(strings.Join(c.URLs, ","), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { violated <- err }))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Publish(subject, nil); err != nil {
		return err
	}
	if err := conn.FlushWithContext(ctx); err != nil {
		return err
	}
	select {
	case err := <-violated:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			return err
		}
		return nil
	case <-time.After(2 * time.Second):
		return errors.New("it was let through")
	}
}

// revises replaces a value, and takes it away again.
func revises(ctx context.Context, kept eventstore.Kept) error {
	revised := kept.(eventstore.Revised)
	if _, err := revised.Revise(ctx, "other", []byte("one"), 0, false); err != nil {
		return err
	}
	_, revision, err := revised.GetRevised(ctx, "other")
	if err != nil {
		return err
	}
	if done, err := revised.Revise(ctx, "other", []byte("two"), revision, true); err != nil || !done {
		return errors.Join(errors.New("it is not replaced"), err)
	}
	return kept.Erase(ctx, "other")
}
