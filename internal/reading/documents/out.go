package documents

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"milepost.dev/domain/period"
)

// out is where everything that was read goes: to the sink, with references, and into the report.
type out struct {
	sink       Sink
	notes      []string
	columns    []*Column
	emitted    int // milestones
	told       int // milestones, sums and facts
	rowsSeen   remembered
	refsSeen   remembered
	saidBefore saidBefore
	refLine    string         // the last place that a reference was made of, and how often
	refCount   int            //
	relativeTo map[string]int // headings that count from a day that is not said, and of how many milestones
	ratings    []Rated        // of the document's key
	saidDates  bool           // a note says which columns hold dates
	stacked    bool           // the sheet has tables beside each other, so that a row stands there several times
	refsMade   map[string]int // of such a sheet
	passedRows int            // of tables that are no plan
	untitled   int            // rows with a date and nothing that says what is to be done
	untitledAt Place          // the first of them
	failed     error
}

// emit gives a milestone its reference and hands it on.
func (r *out) emit(m Milestone) {
	if r.failed != nil {
		return
	}
	if isRating(m.Title.Text) {
		r.tell(Fact{Sheet: m.Sheet, Line: m.Line, Kind: "rating", Says: m.Title.Text, From: m.Title.From})
		return
	}
	if !m.RefGiven {
		m.Ref = r.madeRef(m.Sheet, m.Line)
	}
	m.askEmptyDay()
	m.Review = tidyDoubts(m.Review)
	for i, d := range m.Review {
		if d.Reason == period.MissingYear && !slices.ContainsFunc(m.Dates, func(r period.Reading) bool { return r.Start != 0 || r.End != 0 }) {
			m.Review[i].Says = "The year is not written, and nothing in the document says which is meant."
		}
	}
	r.emitted++
	r.told++
	r.failed = r.sink.Milestone(m)
}

// askEmptyDay asks about a date from before any plan: programs write the first day that they can count from where there is none.
func (m *Milestone) askEmptyDay() {
	for _, d := range m.OfDate() {
		if end := cmp.Or(d.End, d.Start); end != 0 && end.Year() < firstYear {
			m.Review = append(m.Review, Doubt{Reason: period.Contradicts, Field: Date, Text: m.Date.Text, Says: fmt.Sprintf("The year is before %d. A program may have written it where there is no date.", firstYear)})
			return
		}
	}
}

// firstYear is the first from which a date of a plan may be.
const firstYear = 1950

// madeRef is a reference made of a place: "L12", and "L12.2" for the second action that begins there.
func (r *out) madeRef(sheet string, line int) string {
	name := fmt.Sprintf("L%d", line)
	if sheet != "" {
		name = fmt.Sprintf("%s-R%d", strings.Join(words(sheet), "-"), line)
	}
	if r.stacked {
		if r.refsMade[name]++; r.refsMade[name] > 1 {
			return fmt.Sprintf("%s.%d", name, r.refsMade[name])
		}
		return name
	}
	if r.refLine != name {
		r.refLine, r.refCount = name, 0
	}
	if r.refCount++; r.refCount > 1 {
		return fmt.Sprintf("%s.%d", name, r.refCount)
	}
	return name
}

// offer hands on a sentence that may be a milestone.
func (r *out) offer(m Milestone) {
	if r.failed == nil {
		m.Ref = r.madeRef(m.Sheet, m.Line)
		m.Review = tidyDoubts(m.Review)
		r.failed = r.sink.Candidate(m)
	}
}

func (r *out) emitFunding(f FundingLine) {
	if r.failed == nil {
		r.told++
		r.failed = r.sink.Funding(f)
	}
}

func (r *out) tell(f Fact) {
	if r.failed == nil {
		r.told++
		r.failed = r.sink.Fact(f)
	}
}

func (r *out) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func tidyDoubts(doubts []Doubt) (kept []Doubt) {
	for _, d := range doubts {
		if !slices.ContainsFunc(kept, func(k Doubt) bool { return k.Reason == d.Reason && k.Field == d.Field }) {
			kept = append(kept, d)
		}
	}
	return kept
}
