package decide

import (
	"slices"

	"milepost.dev/domain/alike"
	"milepost.dev/domain/milestone"
)

// completion are words by which people call the day on which something is done. A further date with one of them in its label may
// be the promise itself, kept where no slip is measured.
var completion = []string{
	"complete", "completed", "completion", "completes", "deadline", "delivered", "delivery", "due", "end", "ends", "finish", "finished",
	"finishes", "golive", "handover", "live", "opening", "opens",
}

// whichPromise asks, once for a milestone, which of two days is promised: the delivery date, or a further date that is called the
// completion and is another day.
func (d *decision) whichPromise(ref string, e milestone.FurtherDateStated) error {
	m := d.byRef(ref).Newest()
	due := e.Date.Due()
	if due == 0 || m.LastDue == 0 || due == m.LastDue || !isCompletion(e.Label) {
		return nil
	}
	if slices.ContainsFunc(m.Items(), func(i milestone.Item) bool { return i.Reason == milestone.ReviewWhichPromise }) {
		return nil
	}
	return d.raise(ref, milestone.RaiseReview{
		Reason: milestone.ReviewWhichPromise, Field: milestone.FieldDelivery, Text: e.Label + ": " + e.Date.Text, Proposed: due.String(),
		Says: "The promised day is " + m.LastDue.String() + ", and this date has a label that promises another. Accept it if it is the promise: then it is the delivery date. Reject it if not.",
	})
}

// mostInLabel is how many words a label has at most that names a day. A longer one is a sentence about something else that is complete
// then: "the first two cohorts have completed".
const mostInLabel = 6

func isCompletion(label string) bool {
	words := alike.Split(label)
	return len(words) <= mostInLabel && slices.ContainsFunc(words, func(word string) bool { return slices.Contains(completion, word) })
}
