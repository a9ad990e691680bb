package grpcserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/wire/questions"
)

func TestStatusComesInPagesOfOneMoment(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	m := &milepostv1.ListStatusRequest{Plan: "hubs", PageSize: 2}
	var refs []string
	var position uint64
	for page := 0; ; page++ {
		answer, err := client.ListStatus(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if page == 0 {
			position = answer.SpokenFor.Position
			// What is said between two pages is in none of them, nor is a day that begins.
			w.submit(added("M2a"), stated("M3", "2017-04-01", "2018-12-31"))
			w.clock.Advance(24 * time.Hour)
		}
		if answer.SpokenFor.Position != position || answer.SpokenFor.AsAt != "2018-01-15" {
			t.Errorf("page %d speaks for %v", page, answer.SpokenFor)
		}
		for _, s := range answer.Milestones {
			refs = append(refs, s.Ref)
			if s.Ref == "M3" && s.GetSlipDays() != 0 {
				t.Error("a later slip is in a page")
			}
		}
		if answer.NextPageToken == "" {
			break
		}
		m.PageToken, m.PageSize = answer.NextPageToken, 1 // a page may have another size
	}
	if got := strings.Join(refs, " "); got != "M1 M2 M3 M4 M5" {
		t.Errorf("listed %s", got)
	}
}

func TestSlippageAndAuditComeInPages(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	whole, err := client.ListSlippage(t.Context(), &milepostv1.ListSlippageRequest{Plan: "hubs", All: true})
	if err != nil || len(whole.Moves) != 8 {
		t.Fatalf("%d moves, %v", len(whole.GetMoves()), err)
	}
	var got []string
	m := &milepostv1.ListSlippageRequest{Plan: "hubs", All: true, PageSize: 3}
	for more := true; more; more = m.PageToken != "" {
		answer, err := client.ListSlippage(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, move := range answer.Moves {
			got = append(got, fmt.Sprint(move.AsAt, move.Ref, move.Event, move.Days))
		}
		m.PageToken = answer.NextPageToken
	}
	for i, move := range whole.Moves {
		if want := fmt.Sprint(move.AsAt, move.Ref, move.Event, move.Days); i >= len(got) || got[i] != want {
			t.Fatalf("in pages %v, want %s at %d", got, want, i)
		}
	}
	moved, err := client.ListSlippage(t.Context(), &milepostv1.ListSlippageRequest{Plan: "hubs", Milestone: "M1"})
	if err != nil || len(moved.Moves) != 2 || moved.Moves[1].Days != 92 || moved.Moves[1].TotalDays != 184 {
		t.Errorf("M1 moved %v, %v", moved, err)
	}

	last, positions := uint64(0), 0
	audit := &milepostv1.ListAuditRequest{Plan: "hubs", PageSize: 4}
	for more := true; more; more = audit.PageToken != "" {
		answer, err := client.ListAudit(t.Context(), audit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range answer.Entries {
			if e.Position != last+1 {
				t.Errorf("position %d after %d", e.Position, last)
			}
			last, positions = e.Position, positions+1
		}
		audit.PageToken = answer.NextPageToken
	}
	if positions != 15 {
		t.Errorf("%d entries", positions)
	}
	early, err := client.ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs", Milestone: "M1", ReadAt: &milepostv1.ReadAt{AsAt: "2017-03-31"}})
	if err != nil || len(early.Entries) != 3 {
		t.Errorf("M1 up to 2017-03-31: %v, %v", early, err)
	}
}

// A question about several milestones is answered as that about the plan is, without the rest.
func TestSlippageOfSeveralMilestones(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	all := func(m *milepostv1.ListSlippageRequest) (moves []string) {
		t.Helper()
		for more := true; more; more = m.PageToken != "" {
			answer, err := client.ListSlippage(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			for _, move := range answer.Moves {
				moves = append(moves, fmt.Sprint(move))
			}
			m.PageToken = answer.NextPageToken
		}
		return moves
	}
	whole, err := client.ListSlippage(t.Context(), &milepostv1.ListSlippageRequest{Plan: "hubs", All: true})
	if err != nil {
		t.Fatal(err)
	}
	byRef := map[string]string{}
	var want []string
	for _, move := range whole.Moves {
		byRef[move.Ref] = move.Milestone
		if move.Ref == "M1" || move.Ref == "M3" {
			want = append(want, fmt.Sprint(move))
		}
	}
	for _, m := range []*milepostv1.ListSlippageRequest{
		{Milestones: []string{"M3", "M1"}},
		{Milestones: []string{"M1", byRef["M3"], "M3", byRef["M1"]}, PageSize: 2},
		{Milestone: "M1", Milestones: []string{"M3"}, PageSize: 1},
	} {
		m.Plan, m.All = "hubs", true
		if got := all(m); len(want) < 4 || !slices.Equal(got, want) {
			t.Errorf("%v:\n%s\nwant\n%s", m, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for _, tt := range []struct {
		milestones []string
		code       codes.Code
	}{{[]string{"M1", "M77"}, codes.NotFound}, {slices.Repeat([]string{"M1"}, 501), codes.InvalidArgument}} {
		if _, err := client.ListSlippage(t.Context(), &milepostv1.ListSlippageRequest{Plan: "hubs", Milestones: tt.milestones}); status.Code(err) != tt.code {
			t.Errorf("%d milestones: %v", len(tt.milestones), err)
		}
	}
}

func TestTheTwoTimes(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	before := w.book.Position()
	at := w.clock.Now().UTC().Format(time.RFC3339Nano)
	w.clock.Advance(24 * time.Hour)
	written := w.submit(stated("M1", "2017-02-01", "2017-07-31")) // late, and of the 16th
	w.start()
	client := w.queries()
	forecast := func(at *milepostv1.ReadAt) string {
		t.Helper()
		answer, err := client.GetMilestone(t.Context(), &milepostv1.GetMilestoneRequest{Plan: "hubs", Milestone: "M1", ReadAt: at})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Status.Forecast
	}
	for _, tt := range []struct {
		name string
		at   *milepostv1.ReadAt
		want string
	}{
		{"now", nil, "2017-12-31"},
		{"as at a day", &milepostv1.ReadAt{AsAt: "2017-02-15"}, "2017-07-31"},
		{"as known then, by position", &milepostv1.ReadAt{AsAt: "2017-02-15", KnownAt: fmt.Sprint(before)}, "2017-06-30"},
		{"as known then, by time", &milepostv1.ReadAt{AsAt: "2017-02-15", KnownAt: at}, "2017-06-30"},
		{"as known then, by day", &milepostv1.ReadAt{AsAt: "2017-02-15", KnownAt: "2018-01-15"}, "2017-06-30"},
		{"as known on the day after", &milepostv1.ReadAt{AsAt: "2017-02-15", KnownAt: "2018-01-16"}, "2017-07-31"},
		{"reading one's own write", &milepostv1.ReadAt{AsAt: "2017-02-15", MinPosition: written}, "2017-07-31"},
	} {
		if got := forecast(tt.at); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	list := func(change func(m *milepostv1.ListStatusRequest)) error {
		m := &milepostv1.ListStatusRequest{Plan: "hubs", ReadAt: &milepostv1.ReadAt{}}
		change(m)
		_, err := client.ListStatus(t.Context(), m)
		return err
	}
	for _, tt := range []struct {
		rule, field string
		code        codes.Code
		change      func(m *milepostv1.ListStatusRequest)
	}{
		{grpcserver.RuleAsAt, "read_at.as_at", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.ReadAt.AsAt = "yesterday" }},
		{grpcserver.RuleKnownAt, "read_at.known_at", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "-1" }},
		{grpcserver.RuleKnownAt, "read_at.known_at", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "99999999999999999999" }},
		{grpcserver.RuleKnownAt, "read_at.known_at", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "2017-06-31" }},
		{grpcserver.RuleKnownAtFuture, "read_at.known_at", codes.FailedPrecondition, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "1000" }},
		{plan.RuleUnknown, "plan", codes.NotFound, func(m *milepostv1.ListStatusRequest) { m.Plan = "none" }},
		{plan.RuleUnknown, "plan", codes.NotFound, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "0" }},
		{plan.RuleUnknown, "plan", codes.NotFound, func(m *milepostv1.ListStatusRequest) { m.ReadAt.KnownAt = "0001-01-01T00:00:00Z" }},
		{grpcserver.RulePageToken, "page_token", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.PageToken = "nonsense" }},
		{questions.RulePageSize, "page_size", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.PageSize = -1 }},
		{milestone.RuleStateUnknown, "state", codes.InvalidArgument, func(m *milepostv1.ListStatusRequest) { m.State = "delayed" }},
	} {
		if i := info(t, list(tt.change), tt.code, tt.rule); i.Metadata["field"] != tt.field {
			t.Errorf("%s: field %q, want %q", tt.rule, i.Metadata["field"], tt.field)
		}
	}
	both := list(func(m *milepostv1.ListStatusRequest) { m.ReadAt = &milepostv1.ReadAt{AsAt: "x", KnownAt: "y"} })
	for _, d := range status.Convert(both).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok && len(bad.FieldViolations) != 2 {
			t.Errorf("violations %v, want both at once", bad)
		}
	}
	_, err := client.GetMilestone(t.Context(), &milepostv1.GetMilestoneRequest{Plan: "hubs", Milestone: "M9"})
	info(t, err, codes.NotFound, milestone.RuleUnknown)
	_, err = client.GetMilestone(t.Context(), &milepostv1.GetMilestoneRequest{Plan: "hubs", Milestone: "M1", ReadAt: &milepostv1.ReadAt{AsAt: "2016-12-31"}})
	info(t, err, codes.NotFound, grpcserver.RuleNothingStated)
}

func TestATokenOfAnotherQuestionIsForeign(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	first, err := client.ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: "hubs", PageSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: "hubs", PageSize: 1, Workstream: "Access", PageToken: first.NextPageToken})
	info(t, err, codes.InvalidArgument, grpcserver.RulePageToken)
	_, err = client.ListAudit(t.Context(), &milepostv1.ListAuditRequest{Plan: "hubs", PageToken: first.NextPageToken})
	info(t, err, codes.InvalidArgument, grpcserver.RulePageToken)
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	for _, tt := range []struct {
		m    *milepostv1.ListStatusRequest
		want int
	}{
		{&milepostv1.ListStatusRequest{}, 5},
		{&milepostv1.ListStatusRequest{Owner: "  ada LOVELACE"}, 1},
		{&milepostv1.ListStatusRequest{Owner: "nobody"}, 0},
		{&milepostv1.ListStatusRequest{Workstream: "Access"}, 5},
		{&milepostv1.ListStatusRequest{Workstream: "access"}, 0},
		{&milepostv1.ListStatusRequest{State: "planned"}, 5},
		{&milepostv1.ListStatusRequest{State: "achieved"}, 0},
	} {
		tt.m.Plan = "hubs"
		answer, err := client.ListStatus(t.Context(), tt.m)
		if err != nil || len(answer.Milestones) != tt.want {
			t.Errorf("%v: %d milestones, %v", tt.m, len(answer.GetMilestones()), err)
		}
	}
	if _, ok := w.names.Find("nobody"); ok {
		t.Error("a question made a party")
	}
}

func TestPlansInPages(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"roads", "cycling", "hubs"} {
		if _, err := w.writer.Submit(t.Context(), access.Caller{Name: "ann"}, &milepostv1.SubmitRequest{
			RequestId: id, Plan: id, Commands: []*milepostv1.Command{registered()},
		}); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	var ids []string
	m := &milepostv1.ListPlansRequest{PageSize: 1}
	for more := true; more; more = m.PageToken != "" {
		answer, err := w.queries().ListPlans(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range answer.Plans {
			ids = append(ids, p.Id)
		}
		m.PageToken = answer.NextPageToken
	}
	if strings.Join(ids, " ") != "cycling hubs roads" {
		t.Errorf("listed %v", ids)
	}
}
