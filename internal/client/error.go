package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"milepost.dev/internal/access"
)

// Kind sorts an error by what the caller can do about it.
type Kind uint8

const (
	// Failed: something is wrong with the server, and sending it again is unlikely to help.
	Failed Kind = iota + 1
	// Refused: the server decided against it. Nothing changed.
	Refused
	// Denied: the server does not know the caller, or does not let it do this.
	Denied
	// Unanswered: there was no clear answer. A command may have been accepted; send it again.
	Unanswered
)

// ruleQuota begins the rules of quotas: the server has room, and the caller, or the plan, has had its share.
const ruleQuota = "quota-"

// Error is what a call came to.
type Error struct {
	Kind Kind
	// Code is the status as the wire names it: "INVALID_ARGUMENT".
	Code string
	// Rule is the rule that was broken, the same for ever; empty where there is none.
	Rule string
	// Message is a sentence.
	Message string
	// Violations are the fields that broke a rule; empty where it was none in particular.
	Violations []Violation

	again bool // sending the same again may get an answer
}

// Violation is one field that broke a rule.
type Violation struct{ Field, Rule, Message string }

// Error returns the sentence.
func (e *Error) Error() string { return e.Message }

// RulePlanUnknown is the rule of a request for a plan that is not there.
const RulePlanUnknown = "plan-unknown"

// Domain is the name under which milepost's own rules go over the wire.
const Domain = "milepost.dev"

const stopped = "stopped before there was an answer"

// sorted makes an *Error of a call's error.
func sorted(err error) *Error {
	if already, ok := errors.AsType[*Error](err); ok {
		return already
	}
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: Unanswered, Code: "CANCELLED", Message: stopped}
	}
	s := status.Convert(err)
	e := &Error{Code: code.Code(s.Code()).String(), Message: plain(s.Message())}
	e.detail(s)
	switch s.Code() {
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.Aborted, codes.OutOfRange:
		e.Kind = Refused
	case codes.Unauthenticated, codes.PermissionDenied:
		e.Kind = Denied
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted:
		e.Kind, e.again = Unanswered, true
		if strings.HasPrefix(e.Rule, ruleQuota) {
			e.Kind, e.again = Refused, false // there is room tomorrow at the earliest
		}
	case codes.Canceled:
		e.Kind, e.Message = Unanswered, stopped
	default:
		e.Kind = Failed
	}
	return e
}

func (e *Error) detail(s *status.Status) {
	field := ""
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == Domain {
				e.Rule, field = d.GetReason(), d.GetMetadata()["field"]
			}
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				e.Violations = append(e.Violations, Violation{Field: v.GetField(), Rule: v.GetReason(), Message: v.GetDescription()})
			}
		}
	}
	if field != "" && len(e.Violations) == 0 {
		e.Violations = []Violation{{Field: field}}
	}
	for i := range e.Violations {
		v := &e.Violations[i]
		if v.Rule == "" {
			v.Rule = e.Rule
		}
		if v.Message == "" {
			v.Message = e.Message
		}
	}
}

// explain says what a call's error means to somebody who called a server.
func (c *Client) explain(err error) error {
	e := *sorted(err)
	switch {
	case e.again && e.Rule == "":
		asked := "asked without TLS" // a server that wants TLS hangs up, and says no more
		if c.config.encrypted() {
			asked = "asked over TLS"
		}
		e.Message = fmt.Sprintf("the server at %s does not answer (%s; %s)", c.config.Server, e.Message, asked)
	case e.Rule == access.RuleMissing || e.Rule == access.RuleUnknown:
		e.Message += " (give a token with --token-file or MILEPOST_TOKEN, or a certificate with --tls-cert and --tls-key)"
	}
	return &e
}

// plain is what grpc says of a connection without the layers that it wraps it in. Only people read it.
func plain(message string) string {
	if _, quoted, ok := strings.Cut(message, "connection error: desc = "); ok {
		if inner, err := strconv.Unquote(quoted); err == nil {
			message = inner
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(message, "transport: "), "Error while dialing: ")
}
