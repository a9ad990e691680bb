package audit

import (
	"encoding/hex"
	"slices"
	"sort"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
)

// further adds what most milestones do not have.
func further(v map[string]string, f *milestone.Further, ref func(milestone.ID) string) {
	v["started"], v["started_words"] = f.Started.Text, f.StartedWords
	for _, i := range f.Issues {
		told := "open: " + i.Words
		if i.Closed != 0 {
			told = strings.TrimSuffix("closed: "+i.Outcome, ": ")
		}
		v["issue "+i.Issue], v["issue "+i.Issue+" severity"] = told, i.Severity
	}
	for _, e := range f.Evidence {
		v["evidence sha256:"+hex.EncodeToString(e.SHA256[:])] = strings.Join(slices.DeleteFunc([]string{e.Location, e.MediaType, e.Words}, func(s string) bool { return s == "" }), ", ")
	}
	for _, src := range f.Sources { // of two versions of a document the later one stands
		v["source "+src.Document] = "sha256:" + hex.EncodeToString(src.SHA256[:])
		for _, c := range src.Cells {
			place := strings.TrimPrefix(src.Sheet+" row ", " ") + strconv.Itoa(c.Row) + " column " + strconv.Itoa(c.Column)
			v["source of "+c.Field+" in "+src.Document+" "+place] = strings.TrimPrefix(c.Heading+": "+c.Text, ": ")
		}
	}
	measures(v, f.Measures)
	furtherDates(v, f.Dates)
	for _, l := range f.DependsOn {
		v["depends_on "+ref(l.On)] = strconv.Itoa(l.LagDays) + " days after it"
	}
	if r := f.Recurrence; r != nil {
		v["recurrence"] = strings.TrimSuffix(r.RRule+" "+span(r.Start, r.End)+", "+r.Words, ", ")
	}
	if f.Of != nil {
		v["occurrence_of"] = ref(f.Of.Series) + " on " + f.Of.Day.String()
	}
	for _, r := range f.Ratings {
		v["rating "+r.Scheme] = r.Value
	}
}

// lines adds funding lines: where each has got to, and what was stated at each stage.
func lines(v map[string]string, all []funding.Line) {
	for _, l := range all {
		name := "funding " + l.Line
		if l.Scheme != "" {
			name = "funding " + l.Scheme + " " + l.Line
		}
		told := []string{l.State()}
		add := func(word, value string) {
			if value != "" {
				told = append(told, strings.TrimSpace(word+" "+value))
			}
		}
		add("", sum(l.Amount()))
		add("of", sum(l.Of))
		add("from", l.Fund)
		if l.Basis != money.Unstated {
			add("", strings.ReplaceAll(l.Basis.String(), "_", " "))
		}
		switch l.Recurrent {
		case money.Recurs:
			add("", "recurrent")
		case money.Once:
			add("", "not recurrent")
		}
		add("for", span(l.Start, l.End))
		v[name] = strings.Join(told, ", ")
		for stage := funding.Identified; stage <= funding.Spent; stage++ {
			v[name+" "+stage.String()] = sum(l.Amounts[stage])
		}
	}
}

func sum(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.String() + " " + a.Currency
}

func span(start, end civil.Date) string {
	if start == 0 && end == 0 {
		return ""
	}
	return start.String() + ".." + end.String()
}

// planEntry tells of an event of the plan itself.
func (t Trail) planEntry(entry *Entry, position uint64, asAt civil.Date) {
	statements := t.Plan.Statements()
	i := sort.Search(len(statements), func(i int) bool { return statements[i].Position >= position })
	before, after := planValues(plan.AsAt(statements[:i], asAt)), planValues(plan.AsAt(statements[:i+1], asAt))
	entry.Before, entry.After = differing(before, after)
	switch e := statements[i].Event.(type) {
	case plan.Revised:
		entry.Reason = e.Reason
	case plan.ComponentStated:
		entry.Reason = e.Reason
	case measure.Targeted:
		entry.Reason = e.Reason
	case funding.Event:
		entry.Reason = e.Why()
	}
}

// planValues are what can be told of a plan in words, by name.
func planValues(s plan.State) map[string]string {
	v := map[string]string{
		"name": s.Name, "time_zone": s.TimeZone, "quarters": s.Quarters.String(),
		"period_start": s.PeriodStart.String(), "period_end": s.PeriodEnd.String(),
	}
	for _, scheme := range s.RatingSchemes {
		values := make([]string, len(scheme.Values))
		for i, value := range scheme.Values {
			values[i] = value.Value + " (" + value.Grade.String() + ")"
			if value.Meaning != "" {
				values[i] += " " + value.Meaning
			}
		}
		v["rating_scheme "+scheme.Name] = strings.Join(values, ", ")
	}
	lines(v, s.Funding)
	parts(v, s)
	return v
}

// ref is how people know a milestone of the plan.
func (t Trail) ref(id milestone.ID) string {
	if m, ok := t.Plan.FindID(id); ok {
		return m.Ref
	}
	return projections.FormatID(id)
}
