package access

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/parties"
)

// subject is somebody whom an issuer knows.
type subject struct{ issuer, name string }

type subjectEntry struct {
	Issuer       string            `json:"issuer"`
	Subject      string            `json:"subject"`
	Organisation string            `json:"organisation"`
	Formerly     string            `json:"formerly"`
	Person       string            `json:"person"`
	SpeaksFor    []string          `json:"speaks_for"`
	Only         map[string]Scope  `json:"only"`
	NotAfter     string            `json:"not_after"`
	Roles        map[string][]Role `json:"roles"`
	Quota        json.RawMessage   `json:"quota"`
}

func (c *Credentials) addSubject(raw json.RawMessage) error {
	var e subjectEntry
	if err := strictly(raw, &e, 2); err != nil {
		return err
	}
	if e.Issuer == "" || e.Subject == "" {
		return errors.New("issuer or subject is empty: both say who it is")
	}
	who := subject{e.Issuer, e.Subject}
	if c.subjects[who] != nil {
		return fmt.Errorf("%q of %s has an entry already", e.Subject, e.Issuer)
	}
	name, err := actorOfSubject(e.Issuer, e.Subject)
	if err != nil {
		return err
	}
	found, err := c.rightsOf(name, holder{
		Organisation: e.Organisation, Formerly: e.Formerly, Person: e.Person, SpeaksFor: e.SpeaksFor, Only: e.Only,
		NotAfter: e.NotAfter, Roles: e.Roles, Quota: e.Quota,
	})
	if err != nil {
		return fmt.Errorf("%q: %w", e.Subject, err)
	}
	c.subjects[who] = found
	found.Person = cmp.Or(found.Person, name) // issuer and subject are one person
	return nil
}

// takesTokens says whether somebody may be known by what is sent with a call, and not by a certificate.
func (c *Credentials) takesTokens() bool { return len(c.tokens) > 0 || len(c.subjects) > 0 }

func actorOfSubject(issuer, name string) (string, error) {
	actor, err := parties.Clean(openid.Actor(issuer, name))
	if err != nil {
		return "", fmt.Errorf("issuer and subject come to the actor %q: %w", openid.Actor(issuer, name), err)
	}
	return actor, nil
}

// Unavailable says that it cannot be found out at the moment who calls. The very same call may be let in later.
type Unavailable struct {
	Rule       string
	Sentence   string
	RetryAfter time.Duration
}

// Error returns the sentence.
func (u *Unavailable) Error() string { return u.Sentence }

const (
	// askAgain is when to come again while an issuer does not answer.
	askAgain = 5 * time.Second
	// askWithin is how long a call waits for one. Others wait behind it: who calls is found out on the goroutine of a
	// connection, before a message is read.
	askWithin = time.Second
)

// Issued knows callers by the access tokens of an issuer, beside those of a credentials file, which says what each may do. It is
// safe for concurrent use.
type Issued struct {
	*Live
	issuer *openid.Issuer
}

// NewIssued returns the way in for callers of an issuer and of credentials.
func NewIssued(credentials *Live, issuer *openid.Issuer) *Issued { return &Issued{credentials, issuer} }

// Authenticate finds the caller by an access token of the issuer, or by the credentials.
func (i *Issued) Authenticate(ctx context.Context) (Caller, error) {
	md := headersOf(ctx)
	headers := md.Get("authorization")
	if len(headers) != 1 {
		return i.Live.Authenticate(ctx)
	}
	token, err := bearer(headers)
	if err != nil || !openid.LooksLikeOne(token) {
		return i.Live.Authenticate(ctx)
	}
	asking, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	known, err := i.issuer.Verify(asking, token)
	if err != nil {
		return Caller{}, i.wrong(err)
	}
	return i.inForce().bySubject(known)
}

// wrong is what a caller is told whose token is not taken.
func (i *Issued) wrong(err error) error {
	if refused, ok := errors.AsType[*openid.Refused](err); ok {
		if refused.Expired {
			return &Unauthenticated{RuleExpired, refused.Sentence}
		}
		return &Unauthenticated{RuleUnknown, refused.Sentence}
	}
	return &Unavailable{RuleIssuer, "The issuer of the token cannot be asked for its keys at the moment, so that nobody knows whose the token is. Send the very same again in a moment.", askAgain}
}

// bySubject is the caller whom an issuer knows. One without an entry is known, and may do nothing yet.
func (c *Credentials) bySubject(known openid.Known) (Caller, error) {
	var caller Caller
	if found := c.subjects[subject{known.Issuer, known.Subject}]; found != nil {
		var err error
		if caller, err = found.callerAt(c.clock.Now(), ByOIDC); err != nil {
			return Caller{}, err
		}
	} else {
		name, err := actorOfSubject(known.Issuer, known.Subject)
		if err != nil {
			return Caller{}, &Unauthenticated{RuleUnknown, "The token's issuer and subject are too long to be recorded."}
		}
		caller = Caller{Name: name, By: ByOIDC, ReportersReview: c.reportersReview, Limits: c.quotas.caller, Quotas: c.quotas} // the ledger may grant a role
	}
	if caller.NotAfter.IsZero() || known.NotAfter.Before(caller.NotAfter) {
		caller.NotAfter = known.NotAfter
	}
	caller.Issuer, caller.Subject, caller.DisplayName = known.Issuer, known.Subject, known.Name
	return caller, nil
}
