package documents

import (
	"iter"
	"regexp"
	"slices"
	"strconv"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// A column has one order of day and month. A cell that can only have been written in one order, or that has a weekday beside
// it, proves it for all.

// inNumbers is a date in numbers alone.
var inNumbers = regexp.MustCompile(`^\D{0,12}\b(\d{1,2})([/.-])(\d{1,2})[/.-](?:\d\d|\d{4})\b`)

// eitherOrder says whether a date can be read day first and month first, and is another one each time.
func eitherOrder(text string) bool {
	if !hasMark(text) {
		return false
	}
	at := inNumbers.FindStringSubmatch(text)
	if at == nil {
		return false
	}
	a, err := strconv.Atoi(at[1])
	b, err2 := strconv.Atoi(at[3])
	return err == nil && err2 == nil && a != b && a >= 1 && a <= 12 && b >= 1 && b <= 12
}

// dateColumns are the columns of a table that hold dates.
func (l *layout) dateColumns() (columns []int) {
	for i, h := range l.headings {
		switch h.as {
		case Date, Start, Finish, Actual, Further:
			columns = append(columns, i)
		}
	}
	return columns
}

// learnOrder sees in which order the columns of a table have day and month, and gives it to their cells. What the caller or a
// mapping says holds for all.
func (r learner) learnOrder(rows []row) {
	if r.settings.Order != dates.OrderUnsaid {
		return
	}
	l := r.layout
	columns := l.dateColumns()
	for _, i := range columns {
		if r.proofs != nil && slices.ContainsFunc(rows, func(in row) bool { return in.at(i).mayProve() }) {
			if o, mixed := r.proofs.of(i); !l.headings[i].typed {
				l.headings[i].order, l.headings[i].mixed = o, mixed
			} else if mixed || o != dates.OrderUnsaid && o != l.headings[i].order {
				l.headings[i].mixed = true
			}
			continue
		}
		l.proveOrder(i, rows)
	}
	common := dates.OrderUnsaid // of columns that prove nothing themselves: one program wrote them all
	for _, i := range columns {
		switch o := l.headings[i].order; {
		case o == dates.OrderUnsaid || l.headings[i].mixed:
		case common == dates.OrderUnsaid:
			common = o
		case common != o:
			common = dates.OrderUnsaid
		}
	}
	for _, in := range rows {
		for _, i := range columns {
			if i >= len(in.cells) || in.cells[i].read != "" || !hasMark(in.cells[i].text) || !inNumbers.MatchString(in.cells[i].text) {
				continue
			}
			switch h := l.headings[i]; {
			case h.mixed && eitherOrder(in.cells[i].text):
				in.cells[i].doubt = period.Ambiguous
			case h.mixed:
			case h.order != dates.OrderUnsaid:
				in.cells[i].order = h.order
			default:
				in.cells[i].order = common
			}
		}
	}
}

// proveOrder looks for cells of a column that prove its order. Columns that prove both have none.
func (l *layout) proveOrder(column int, rows []row) {
	h := &l.headings[column]
	for _, in := range rows {
		c := in.at(column)
		if !c.mayProve() {
			continue
		}
		o, proved := dates.Proves(c.text)
		switch {
		case !proved:
		case h.order == dates.OrderUnsaid:
			h.order = o
		case h.order != o:
			h.mixed = true
		}
	}
}

// mayProve says whether a cell is a date in numbers, whose order may show.
func (c cell) mayProve() bool {
	return c.read == "" && len(c.text) <= 60 && hasMark(c.text) && inNumbers.MatchString(c.text)
}

// hasMark says whether a text has a mark between two digits, as a date in numbers has. Most cells have none, and are not looked
// at any closer.
func hasMark(text string) bool {
	for i := 1; i+1 < len(text); i++ {
		if c := text[i]; (c == '/' || c == '.' || c == '-') && isDigit(text[i-1]) && isDigit(text[i+1]) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// orderProofs are what the cells of a whole sheet prove of the order of their columns. The first rows of a long sheet may prove
// nothing, or only one of two orders, so the sheet is read through once where it matters.
type orderProofs struct {
	again func() iter.Seq2[row, error]
	read  bool
	found map[int][2]bool // by column: the day comes first, the month does
}

// of is the order that a column proves; mixed where its cells prove both.
func (p *orderProofs) of(column int) (order dates.Order, mixed bool) {
	if !p.read {
		p.read, p.found = true, map[int][2]bool{}
		for in, err := range p.again() {
			if err != nil {
				break // it is met again where the rows are read
			}
			p.add(in)
		}
	}
	switch found := p.found[column]; {
	case found[0]:
		return dates.DayFirst, found[1]
	case found[1]:
		return dates.MonthFirst, false
	}
	return dates.OrderUnsaid, false
}

func (p *orderProofs) add(in row) {
	for i, c := range in.cells {
		if !c.mayProve() {
			continue
		}
		if o, proved := dates.Proves(c.text); proved {
			found := p.found[i]
			found[0], found[1] = found[0] || o == dates.DayFirst, found[1] || o == dates.MonthFirst
			p.found[i] = found
		}
	}
}

// inNoOrder says whether a date of a record can be read in two ways, and nothing says which is meant.
func (r *calendar) inNoOrder(rec *record) bool {
	if r.settings.Order != dates.OrderUnsaid || r.usual != dates.OrderUnsaid {
		return false
	}
	for _, f := range []Field{Date, Finish} {
		for _, c := range rec.cells[f] {
			if c.read == "" && c.order == dates.OrderUnsaid && c.doubt == "" && eitherOrder(c.text) {
				if _, byWeekday := dates.Proves(c.text); !byWeekday {
					return true
				}
			}
		}
	}
	return false
}
