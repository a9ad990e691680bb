package fault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// The tokens of worlds with a credentials file: of those who may do everything, and of one who may only look.
const (
	tokenOfAll    = "milepost_all-of-a-world-under-faults"
	tokenOfViewer = "milepost_viewer-of-a-world-under-faults"
)

func (w *World) credentialsPath() string { return filepath.Join(w.Dir, "credentials.json") }

// writeCredentials writes the credentials file of a world that has one.
func (w *World) writeCredentials() error {
	if !w.Credentials {
		return nil
	}
	type entry struct {
		SHA256    string              `json:"sha256"`
		Actor     string              `json:"actor"`
		Roles     map[string][]string `json:"roles"`
		SpeaksFor []string            `json:"speaks_for,omitempty"`
	}
	sum := func(token string) string {
		s := sha256.Sum256([]byte(token))
		return hex.EncodeToString(s[:])
	}
	text, err := json.Marshal(map[string][]entry{"tokens": {
		{SHA256: sum(tokenOfAll), Actor: "Everybody", Roles: map[string][]string{"*": {"reporter", "auditor", "operator"}}, SpeaksFor: []string{"*"}},
		{SHA256: sum(tokenOfViewer), Actor: "A visitor", Roles: map[string][]string{"*": {"viewer"}}},
	}})
	if err != nil {
		return err
	}
	return os.WriteFile(w.credentialsPath(), text, 0o600)
}

// intrude sends what a viewer may not, and what a stranger may not, whatever state the server is in. Nothing of it may ever be
// accepted, or be in the ledger.
func intrude(ctx context.Context, c *caller) error {
	for !c.w.resting() {
		s, err := c.w.server(ctx)
		if err != nil {
			return err
		}
		token := []string{tokenOfViewer, "milepost_nobody"}[c.random.IntN(2)]
		if err := c.intrudeWith(ctx, s, token); err != nil {
			return err
		}
		if err := c.w.pause(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *caller) intrudeWith(ctx context.Context, s *Server, token string) error {
	conn, err := s.Dial(token)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	c.turn++
	o := Operation{Caller: c.number, Kind: Forbidden, Plan: planID, Ref: refOf(0), Called: c.w.now(), Outcome: Declined}
	o.Request = c.request(planID, dateStated(asAt, o.Ref, someDay(c.random)))
	o.Request.OnBehalfOf = ""
	c.w.History.end(c.w.History.begin(o), o) // also where it gets no answer
	_, err = milepostv1.NewCommandServiceClient(conn).Submit(ctx, o.Request)
	switch status.Code(err) {
	case codes.OK:
		return brokenf("LET IN: %s was accepted, and its caller has no right to it", &o)
	case codes.PermissionDenied, codes.Unauthenticated, codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.ResourceExhausted:
		return nil
	}
	return fmt.Errorf("%s should be refused for want of a right: %w", &o, err)
}
