// Package access says who is connected and what they may do. The actor of every event is who is
// connected, never what a message says.
package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/parties"
)

// Role is what a caller may do with a plan.
type Role string

const (
	// Reporter may state facts.
	Reporter Role = "reporter"
	// Reviewer may settle what the words of a document mean, of what neither they nor a party that they speak for stated.
	Reviewer Role = "reviewer"
	// Approver may approve what others propose.
	Approver Role = "approver"
	// Auditor may read the ledger as it is stored and the names behind it.
	Auditor Role = "auditor"
	// Operator may take a backup: the ledger as it is stored, and everything that is kept beside it. It
	// has a meaning only for every plan.
	Operator Role = "operator"
	// Admin may grant roles, and nothing more by it but ask questions.
	Admin Role = "admin"
	// Node is another server of the same ledger: it passes on what callers sent to it, and says who they are. It has a meaning only
	// for every plan, and is given to a certificate.
	Node Role = "node"
	// Viewer may ask questions. Every other role may too.
	Viewer Role = "viewer"
)

// roles are all there are.
var roles = []Role{Reporter, Reviewer, Approver, Admin, Auditor, Operator, Node, Viewer}

// EveryPlan stands in the place of a plan's id.
const EveryPlan = "*"

// Caller is who is connected.
type Caller struct {
	// Name is the actor of what the caller states: a person or a system.
	Name string
	// Organisation is for whom the caller speaks where a request does not say; may be empty.
	Organisation string
	// Formerly is the actor that the caller was before, under whose name requests of theirs were accepted; may be empty.
	Formerly string
	// Person is who answers for what the caller states; empty where the credentials name nobody. Two entries of one person are one.
	Person string
	// SpeaksFor are the parties for whom the caller may speak beside its organisation; EveryParty stands for all.
	SpeaksFor []string
	// Only narrows the role reporter, by plan; under EveryPlan for the plans without an entry of their own.
	Only map[string]Scope
	// Credential is the SHA-256, raw, of what let the caller in; empty without credentials.
	Credential string
	// Local: it is not known who calls, and whoever works on the server's machine is let in. SingleUser: that is one person, who may
	// approve what the same person proposed.
	Local, SingleUser bool
	// Roles are the caller's roles by plan; under EveryPlan those that hold for all.
	Roles map[string][]Role
	// ReportersReview: the credentials name nobody with the role reviewer, as those do that were written before there was that role.
	// Then who is a reporter is a reviewer too.
	ReportersReview bool
	// By is what the caller is known by.
	By By
	// NotAfter is when that ends; zero where no end is known.
	NotAfter time.Time
	// Issuer vouches for the caller under a stable name, Subject; both are empty of other callers. DisplayName is what it calls
	// them, for people to read: it decides nothing and is not recorded.
	Issuer, Subject, DisplayName string
	// unproven is why the caller may not do more; nil for those who have proved who they are.
	unproven *Unauthenticated
	// Limits are how much may be accepted of the caller, and Quotas how much for each plan.
	Limits Limits
	Quotas *Quotas
}

// Scope is what a reporter is narrowed to. Each list that is not empty narrows it further.
type Scope struct {
	Workstreams []string `json:"workstreams"`
	Components  []string `json:"components"`
	Owners      []string `json:"owners"`
}

// Within is what the caller is narrowed to in a plan, and false where they are not.
func (c Caller) Within(plan string) (Scope, bool) {
	scope, ok := c.Only[plan]
	if !ok {
		scope, ok = c.Only[EveryPlan]
	}
	return scope, ok
}

// NamesToSpeakFor says whether the credentials let the caller speak for a party, by its name, beside its own organisation.
func (c Caller) NamesToSpeakFor(name string) bool {
	clean, err := parties.Clean(name)
	if err != nil {
		return false
	}
	folded := parties.Fold(clean)
	return slices.ContainsFunc(c.SpeaksFor, func(of string) bool { return of == EveryParty || parties.Fold(of) == folded })
}

// EveryParty stands in the place of a party's name.
const EveryParty = "*"

// By is what a caller is known by.
type By string

// What callers are known by.
const (
	ByToken       By = "token"
	ByCertificate By = "certificate"
	ByOIDC        By = "oidc"
	ByLocalToken  By = "local-token" // of a server without credentials
	ByNothing     By = "nothing"     // they showed nothing, and may only read
	ByOpen        By = "open"        // nobody is asked
)

// May says whether the caller has a role for a plan. For EveryPlan only a role for every plan will do.
func (c Caller) May(role Role, plan string) bool {
	if role == Reviewer && c.ReportersReview && c.May(Reporter, plan) {
		return true
	}
	return has(c.Roles[plan], role) || has(c.Roles[EveryPlan], role)
}

func has(given []Role, role Role) bool {
	return slices.Contains(given, role) || role == Viewer && len(given) > 0
}

// Check returns nil where the caller has the role for the plan, and otherwise a *Denied; or an *Unauthenticated that
// says how to prove who one is, of a caller who has not.
func (c Caller) Check(role Role, plan string) error {
	if c.May(role, plan) {
		return nil
	}
	if c.unproven != nil {
		return c.unproven
	}
	return &Denied{Caller: c.Name, Role: role, Plan: plan}
}

// Authenticator finds out who is connected. An implementation MUST be safe for concurrent use.
type Authenticator interface {
	// Authenticate returns who makes the gRPC call of the context, or an *Unauthenticated.
	Authenticate(ctx context.Context) (Caller, error)
}

// Rules of this package, in the words of domain.Refusal's Rule.
const (
	RuleMissing    = "credentials-missing"
	RuleMalformed  = "credentials-malformed"
	RuleUnknown    = "credentials-unknown"
	RuleAmbiguous  = "credentials-ambiguous"
	RuleExpired    = "credentials-expired"
	RuleNotLocal   = "not-local"
	RuleForwarded  = "forwarded"
	RuleLocalToken = "local-token-missing"
	RuleIssuer     = "issuer-unreachable"
	RuleDenied     = "role-missing"
)

// Unauthenticated says that it is not known who calls.
type Unauthenticated struct {
	Rule     string
	Sentence string
}

// Error returns the sentence.
func (e *Unauthenticated) Error() string { return e.Sentence }

// Denied says that it is known who calls, and that they may not.
type Denied struct {
	Caller string
	Role   Role
	Plan   string // or EveryPlan
	Field  string // the command of the request that takes the role: "commands[3]"; empty where it is not about one
}

// Error returns the sentence. It says nothing of whether the plan exists.
func (e *Denied) Error() string {
	plan := fmt.Sprintf("for plan %q", e.Plan)
	if e.Plan == EveryPlan {
		plan = `for every plan ("*")`
	}
	return fmt.Sprintf("%q does not have the role %s %s. Whoever keeps the server's credentials file can give it, or who has the role admin.", e.Caller, e.Role, plan)
}

// localPrefix begins the names of those who connect from the same machine to a server without credentials. Nobody
// else may have such a name.
const localPrefix = "local:"

func beginsWith(name, prefix string) bool {
	return strings.HasPrefix(parties.Fold(name), parties.Fold(prefix))
}
