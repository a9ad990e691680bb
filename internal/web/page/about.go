package page

import (
	"cmp"
	"fmt"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// about is what else is known of a milestone, beside its dates.
type about struct {
	Waits, Needed []dependencyView
	Proposed      string // the day that what it waits for leaves it; empty where that is not later than its date
	Measures      []measureView
	Further       []furtherDate
	Issues        []issueView
	Evidence      []evidenceView
	Sources       []sourceView
}

// dependencyView is another milestone that this one waits for, or that waits for it.
type dependencyView struct {
	Ref, Title, Href, State, Expected string
	KnockOn                           string
}

type measureView struct{ Ref, Words, Target, Value string }

type furtherDate struct {
	Label string
	Date  date
	Slip  slip
}

type issueView struct{ Words, State, Severity, Raised, Closed, Outcome string }

type evidenceView struct{ Words, Location, Digest, AsAt string }

// sourceView is where in a document the values of a milestone were read, with the words as they stand there.
type sourceView struct {
	Document, Sheet, AsAt, Digest string
	Cells                         []sourceCell
}

// sourceCell is a cell as it is in the document, and the value that it was read as.
type sourceCell struct{ Cell, Heading, Field, Words string }

// cellName is a cell as a spreadsheet calls it, F10; the line where there is no column.
func cellName(row, column uint32) string {
	if column == 0 {
		return fmt.Sprint("line ", row)
	}
	letters := ""
	for n := column; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters + fmt.Sprint(row)
}

// aboutOf is what else the API says of a milestone.
func (a *asking) aboutOf(m *pb.GetMilestoneResponse) about {
	w := about{Waits: a.dependencies(m.GetDependsOn()), Needed: a.dependencies(m.GetNeededBy()), Sources: sourcesOf(m)}
	if m.KnockOnDays != nil {
		w.Proposed = m.GetProposed()
	}
	for _, d := range m.GetFurtherDates() {
		f := furtherDate{Label: d.GetLabel(), Date: aDate(d.GetDay(), d.GetText())}
		if d.SlipDays != nil {
			f.Slip = aSlip(int(d.GetSlipDays()), max(1, int(max(d.GetSlipDays(), -d.GetSlipDays()))))
		}
		w.Further = append(w.Further, f)
	}
	for _, measure := range m.GetMeasures() {
		v := measureView{Ref: measure.GetMeasure(), Words: measure.GetWords()}
		if n := len(measure.GetTargets()); n > 0 {
			t := measure.GetTargets()[n-1]
			v.Target = strings.TrimSpace(t.GetValue() + " " + measure.GetUnit() + " " + words.Day(cmp.Or(t.GetBy(), t.GetText())))
		}
		if n := len(measure.GetValues()); n > 0 {
			value := measure.GetValues()[n-1]
			v.Value = strings.TrimSpace(value.GetValue()+" "+measure.GetUnit()) + " on " + words.Day(value.GetDay())
		}
		w.Measures = append(w.Measures, v)
	}
	for _, i := range m.GetIssues() {
		w.Issues = append(w.Issues, issueView{i.GetWords(), i.GetState(), i.GetSeverity(), i.GetRaised(), i.GetClosed(), i.GetOutcome()})
	}
	for _, e := range m.GetEvidence() {
		w.Evidence = append(w.Evidence, evidenceView{e.GetWords(), e.GetLocation(), e.GetDigest(), e.GetAsAt()})
	}
	return w
}

func (a *asking) dependencies(list []*pb.Dependency) []dependencyView {
	var views []dependencyView
	for _, d := range list {
		v := dependencyView{Ref: d.GetRef(), Title: d.GetTitle(), State: d.GetState(), Expected: d.GetExpected(), Href: a.to(milestonePath(a.plan, d.GetRef(), d.GetMilestone()))}
		if d.KnockOnDays != nil {
			v.KnockOn = words.Signed(int(d.GetKnockOnDays()))
		}
		views = append(views, v)
	}
	return views
}

// sourcesOf are the cells that the values of a milestone were read from, the document that was read last first.
func sourcesOf(m *pb.GetMilestoneResponse) []sourceView {
	var views []sourceView
	for i := len(m.GetSources()) - 1; i >= 0; i-- {
		s := m.GetSources()[i]
		v := sourceView{Document: s.GetDocument(), Sheet: s.GetSheet(), AsAt: s.GetAsAt(), Digest: s.GetDigest()}
		for _, c := range s.GetCells() {
			v.Cells = append(v.Cells, sourceCell{Cell: cellName(c.GetRow(), c.GetColumn()), Heading: c.GetHeading(), Field: strings.ReplaceAll(c.GetField(), "_", " "), Words: c.GetText()})
		}
		views = append(views, v)
	}
	return views
}
