package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"milepost.dev/domain"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
)

// errorDomain is the domain of every ErrorInfo: the reasons in it are the rules of milepost.
const errorDomain = "milepost.dev"

// Rules of the wire itself, in the words of domain.Refusal's Rule.
const (
	RuleUnknownField    = "unknown-field"
	RulePageToken       = "page-token-foreign"
	RuleKnownAt         = "known-at-malformed"
	RuleKnownAtFuture   = "known-at-in-future"
	RuleKnownBefore     = "known-not-before"
	RuleAsAt            = "as-at-not-iso"
	RuleAfterEnd        = "after-beyond-end"
	RuleNotReadYet      = "not-read-yet"
	RuleReadStopped     = "read-models-stopped"
	RuleNothingStated   = "nothing-stated-yet"
	RuleTooManyCalls    = "too-many-calls"
	RuleTooManyWatching = "too-many-watching"
	RuleTooManyReading  = "too-many-reading"
	RuleClosing         = "closing"
	RuleDeadline        = "deadline-exceeded"
	RuleCanceled        = "canceled"
	RuleDamaged         = "ledger-damaged"
	RulePoison          = "record-unreadable"
	RuleInternal        = "internal"
)

// A status travels in the trailers of HTTP/2, and many clients take 8 KiB of those, counted in base64. So
// a status says how many violations there are, and lists as many as fit.
const (
	maxMessage = 800  // bytes of UTF-8, which percent-encoding may triple
	maxDetails = 3800 // bytes of protobuf
)

// toStatus makes a gRPC status of an error. It is the only function that does. The message is the sentence
// that says what to do, and ErrorInfo carries the rule by which programs tell errors apart.
//
// An error that nobody expected comes out as INTERNAL with an id, which incident makes, and nothing of its
// text: that belongs in the log, beside the id.
func toStatus(err error, incident func() string) *status.Status {
	if err == nil {
		return status.New(codes.OK, "")
	}
	meta := map[string]string{}
	var decided *writer.Decided
	if errors.As(err, &decided) {
		meta["decided_at"] = strconv.FormatUint(decided.Position, 10)
	}
	var (
		refusals    domain.Refusals
		refusal     *domain.Refusal
		unavailable *writer.Unavailable
		unknown     *access.Unauthenticated
		denied      *access.Denied
		unasked     *access.Unavailable
		tooLarge    *eventstore.TooLarge
		damage      *eventstore.Damage
		poison      *projections.Poison
	)
	switch {
	case errors.As(err, &refusals) && len(refusals) > 0:
		return refused(refusals, meta)
	case errors.As(err, &refusal):
		return refused(domain.Refusals{refusal}, meta)
	case errors.As(err, &unavailable):
		code := codes.Unavailable
		if unavailable.Overloaded {
			code = codes.ResourceExhausted
		}
		return build(code, unavailable.Rule, unavailable.Sentence, meta,
			&errdetails.RetryInfo{RetryDelay: durationpb.New(unavailable.RetryAfter)})
	case errors.As(err, &unknown):
		return build(codes.Unauthenticated, unknown.Rule, unknown.Sentence, meta)
	case errors.As(err, &denied):
		meta["role"], meta["plan"] = string(denied.Role), denied.Plan
		if denied.Field != "" {
			meta["field"] = denied.Field
		}
		return build(codes.PermissionDenied, access.RuleDenied, denied.Error(), meta)
	case errors.As(err, &unasked):
		return build(codes.Unavailable, unasked.Rule, unasked.Sentence, meta, &errdetails.RetryInfo{RetryDelay: durationpb.New(unasked.RetryAfter)})
	case errors.As(err, &tooLarge):
		meta["size"], meta["limit"] = strconv.Itoa(tooLarge.Size), strconv.Itoa(tooLarge.Limit)
		return build(codes.InvalidArgument, strings.ReplaceAll(tooLarge.What, " ", "-")+"-too-large", fmt.Sprintf(
			"What was sent comes to a %s of %d bytes, and at most %d are kept. Send less at once.", tooLarge.What, tooLarge.Size, tooLarge.Limit), meta)
	case errors.As(err, &damage):
		meta["position"] = strconv.FormatUint(damage.Position, 10)
		return build(codes.DataLoss, RuleDamaged, fmt.Sprintf(
			"The ledger is damaged: nothing from position %d on can be trusted. Whoever runs the server must look at it.", damage.Position), meta)
	case errors.As(err, &poison):
		meta["position"] = strconv.FormatUint(poison.Position, 10)
		return build(codes.DataLoss, RulePoison, fmt.Sprintf(
			"The record at position %d cannot be read by this version of milepost. Whoever runs the server must look at it.", poison.Position), meta)
	case errors.Is(err, context.DeadlineExceeded):
		return build(codes.DeadlineExceeded, RuleDeadline,
			"The time for this call ran out. Ask again with more time, or for less at once.", meta)
	case errors.Is(err, context.Canceled):
		return build(codes.Canceled, RuleCanceled, "The caller left before there was an answer.", meta)
	}
	if s, ok := status.FromError(err); ok { // of gRPC's own making: a stream that broke
		return s
	}
	id := incident()
	meta["incident"] = id
	return build(codes.Internal, RuleInternal, fmt.Sprintf(
		"Something went wrong in the server that should not have. Its log says more under %s.", id), meta)
}

// refused is the status of refusals. The first says which kind of error it is.
func refused(rs domain.Refusals, meta map[string]string) *status.Status {
	first := rs[0]
	if first.Field != "" {
		meta["field"] = first.Field
	}
	var details []proto.Message
	var code codes.Code
	switch first.Class {
	case domain.Invalid:
		code = codes.InvalidArgument
		if len(rs) > 1 {
			meta["violations"] = strconv.Itoa(len(rs))
		}
		bad := &errdetails.BadRequest{}
		for size, i := 0, 0; i < len(rs); i++ {
			v := &errdetails.BadRequest_FieldViolation{
				Field: clip(rs[i].Field, maxMessage), Description: clip(rs[i].Message, maxMessage), Reason: rs[i].Rule,
			}
			if size += proto.Size(v); size > maxDetails && i > 0 {
				break
			}
			bad.FieldViolations = append(bad.FieldViolations, v)
		}
		details = append(details, bad)
	case domain.NotFound:
		code = codes.NotFound
	case domain.Exists:
		code = codes.AlreadyExists
	case domain.Stale:
		code = codes.Aborted
		meta["expected"], meta["actual"] = first.Expected, first.Actual
	case domain.Denied:
		code = codes.PermissionDenied
	default: // domain.Refused, and whatever comes after it
		code = codes.FailedPrecondition
		details = append(details, &errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{
			Type: first.Rule, Subject: clip(first.Field, maxMessage), Description: clip(first.Message, maxMessage),
		}}})
	}
	return build(code, first.Rule, sentences(rs), meta, details...)
}

// sentences are as many as fit, and how many more there are.
func sentences(rs domain.Refusals) string {
	var b strings.Builder
	for i, r := range rs {
		if i > 0 && b.Len()+len(r.Message) > maxMessage {
			fmt.Fprintf(&b, " And %d more.", len(rs)-i)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(clip(r.Message, maxMessage))
	}
	return b.String()
}

func build(code codes.Code, rule, sentence string, meta map[string]string, details ...proto.Message) *status.Status {
	for name, value := range meta {
		meta[name] = clip(value, maxMessage/2)
	}
	s := status.New(code, clip(sentence, maxMessage+len(" And 1000 more.")))
	all := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: rule, Domain: errorDomain, Metadata: meta}}
	for _, d := range details {
		all = append(all, protoadapt.MessageV1Of(d))
	}
	if with, err := s.WithDetails(all...); err == nil {
		return with
	}
	return s
}

// clip makes text valid UTF-8 of at most so many bytes, without cutting a character.
func clip(text string, most int) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if len(text) <= most {
		return text
	}
	const ellipsis = "…"
	end := most - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}

// ruleOf is the rule that a status carries, for the log.
func ruleOf(s *status.Status) string {
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return ""
}

func unavailable(rule string, retryAfter time.Duration, overloaded bool, format string, args ...any) error {
	return &writer.Unavailable{Rule: rule, Sentence: fmt.Sprintf(format, args...), RetryAfter: retryAfter, Overloaded: overloaded}
}
