package spectext

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

func parseOutcome(text string) milestone.Outcome {
	for o := milestone.Accepted; o <= milestone.Rejected; o++ {
		if o.String() == text {
			return o
		}
	}
	return milestone.Unsettled
}

// settles reads what a person made of an item: "ReviewSettled 2017-09 item=delivery_date:unreadable
// outcome=corrected", and parts as "part[B1]="Hub live"" or "date[B1]=2017-09".
func (f fact) settles() milestone.SettleReview {
	c := milestone.SettleReview{
		Item: f.said["item"], Outcome: parseOutcome(f.said["outcome"]), Owner: milestone.Party(f.said["to"]), Text: f.said["text"], Reason: f.said["reason"],
	}
	if text := f.arg(0); text != "" {
		c.Delivery = Reading(text)
	}
	parts := map[string]*milestone.Part{}
	part := func(ref string) *milestone.Part {
		if parts[ref] == nil {
			parts[ref] = &milestone.Part{Ref: ref}
		}
		return parts[ref]
	}
	for name, value := range f.said {
		if ref, ok := strings.CutPrefix(name, "part["); ok {
			part(strings.TrimSuffix(ref, "]")).Title = value
		}
		if ref, ok := strings.CutPrefix(name, "date["); ok {
			part(strings.TrimSuffix(ref, "]")).Delivery = Reading(value)
		}
	}
	for _, p := range parts {
		c.Parts = append(c.Parts, *p)
	}
	slices.SortFunc(c.Parts, func(a, b milestone.Part) int { return strings.Compare(a.Ref, b.Ref) })
	if n, err := strconv.Atoi(f.said["many"]); err == nil { // many=51: so many parts
		for i := range n {
			c.Parts = append(c.Parts, milestone.Part{Ref: fmt.Sprint("B", i), Title: "Hub", Delivery: period.Delivery{}})
		}
	}
	return c
}

func describeItem(i milestone.Item) string {
	told := fmt.Sprintf("asked about %s: %q, raised %s", i.Item, i.Text, i.Raised)
	if i.Says != "" {
		told += ", " + i.Says
	}
	if i.Proposed != "" {
		told += ", proposed " + i.Proposed
	}
	if i.Settled != 0 {
		told += fmt.Sprintf(", %s %s", i.Outcome, i.Settled)
	}
	for _, more := range []string{i.Value, strings.Join(i.Into, " and "), i.Why} {
		if more != "" {
			told += ", " + strconv.Quote(more)
		}
	}
	return told
}

func describeMeasure(m measure.Measure) string {
	told := fmt.Sprintf("%s %s: %q in %q on %q of %q", m.Kind, m.Measure, m.Words, m.Unit, m.Scale, m.Component)
	for _, t := range m.Targets {
		told += fmt.Sprintf(", %s by %q", t.Value, t.By.Text)
	}
	for _, v := range m.Values {
		told += fmt.Sprintf(", %s on %s %q", v.Value, v.Day, v.Words)
	}
	return told
}
