package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/rest"
)

// Local says how those on this machine are told apart where nobody has credentials.
type Local struct {
	// State is the directory in which the server's token is left for the user who runs it; nowhere where it is empty,
	// and then Node.LocalToken is the one way to learn it.
	State string
	// ReadsNeedToken answers nobody who does not show the token.
	ReadsNeedToken bool
	// Open asks nobody who they are: everybody on this machine has every role, as local:anyone.
	Open bool
	// Beside are further callers from this machine, by token: a demonstration has people who do not approve what they proposed.
	Beside map[string]access.Caller
}

// locally is who may call without credentials, and the token that the user who runs the server is known by.
func (c Config) locally() (local *access.Local, token string, err error) {
	if c.Local.Open {
		if c.Local.ReadsNeedToken {
			return nil, "", errors.New("--open asks nobody for a token, and --local-reads=token asks everybody: leave out one of them")
		}
		if c.SingleUser {
			return nil, "", errors.New("--open lets everybody on this machine in, and --single-user takes them for one person: leave out one of them")
		}
		return access.NewOpen(), "", nil
	}
	if token, _, err = access.NewToken(c.Entropy); err != nil {
		return nil, "", err
	}
	local = access.NewLocal(c.User, token, !c.Local.ReadsNeedToken)
	if c.SingleUser {
		local = local.SingleUser()
	}
	if c.Local.Beside != nil {
		local = local.Beside(c.Local.Beside)
	}
	return local, token, nil
}

// LocalToken is by which the user who runs this server is known to it; empty where callers have credentials, or nobody is
// asked.
func (n *Node) LocalToken() string { return n.callers.token }

// writeLocalToken leaves the token where commands of the same user find it, and says who may do what. A server that has
// none removes what another left for its address.
func (n *Node) writeLocalToken(ctx context.Context, c Config) error {
	switch {
	case c.Local.Open:
		c.Log.WarnContext(ctx, "--open: everybody on this machine may state, decide and operate, recorded as local:anyone")
	case c.Credentials == "" && c.Local.State != "":
		path, err := localtoken.Write(c.Local.State, n.GRPCAddr(), n.callers.token)
		if err != nil {
			return fmt.Errorf("leave the token of this server for your commands: %w. Set XDG_STATE_HOME to a directory of yours, or give the server --credentials", err)
		}
		reads := "everybody on this machine may read"
		if c.Local.ReadsNeedToken {
			reads = "nobody may read without the token"
		}
		c.Log.InfoContext(ctx, reads+"; to state, decide and operate takes the token, which commands of the same user find by themselves",
			"token_file", path, "recorded_as", "local:"+c.User)
		return nil
	}
	if c.Local.State == "" {
		return nil
	}
	return localtoken.Remove(c.Local.State, n.GRPCAddr(), "")
}

// removeLocalToken takes back what writeLocalToken left.
func (n *Node) removeLocalToken() error {
	if n.callers.token == "" || n.local.State == "" || n.grpc == nil {
		return nil
	}
	return localtoken.Remove(n.local.State, n.GRPCAddr(), n.callers.token)
}

// toThisMachine turns away what a proxy passed on to a server without credentials, and says in every answer where nobody is
// asked who they are. Health is for everybody, and metrics ask for themselves.
func (n *Node) toThisMachine(next http.Handler) http.Handler {
	if n.callers.local == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.callers.local.Open() {
			w.Header().Set(access.OpenHeader, access.OpenSentence)
		}
		if err := access.Forwarded(r.Header); err != nil && !forOperators(r.URL.Path) {
			if strings.HasPrefix(r.URL.Path, "/v1/") {
				rest.Unauthenticated(w, err)
				return
			}
			http.Error(w, err.Sentence, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
