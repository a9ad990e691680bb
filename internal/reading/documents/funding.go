package documents

import (
	"regexp"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/sums"
)

// fundingOf reads the investments of a block.
func (r table) fundingOf(b block) (lines []FundingLine) {
	if len(b.funding) == 0 {
		return nil
	}
	for i := 0; i < len(b.funding); {
		// A text that runs on over rows is one; a sum on a row of its own is its own line.
		text, line, from, next := oneLine(b.funding[i].text), b.funding[i].row, i, i+1
		for next < len(b.funding) && (b.lined && b.funding[next].row == b.funding[next-1].row+1 || startsLower(b.funding[next].text) || leadsOn(lastOf(text)) || strings.Count(text, "(") > strings.Count(text, ")")) {
			text += " " + oneLine(b.funding[next].text)
			next++
		}
		i = next
		readings, review := sums.Read(text, r.settings)
		if len(readings) == 0 && !r.scanned {
			readings = bareSum(text, b.unit)
		}
		if len(readings) == 0 && !isDitto(text) && !isNothing(text) {
			r.unread(Funding)
		}
		for _, reading := range readings {
			f := FundingLine{
				Sheet: r.sheet, Line: line, Text: text, Reading: reading, Review: review,
				Scheme: r.value(b.scheme...).Text, Deliverable: r.value(b.deliverable...).Text, From: r.places(b.funding[from:next]),
			}
			if f.unread() {
				r.unread(Funding)
			}
			lines = append(lines, f)
		}
	}
	return lines
}

// unread says whether nothing was made of the words: no sum, and no plain word that there is none or none yet.
func (f FundingLine) unread() bool { return f.Amount.IsZero() && len(f.Review) > 0 }

func lastOf(text string) string {
	fields := strings.Fields(text)
	return fields[len(fields)-1]
}

func (r *reader) fact(line int, kind, says string) {
	r.tell(Fact{Sheet: r.sheet, Line: line, Kind: kind, Says: says})
}

// fundingTable reads a table of sums: a row for each, or a row for each source and a column for each year.
func (r *reader) fundingTable(rows []row) {
	l := r.layout
	r.population()
	for _, in := range rows {
		switch {
		case isTotal(in):
			r.tellAside(in, false)
		case l.has(Amount):
			r.fundingRecord(in)
		case len(l.all(Period)) > 0:
			r.fundingByYear(in)
		default:
			r.fundingRow(in)
		}
	}
}

// fundingRecord reads a row whose columns are the parts of a reading.
func (r *reader) fundingRecord(in row) {
	l := r.layout
	get := func(f Field) string { return oneLine(in.at(l.column(f)).text) }
	f := FundingLine{Sheet: r.sheet, Line: in.number, Scheme: get(Scheme), Deliverable: get(Deliverable), From: r.places(in.cells)}
	var parts []string
	for i, c := range in.cells {
		if c.text != "" && i < len(l.headings) && (l.headings[i].as == Unread || l.headings[i].as == Words || l.headings[i].as == Title || l.headings[i].as == Funding) {
			parts = append(parts, oneLine(c.text))
		}
	}
	f.Text = strings.Join(parts, " ")
	f.Fund = get(Fund)
	if amount := strings.Trim(get(Amount), "£ "); amount != "" {
		currency := get(Currency)
		if currency == "" {
			currency = "GBP"
		}
		parsed, err := money.Parse(amount, currency)
		if err != nil {
			f.Review = append(f.Review, period.Unreadable)
			r.unread(Amount)
		}
		f.Amount, f.Reading.Basis = parsed, basisNamed(get(Basis))
		if f.Text == "" {
			f.Text = get(Amount)
		}
	}
	f.Start, f.End = r.dayIn(in.at(l.column(Start)), true), r.dayIn(in.at(l.column(Finish)), false)
	switch strings.ToLower(get(Recurrent)) {
	case "true", "yes", "y", "recurrent", "r":
		f.Recurrent = money.Recurs
	case "false", "no", "n", "non-recurrent", "nr":
		f.Recurrent = money.Once
	}
	if f.Text == "" && f.Fund == "" && f.Amount.IsZero() {
		return
	}
	r.emitFunding(f)
}

func (r *calendar) dayIn(c cell, first bool) civil.Date {
	readings := r.dates(c).Readings
	switch {
	case len(readings) == 0:
		return 0
	case first:
		return readings[0].Start
	}
	return readings[0].End
}

func basisNamed(name string) money.Basis {
	for b := money.Total; b <= money.UpTo; b++ {
		if b.String() == strings.ToLower(name) {
			return b
		}
	}
	return money.Total
}

// fundingByYear reads a row with a sum for each year. The heading gives the year, and the row's first words the fund.
func (r *reader) fundingByYear(in row) {
	l := r.layout
	r.ratePerHead(in)
	label := ""
	for i, c := range in.cells {
		if c.text != "" && i < len(l.headings) && l.headings[i].as != Period {
			label = strings.TrimSpace(label + " " + oneLine(c.text))
		}
	}
	for _, i := range l.all(Period) {
		c := in.at(i)
		if c.text == "" {
			continue
		}
		readings, review := r.sumUnder(c, l)
		if len(readings) != 1 || readings[0].Amount.IsZero() {
			r.lose(i)
			continue
		}
		f := FundingLine{Sheet: r.sheet, Line: in.number, Scheme: label, Text: oneLine(c.text), Reading: readings[0], Review: review, From: r.places([]cell{in.at(0), c})}
		f.Fund = label
		if h := l.headings[i].period; len(h.Readings) == 1 {
			f.Start, f.End = h.Readings[0].Start, h.Readings[0].End
		}
		if overall.MatchString(label) && len(l.all(Period)) > 1 && r.sumsIn(in) == 1 { // it is for all of the years, below whichever it stands
			f.Start, f.End = r.allYears()
		}
		r.emitFunding(f)
	}
}

// overall is how a row of sums is labelled that is the sum of several years.
var overall = regexp.MustCompile(`(?i)\b(?:overall|grand total|all years)\b`)

// sumsIn is how many periods of a row have something.
func (r table) sumsIn(in row) (n int) {
	for _, i := range r.layout.all(Period) {
		if in.at(i).text != "" {
			n++
		}
	}
	return n
}

// allYears is from the first period of a table to its last.
func (r table) allYears() (start, end civil.Date) {
	periods := r.layout.all(Period)
	first, last := firstReading(r.layout.headings[periods[0]].period), firstReading(r.layout.headings[periods[len(periods)-1]].period)
	return first.Start, last.End
}

// ratePerHead reads the rate that the words of a row name and its sums are worked out from: "Transformation support £1.50
// per head". It is for the years that have a sum.
func (r *reader) ratePerHead(in row) {
	l := r.layout
	for i, c := range in.cells {
		if c.text == "" || i >= len(l.headings) || l.headings[i].as == Period {
			continue
		}
		readings, review := sums.Read(oneLine(c.text), r.settings)
		for _, reading := range readings {
			if reading.Amount.IsZero() || reading.Basis != money.PerHead && reading.Basis != money.PerPatient {
				continue
			}
			f := FundingLine{Sheet: r.sheet, Line: in.number, Scheme: oneLine(c.text), Text: oneLine(c.text), Reading: reading, Review: review, From: r.places([]cell{c})}
			f.Start, f.End = r.yearsWithSums(in)
			r.emitFunding(f)
		}
	}
}

// yearsWithSums is from the first to the last period in which a row has something.
func (r table) yearsWithSums(in row) (start, end civil.Date) {
	for _, i := range r.layout.all(Period) {
		if h := firstReading(r.layout.headings[i].period); in.at(i).text != "" && h.Start != 0 {
			if start == 0 {
				start = h.Start
			}
			end = h.End
		}
	}
	return start, end
}

// fundingRow reads a row whose last column of money says how much, and whose other columns say what for.
func (r *reader) fundingRow(in row) {
	l := r.layout
	var label []string
	r.yearOfFunding(in)
	for i, c := range in.cells {
		if c.text == "" {
			continue
		}
		readings, review := sums.Read(oneLine(c.text), r.settings)
		funding := i < len(l.headings) && l.headings[i].as == Funding
		if !funding || i == 0 || len(readings) == 0 || readings[0].Amount.IsZero() {
			label = append(label, oneLine(c.text))
			continue
		}
		for _, reading := range readings {
			f := FundingLine{Sheet: r.sheet, Line: in.number, Scheme: firstOf(label), Text: oneLine(c.text), Reading: reading, Review: review, From: r.places(in.cells)}
			if d := dates.ReadWords(firstOf(label), r.settings); f.Start == 0 && len(d.Readings) > 0 {
				f.Start, f.End = d.Readings[0].Start, d.Readings[0].End
			}
			r.emitFunding(f)
		}
	}
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// sumUnder reads a sum that may take its currency and its unit from the headings of the table.
func (r *calendar) sumUnder(c cell, l *layout) (readings []sums.Reading, review []string) {
	text := oneLine(c.text)
	if readings, review = sums.Read(text, r.settings); len(readings) > 0 {
		return readings, review
	}
	return bareSum(text, l.unit()), nil
}

// bareSum reads a sum without its currency, in the unit that a heading states.
func bareSum(text string, unit int64) []sums.Reading {
	amount, err := money.Parse(strings.TrimRight(text, " *"), "GBP")
	if err != nil || amount.Units > maxFigure || amount.Units < -maxFigure {
		return nil
	}
	nanos := int64(amount.Nanos) * unit
	amount.Units = amount.Units*unit + nanos/1_000_000_000
	amount.Nanos = int32(nanos % 1_000_000_000)
	return []sums.Reading{{Amount: amount, Basis: money.Total}}
}

// maxFigure is the largest figure of a table that is taken for money.
const maxFigure = 1_000_000_000_000

var yearFirst = regexp.MustCompile(`^((?:20)?\d\d/\d\d|20\d\d)\s*[:–—-]\s*(\S.+)$`)

// yearOfFunding makes a milestone of a row that begins with its year and says what is done for the money: "2016/17 :
// Training for reception staff".
func (r *reader) yearOfFunding(in row) {
	l := r.layout
	what := in.at(l.column(Title))
	for _, i := range in.filled() {
		c := in.at(i)
		parts := yearFirst.FindStringSubmatch(oneLine(c.text))
		if parts == nil || what.text == "" || i == l.column(Title) {
			continue
		}
		m := Milestone{Sheet: r.sheet, Line: in.number, Workstream: r.under}
		m.Title = Value{Text: parts[2], From: r.places([]cell{c})}
		m.Deliverable = r.value(what)
		m.Date = Value{Text: parts[1], From: m.Title.From}
		d := dates.ReadWords(parts[1], r.settings)
		m.Dates = d.Readings
		for _, reason := range d.Review {
			m.doubt(reason, Date, parts[1], period.Why(reason))
		}
		r.emit(m)
		return
	}
}
