package spectext

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Describe says where a milestone stands, a line for each thing that is known.
func Describe(s milestone.State, today civil.Date) (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if s.Exists {
		add("%s %q, %s", s.Ref, s.Title, s.Phase)
	} else {
		add("not there yet, %s", s.Phase)
	}
	if s.Workstream != "" {
		add("workstream %s", s.Workstream)
	}
	for _, a := range s.Attributes {
		add("attribute %s %s", a.Name, quoted(a.Value))
	}
	switch {
	case s.Forecast.Known && s.Forecast.Delivery.Due() != 0:
		add("due %s, as stated for %s", s.Forecast.Delivery.Due(), s.Forecast.AsAt)
	case s.Forecast.Known:
		add("%s, as stated for %s", s.Forecast.Delivery.Text, s.Forecast.AsAt)
	case s.LastDue != 0:
		add("without a date, last due %s", s.LastDue)
	case s.Words.Text != "":
		add("without a date")
	}
	if s.FirstDue != 0 {
		add("%d days from the first date %s", s.SlipDays(), s.FirstDue)
	}
	if s.Overdue(today) {
		add("overdue")
	}
	if s.Owner != "" {
		add("owner %s since %s", s.Owner, s.OwnerSince)
	}
	if s.ProgressAsAt != 0 {
		percent := "unsaid"
		if s.Percent != nil {
			percent = fmt.Sprint(*s.Percent)
		}
		add("per cent %s, status %q, %q, as stated for %s", percent, s.Status, s.Note, s.ProgressAsAt)
		if s.NextSteps != "" {
			add("next: %s", s.NextSteps)
		}
	}
	for _, l := range s.Funding {
		add("%s", describeLine(l))
	}
	k := s.Known()
	for _, i := range k.Issues {
		told := fmt.Sprintf("issue %s: %q, severity %q, raised %s", i.Issue, i.Words, i.Severity, i.Raised)
		if i.Closed != 0 {
			told += fmt.Sprintf(", closed %s, %q", i.Closed, i.Outcome)
		}
		add("%s", told)
	}
	for _, e := range k.Evidence {
		add("evidence%s, as stated for %s", plainly(e.EvidenceAttached), e.AsAt)
	}
	for _, src := range k.Sources {
		add("read%s, as stated for %s", showSourced(src.Sourced), src.AsAt)
	}
	for _, l := range k.DependsOn {
		add("waits for %s and %d days, as stated for %s", letters(l.On[:]), l.LagDays, l.AsAt)
	}
	if r := k.Recurrence; r != nil {
		var days []string
		for _, day := range milestone.Occurrences(r.RRule, r.Start, r.End) {
			days = append(days, day.String())
		}
		add("due %s", strings.Join(days, " "))
	}
	if k.Of != nil {
		add("the one of %s, due by its series %s", letters(k.Of.Series[:]), k.Of.Day)
	}
	for _, r := range s.Ratings() {
		add("rated %s on %s, as stated for %s", r.Value, r.Scheme, r.AsAt)
	}
	if s.PhaseAsAt != 0 {
		add("%s as at %s", s.Phase, s.PhaseAsAt)
	}
	if !k.Started.IsZero() {
		add("started %s, %q, as stated for %s", k.Started.Text, k.StartedWords, k.StartedAsAt)
	}
	if s.NotReported != 0 {
		add("left out of a return as at %s, last heard of as at %s", s.NotReported, s.LastReported)
	}
	if !s.Actual.IsZero() {
		add("actual %s, as stated for %s", s.Actual.Text, s.ActualAsAt)
	}
	for _, d := range k.Dates {
		add("%s %s, %d days from the first, as stated for %s", d.Label, d.Date.Text, d.SlipDays(), d.AsAt)
	}
	for _, m := range k.Measures {
		add("%s", describeMeasure(m))
	}
	for _, i := range s.Items() {
		raised := func(r milestone.RaisedItem) bool { return r.ReviewRaised == i.ReviewRaised }
		if i.Settled != 0 || slices.ContainsFunc(k.Raised, raised) { // the others follow from the words in force
			add("%s", describeItem(i))
		}
	}
	lines = append(lines, others(s)...)
	if review := s.Review(); len(review) > 0 {
		add("to be looked at: %s", strings.Join(review, ", "))
	}
	return lines
}

// Move writes how a due date moved.
func Move(m milestone.Move) string {
	line := fmt.Sprintf("%s  %s %s", m.AsAt, m.Event, quoted(m.Text))
	if m.From != 0 {
		line += " from " + m.From.String()
	}
	if m.To != 0 {
		line += " to " + m.To.String()
	}
	line += fmt.Sprintf(" days %d total %d", m.Days, m.TotalDays)
	if m.Reason != "" {
		line += " reason=" + quoted(m.Reason)
	}
	if m.Recorded != "" {
		line += " (recorded as " + m.Recorded + ")"
	}
	return line
}

// described are the names of Told, by their first word, for which Describe has a line of its own or needs none.
var described = []string{
	"title", "workstream", "attribute", "state", "delivery_date", "forecast", "owner", "owner_since", "percent", "status", "words", "next_steps",
	"funding", "issue", "evidence", "source", "depends_on", "recurrence", "occurrence_of", "rating", "started", "started_words", "not_reported",
	"actual", "achieved_words", "date", "measure", "review",
}

// others are all else that can be told of a milestone, as the audit trail tells it.
func others(s milestone.State) (lines []string) {
	told := s.Told(func(p milestone.Party) string { return string(p) }, func(id milestone.ID) string { return letters(id[:]) })
	for _, name := range slices.Sorted(maps.Keys(told)) {
		first, _, _ := strings.Cut(name, " ")
		if told[name] != "" && !slices.Contains(described, first) {
			lines = append(lines, name+": "+told[name])
		}
	}
	return lines
}
