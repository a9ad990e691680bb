package access

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

// The credentials file is JSON:
//
//	{
//	  "tokens": [
//	    {
//	      "sha256": "9f86d0…",                 SHA-256 of the token, in hexadecimal: the file holds no secret
//	      "actor": "Finance feed",             who is recorded as having said it
//	      "organisation": "Example Council",   for whom, where a request does not say; may be left out
//	      "formerly": "Finance",               the actor that they were before: a request that was accepted under that name is
//	                                           known when they send it again; may be left out
//	      "person": "Ada Example",             who answers for what is stated; who has none may state, and neither propose nor approve
//	      "speaks_for": ["Estates office"],    for whom it may speak beside its organisation, ["*"] for all; may be left out
//	      "only": {"cycling-2030": {           what the role reporter is narrowed to in a plan, or under "*" in all others: each list narrows
//	        "workstreams": ["Estates"],        it further; may be left out
//	        "components": ["Phase 2"],
//	        "owners": ["Estates office"]}},
//	      "not_after": "2027-03-31",           until when it lets them in: a day, to its end in UTC, or a time as
//	                                           2027-03-31T18:00:00Z; may be left out
//	      "roles": {"cycling-2030": ["reporter"], "*": ["viewer"]},
//	      "quota": {"events_a_day": 50000}     how much is accepted; may be left out (quota.go)
//	    }
//	  ],
//	  "certificates": [
//	    {
//	      "uri": "spiffe://example.org/pmo",   a name in the client's certificate: one of uri, dns, cn
//	      "actor": "PMO office",
//	      "organisation": "Example Council",
//	      "roles": {"*": ["auditor"]}
//	    }
//	  ],
//	  "subjects": [                            with --oidc
//	    {
//	      "issuer": "https://login.example.org",
//	      "subject": "4711",                   the stable name that the issuer gives them
//	      "organisation": "Example Council",
//	      "roles": {"cycling-2030": ["reporter"]}
//	    }
//	  ]
//	}
//
// A role is given for a plan, or for every plan under "*": reporter, reviewer, approver, admin or viewer, and for every plan alone auditor,
// operator or node; each of them may read too. Anything else in the file is an error, a name that stands twice among them, so
// that a slip of the pen never gives or takes a right in silence. A file whose last entry was taken out holds an empty
// list, and lets nobody in.
type file struct {
	Tokens       []json.RawMessage `json:"tokens"`
	Certificates []json.RawMessage `json:"certificates"`
	Subjects     []json.RawMessage `json:"subjects"`
	Quotas       json.RawMessage   `json:"quotas"`
}

type holder struct {
	Actor        string            `json:"actor"`
	Organisation string            `json:"organisation"`
	Formerly     string            `json:"formerly"`
	Person       string            `json:"person"`
	SpeaksFor    []string          `json:"speaks_for"`
	Only         map[string]Scope  `json:"only"`
	NotAfter     string            `json:"not_after"`
	Roles        map[string][]Role `json:"roles"`
	Quota        json.RawMessage   `json:"quota"`
}

type tokenEntry struct {
	SHA256 string `json:"sha256"`
	holder
}

type certificateEntry struct {
	URI string `json:"uri"`
	DNS string `json:"dns"`
	CN  string `json:"cn"`
	holder
}

// Parse reads the content of a credentials file.
func Parse(data []byte) (*Credentials, error) {
	var f file
	if err := strictly(data, &f, 1); err != nil {
		return nil, err
	}
	c := &Credentials{clock: clock.System(), tokens: map[[sha256.Size]byte]*entry{}, certificates: map[identity]*entry{}, subjects: map[subject]*entry{}, spelled: map[string]string{}, formerly: map[string]string{}}
	var errs []error
	var err error
	if c.quotas, err = readQuotas(f.Quotas); err != nil {
		return nil, fmt.Errorf("quotas: %w", err)
	}
	for i, raw := range f.Tokens {
		if err := c.addToken(raw); err != nil {
			errs = append(errs, fmt.Errorf("tokens[%d]%s: %w", i, actorOf(raw), err))
		}
	}
	for i, raw := range f.Certificates {
		if err := c.addCertificate(raw); err != nil {
			errs = append(errs, fmt.Errorf("certificates[%d]%s: %w", i, actorOf(raw), err))
		}
	}
	for i, raw := range f.Subjects {
		if err := c.addSubject(raw); err != nil {
			errs = append(errs, fmt.Errorf("subjects[%d]: %w", i, err))
		}
	}
	if f.Tokens == nil && f.Certificates == nil && f.Subjects == nil {
		errs = append(errs, errors.New("it lets nobody in: add an entry to tokens, certificates or subjects"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	c.letReportersReview()
	return c, nil
}

// letReportersReview lets reporters settle what documents mean, where no entry has the role reviewer: files were written before there
// was that role.
func (c *Credentials) letReportersReview() {
	entries := slices.Concat(slices.Collect(maps.Values(c.tokens)), slices.Collect(maps.Values(c.certificates)), slices.Collect(maps.Values(c.subjects)))
	c.reportersReview = !slices.ContainsFunc(entries, func(e *entry) bool {
		for _, given := range e.Roles {
			if slices.Contains(given, Reviewer) {
				return true
			}
		}
		return false
	})
	for _, e := range entries {
		e.ReportersReview = c.reportersReview
	}
}

func (c *Credentials) addToken(raw json.RawMessage) error {
	var e tokenEntry
	if err := strictly(raw, &e, 2); err != nil {
		return err
	}
	found, err := c.entry(e.holder)
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(e.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return errors.New("sha256 is not the 64 hexadecimal digits of a SHA-256; `milepost token` makes a token and prints both")
	}
	key := [sha256.Size]byte(sum)
	if key == sha256.Sum256(nil) {
		return errors.New("sha256 is that of an empty token")
	}
	if other, taken := c.tokens[key]; taken {
		return fmt.Errorf("this token is given to %q too: whose words would they be?", other.Name)
	}
	found.Credential = string(key[:])
	c.tokens[key] = found
	return nil
}

func (c *Credentials) addCertificate(raw json.RawMessage) error {
	var e certificateEntry
	if err := strictly(raw, &e, 2); err != nil {
		return err
	}
	found, err := c.entry(e.holder)
	if err != nil {
		return err
	}
	var id identity
	for _, name := range []identity{{"uri", e.URI}, {"dns", e.DNS}, {"cn", e.CN}} {
		if name.value == "" {
			continue
		}
		if id.value != "" {
			return fmt.Errorf("it has both %s and %s: give one entry to each", id.kind, name.kind)
		}
		id = name
	}
	if id.value == "" {
		return errors.New("it names no certificate: give one of uri, dns or cn")
	}
	if other, taken := c.certificates[id]; taken {
		return fmt.Errorf("%s %q is given to %q too", id.kind, id.value, other.Name)
	}
	found.Credential = credentialOf(id.kind, id.value)
	c.certificates[id] = found
	return nil
}

// entry is what a holder may, when all of it is right.
func (c *Credentials) entry(h holder) (*entry, error) {
	name, err := parties.Clean(h.Actor)
	if err != nil {
		return nil, fmt.Errorf("actor: %w", err)
	}
	switch {
	case beginsWith(name, localPrefix):
		return nil, fmt.Errorf("actor: names that begin with %q belong to those who connect without credentials", localPrefix)
	case beginsWith(name, openid.ActorPrefix):
		return nil, fmt.Errorf("actor: names that begin with %q belong to those whom an issuer knows: give them an entry under subjects", openid.ActorPrefix)
	}
	if other := c.alike(name); other != "" {
		return nil, fmt.Errorf("actor: %q and %q are one party in the ledger: write them in the same way, or give one another name", name, other)
	}
	return c.rightsOf(name, h)
}

// rightsOf is what a holder with a name may, when all of it is right.
func (c *Credentials) rightsOf(name string, h holder) (*entry, error) {
	found, err := &entry{}, error(nil)
	if found.notAfter, err = readNotAfter(h.NotAfter); err != nil {
		return nil, err
	}
	if h.Organisation != "" {
		if h.Organisation, err = parties.Clean(h.Organisation); err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
	}
	if h.Formerly, err = c.before(name, h.Formerly); err != nil {
		return nil, fmt.Errorf("formerly: %w", err)
	}
	if h.Person != "" {
		if h.Person, err = parties.Clean(h.Person); err != nil {
			return nil, fmt.Errorf("person: %w", err)
		}
		if beginsWith(h.Person, localPrefix) {
			return nil, fmt.Errorf("person: names that begin with %q belong to those who connect without credentials", localPrefix)
		}
	}
	for i, party := range h.SpeaksFor {
		if party == EveryParty {
			continue
		}
		if h.SpeaksFor[i], err = parties.Clean(party); err != nil {
			return nil, fmt.Errorf("speaks_for: %w", err)
		}
	}
	if err := h.checkOnly(); err != nil {
		return nil, fmt.Errorf("only: %w", err)
	}
	if len(h.Roles) == 0 {
		return nil, errors.New(`roles is empty: give a role for a plan, or for every plan ("*")`)
	}
	for plan, given := range h.Roles {
		if strings.TrimSpace(plan) == "" {
			return nil, errors.New(`roles: the plan's id is empty; "*" stands for every plan`)
		}
		if len(given) == 0 {
			return nil, fmt.Errorf("roles: there is no role for %q", plan)
		}
		for _, role := range given {
			if err := checkRole(role, plan); err != nil {
				return nil, err
			}
		}
	}
	found.Caller = Caller{
		Name: name, Organisation: h.Organisation, Formerly: h.Formerly, Person: h.Person, SpeaksFor: h.SpeaksFor, Only: h.Only,
		Roles: h.Roles, Quotas: c.quotas,
	}
	if found.Limits, err = readLimits(h.Quota, c.quotas.caller); err != nil {
		return nil, fmt.Errorf("quota: %w", err)
	}
	return found, nil
}

// checkOnly makes sure that what a reporter is narrowed to can be meant.
func (h *holder) checkOnly() error {
	for plan, scope := range h.Only {
		if len(h.Roles[plan]) == 0 && len(h.Roles[EveryPlan]) == 0 && plan != EveryPlan {
			return fmt.Errorf("there is no role for %q that it could narrow", plan)
		}
		if len(scope.Workstreams)+len(scope.Components)+len(scope.Owners) == 0 {
			return fmt.Errorf("%q names no workstream, component or owner: leave it out, or take the role away", plan)
		}
		for _, list := range [][]string{scope.Workstreams, scope.Components} {
			if slices.ContainsFunc(list, func(s string) bool { return strings.TrimSpace(s) == "" }) {
				return fmt.Errorf("%q has an empty name", plan)
			}
		}
		for i, owner := range scope.Owners {
			clean, err := parties.Clean(owner)
			if err != nil {
				return fmt.Errorf("owners of %q: %w", plan, err)
			}
			scope.Owners[i] = clean
		}
	}
	return nil
}

// before is who an actor was before. Of two who say that they were the same one, one would get what the other is to be told.
func (c *Credentials) before(name, formerly string) (string, error) {
	if formerly == "" {
		return "", nil
	}
	clean, err := parties.Clean(formerly)
	if err != nil {
		return "", err
	}
	folded := parties.Fold(clean)
	if folded == parties.Fold(name) {
		return "", fmt.Errorf("%q is the actor's own name", formerly)
	}
	if other, taken := c.formerly[folded]; taken && other != name {
		return "", fmt.Errorf("%q and %q were both %q: say it of one of them", other, name, formerly)
	}
	c.formerly[folded] = name
	return clean, nil
}

// checkRole refuses a role that there is not, and one that gives nothing more than viewer does where it stands: whoever
// wrote it meant something else.
func checkRole(role Role, plan string) error {
	switch {
	case !slices.Contains(roles, role):
		return fmt.Errorf("roles: %q is not a role; there are %s, %s, %s, %s, %s, %s, %s and %s", role, Reporter, Reviewer, Approver, Admin, Auditor, Operator, Node, Viewer)
	case plan != EveryPlan && role == Auditor:
		return fmt.Errorf("roles: %s of the one plan %q may do no more than %s, because the ledger and its names are those of all plans: give %s, or %s for every plan (%q)",
			Auditor, plan, Viewer, Viewer, Auditor, EveryPlan)
	case plan != EveryPlan && role == Node:
		return fmt.Errorf("roles: %s of the one plan %q has no effect, because servers of one ledger share all plans: give it for every plan (%q)", Node, plan, EveryPlan)
	case plan != EveryPlan && role == Operator:
		return fmt.Errorf("roles: %s of the one plan %q has no effect, because a backup is of all plans: give it for every plan (%q)", Operator, plan, EveryPlan)
	}
	return nil
}

// alike is an actor of another spelling whom the directory of parties takes for the same; empty where there is none.
func (c *Credentials) alike(name string) string {
	folded := parties.Fold(name)
	if other, ok := c.spelled[folded]; ok && other != name {
		return other
	}
	c.spelled[folded] = name
	return ""
}

// readNotAfter reads until when an entry lets somebody in: the first moment at which it does not.
func readNotAfter(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("not_after: %q is neither a day nor a time: write it as 2027-03-31, or as 2027-03-31T18:00:00Z", text)
	}
	return at, nil
}
