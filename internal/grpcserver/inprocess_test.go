package grpcserver_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
)

// Who calls from within the process has the rights of its token, and without one it has none: the page of a
// server with credentials shows nobody what they may not see.
func TestWithinTheProcessThereIsNoPrivilege(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	credentials, err := access.Parse([]byte(`{"tokens": [
		{"sha256": "` + sum("viewer") + `", "actor": "Ann", "roles": {"hubs": ["viewer"]}},
		{"sha256": "` + sum("stranger") + `", "actor": "Bob", "roles": {"other": ["viewer"]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w.config.Access, w.config.TLS = credentials, selfSigned(t)
	w.start()
	conn, err := w.server.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	queries := milepostv1.NewQueryServiceClient(conn)
	ask := func(ctx context.Context) error {
		_, err := queries.ListStatus(ctx, &milepostv1.ListStatusRequest{Plan: "hubs"})
		return err
	}
	if err := ask(withToken(t, "viewer")); err != nil {
		t.Errorf("with a token that may: %v", err)
	}
	info(t, ask(withToken(t, "stranger")), codes.PermissionDenied, access.RuleDenied)
	info(t, ask(t.Context()), codes.Unauthenticated, access.RuleMissing)
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// A list of one plan, a trail from a position on, and the name of a clock that is not the world's.
func TestNarrowQuestions(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.config.ClockOf = "demonstration"
	w.start()
	plans, err := w.queries().ListPlans(t.Context(), &milepostv1.ListPlansRequest{Plan: "hubs"})
	if err != nil || len(plans.Plans) != 1 || plans.SpokenFor.Clock != "demonstration" {
		t.Errorf("ListPlans of one: %v, %v", plans, err)
	}
	if none, err := w.queries().ListPlans(t.Context(), &milepostv1.ListPlansRequest{Plan: "other"}); err != nil || len(none.Plans) != 0 {
		t.Errorf("ListPlans of one that is not there: %v, %v", none, err)
	}
	end := w.book.Position()
	for after := range end + 2 {
		trail, err := w.queries().ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs", After: after, PageSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		entries := trail.Entries
		for trail.NextPageToken != "" {
			if trail, err = w.queries().ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs", After: after, PageToken: trail.NextPageToken}); err != nil {
				t.Fatal(err)
			}
			entries = append(entries, trail.Entries...)
		}
		if uint64(len(entries)) != max(end, after)-after || len(entries) > 0 && entries[0].Position != after+1 {
			t.Errorf("after %d of %d: %d entries", after, end, len(entries))
		}
		if trail.SpokenFor.Clock != "demonstration" {
			t.Errorf("after %d the clock is %q", after, trail.SpokenFor.Clock)
		}
	}
}
