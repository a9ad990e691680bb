package writer

import (
	"slices"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/elsewhere"
	"milepost.dev/projections/review"
)

// reviewer settles what ann stated.
var reviewer = access.Caller{Name: "reviewer", Organisation: "Audit office", Roles: map[string][]access.Role{access.EveryPlan: {access.Reviewer}}}

func raised(ref, reason, field, text string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_ReviewRaised{
		ReviewRaised: &milepostv1.ReviewRaised{Ref: ref, Reason: reason, Field: field, Text: text},
	}}
}

func settle(m *milepostv1.ReviewSettled) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_ReviewSettled{ReviewSettled: m}}
}

func owned(ref, owner string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_OwnerChanged{
		OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: owner},
	}}
}

// What a person makes of an item is stated with what follows from it, and saying it again adds nothing.
func TestSplitPairedAndCorrected(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	sourced := &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_MilestoneSourced{MilestoneSourced: &milepostv1.MilestoneSourced{
		Ref: "A", Digest: "sha256:7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", Document: "plan.csv",
		Cells: []*milepostv1.SourceCell{{Field: "title", Row: 2, Column: 1, Text: "Hub and spokes live"}},
	}}}
	w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), owned("A", "Estates"), owned("B", "EST"), sourced,
		raised("A", "several-actions", "title", "Hub and spokes live"), raised("B", "ambiguous", "owner", "EST"), stated("B", "2017-02-01", "31/02/2017")))
	if open := items(s, milestone.Unsettled); !slices.Equal(open, []string{"A title:several-actions", "B delivery_date:unreadable", "B owner:ambiguous"}) {
		t.Fatalf("a person is asked about %v", open)
	}
	for _, c := range []struct {
		id     string
		m      *milepostv1.ReviewSettled
		events []string
	}{
		{"split", &milepostv1.ReviewSettled{
			Ref: "A", Item: "title:several-actions", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_SPLIT,
			Parts: []*milepostv1.ReviewPart{{Ref: "A", Title: "Hub live", DeliveryDate: "2017-06"}, {Ref: "A.2", Title: "Spokes live"}},
		}, []string{"ReviewSettled", "MilestoneAmended", "ForecastGiven", "MilestoneAdded", "OwnerChanged", "MilestoneSourced"}},
		{"owner", &milepostv1.ReviewSettled{
			Ref: "B", Item: "owner:ambiguous", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_CORRECTED, Owner: "Estates",
		}, []string{"OwnerChanged", "ReviewSettled"}},
		{"pair", &milepostv1.ReviewSettled{
			Ref: "B", Item: "delivery_date:unreadable", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_PAIRED,
			Parts: []*milepostv1.ReviewPart{{Ref: "B", DeliveryDate: "2017-09"}, {Ref: "A.2", DeliveryDate: "2017-12"}},
		}, []string{"ReviewSettled", "ForecastGiven", "ForecastGiven"}},
	} {
		var got []string
		for _, e := range w.mustSubmitAs(s, reviewer, submission(c.id, settle(c.m))).Receipt.Events {
			got = append(got, e.Type)
		}
		if !slices.Equal(got, c.events) {
			t.Errorf("%s came to %v, and not to %v", c.id, got, c.events)
		}
		if again := w.mustSubmitAs(s, reviewer, submission(c.id+" again", settle(c.m))).Receipt.Events; len(again) > 0 {
			t.Errorf("%s said again came to %v", c.id, again)
		}
	}
	if open := items(s, milestone.Unsettled); open != nil {
		t.Errorf("a person is still asked about %v", open)
	}
	p, _ := s.book.Now().Plan("hubs")
	part, ok := p.FindRef("A.2")
	if !ok {
		t.Fatal("there is no other part")
	}
	shown, _ := wire.Milestone(p.View(), part, p.Registered.LastAsAt+1000, w.names)
	if shown == nil || shown.Status.Owner != "Estates" || shown.Status.Forecast != "2017-12-31" || len(shown.Sources) != 1 {
		t.Errorf("the other part is %v", shown)
	}
}

// A row that was taken for a milestone of its own is the other one, when a person says so: that one slips.
func TestTheSameAsAnother(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	asks := raised("B", "unsure-match", "ref", "Hub is open")
	asks.GetReviewRaised().Proposed = "A"
	w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), stated("A", "2017-01-01", "2017-06"), stated("B", "2017-02-01", "2017-09"), owned("B", "Estates"), asks))
	same := &milepostv1.ReviewSettled{Ref: "B", Item: "ref:unsure-match", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED}
	var got []string
	for _, e := range w.mustSubmitAs(s, reviewer, submission("same", settle(same))).Receipt.Events {
		got = append(got, e.Ref+" "+e.Type)
	}
	if want := []string{"B ReviewSettled", "A MilestoneAmended", "A MilestoneSlipped", "A OwnerChanged", "A MilestoneReplaced", "B MilestoneReplaced", "B MilestoneCancelled"}; !slices.Equal(got, want) {
		t.Errorf("it came to %v, and not to %v", got, want)
	}
	if again := w.mustSubmitAs(s, reviewer, submission("again", settle(same))).Receipt.Events; len(again) > 0 {
		t.Errorf("said again it came to %v", again)
	}
}

// What cannot follow is refused whole: nothing is settled by half.
func TestWhatCannotBeSettled(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), raised("A", "several-actions", "title", "Hub and spokes live")))
	for id, c := range map[string]struct {
		m    *milepostv1.ReviewSettled
		rule string
	}{
		"a part that is another milestone": {&milepostv1.ReviewSettled{
			Ref: "A", Item: "title:several-actions", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_SPLIT,
			Parts: []*milepostv1.ReviewPart{{Ref: "A", Title: "Hub live"}, {Ref: "B", Title: "Spokes live"}},
		}, milestone.RuleRefTaken},
		"a date of nobody": {&milepostv1.ReviewSettled{
			Ref: "A", Item: "title:several-actions", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_PAIRED,
			Parts: []*milepostv1.ReviewPart{{Ref: "C", DeliveryDate: "2017-06"}},
		}, milestone.RuleUnknown},
		"an outcome of nothing": {&milepostv1.ReviewSettled{Ref: "A", Item: "title:several-actions", Outcome: 99}, milestone.RuleReviewOutcomeMissing},
		"no such item":          {&milepostv1.ReviewSettled{Ref: "A", Item: "i9", Outcome: 1}, milestone.RuleReviewUnknown},
	} {
		_, err := s.Submit(t.Context(), reviewer, submission(id, settle(c.m)))
		if r := refusalOf(t, err); r.Rule != c.rule {
			t.Errorf("%s is refused for %s: %s", id, r.Rule, r.Message)
		}
	}
	if open := items(s, milestone.Unsettled); len(open) != 1 {
		t.Errorf("a person is asked about %v", open)
	}
}

// items are those of the plan that are in a state.
func items(s *Writer, outcome milestone.Outcome) (names []string) {
	p, _ := s.book.Now().Plan("hubs")
	for _, row := range review.List(p, p.Registered.LastAsAt+1000, elsewhere.Everything) {
		if row.Outcome == outcome {
			names = append(names, row.Milestone.Ref+" "+row.Item.Item)
		}
	}
	return names
}
