package grpcserver_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/figures"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/wire/questions"
)

// TestChangesAreTheDifferenceOfTwoAnswers: whatever reporters state, what a server says changed is the difference of two of its own
// answers about status: as at two days, and as known at two positions.
func TestChangesAreTheDifferenceOfTwoAnswers(t *testing.T) {
	w := newWorld(t)
	w.start()
	client := w.queries()
	plans := 0
	rapid.Check(t, func(t *rapid.T) {
		plans++
		plan := fmt.Sprint("plan", plans)
		positions := w.tellAnything(t, plan)
		until := rapid.IntRange(1, 379).Draw(t, "until")
		since := rapid.IntRange(0, until-1).Draw(t, "since")
		known := rapid.SampledFrom(positions).Draw(t, "known")
		at := &milepostv1.ReadAt{AsAt: dayAfter(until)}

		is := answersOf(t, client, plan, at)
		was := answersOf(t, client, plan, &milepostv1.ReadAt{AsAt: dayAfter(since)})
		compareChanges(t, client, was, is, &milepostv1.ChangesRequest{Plan: plan, ReadAt: at, Since: dayAfter(since)})

		was = answersOf(t, client, plan, &milepostv1.ReadAt{AsAt: dayAfter(until), KnownAt: strconv.FormatUint(known, 10)})
		compareChanges(t, client, was, is, &milepostv1.ChangesRequest{Plan: plan, ReadAt: at, ToldSince: strconv.FormatUint(known, 10)})
	})
}

// answers are what a server says of a plan: where its milestones stand, and how often which move of a date is told of each.
type answers struct {
	status map[string]*milepostv1.MilestoneStatus
	moves  map[string]map[string]int
}

// dayAfter is a day so many days after the first one.
func dayAfter(days int) string {
	return time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days).Format(time.DateOnly)
}

// tellAnything registers a plan and states facts about it, in the names of several parties, in any order of days. It returns the
// positions at which something was accepted. What is refused is left out.
func (w *world) tellAnything(t *rapid.T, plan string) (positions []uint64) {
	tell := func(behalf string, commands ...*milepostv1.Command) {
		w.clock.Advance(time.Second)
		answer, err := w.writer.Submit(w.t.Context(), access.Caller{Name: "ann", Organisation: "Programme Office"},
			&milepostv1.SubmitRequest{RequestId: fmt.Sprint("c", w.clock.Now().UnixNano()), Plan: plan, OnBehalfOf: behalf, Commands: commands})
		if err == nil && answer.Receipt.GetPosition() > 0 {
			positions = append(positions, answer.Receipt.Position)
		}
	}
	tell("", registered(), addedOn("A", 0), stated("A", dayAfter(3), "2017-06-30"), addedOn("B", 5))
	for range rapid.IntRange(1, 14).Draw(t, "requests") {
		behalf := rapid.SampledFrom([]string{"", "", "Estates", "Digital"}).Draw(t, "behalf")
		var commands []*milepostv1.Command
		for range rapid.IntRange(1, 2).Draw(t, "commands") {
			commands = append(commands, anyCommand(t))
		}
		tell(behalf, commands...)
	}
	return positions
}

func addedOn(ref string, day int) *milepostv1.Command {
	c := added(ref)
	c.AsAt = dayAfter(day)
	return c
}

func anyCommand(t *rapid.T) *milepostv1.Command {
	ref := rapid.SampledFrom([]string{"A", "A", "B", "C"}).Draw(t, "ref")
	due := rapid.SampledFrom([]string{"2017-03-31", "2017-06-30", "2017-07-30", "2017-Q3", "2017-12-31", "2018-06-30"})
	actual := rapid.SampledFrom([]string{"2017-01-20", "2017-03", "2017-06-30", "2017-08-31"})
	text := rapid.SampledFrom([]string{"Opens", "opens!", "Handed over"})
	c := &milepostv1.Command{AsAt: dayAfter(rapid.IntRange(0, 370).Draw(t, "as at"))}
	switch rapid.IntRange(0, 20).Draw(t, "kind") {
	case 0:
		c.Command = &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: "C", Title: text.Draw(t, "title")}}
	case 1, 2:
		return stated(ref, c.AsAt, rapid.SampledFrom([]string{"TBC", "ongoing", "2017-06-30 & 2017-09-30", "from 2017-05"}).Draw(t, "words"))
	case 3, 4:
		c.Command = &milepostv1.Command_MilestoneAchieved{MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: ref, ActualDate: actual.Draw(t, "actual")}}
	case 5, 6:
		c.Command = &milepostv1.Command_MilestoneReopened{MilestoneReopened: &milepostv1.MilestoneReopened{Ref: ref}}
	case 7:
		c.Command = &milepostv1.Command_MilestoneCancelled{MilestoneCancelled: &milepostv1.MilestoneCancelled{Ref: ref, Reason: "no site"}}
	case 8:
		c.Command = &milepostv1.Command_MilestonePutOnHold{MilestonePutOnHold: &milepostv1.MilestonePutOnHold{Ref: ref}}
	case 9:
		c.Command = &milepostv1.Command_MilestoneResumed{MilestoneResumed: &milepostv1.MilestoneResumed{Ref: ref}}
	case 10:
		c.Command = &milepostv1.Command_MilestoneStarted{MilestoneStarted: &milepostv1.MilestoneStarted{Ref: ref, StartDate: actual.Draw(t, "start")}}
	case 11:
		title := text.Draw(t, "title")
		c.Command = &milepostv1.Command_MilestoneAmended{MilestoneAmended: &milepostv1.MilestoneAmended{Ref: ref, Title: &title}}
	case 12:
		return owned(ref, c.AsAt, rapid.SampledFrom([]string{"Estates", "Digital"}).Draw(t, "owner"))
	case 13:
		c.Command = &milepostv1.Command_FundingConfirmed{FundingConfirmed: &milepostv1.FundingConfirmed{
			Ref: ref, Line: "L", Amount: rapid.SampledFrom([]string{"10", "20"}).Draw(t, "amount"), Of: "20",
		}}
	case 14:
		c.Command = &milepostv1.Command_MilestoneReplaced{MilestoneReplaced: &milepostv1.MilestoneReplaced{Old: []string{"A"}, New: []string{"B"}, Reason: "the same"}}
	case 15:
		c.Command = &milepostv1.Command_ConfidenceAssessed{ConfidenceAssessed: &milepostv1.ConfidenceAssessed{
			Ref: ref, Scheme: "RAG", Value: rapid.SampledFrom([]string{"Red", "Green"}).Draw(t, "rating"),
		}}
	default:
		return stated(ref, c.AsAt, due.Draw(t, "due"))
	}
	return c
}

func answersOf(t *rapid.T, client milepostv1.QueryServiceClient, plan string, at *milepostv1.ReadAt) answers {
	a := answers{map[string]*milepostv1.MilestoneStatus{}, map[string]map[string]int{}}
	stands, err := client.ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: plan, ReadAt: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range stands.Milestones {
		a.status[m.Milestone], a.moves[m.Milestone] = m, map[string]int{}
	}
	moved, err := client.ListSlippage(t.Context(), &milepostv1.ListSlippageRequest{Plan: plan, ReadAt: at, All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moved.Moves {
		if m.Counts && m.Days != 0 {
			a.moves[m.Milestone][fmt.Sprint(m.AsAt, m.Event, m.From, m.To, m.Position, m.Days)]++
		}
	}
	return a
}

// news is how many moves of a milestone are told of in an answer and not in one before.
func (a answers) news(before answers, id string) (count int) {
	for move, times := range a.moves[id] {
		count += max(0, times-before.moves[id][move])
	}
	return count
}

// compareChanges asks what changed, and holds it against two answers about status.
func compareChanges(t *rapid.T, client milepostv1.QueryServiceClient, was, is answers, m *milepostv1.ChangesRequest) {
	answer, err := client.Changes(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]*milepostv1.NetChange{}
	for _, c := range answer.Changes {
		changed[c.Milestone] = c
	}
	for id, now := range is.status {
		before, c := was.status[id], changed[id]
		if got, want := said(c), difference(before, now); got != want {
			t.Fatalf("%v\nmilestone %s\nwas %v\nis %v\nsaid %v\ngot  %s\nwant %s", m, now.Ref, before, now, c, got, want)
		}
		if news := is.news(was, id); int(c.GetMoves()) != news && !now.Replaced {
			t.Fatalf("%v\n%d moves of %s came in between: %v", m, news, now.Ref, c)
		}
		if c != nil {
			sums(t, c)
		}
	}
	if n := answer.Counts; int(n.Changes) != len(answer.Changes) {
		t.Fatalf("%v for %d changes", n, len(answer.Changes))
	}
}

// sums holds the moves in between to the net: they add up to it, and where none are undone and it is 0 they went there and back.
func sums(t *rapid.T, c *milepostv1.NetChange) {
	sum := int32(0)
	for _, m := range c.Between {
		if m.Counts {
			sum += m.Days
		}
	}
	for _, m := range c.Undone {
		if m.Counts {
			sum -= m.Days
		}
	}
	if c.NetDays != nil && c.GetNetDays() != sum {
		t.Fatalf("the moves add up to %d: %v", sum, c)
	}
}

// difference is what changed between two answers about status, by what those say alone.
func difference(was, is *milepostv1.MilestoneStatus) string {
	if was == nil {
		was = &milepostv1.MilestoneStatus{}
	}
	there := was.Milestone != ""
	var kinds []string
	note := func(kind string, holds bool) { // what was replaced is in no other count
		if holds && (!is.Replaced || slices.Contains([]string{"replaced", "renamed", "reference", "workstream", "owner", "rating"}, kind)) {
			kinds = append(kinds, kind)
		}
	}
	net := "none"
	if was.SlipDays != nil && is.SlipDays != nil {
		days := is.GetSlipDays() - was.GetSlipDays()
		net = fmt.Sprint(days)
		note("slipped", days > 0)
		note("recovered", days < 0)
	}
	promised := func(m *milepostv1.MilestoneStatus) bool { return m.SlipDays != nil && m.NoDateSince == "" }
	note("date lost", promised(was) && !promised(is))
	note("date given", promised(is) && !promised(was))
	note("first forecast", was.FirstForecast != "" && is.FirstForecast != "" && was.FirstForecast != is.FirstForecast)
	note("start restated", is.StartRestated && !was.StartRestated)
	note("read by setting", is.SettingDays != was.SettingDays)
	note("in doubt", is.InDoubt && !was.InDoubt)
	note("disagreement", is.Disagreement && !was.Disagreement)
	note("overdue", is.Overdue && !was.Overdue)
	note("added", !there)
	note("achieved", is.State == "achieved" && was.State != "achieved")
	note("cancelled", is.State == "cancelled" && was.State != "cancelled")
	note("replaced", is.Replaced && !was.Replaced)
	closed := func(m *milepostv1.MilestoneStatus) bool {
		return m.Met || m.State == "achieved" || m.State == "cancelled" || m.Replaced
	}
	note("reopened", closed(was) && !closed(is))
	if there {
		note("renamed", !figures.SameWords(was.Title, is.Title))
		note("reference", was.Ref != is.Ref)
		note("workstream", was.Workstream != is.Workstream)
		note("owner", was.Owner != is.Owner)
		note("rating", was.Rating != is.Rating)
	}
	last := func(m *milepostv1.MilestoneStatus) string {
		if m.Met { // by a start it is the day of that, which status does not tell apart
			return m.Actual
		}
		return m.Due
	}
	if same := was.Met == is.Met && last(was) == last(is) || is.Replaced; len(kinds) == 0 && was.State == is.State && same && equalFunding(was, is) {
		return "nothing, or moves that came to nothing"
	}
	slices.Sort(kinds)
	return fmt.Sprintf("net %s, %s -> %s: %s", net, was.State, is.State, strings.Join(kinds, ", "))
}

func equalFunding(was, is *milepostv1.MilestoneStatus) bool {
	return slices.EqualFunc(was.Funding, is.Funding, func(a, b *milepostv1.FundingCount) bool { return proto.Equal(a, b) })
}

// said is what a change says, in the words of difference. What status does not show is left out.
func said(c *milepostv1.NetChange) string {
	nothing := "nothing, or moves that came to nothing"
	if c == nil {
		return nothing
	}
	hidden := []string{"there and back", "moved", "dated after achieved", "funding", "started", "on hold", "resumed", "state"}
	var kinds []string
	for _, k := range c.Kinds {
		if !slices.Contains(hidden, k) {
			kinds = append(kinds, k)
		}
	}
	net := "none"
	if c.NetDays != nil {
		net = fmt.Sprint(c.GetNetDays())
	}
	others := slices.ContainsFunc(c.Kinds, func(k string) bool { return slices.Contains([]string{"started", "on hold", "resumed", "state"}, k) })
	if len(kinds) == 0 && c.StateWas == c.State && !others && (c.Was == c.Is || c.State == "replaced") && !linesDiffer(c) {
		return nothing
	}
	slices.Sort(kinds)
	return fmt.Sprintf("net %s, %s -> %s: %s", net, c.StateWas, c.State, strings.Join(kinds, ", "))
}

func linesDiffer(c *milepostv1.NetChange) bool {
	return slices.ContainsFunc(c.Funding, func(f *milepostv1.FundingChange) bool { return f.GetWas().GetState() != f.GetIs().GetState() })
}

func TestChangesRefusals(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	for _, c := range []struct {
		request *milepostv1.ChangesRequest
		code    codes.Code
		rule    string
	}{
		{&milepostv1.ChangesRequest{}, codes.InvalidArgument, questions.RuleCompareWhat},
		{&milepostv1.ChangesRequest{Since: "2017-01-01", ToldSince: "3"}, codes.InvalidArgument, questions.RuleCompareWhat},
		{&milepostv1.ChangesRequest{Since: "yesterday"}, codes.InvalidArgument, questions.RuleSinceDay},
		{&milepostv1.ChangesRequest{Since: "2018-01-15"}, codes.InvalidArgument, questions.RuleSinceNotEarly},
		{&milepostv1.ChangesRequest{Since: "2017-01-01", ReadAt: &milepostv1.ReadAt{AsAt: "2018-01-16"}}, codes.InvalidArgument, questions.RuleDayInFuture},
		{&milepostv1.ChangesRequest{ToldSince: "soon"}, codes.InvalidArgument, grpcserver.RuleKnownAt},
		{&milepostv1.ChangesRequest{ToldSince: "999"}, codes.InvalidArgument, grpcserver.RuleKnownBefore},
		{&milepostv1.ChangesRequest{ToldSince: "2018-01-16"}, codes.InvalidArgument, grpcserver.RuleKnownBefore},
		{&milepostv1.ChangesRequest{ToldSince: "2018-01-16T00:00:00Z"}, codes.InvalidArgument, grpcserver.RuleKnownBefore},
		{&milepostv1.ChangesRequest{ToldSince: "12", ReadAt: &milepostv1.ReadAt{KnownAt: "3"}}, codes.InvalidArgument, grpcserver.RuleKnownBefore},
		{&milepostv1.ChangesRequest{Since: "2017-01-01", Kind: "better"}, codes.InvalidArgument, questions.RuleChangeKind},
		{&milepostv1.ChangesRequest{Since: "2017-01-01", Milestone: "M9"}, codes.NotFound, "milestone-unknown"},
	} {
		c.request.Plan = "hubs"
		_, err := client.Changes(t.Context(), c.request)
		if err == nil || status.Code(err) != c.code {
			t.Errorf("%v: %v, want %s", c.request, err, c.rule)
			continue
		}
		info(t, err, c.code, c.rule)
	}
	if before, err := client.Changes(t.Context(), &milepostv1.ChangesRequest{Plan: "hubs", ToldSince: "0"}); err != nil || before.Counts.Added != 5 {
		t.Errorf("since before the plan was known: %v, %v", before, err)
	}
}

func TestChangesComeInPagesOfOneMoment(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	m := &milepostv1.ChangesRequest{Plan: "hubs", Since: "2017-01-15", ReadAt: &milepostv1.ReadAt{AsAt: "2017-04-15"}, PageSize: 1}
	var refs []string
	for page := 0; page == 0 || m.PageToken != ""; page++ {
		answer, err := client.Changes(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if page == 0 { // what is said between two pages is in none of them
			w.submit(stated("M3", "2017-04-01", "2018-12-31"))
		}
		if n := answer.Counts; n.Changes != 2 || n.Slipped != 1 || n.MostSlipDays != 184 || n.MostRecoveredDays != 30 || n.NetDays != 154 || n.Owners != 1 {
			t.Errorf("page %d counts %v", page, n)
		}
		if says := answer.Comparison.Says; says != "As the plan stood on 2017-01-15 against 2017-04-15, both as known at position 15." {
			t.Errorf("page %d says %q", page, says)
		}
		for _, c := range answer.Changes {
			refs = append(refs, c.Ref)
		}
		m.PageToken = answer.NextPageToken
	}
	if got := strings.Join(refs, " "); got != "M1 M2" {
		t.Errorf("listed %s", got)
	}
}

func TestChangesThatAreAskedFor(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	w.start()
	client := w.queries()
	for _, c := range []struct {
		asked *milepostv1.ChangesRequest
		want  string
	}{
		{&milepostv1.ChangesRequest{Milestone: "M2"}, "M2"},
		{&milepostv1.ChangesRequest{Owner: "ada  LOVELACE"}, "M1"},
		{&milepostv1.ChangesRequest{Owner: "nobody"}, ""},
		{&milepostv1.ChangesRequest{Workstream: "Access"}, "M1 M2"},
		{&milepostv1.ChangesRequest{Workstream: "Estates"}, ""},
		{&milepostv1.ChangesRequest{Kind: "recovered"}, "M2"},
	} {
		c.asked.Plan, c.asked.Since, c.asked.ReadAt = "hubs", "2017-01-15", &milepostv1.ReadAt{AsAt: "2017-04-15"}
		answer, err := client.Changes(t.Context(), c.asked)
		if err != nil {
			t.Fatal(err)
		}
		var refs []string
		for _, row := range answer.Changes {
			refs = append(refs, row.Ref)
		}
		if got := strings.Join(refs, " "); got != c.want || int(answer.Counts.Changes) != len(refs) {
			t.Errorf("%v: %s, counts %v", c.asked, got, answer.Counts)
		}
	}
}
