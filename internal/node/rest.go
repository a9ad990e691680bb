package node

import (
	"context"
	"fmt"
	"net/http"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/rest"
)

// answerREST answers /v1/, and says so while the ledger is read.
func (n *Node) answerREST(w http.ResponseWriter, r *http.Request) {
	if h := n.rest.Load(); h != nil {
		h.ServeHTTP(w, r)
		return
	}
	rest.Starting(w, r)
}

// openREST begins to answer /v1/, over the connection within the process.
func (n *Node) openREST(ctx context.Context, credentials bool) error {
	h, err := rest.New(ctx, rest.Config{Conn: n.own, Credentials: credentials, Who: n.whoAsks, Clock: clock.System(), Refused: func(ctx context.Context, r rest.Refusal) {
		n.server.Refused(ctx, r.Caller, r.Code, r.Rule, r.Took)
	}})
	if err != nil {
		return fmt.Errorf("serve REST: %w", err)
	}
	n.rest.Store(h)
	return nil
}
