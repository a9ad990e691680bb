package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"strings"

	"google.golang.org/grpc/peer"
)

// Local is who may call a server without credentials: those on its own machine. Who shows the token of the server has every
// role, as the user who runs it; everybody else may read, or not even that. It is for listeners on the loopback
// interface alone, and turns away whoever comes from elsewhere or through a proxy.
type Local struct {
	user   string
	owner  Caller
	others Caller
	token  [sha256.Size]byte            // SHA-256 of the token; zero where none is asked for
	beside map[[sha256.Size]byte]Caller // by SHA-256 of their tokens; nil for most
	open   bool
}

// anyone is the name of those on this machine of whom nothing more is known.
const anyone = localPrefix + "anyone"

// OpenHeader is in every answer of a server that asks nobody who they are, over gRPC and HTTP. OpenSentence is what it says.
const (
	OpenHeader   = "milepost-open"
	OpenSentence = "this server asks nobody who they are: everybody on its machine has every role, as local:anyone"
)

// everyRole is what the user who runs a server may do.
func everyRole() map[string][]Role {
	return map[string][]Role{EveryPlan: {Reporter, Reviewer, Approver, Admin, Auditor, Operator, Viewer}}
}

// NewLocal returns the way in to a server that runs as a user. Who shows the token is recorded as "local:" and the user's
// name. With openReads the others may ask questions.
func NewLocal(user, token string, openReads bool) *Local {
	if user == "" {
		user = "unknown"
	}
	l := &Local{
		user:  user,
		owner: Caller{Name: localPrefix + user, Local: true, Roles: everyRole(), By: ByLocalToken}, token: sha256.Sum256([]byte(token)),
		others: Caller{Name: anyone, By: ByNothing, unproven: &Unauthenticated{RuleLocalToken, fmt.Sprintf(
			"This server takes statements, decisions and operation only from those who show its token. Run the command as the user %q, who runs the server, "+
				`or have that user print the token with "milepost token local" and send it as "authorization: Bearer TOKEN" (MILEPOST_TOKEN, or --token-file).`, user)}},
	}
	if openReads {
		l.others.Roles = map[string][]Role{EveryPlan: {Viewer}}
	}
	return l
}

// NewOpen returns the way in to a server that asks nobody on its machine who they are. Everybody has every role, and is
// recorded as "local:anyone": nobody's name stands in the ledger for what somebody else said.
func NewOpen() *Local {
	return &Local{others: Caller{Name: anyone, Local: true, Roles: everyRole(), By: ByOpen}, open: true}
}

// SingleUser says that the user who shows the token is one person, who may approve what that person proposed.
func (l *Local) SingleUser() *Local {
	single := *l
	single.owner.SingleUser, single.owner.Person = true, l.owner.Name
	return &single
}

// Beside lets in further callers from this machine, each by a token of its own. They are no users of the machine: where the
// credentials name a person for each, one may approve what another proposed.
func (l *Local) Beside(people map[string]Caller) *Local {
	more := *l
	more.beside = map[[sha256.Size]byte]Caller{}
	for token, caller := range people {
		caller.By = ByToken
		more.beside[sha256.Sum256([]byte(token))] = caller
	}
	return &more
}

// Open says that nobody is asked who they are.
func (l *Local) Open() bool { return l.open }

// Authenticate finds out who calls, by the server's token where it is sent.
func (l *Local) Authenticate(ctx context.Context) (Caller, error) {
	p, ok := peer.FromContext(ctx)
	if !ok || p.Addr == nil {
		return Caller{}, notLocal("an unknown address")
	}
	md := headersOf(ctx)
	switch p.Addr.Network() {
	case "bufconn": // whoever let the request in over HTTP looked at where it came from
	case "unix": // cannot come from another machine
	default:
		if a, ok := p.Addr.(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
			return Caller{}, notLocal(p.Addr.String())
		}
		if name := forwarded(md); name != "" {
			return Caller{}, forwardedBy(name)
		}
	}
	if l.open {
		return l.others, nil
	}
	return l.byToken(md.Get("authorization"))
}

func (l *Local) byToken(headers []string) (Caller, error) {
	switch {
	case len(headers) == 0 && len(l.others.Roles) == 0:
		return Caller{}, l.others.unproven
	case len(headers) == 0:
		return l.others, nil
	}
	token, err := bearer(headers)
	if err != nil {
		return Caller{}, err
	}
	digest := sha256.Sum256([]byte(token))
	if caller, ok := l.beside[digest]; ok {
		return caller, nil
	}
	if digest != l.token {
		return Caller{}, &Unauthenticated{RuleUnknown, fmt.Sprintf(
			`The token is not that of this server, which makes another one at each start. The user %q, who runs it, prints it with "milepost token local".`, l.user)}
	}
	return l.owner, nil
}

func notLocal(from string) error {
	return &Unauthenticated{RuleNotLocal, fmt.Sprintf("The call came from %s, and this server takes calls without credentials from its own machine only.", from)}
}

func forwardedBy(name string) *Unauthenticated {
	return &Unauthenticated{RuleForwarded, fmt.Sprintf(
		"The request came through a proxy, by its header %q, and nobody knows from where. This server has no credentials and answers its own machine only: "+
			"call it directly, or let whoever runs it start it with --credentials.", name)}
}

// Forwarded says of a request whether a proxy passed it on; nil where none did, as far as one can tell.
func Forwarded(h http.Header) *Unauthenticated {
	if name := forwarded(h); name != "" {
		return forwardedBy(name)
	}
	return nil
}

// forwarded is a header by which a proxy says for whom it asks; empty where there is none.
func forwarded[H ~map[string][]string](h H) string {
	for name := range h {
		switch lower := strings.ToLower(name); lower {
		case "forwarded", "via", "x-real-ip", "x-client-ip", "x-original-host", "true-client-ip", "cf-connecting-ip":
			return lower
		default:
			if strings.HasPrefix(lower, "x-forwarded-") {
				return lower
			}
		}
	}
	return ""
}
