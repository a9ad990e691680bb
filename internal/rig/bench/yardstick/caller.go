package yardstick

import (
	"context"
	"crypto/sha256"
	"net"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
)

type role string

const (
	reporter role = "reporter"
	approver role = "approver"
	everyOne      = "*"
)

// caller has the size of the product's, and is handed on by value as that is.
type caller struct {
	name, organisation, formerly, person string
	speaksFor                            []string
	only                                 map[string][]string
	credential                           string
	local, singleUser                    bool
	roles                                map[string][]role
	by                                   string
	notAfter                             [3]uint64
	issuer, subject, displayName         string
	unproven                             error
	limits                               [4]uint64
	quotas                               *int
}

func (c caller) may(r role, plan string) bool {
	return slices.Contains(c.roles[plan], r) || slices.Contains(c.roles[everyOne], r)
}

func (c caller) check(r role, plan string) error {
	if c.may(r, plan) {
		return nil
	}
	return status.Error(codes.PermissionDenied, "not allowed")
}

type need struct {
	role role
	plan string
}

// needsOf are the roles that it takes to state what a request states.
func needsOf(m *pb.SubmitRequest) (needs []need) {
	others := make([]*pb.Command, 0, len(m.GetCommands()))
	for _, c := range m.GetCommands() {
		if c.GetRoleGranted() == nil && c.GetRoleWithdrawn() == nil {
			others = append(others, c)
		}
	}
	for _, r := range rolesFor(&pb.SubmitRequest{Plan: m.GetPlan(), Commands: others}) {
		needs = append(needs, need{r, m.GetPlan()})
	}
	return needs
}

func rolesFor(m *pb.SubmitRequest) []role {
	approves, states := false, len(m.GetCommands()) == 0
	for _, c := range m.GetCommands() {
		switch c.GetCommand().(type) {
		case *pb.Command_HistoryAccepted, *pb.Command_BaselineApproved, *pb.Command_BaselineRefused, *pb.Command_TiersSet:
			approves = true
		default:
			states = true
		}
	}
	switch {
	case approves && states:
		return []role{reporter, approver}
	case approves:
		return []role{approver}
	}
	return []role{reporter}
}

// local lets in whoever shows a token.
type local struct {
	owner  caller
	token  [sha256.Size]byte
	beside map[[sha256.Size]byte]caller
}

func newLocal(user, token string) *local {
	return &local{
		owner: caller{name: "local:" + user, local: true, by: "local-token", roles: map[string][]role{
			everyOne: {reporter, approver, "admin", "auditor", "operator", "viewer"},
		}},
		token: sha256.Sum256([]byte(token)),
	}
}

func errUnknownCaller() error {
	return status.Error(codes.Unauthenticated, "it is not known who calls")
}

func (l *local) authenticate(ctx context.Context) (caller, error) {
	p, ok := peer.FromContext(ctx)
	if !ok || p.Addr == nil {
		return caller{}, errUnknownCaller()
	}
	md, _ := metadata.FromIncomingContext(ctx)
	if a, ok := p.Addr.(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return caller{}, errUnknownCaller()
	}
	for name := range md {
		switch lower := strings.ToLower(name); lower {
		case "forwarded", "via", "x-real-ip", "x-client-ip", "x-original-host", "true-client-ip", "cf-connecting-ip":
			return caller{}, errUnknownCaller()
		default:
			if strings.HasPrefix(lower, "x-forwarded-") {
				return caller{}, errUnknownCaller()
			}
		}
	}
	headers := md.Get("authorization")
	if len(headers) != 1 {
		return caller{}, errUnknownCaller()
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); !ok || !strings.EqualFold(scheme, "bearer") || token == "" {
		return caller{}, errUnknownCaller()
	}
	digest := sha256.Sum256([]byte(token))
	if c, ok := l.beside[digest]; ok {
		return c, nil
	}
	if digest != l.token {
		return caller{}, errUnknownCaller()
	}
	return l.owner, nil
}
