package milestone

import (
	"cmp"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// ReviewRaised puts something about the milestone to a person. Nothing waits for it.
type ReviewRaised struct {
	Item     string // what it is known by, once in the milestone
	Reason   string // a code: "several-actions"
	Field    string // the value that it is about: "delivery_date"
	Text     string // the words that raised it
	Says     string // a sentence for the person who looks
	Proposed string // what the value may be; empty where nothing is proposed
	Cell     DocumentCell
}

// ReviewSettled says what a person made of an item.
type ReviewSettled struct {
	Item    string
	Outcome Outcome
	Text    string // the words that it was about: for other words it says nothing
	Value   string // what it was corrected to; empty for an owner, who is told of by an id alone
	Into    string // the references of the milestones that it was split into or paired with, a line each
	Reason  string
	Cell    DocumentCell
}

// DocumentCell is the cell of a document, or the line of a text, that an item is about. The zero DocumentCell is none.
type DocumentCell struct {
	SHA256      [32]byte // of the document
	Sheet       string   // empty in a text
	Row, Column int      // from 1
	Text        string   // what stands there, word for word
}

// Parts are the references of the milestones that it was split into or paired with.
func (e ReviewSettled) Parts() []string {
	if e.Into == "" {
		return nil
	}
	return strings.Split(e.Into, "\n")
}

func (ReviewRaised) EventName() string  { return "ReviewRaised" }
func (ReviewSettled) EventName() string { return "ReviewSettled" }
func (e ReviewSettled) Why() string     { return e.Reason }

// Outcome is what a person made of an item.
type Outcome uint8

const (
	// Unsettled: nothing yet.
	Unsettled Outcome = iota
	// Accepted: it is as it was read or proposed.
	Accepted
	// Corrected: it is another value.
	Corrected
	// Split: it is several milestones.
	Split
	// Paired: the dates belong to several milestones.
	Paired
	// Rejected: it is not what is proposed.
	Rejected
)

var outcomes = [...]string{Accepted: "accepted", Corrected: "corrected", Split: "split", Paired: "paired", Rejected: "rejected"}

// String returns "accepted", "corrected", "split", "paired" or "rejected", and "" for all else.
func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return ""
}

// RaiseReview puts something about the milestone to a person. An item without a name is known by its field
// and reason.
type RaiseReview ReviewRaised

// SettleReview states what a person made of an item.
type SettleReview struct {
	Item    string
	Outcome Outcome
	// What it was corrected to, in the one that fits the item's field.
	Delivery period.Delivery
	Owner    Party
	Text     string
	// Parts are the milestones that it was split into, or that its dates belong to.
	Parts  []Part
	Reason string
}

// Part is one of several milestones that stood in one place, or that share the dates of one.
type Part struct {
	Ref, Title string
	Delivery   period.Delivery // the zero Delivery where it has none of the dates
}

func (RaiseReview) CommandName() string  { return "ReviewRaised" }
func (SettleReview) CommandName() string { return "ReviewSettled" }

// The fields that an item can be about and that a correction can set.
const (
	FieldDelivery   = "delivery_date"
	FieldActual     = "actual_date"
	FieldOwner      = "owner"
	FieldTitle      = "title"
	FieldWorkstream = "workstream"
	// FieldRef is that of an item which asks whether this is another milestone of the plan.
	FieldRef    = "ref"
	fieldReturn = "return"
)

// Item is something about a milestone that a person is asked.
type Item struct {
	ReviewRaised
	Raised  civil.Date // the day that it was raised for
	Outcome Outcome
	Value   string     // what it was corrected to
	Into    []string   // the milestones that it was split into or paired with
	Why     string     // the person's own words
	Settled civil.Date // the day that it was settled for; zero while it is open
	derived bool       // it follows from what the milestone's own words were read as
}

// RestsOn says whether the item was raised by an event, or follows from the words of one.
func (i Item) RestsOn(e Event) bool {
	if raised, ok := e.(ReviewRaised); ok {
		return raised.Item == i.Item
	}
	if _, left := e.(NotReported); left {
		return i.Field == fieldReturn
	}
	if i.Field != FieldDelivery && i.Field != FieldActual {
		return false
	}
	words, ok := Stated(e)
	switch e := e.(type) {
	case Achieved:
		words, ok = e.Actual, true
	case AchievementRestated:
		words, ok = e.Actual, true
	}
	return ok && words.Text != "" && words.Text == i.Text
}

// Settlement is what a person made of an item, and for which day.
type Settlement struct {
	ReviewSettled
	AsAt civil.Date
}

// RaisedItem is an item as a reporter raised it.
type RaisedItem struct {
	ReviewRaised
	AsAt civil.Date
}

// itemOf is what an item is known by whom nobody gave a name.
func itemOf(field, reason string) string { return field + ":" + reason }

// Items are what a person is asked about the milestone, open ones and settled ones: what follows from the
// words in force first, then what was raised, in order of item.
func (s State) Items() []Item {
	known := s.further()
	items := s.derived()
	for _, r := range known.Raised {
		if r.Reason == ReviewDoneWithoutActual && s.Phase == PhaseAchieved {
			continue // it was asked when it was met, and somebody has said so
		}
		at := slices.IndexFunc(items, func(i Item) bool { return i.Item == r.Item })
		switch {
		case at < 0:
			items = append(items, Item{ReviewRaised: r.ReviewRaised, Raised: r.AsAt})
		case items[at].explainedBy(r.ReviewRaised):
			items[at].Says = r.Says
		}
	}
	for _, e := range known.Settled {
		at := slices.IndexFunc(items, func(i Item) bool { return i.Item == e.Item })
		if at < 0 { // the words that it was about are no longer those in force
			field, reason, _ := strings.Cut(e.Item, ":")
			item := Item{ReviewRaised: ReviewRaised{Item: e.Item, Field: field, Reason: reason, Text: e.Text}, Raised: e.AsAt}
			if _, ok := ElsewhereOf(e.Item); ok {
				item = elsewhereItem(e)
			}
			items = append(items, item)
			at = len(items) - 1
		}
		if items[at].Text == e.Text {
			items[at].settle(e)
		}
	}
	return items
}

// explainedBy says whether what was raised says more of an item than the words that it follows from.
func (i Item) explainedBy(r ReviewRaised) bool {
	return i.derived && r.Says != "" && r.Item == i.Item && r.Text == i.Text
}

// dropExplanation forgets what was said of the words in force where others take their place: without the words it would be a question of
// its own.
func (s *State) dropExplanation(next period.Delivery) {
	if s.Further == nil || len(s.Further.Raised) == 0 {
		return
	}
	of := func(d period.Delivery, r RaisedItem) bool {
		return r.Text == d.Text && slices.ContainsFunc(d.Review, func(reason string) bool { return r.Item == itemOf(FieldDelivery, reason) })
	}
	explains := func(r RaisedItem) bool { return of(s.Words, r) && !of(next, r) }
	if slices.ContainsFunc(s.Further.Raised, explains) {
		s.change(func(f *Further) { f.Raised = slices.DeleteFunc(slices.Clone(f.Raised), explains) })
	}
}

func (i *Item) settle(e Settlement) {
	i.Outcome, i.Value, i.Why, i.Settled = e.Outcome, e.Value, e.Reason, e.AsAt
	if e.Into != "" {
		i.Into = strings.Split(e.Into, "\n")
	}
}

// derived are the items that follow from the words in force. They are nowhere stored: what was found odd in
// a date stands in the date.
func (s State) derived() (items []Item) {
	add := func(field, reason, text, proposed string, asAt civil.Date) {
		items = append(items, Item{
			ReviewRaised: ReviewRaised{Item: itemOf(field, reason), Reason: reason, Field: field, Text: text, Proposed: proposed},
			Raised:       asAt, derived: true,
		})
	}
	for _, reason := range s.asked() {
		add(FieldDelivery, reason, s.Words.Text, s.Words.EDTF(), s.WordsAsAt)
	}
	switch {
	case s.Phase == PhaseAchieved:
		for _, reason := range s.Actual.Review {
			add(FieldActual, reason, s.Actual.Text, s.Actual.EDTF(), s.ActualAsAt)
		}
		if s.Actual.Start().After(s.ActualAsAt) {
			add(FieldActual, ReviewActualAfterAsAt, s.Actual.Text, s.Actual.EDTF(), s.ActualAsAt)
		}
	case s.toldAsPast():
		add(FieldActual, ReviewDoneWithoutActual, s.Words.Text, s.Forecast.Delivery.EDTF(), s.Forecast.AsAt)
	}
	if s.NotReported != 0 {
		add(fieldReturn, ReviewNotReported, strings.TrimSpace(s.NotReported.String()+" "+s.Further.NotReportedIn), "", s.NotReported)
	}
	return items
}

// asked are the reasons for which the words in force are put to a person. Where they hold several dates one has to be chosen, and whatever
// else is odd about the words is settled with that: they are one question.
func (s State) asked() []string {
	if slices.Contains(s.Words.Review, period.SeveralDates) {
		return severalDates
	}
	return s.Words.Review
}

var severalDates = []string{period.SeveralDates}

// tellReview adds to told what was put to a person, and what was made of it. What follows from the words in force is
// told once it is settled: until then the words themselves say it.
func (s State) tellReview(told map[string]string) {
	for _, r := range s.further().Raised {
		told["review "+r.Item] = domain.Listed("open: "+r.Text, r.Reason+" of "+r.Field, r.Says)
		told["review "+r.Item+" proposed"] = r.Proposed
	}
	for _, i := range s.Items() {
		if i.Settled != 0 {
			told["review "+i.Item] = domain.Listed(i.Outcome.String()+": "+i.Text, i.Value, strings.Join(i.Into, " and "))
		}
	}
}

// find returns the item of a name.
func (s State) find(item string) (Item, bool) {
	for _, i := range s.Items() {
		if i.Item == item {
			return i, true
		}
	}
	return Item{}, false
}

// toldAsPast says whether the date in force is told as past: "completed in May".
func (s State) toldAsPast() bool {
	return s.Forecast.Known && slices.ContainsFunc(s.Forecast.Delivery.Readings, func(r period.Reading) bool { return r.Kind == period.Done })
}

// The reasons of the milestone itself why a person should look, beside those of its words.
const (
	// ReviewActualAfterAsAt: it is said to have been met after the day that the report is about.
	ReviewActualAfterAsAt = "actual-after-as-at"
	// ReviewDoneWithoutActual: the delivery date is told as past, and nobody has stated when it was met.
	ReviewDoneWithoutActual = "done-without-actual"
	// ReviewSimilarRef: its reference looks like that of another milestone.
	ReviewSimilarRef = "similar-reference"
	// ReviewNotReported: a complete return left it out, and nothing was heard of it since.
	ReviewNotReported = "not-reported"
)

// Review returns why a person should look at the milestone, each reason once: those of the items that are
// open. It is nil where nobody need look.
func (s State) Review() (reasons []string) {
	if len(s.Words.Review) == 0 && s.Phase != PhaseAchieved && s.NotReported == 0 && s.Further == nil && !s.toldAsPast() {
		return nil // most milestones
	}
	for _, i := range s.Items() {
		if i.Outcome == Unsettled && !slices.Contains(reasons, i.Reason) {
			reasons = append(reasons, i.Reason)
		}
	}
	return reasons
}

func (e ReviewRaised) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) {
		f.Raised = placed(f.Raised, RaisedItem{e, asAt}, func(r RaisedItem) string { return r.Item })
	})
}

func (e ReviewSettled) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) {
		f.Settled = placed(f.Settled, Settlement{e, asAt}, func(r Settlement) string { return r.Item })
	})
}

// placed puts one into a list in order of name, instead of one of the same name, in a new slice.
func placed[T any](list []T, one T, name func(T) string) []T {
	list = slices.Clone(list)
	at, found := slices.BinarySearchFunc(list, name(one), func(old T, name0 string) int { return cmp.Compare(name(old), name0) })
	if found {
		list[at] = one
		return list
	}
	return slices.Insert(list, at, one)
}
