package load

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"milepost.dev/domain/alike"
	"milepost.dev/internal/load/rowmatch"
	"milepost.dev/internal/reading/documents"
)

// fewest is how many milestones the plan has to have for its titles to be looked for in other columns.
const fewest = 4

// shifted says whether the titles of the plan stand in another column of the document than that of the titles: then the values have
// moved against their headings, and every row would be a new milestone. The error is an *documents.Unreadable, and nil where they have
// not. It reads the document once more, where hardly any row is known.
func (r *run) shifted(ctx context.Context, known *milestones, found []rowmatch.Match) error {
	if !mayHaveShifted(known.Len(), len(found)) || ctx.Err() != nil {
		return nil
	}
	look := &lookedFor{titles: map[uint64]bool{}, in: map[string]int{}}
	for i := range known.titles.ends {
		look.titles[alike.DigestAll(alike.Split(known.titles.at(int32(i)))...)] = true
	}
	o := r.options
	o.Progress = nil
	if _, err := documents.Read(r.file, o, look); err != nil {
		return err
	}
	heading, n := look.most()
	if 2*n < known.Len() {
		return nil
	}
	return &documents.Unreadable{Rule: "columns-shifted", Sentence: fmt.Sprintf(
		"%d of the %d milestones of the plan are called what stands below the heading %.60q, which was not read as a title, and hardly any what was. The values stand below other headings than before, perhaps because a column was put in without one. Mend the headings, or say with a mapping file (--map) what each column is, for example columns: {%q: title}. Nothing was sent.",
		n, known.Len(), heading, heading)}
}

// mayHaveShifted says whether so few rows of a document are known that its values may have moved: at most a fifth of the milestones of a
// plan that has enough of them.
func mayHaveShifted(known, found int) bool { return known >= fewest && 5*found <= known }

// lookedFor counts the titles of a plan that stand in columns that are not read as titles, by their heading.
type lookedFor struct {
	titles map[uint64]bool
	in     map[string]int
}

// Milestone looks at the values of a row.
func (l *lookedFor) Milestone(m documents.Milestone) error {
	look := func(heading, text string) {
		if text = fit(text, maxTold); text != "" && l.titles[alike.DigestAll(alike.Split(text)...)] {
			l.in[heading]++
		}
	}
	for _, v := range []struct {
		field documents.Field
		value documents.Value
	}{
		{documents.Owner, m.Owner},
		{documents.Date, m.Date},
		{documents.Workstream, m.Workstream},
		{documents.Scheme, m.Scheme},
		{documents.Deliverable, m.Deliverable},
		{documents.Status, m.Status},
		{documents.NextSteps, m.NextSteps},
		{documents.Success, m.Success},
	} {
		look(string(v.field), v.value.Text)
	}
	for heading, v := range m.Other {
		look(heading, v.Text)
	}
	return nil
}

// most is the heading below which most titles stand, the first in the alphabet of several, and how many.
func (l *lookedFor) most() (heading string, n int) {
	for _, h := range slices.Sorted(maps.Keys(l.in)) {
		if l.in[h] > n {
			heading, n = h, l.in[h]
		}
	}
	return heading, n
}

// Candidate is of no account here.
func (*lookedFor) Candidate(documents.Milestone) error { return nil }

// Funding is of no account here.
func (*lookedFor) Funding(documents.FundingLine) error { return nil }

// Fact is of no account here.
func (*lookedFor) Fact(documents.Fact) error { return nil }
