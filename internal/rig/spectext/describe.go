package spectext

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// Describe says where a milestone stands by what was stated of it, in order of position: a line for each thing that is
// known, whatever the day.
func Describe(statements []milestone.Statement, today civil.Date) (lines []string) {
	s := milestone.Fold(milestone.AsAt(statements, civil.Last))
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
	lines = append(lines, againstDates(statements, s, today)...)
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

// againstDates says how a milestone stands against its dates.
func againstDates(statements []milestone.Statement, s milestone.State, today civil.Date) (lines []string) {
	f := figures.Of(statements, max(today, s.LastAsAt), figures.Record{})
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch due := f.InForce(); {
	case due != 0:
		add("due %s, as stated for %s", due, at(statements, f.DuePosition).AsAt)
	case f.NoDate:
		add("without a date since %s, last due %s", f.NoDateSince, f.Due)
	case s.Words.Text != "":
		add("without a date: %s", s.Words.Text)
	}
	if f.Slip.Known {
		add("%d days from the first date %s", f.Slip.Days, f.First.Due)
	}
	if f.Overdue {
		add("overdue")
	}
	if f.StartRestated {
		add("start restated")
	}
	if f.InDoubt {
		add("in doubt")
	}
	return lines
}

// at returns the statement at a position; the zero Statement where there is none.
func at(statements []milestone.Statement, position uint64) (found milestone.Statement) {
	for _, s := range statements {
		if s.Position == position {
			found = s
		}
	}
	return found
}

// Moves writes how a due date moved by what was stated, a line for each row, with the total after it.
func Moves(statements []milestone.Statement, today civil.Date) (lines []string) {
	for _, s := range statements {
		today = max(today, s.AsAt)
	}
	_, rows := figures.Rows(statements, today, figures.Record{})
	total := 0
	for _, r := range rows {
		if r.Counts {
			total += r.Days
		}
		lines = append(lines, move(r, total, at(statements, r.About()).Event))
	}
	return lines
}

func move(r figures.Row, total int, e milestone.Event) string {
	line := fmt.Sprintf("%s  %s", r.AsAt, r.Event)
	if r.Text != "" {
		line += " " + quoted(r.Text)
	}
	if r.From.Due != 0 {
		line += " from " + r.From.Due.String()
	}
	if r.To.Due != 0 {
		line += " to " + r.To.Due.String()
	}
	if r.Measured {
		line += fmt.Sprintf(" days %d", r.Days)
	}
	line += fmt.Sprintf(" total %d", total)
	if r.Was != "" {
		line += " was=" + quoted(r.Was) + " is=" + quoted(r.Is)
	}
	if why := domain.Why(e); why != "" {
		line += " reason=" + quoted(why)
	}
	if was := r.RecordedAs(e); was != "" {
		line += " (recorded as " + was + ")"
	}
	for _, name := range r.Marks.Names() {
		line += ", " + name
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
