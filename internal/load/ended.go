package load

import (
	"cmp"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/reading/progress"
)

// dates are the delivery dates of a row: those that the document tells of days before its own, and the one in force. One that
// was taken from an older column is of that column's day: to state it for the document's own would confirm what nobody said.
func (r *run) dates(m *documents.Milestone, ref, source, date, why string) (commands []*pb.Command) {
	stated := func(text, asAt, why string) {
		c := r.command(source, &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: text, Reason: why}}})
		c.AsAt = asAt
		commands = append(commands, c)
	}
	for _, e := range m.Earlier {
		if text := r.earlier(e); text != "" && e.AsAt != m.DateAsAt {
			stated(text, e.AsAt.String(), "")
		}
	}
	if date != "" {
		asAt := r.result.AsAt
		if m.DateAsAt != 0 {
			asAt = m.DateAsAt.String()
		}
		stated(date, asAt, why)
	}
	return commands
}

// firstTold is the day from which a document tells of a milestone: that of the earliest date it gives, which may be before its own.
func (r *run) firstTold(m *documents.Milestone) string {
	first := r.result.AsAt
	for _, e := range m.Earlier {
		if r.earlier(e) != "" && e.AsAt != m.DateAsAt {
			first = min(first, e.AsAt.String())
		}
	}
	if m.DateAsAt != 0 {
		first = min(first, m.DateAsAt.String())
	}
	return first
}

// earlier is a date of a day before the document's own, as it is stated: in ISO where that says it, else in the document's words where the service
// reads them as the document was read; empty where neither does.
func (r *run) earlier(e documents.Earlier) string {
	if len(e.Dates) == 1 {
		if text := inISO(e.Dates[0]); text != "" {
			return text
		}
	}
	words := fit(e.Date.Text, period.MaxText)
	if alone := dates.Read(words, r.settings); slices.Equal(alone.Readings, e.Dates) {
		return words
	}
	return ""
}

// ended is what a row says of its end: that it was met on a day, or a question where its status says that it ended and no actual
// date does.
func (r *run) ended(m *documents.Milestone, ref, source string) []*pb.Command {
	ask := func(reason, field, text, says string) []*pb.Command {
		return []*pb.Command{r.command(source, &pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: &pb.ReviewRaised{
			Ref: ref, Reason: reason, Field: field, Text: fit(text, maxWords), Says: says,
		}}})}
	}
	status := cmp.Or(m.Status.Text, m.Percent.Text)
	switch end := progress.Read(m.Status.Text, m.JSON().Percent); {
	case end == progress.Cancelled:
		return ask(progress.SaidCancelled, "status", status, progress.Says(progress.SaidCancelled))
	case len(m.ActualDates) > 0:
		due := (period.Delivery{Readings: m.ActualDates}).Due()
		if due.String() > r.result.AsAt {
			return ask("actual-after-as-at", string(documents.Actual), m.Actual.Text, "The actual date is after the day of the document, so it is not stated.")
		}
		return []*pb.Command{r.command(source, &pb.Command{Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: ref, ActualDate: r.actual(m)}}})}
	case end == progress.Done && m.Actual.Text == "" && !toldAsPast(m):
		return ask(progress.DoneWithoutActual, string(documents.Actual), status, progress.Says(progress.DoneWithoutActual))
	}
	return nil
}

// actual is the actual date to state: in ISO where that says it, else in the document's words.
func (r *run) actual(m *documents.Milestone) string {
	if iso := inISO(m.ActualDates[0]); iso != "" {
		return iso
	}
	settings := r.settings
	settings.Past = true
	words := fit(m.Actual.Text, period.MaxText)
	if d := dates.Read(words, settings); d.Due() == (period.Delivery{Readings: m.ActualDates}).Due() {
		return words
	}
	return (period.Delivery{Readings: m.ActualDates}).Due().String()
}

// toldAsPast says whether the delivery date itself is told as past: then the service asks when it was met.
func toldAsPast(m *documents.Milestone) bool {
	for _, d := range m.OfDate() {
		if d.Kind == period.Done {
			return true
		}
	}
	return false
}
