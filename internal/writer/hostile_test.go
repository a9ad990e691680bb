package writer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/request"
)

// Every case is a request as a stranger may send it, and the rule, field and class that it is refused
// with. None may leave anything behind.
func TestHostileRequests(t *testing.T) {
	long := strings.Repeat("x", 3000)
	thousand := strings.TrimSuffix(strings.Repeat(`{"milestone_added":{"ref":"Z"}},`, 1001), ",")
	for name, c := range map[string]struct {
		request string
		class   domain.Class
		rule    string
		field   string
	}{
		"nothing":                  {`{}`, domain.Invalid, request.RuleRequestID, "request_id"},
		"no plan":                  {`{"request_id":"r","commands":[{"milestone_added":{"ref":"Z"}}]}`, domain.Invalid, "plan-id-malformed", "plan"},
		"a plan out of paths":      {`{"request_id":"r","plan":"../hubs","commands":[{"milestone_added":{"ref":"Z"}}]}`, domain.Invalid, "plan-id-malformed", "plan"},
		"an unknown plan":          {`{"request_id":"r","plan":"other","commands":[{"milestone_added":{"ref":"Z"}}]}`, domain.NotFound, plan.RuleUnknown, "commands[0].milestone_added"},
		"no command":               {`{"request_id":"r","plan":"hubs"}`, domain.Invalid, request.RuleCommandsNumber, "commands"},
		"a command of nothing":     {`{"request_id":"r","plan":"hubs","commands":[{}]}`, domain.Invalid, request.RuleCommandMissing, "commands[0]"},
		"1,001 commands":           {`{"request_id":"r","plan":"hubs","commands":[` + thousand + `]}`, domain.Invalid, request.RuleCommandsNumber, "commands"},
		"a request id of 129":      {`{"request_id":"` + strings.Repeat("r", 129) + `","plan":"hubs","commands":[{"milestone_added":{"ref":"Z"}}]}`, domain.Invalid, request.RuleRequestID, "request_id"},
		"a request id of control":  {`{"request_id":"a\u0000b","plan":"hubs","commands":[{"milestone_added":{"ref":"Z"}}]}`, domain.Invalid, request.RuleRequestID, "request_id"},
		"no reference":             {`{"request_id":"r","plan":"hubs","commands":[{"milestone_added":{}}]}`, domain.Invalid, "ref-malformed", "commands[0].milestone_added.ref"},
		"no reference to find":     {`{"request_id":"r","plan":"hubs","commands":[{"progress_reported":{"status":"on track"}}]}`, domain.Invalid, "ref-malformed", "commands[0].progress_reported.ref"},
		"an unknown milestone":     {`{"request_id":"r","plan":"hubs","commands":[{"milestone_slipped":{"ref":"Z","delivery_date":"2018"}}]}`, domain.NotFound, "milestone-unknown", "commands[0].milestone_slipped.ref"},
		"a title of 3,000":         {`{"request_id":"r","plan":"hubs","commands":[{"milestone_added":{"ref":"Z","title":"` + long + `"}}]}`, domain.Invalid, "title-too-long", "commands[0].milestone_added.title"},
		"an as at of words":        {`{"request_id":"r","plan":"hubs","commands":[{"as_at":"last week","milestone_added":{"ref":"Z"}}]}`, domain.Invalid, request.RuleAsAtNotISO, "commands[0].as_at"},
		"an as at that is none":    {`{"request_id":"r","plan":"hubs","commands":[{"as_at":"2017-02-30","milestone_added":{"ref":"Z"}}]}`, domain.Invalid, request.RuleAsAtNotISO, "commands[0].as_at"},
		"an as at to come":         {`{"request_id":"r","plan":"hubs","commands":[{"as_at":"2018-01-16","milestone_added":{"ref":"Z"}}]}`, domain.Refused, RuleAsAtInFuture, "commands[0].as_at"},
		"a slip that is earlier":   {`{"request_id":"r","plan":"hubs","commands":[{"milestone_slipped":{"ref":"A1","delivery_date":"2017-05"}}]}`, domain.Refused, "slip-not-later", "commands[0].milestone_slipped.delivery_date"},
		"a slip from elsewhere":    {`{"request_id":"r","plan":"hubs","commands":[{"milestone_slipped":{"ref":"A1","delivery_date":"2018","from":"2016"}}]}`, domain.Stale, "slip-from-stale", "commands[0].milestone_slipped.from"},
		"a slip to words":          {`{"request_id":"r","plan":"hubs","commands":[{"milestone_slipped":{"ref":"A1","delivery_date":"soon"}}]}`, domain.Invalid, "slip-without-date", "commands[0].milestone_slipped.delivery_date"},
		"another revision":         {`{"request_id":"r","plan":"hubs","commands":[{"expected_revision":9,"delivery_date_stated":{"ref":"A1","delivery_date":"2018"}}]}`, domain.Stale, RuleRevisionStale, "commands[0].expected_revision"},
		"no owner":                 {`{"request_id":"r","plan":"hubs","commands":[{"owner_changed":{"ref":"A1"}}]}`, domain.Invalid, "owner-missing", "commands[0].owner_changed.owner"},
		"an owner of control":      {`{"request_id":"r","plan":"hubs","commands":[{"owner_changed":{"ref":"A1","owner":"a\u0007b"}}]}`, domain.Invalid, "party-name-malformed", "commands[0].owner_changed.owner"},
		"money that is none":       {`{"request_id":"r","plan":"hubs","commands":[{"funding_confirmed":{"ref":"A1","line":"F","amount":"1e9"}}]}`, domain.Invalid, "amount-not-decimal", "commands[0].funding_confirmed.amount"},
		"money below nothing":      {`{"request_id":"r","plan":"hubs","commands":[{"funding_confirmed":{"ref":"A1","line":"F","amount":"-5"}}]}`, domain.Invalid, "amount-not-positive", "commands[0].funding_confirmed.amount"},
		"101 per cent":             {`{"request_id":"r","plan":"hubs","commands":[{"progress_reported":{"ref":"A1","percent":101}}]}`, domain.Invalid, "percent-out-of-range", "commands[0].progress_reported.percent"},
		"progress of nothing":      {`{"request_id":"r","plan":"hubs","commands":[{"progress_reported":{"ref":"A1"}}]}`, domain.Invalid, "progress-empty", "commands[0].progress_reported"},
		"achieved tomorrow":        {`{"request_id":"r","plan":"hubs","commands":[{"milestone_achieved":{"ref":"A1","actual_date":"2018-01-16"}}]}`, domain.Refused, "actual-in-future", "commands[0].milestone_achieved.actual_date"},
		"achieved some day":        {`{"request_id":"r","plan":"hubs","commands":[{"milestone_achieved":{"ref":"A1","actual_date":"done"}}]}`, domain.Invalid, "actual-without-date", "commands[0].milestone_achieved.actual_date"},
		"another plan of the id":   {`{"request_id":"r","plan":"hubs","commands":[{"plan_registered":{"name":"Other"}}]}`, domain.Exists, "plan-differs", "commands[0].plan_registered"},
		"a basis of nothing":       {`{"request_id":"r","plan":"hubs","commands":[{"funding_bid":{"line":"L","basis":263}}]}`, domain.Invalid, request.RuleFundingTermsUnknown, "commands[0].funding_bid.basis"},
		"money that comes thrice":  {`{"request_id":"r","plan":"hubs","commands":[{"funding_spent":{"line":"L","amount":"1","recurrence":3}}]}`, domain.Invalid, request.RuleFundingTermsUnknown, "commands[0].funding_spent.recurrence"},
		"a line of two":            {`{"request_id":"r","plan":"hubs","commands":[{"funding_withdrawn":{"ref":"A","scheme":"S","line":"L"}}]}`, domain.Invalid, request.RuleLineOfBoth, "commands[0].funding_withdrawn.scheme"},
		"a rating off the scale":   {`{"request_id":"r","plan":"hubs","commands":[{"plan_revised":{"rating_schemes":[{"name":"RAG","values":[{"value":"Red","common":257}]}]}}]}`, domain.Invalid, request.RuleCommonRatingUnknown, "commands[0].plan_revised.rating_schemes[0].values[0].common"},
		"a digest of another kind": {`{"request_id":"r","plan":"hubs","commands":[{"evidence_attached":{"ref":"A","digest":"sha256:abc","location":"here"}}]}`, domain.Invalid, request.RuleDigestMalformed, "commands[0].evidence_attached.digest"},
		"a revision of a plan":     {`{"request_id":"r","plan":"hubs","commands":[{"expected_revision":1,"plan_revised":{"name":"N"}}]}`, domain.Invalid, request.RulePlanWithoutRevision, "commands[0].expected_revision"},
		"quarters of another sun":  {`{"request_id":"r","plan":"hubs","commands":[{"plan_registered":{"quarters":7}}]}`, domain.Invalid, request.RuleQuartersUnknown, "commands[0].plan_registered.quarters"},
		"a zone on the moon":       {`{"request_id":"r","plan":"hubs","commands":[{"plan_registered":{"time_zone":"Moon/Tycho"}}]}`, domain.Invalid, "time-zone-unknown", "commands[0].plan_registered.time_zone"},
		"a zone out of paths":      {`{"request_id":"r","plan":"hubs","commands":[{"plan_registered":{"time_zone":"../../etc/passwd"}}]}`, domain.Invalid, "time-zone-unknown", "commands[0].plan_registered.time_zone"},
		"the last one is bad":      {`{"request_id":"r","plan":"hubs","commands":[{"milestone_added":{"ref":"Z"}},{"owner_changed":{"ref":"Z","owner":"New Party"}},{"milestone_achieved":{"ref":"Z","actual_date":"soon"}}]}`, domain.Invalid, "actual-without-date", "commands[2].milestone_achieved.actual_date"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.open()
			defer closed(t, s)
			w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
			parties, before := len(w.names.All()), w.log.Messages()
			m := &milepostv1.SubmitRequest{}
			if err := protojson.Unmarshal([]byte(c.request), m); err != nil {
				t.Fatal(err)
			}
			_, err := s.Submit(t.Context(), ann, m)
			if err == nil {
				t.Fatal("it was accepted")
			}
			r := refusalOf(t, err)
			if r.Class != c.class || r.Rule != c.rule || r.Field != c.field {
				t.Errorf("refused as %d %s %s: %s", r.Class, r.Rule, r.Field, r.Message)
			}
			if !strings.HasSuffix(r.Message, ".") || len(r.Message) > 600 {
				t.Errorf("not a sentence: %q", r.Message)
			}
			if len(w.log.Messages()) != len(before) || len(w.names.All()) != parties {
				t.Error("it left something behind")
			}
		})
	}
}

func TestAllViolationsAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	_, err := s.Submit(t.Context(), ann, &milepostv1.SubmitRequest{
		Plan: "no good", Commands: []*milepostv1.Command{{AsAt: "x"}, stated("", "2017", "2017")},
	})
	var all domain.Refusals
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	var fields []string
	for _, r := range all {
		fields = append(fields, r.Field)
	}
	if got, want := fmt.Sprint(fields), "[request_id plan commands[0].as_at commands[0] commands[1].as_at commands[1].delivery_date_stated.ref]"; got != want {
		t.Errorf("%s and not %s", got, want)
	}
}

func TestARequestAboveItsBoundIsRefusedWithBothNumbers(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	w.mustSubmit(s, submission("begin", registered()))
	var commands []*milepostv1.Command
	for i := range 300 {
		commands = append(commands, &milepostv1.Command{Command: &milepostv1.Command_MilestoneAdded{
			MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint(i), Title: strings.Repeat("t", 1900)},
		}})
	}
	_, err := s.Submit(t.Context(), ann, submission("large", commands...))
	if r := refusalOf(t, err); r.Rule != RuleRequestTooLarge || !strings.Contains(r.Message, "524288") {
		t.Errorf("%v", r)
	}
	// A request within its bound whose events find no room in a commit of this store.
	w.log.MaxMessage = 100_000
	small, err := w.tryOpen(true)
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, small)
	var large *eventstore.TooLarge
	if _, err := small.Submit(t.Context(), ann, submission("large", commands[:200]...)); !errors.As(err, &large) || large.Limit >= 100_000 {
		t.Errorf("%v", err)
	}
	w.mustSubmit(small, submission("fits", commands[:20]...))
}

// Whatever bytes are sent: an answer or a refusal, never a panic, and never anything in the ledger that
// was not accepted or that a reader would not accept.
func FuzzSubmit(f *testing.F) {
	for _, m := range []*milepostv1.SubmitRequest{
		submission("a", registered(), added("A1"), stated("A1", "2017-02-01", "TBC")),
		{RequestId: "b", Plan: "hubs", OnBehalfOf: "Office", Commands: []*milepostv1.Command{{
			Command: &milepostv1.Command_FundingConfirmed{FundingConfirmed: &milepostv1.FundingConfirmed{Ref: "A1", Line: "F", Amount: "12.50", Of: "90"}},
		}}},
		{RequestId: "c", Plan: "hubs", Commands: []*milepostv1.Command{{
			Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "A1", Owner: "CCGs"}},
		}}},
	} {
		data, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	w := newWorld(f)
	w.folds = ""
	s := w.open()
	f.Cleanup(func() { closed(f, s) })
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &milepostv1.SubmitRequest{}
		if proto.Unmarshal(data, m) != nil {
			return
		}
		before := len(w.log.Messages())
		response, err := s.Submit(context.Background(), ann, m)
		after := w.log.Messages()
		if err != nil {
			refusalOf(t, err)
			if len(after) != before {
				t.Fatalf("refused (%v), and the ledger grew", err)
			}
			return
		}
		again, err := s.Submit(context.Background(), ann, m)
		if err != nil || !again.Replayed || !proto.Equal(again.Receipt, response.Receipt) {
			t.Fatalf("the second time: %v, %v", again, err)
		}
		if len(after) > 500 { // so that each run stays short
			return
		}
		elsewhere := replica.New(replica.Config{Whole: true, Log: w.logger})
		for i, message := range after {
			if err := elsewhere.Feed(uint64(i+1), bytes.Clone(message)); err != nil {
				t.Fatalf("what was accepted cannot be read back: %v", err)
			}
		}
		if err := elsewhere.Fed(); err != nil || elsewhere.Book().Stopped() != nil {
			t.Fatalf("what was accepted cannot be folded: %v, %v", err, elsewhere.Book().Stopped())
		}
	})
}
