package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"milepost.dev/domain"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
)

func detail[T proto.Message](s *status.Status) (found T, ok bool) {
	for _, d := range s.Details() {
		if m, is := d.(T); is {
			return m, true
		}
	}
	return found, false
}

func TestEveryErrorHasItsStatus(t *testing.T) {
	of := func(class domain.Class) *domain.Refusal {
		return &domain.Refusal{Class: class, Rule: "a-rule", Field: "commands[0].ref", Message: "A sentence.", Expected: "3", Actual: "4"}
	}
	two := domain.Refusals{of(domain.Invalid), {Class: domain.Invalid, Rule: "b-rule", Field: "plan", Message: "Another."}}
	for _, tt := range []struct {
		name    string
		err     error
		code    codes.Code
		rule    string
		message string
		meta    map[string]string
	}{
		{"invalid", of(domain.Invalid), codes.InvalidArgument, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref"}},
		{"several", two, codes.InvalidArgument, "a-rule", "A sentence. Another.", map[string]string{"field": "commands[0].ref", "violations": "2"}},
		{"not found", of(domain.NotFound), codes.NotFound, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref"}},
		{"exists", of(domain.Exists), codes.AlreadyExists, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref"}},
		{"refused", of(domain.Refused), codes.FailedPrecondition, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref"}},
		{"stale", of(domain.Stale), codes.Aborted, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref", "expected": "3", "actual": "4"}},
		{"decided", &writer.Decided{Err: of(domain.Refused), Position: 7}, codes.FailedPrecondition, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref", "decided_at": "7"}},
		{"wrapped", fmt.Errorf("deep down: %w", of(domain.NotFound)), codes.NotFound, "a-rule", "A sentence.", map[string]string{"field": "commands[0].ref"}},
		{"unavailable", &writer.Unavailable{Rule: "outcome-unknown", Sentence: "Send it again.", RetryAfter: time.Second}, codes.Unavailable, "outcome-unknown", "Send it again.", nil},
		{"overloaded", &writer.Unavailable{Rule: "too-many-waiting", Sentence: "Wait.", RetryAfter: time.Second, Overloaded: true}, codes.ResourceExhausted, "too-many-waiting", "Wait.", nil},
		{"unauthenticated", &access.Unauthenticated{Rule: access.RuleMissing, Sentence: "Who calls?"}, codes.Unauthenticated, access.RuleMissing, "Who calls?", nil},
		{"denied", &access.Denied{Caller: "ann", Role: access.Reporter, Plan: "hubs"}, codes.PermissionDenied, access.RuleDenied, "", map[string]string{"role": "reporter", "plan": "hubs"}},
		{"denied for a command", &access.Denied{Caller: "ann", Role: access.Reporter, Plan: "hubs", Field: "commands[1]"}, codes.PermissionDenied, access.RuleDenied, "", map[string]string{"role": "reporter", "plan": "hubs", "field": "commands[1]"}},
		{"too large", &eventstore.TooLarge{What: "record", Size: 70000, Limit: 65536}, codes.InvalidArgument, "record-too-large", "", map[string]string{"size": "70000", "limit": "65536"}},
		{"too large in words", &eventstore.TooLarge{What: "request with its events", Size: 3, Limit: 2}, codes.InvalidArgument, "request-with-its-events-too-large", "", map[string]string{"size": "3", "limit": "2"}},
		{"damage", &eventstore.Damage{Position: 12, Reason: "secret reason"}, codes.DataLoss, RuleDamaged, "", map[string]string{"position": "12"}},
		{"poison", &projections.Poison{Position: 12, Err: errors.New("secret reason")}, codes.DataLoss, RulePoison, "", map[string]string{"position": "12"}},
		{"deadline", context.DeadlineExceeded, codes.DeadlineExceeded, RuleDeadline, "", nil},
		{"canceled", fmt.Errorf("x: %w", context.Canceled), codes.Canceled, RuleCanceled, "", nil},
		{"anything else", errors.New("secret reason"), codes.Internal, RuleInternal, "", map[string]string{"incident": "ab12"}},
		{"no refusal at all", domain.Refusals{}, codes.Internal, RuleInternal, "", map[string]string{"incident": "ab12"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := toStatus(tt.err, func() string { return "ab12" })
			if s.Code() != tt.code || tt.message != "" && s.Message() != tt.message {
				t.Errorf("status %v, want %s %q", s, tt.code, tt.message)
			}
			info, ok := detail[*errdetails.ErrorInfo](s)
			if !ok || info.Reason != tt.rule || info.Domain != "milepost.dev" || fmt.Sprint(info.Metadata) != fmt.Sprint(tt.meta) && len(info.Metadata)+len(tt.meta) > 0 {
				t.Errorf("ErrorInfo %v, want %s %v", info, tt.rule, tt.meta)
			}
			if strings.Contains(s.Message(), "secret") {
				t.Errorf("the message tells %q", s.Message())
			}
			if retry, ok := detail[*errdetails.RetryInfo](s); ok != (tt.code == codes.Unavailable || tt.code == codes.ResourceExhausted) || ok && retry.RetryDelay.AsDuration() != time.Second {
				t.Errorf("RetryInfo %v", retry)
			}
			bad, ok := detail[*errdetails.BadRequest](s)
			if ok != (tt.code == codes.InvalidArgument && !strings.HasSuffix(tt.rule, "-too-large")) {
				t.Errorf("BadRequest %v", bad)
			}
			if ok && (bad.FieldViolations[0].Field != "commands[0].ref" || bad.FieldViolations[0].Reason != "a-rule" || bad.FieldViolations[0].Description != "A sentence.") {
				t.Errorf("BadRequest %v", bad)
			}
			if tt.name == "several" && len(bad.GetFieldViolations()) != 2 {
				t.Errorf("%d violations", len(bad.GetFieldViolations()))
			}
			if p, ok := detail[*errdetails.PreconditionFailure](s); ok != (tt.code == codes.FailedPrecondition) {
				t.Errorf("PreconditionFailure %v", p)
			}
		})
	}
}

func TestStatusFitsIntoTrailers(t *testing.T) {
	var many domain.Refusals
	for i := range 1000 {
		many = append(many, &domain.Refusal{
			Class: domain.Invalid, Rule: "day-not-iso", Field: fmt.Sprintf("commands[%d].milestone_slipped.delivery_date", i),
			Message: strings.Repeat("œ\xff", 200), Expected: strings.Repeat("x", 5000), Actual: strings.Repeat("y", 5000),
		})
	}
	stale := *many[0]
	stale.Class = domain.Stale
	for _, err := range []error{many, many[0], &stale} {
		s := toStatus(err, nil)
		if !utf8.ValidString(s.Message()) {
			t.Error("the message is not UTF-8")
		}
		message, details := 3*len(s.Message()), proto.Size(s.Proto())*4/3
		if message+details > 10<<10 {
			t.Errorf("%d bytes of message and %d of details", message, details)
		}
	}
	s := toStatus(many, nil)
	if !strings.Contains(s.Message(), "more.") {
		t.Errorf("the message does not say that there are more: %s", s.Message())
	}
	info, _ := detail[*errdetails.ErrorInfo](s)
	bad, _ := detail[*errdetails.BadRequest](s)
	if info.Metadata["violations"] != "1000" || len(bad.FieldViolations) < 3 {
		t.Errorf("%v and %d listed", info.Metadata, len(bad.FieldViolations))
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcdef", 5, "ab…"}, {"ééééé", 6, "é…"}, {"a\xffb", 9, "a\ufffdb"}} {
		if got := clip(tt.text, tt.most); got != tt.want || len(got) > tt.most {
			t.Errorf("clip(%q, %d) = %q", tt.text, tt.most, got)
		}
	}
}
