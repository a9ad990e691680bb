package documents

import (
	"regexp"
	"slices"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
)

// Measure is what a document measures, in parts: a score on a scale, a count, or an indicator with what it is to come to.
type Measure struct {
	Kind    string   // "readiness", "count" or "indicator"
	Words   string   // what is measured
	Value   string   // what it was on the document's day, as it was said; empty where the document only says what it is to be
	Unit    string   // "FTE", "%"; empty where not said
	Scale   string   // the name of the scale of a score
	Levels  []string // what the scale's values mean, as the document's key says
	Targets []Target
}

// Target is what a measure is to come to by a date.
type Target struct {
	By    string // the words of the date
	Date  period.Reading
	Value string // as it was said
}

// scale is a scale that a document explains.
type scale struct {
	name   string
	levels []string
	line   int // of the last of its levels
}

var scaleLevel = regexp.MustCompile(`^(?:\d|[A-E])\s?[).=:–-]\s*\pL`)

// learnScale keeps the key of a scale, which stands above the scores: its title, and then a line for each level.
func (r *reader) learnScale(text string, line int) {
	if !scaleLevel.MatchString(text) || len(text) > 200 {
		return
	}
	if r.scale.line != line-1 {
		r.scale = scale{name: r.heading}
	}
	r.scale.levels, r.scale.line = append(r.scale.levels, text), line
}

// isScore says whether a value may be a score: a number, a letter, or a few words. What is longer is a sentence.
func isScore(value string) bool { return len(value) <= 40 && len(strings.Fields(value)) <= 4 }

// figures passes over a table of scores or counts. What it says is kept as facts.
func (r *reader) figures(rows []row) {
	r.population()
	counts := r.layout.counts()
	for _, in := range rows {
		if len(counts) > 1 && r.countsOf(in, counts) {
			continue
		}
		var texts []string
		for _, c := range in.cells {
			if c.text != "" {
				texts = append(texts, oneLine(c.text))
			}
		}
		if len(texts) < 2 {
			if len(texts) == 1 {
				r.chapterHeading(texts[0])
			}
			continue
		}
		said, value := strings.Join(texts[:len(texts)-1], " "), texts[len(texts)-1]
		f := Fact{Sheet: r.sheet, Line: in.number, Kind: "figure", Says: said + ": " + value, From: r.places(in.cells)}
		f.Measure = &Measure{Kind: "count", Words: said, Value: value, Unit: r.unitOfCount()}
		if isScore(value) && r.layout.has(Chapter) || strings.Contains(strings.ToLower(r.heading), "readiness") && f.Measure.Unit == "" {
			f.Kind = "readiness_score"
			f.Measure = &Measure{Kind: "readiness", Words: said, Value: value, Scale: r.scale.name, Levels: r.scale.levels}
			if f.Measure.Scale == "" {
				f.Measure.Scale = r.heading
			}
		}
		r.tell(f)
	}
}

// unitOfCount is what a table of counts counts, as its heading says.
func (r table) unitOfCount() string {
	for _, h := range r.layout.headings {
		switch headings.Key(h.text) {
		case "headcount", "head count":
			return "headcount"
		case "fte", "wte":
			return strings.ToUpper(h.text)
		}
	}
	return ""
}

var populationOf = regexp.MustCompile(`(?i)\b\d{1,3}(?:,\d{3})+ (?:population|patients|people|residents|inhabitants)\b`)

// population keeps the head count that a heading says sums per head rest on: "based on 262,000 population".
func (r *reader) population() {
	for _, h := range r.layout.headings {
		if count := populationOf.FindString(h.text); count != "" {
			number, what, _ := strings.Cut(count, " ")
			r.tell(Fact{Sheet: r.sheet, Line: h.line, Kind: "headcount", Says: h.text, Measure: &Measure{Kind: "count", Words: what, Value: number}})
		}
	}
}

// trajectory reads a row of figures by period: a target or a measurement, and nothing to be done.
func (r *reader) trajectory(in row, lead []cell) bool {
	var points []string
	periods := r.layout.all(Period)
	if kpi := r.layout.column(KPI); kpi >= 0 && kpi < periods[0] && in.at(kpi).text != "" {
		lead = []cell{in.at(kpi)}
	}
	m := Measure{Kind: "indicator", Words: r.value(lead...).Text}
	target := r.targetColumn()
	for _, i := range periods {
		text := in.at(i).text
		if text == "" {
			continue
		}
		if !isNumber(strings.Trim(text, "%£ ")) {
			return false
		}
		h := r.layout.headings[i]
		points = append(points, h.text+" "+text)
		if strings.HasSuffix(text, "%") {
			m.Unit = "%"
		}
		if target < 0 {
			m.Targets = append(m.Targets, Target{By: h.text, Date: firstReading(h.period), Value: text})
		}
	}
	if text := in.at(target).text; text != "" {
		m.Targets = r.targets(text)
		if len(m.Targets) == 0 {
			m.Targets = []Target{{Date: period.Reading{Kind: period.Unknown}, Value: text}}
		}
	}
	if len(points) == 0 {
		return false
	}
	r.tell(Fact{
		Sheet: r.sheet, Line: in.number, Kind: "trajectory", Says: m.Words + ": " + strings.Join(points, ", "),
		From: r.places(append(slices.DeleteFunc(slices.Clone(lead), func(c cell) bool { return c.row == in.number }), in.cells...)), Measure: &m,
	})
	return true
}

// targetColumn is the column that says what its rows are to come to; -1 where there is none. Beside it, what stands in the
// periods is what was measured.
func (r table) targetColumn() int {
	return slices.IndexFunc(r.layout.headings, func(h heading) bool {
		words := headings.Key(h.text)
		return words == "target" || words == "targets"
	})
}

func firstReading(d period.Delivery) period.Reading {
	if len(d.Readings) != 1 {
		return period.Reading{Kind: period.Unknown}
	}
	return d.Readings[0]
}

var (
	// targetYear begins a step of a trajectory: "Year One 80% of referrals. Year Two all of them".
	targetYear = regexp.MustCompile(`\b(?:Year (?:One|Two|Three|Four|Five|[1-5])|(?:20)?\d\d/\d\d\s?:)`)
	figureOf   = regexp.MustCompile(`\d+(?:[.,]\d+)*`)
	// targetBy ends a step: "20% of patients registered by March 2018".
	targetBy = regexp.MustCompile(`(?i)\b(?:by|before|no later than)\s+(?:the )?(?:end of )?(?:\d{1,2}(?: ?(?:st|nd|rd|th))? )?(?:` + monthNames + ` (?:20)?\d\d|(?:20)?\d\d/\d\d|20\d\d)\b`)
)

// targets are the steps of a trajectory that stands in words. Only what is written as one is taken apart: a year before
// each step, or a sentence with a figure that says by when. Everything else stays words.
func (r *calendar) targets(text string) (targets []Target) {
	if !strings.ContainsAny(text, "0123456789") && !strings.Contains(text, "Year") {
		return nil
	}
	years := targetYear.FindAllStringIndex(text, 40)
	for i, at := range years {
		end := len(text)
		if i+1 < len(years) {
			end = years[i+1][0]
		}
		by := strings.TrimRight(text[at[0]:at[1]], " :")
		if value := strings.Trim(text[at[1]:end], " .;:-–"); value != "" {
			targets = append(targets, Target{By: by, Date: firstReading(dates.ReadWords(by, r.settings)), Value: value})
		}
	}
	if len(years) > 0 {
		text = text[:years[0][0]]
	}
	p := phraseOf(text)
	var found []Target
	for _, sentence := range p.parted(p.cuts(), bySentence) {
		at := targetBy.FindAllStringIndex(sentence, 3)
		if len(at) != 1 {
			continue
		}
		by, value := sentence[at[0][0]:at[0][1]], strings.Trim(sentence[:at[0][0]]+sentence[at[0][1]:], " .;,")
		d := dates.ReadWords(by, r.settings)
		if len(d.Readings) == 1 && len(d.Review) == 0 && len(figureOf.FindAllString(value, 2)) == 1 { // of several, nobody knows which it is
			found = append(found, Target{By: by, Date: d.Readings[0], Value: value})
		}
	}
	return append(found, targets...)
}
