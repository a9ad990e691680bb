package documents

import (
	"fmt"
	"regexp"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// The head of a chart counts in days, weeks, months or another span, each over a column or several.

// tickAt is what stands over a column of a chart.
type tickAt struct {
	column      int
	label       string
	first, last civil.Date // 0 where it names no day of a calendar
}

// ticked is a row of such ticks.
type ticked struct {
	ticks []tickAt
	dated bool
}

// width is over how many columns its last tick stands: as many as that before it.
func (t *ticked) width() int {
	n := len(t.ticks)
	return t.ticks[n-1].column - t.ticks[n-2].column
}

// foreignMonths are the beginnings of the names of months in the larger European languages and Indonesian.
const foreignMonths = `(?:ene(?:ro)?|fev(?:ereiro)?|févr?(?:ier)?|feb(?:rero|braio|ruar)?|mär(?:z)?|marzo|março|mars|abr(?:il)?|avr(?:il)?|aprile|mai|maio|mayo|maggio|giu(?:gno)?|jui(?:n|l(?:let)?)|junio?|julio?|junho|julho|juni|juli|lug(?:lio)?|ago(?:sto)?|août|agu(?:stus)?|set(?:embro|tembre)?|septiembre|septembre|out(?:ubro)?|ott(?:obre)?|okt(?:ober)?|octubre|octobre|nov(?:iembre|embre|embro)?|dez(?:ember|embro)?|dic(?:iembre|embre)?|déc(?:embre)?|des(?:ember)?)`

var (
	countedTick = regexp.MustCompile(`(?i)^(?:week|wk|w|kw|cw|day|d|month|m|sprint|iteration|quarter|q|semana|sem|s|semaine|woche|settimana|mes|mês|mois|monat|tag|jour|d[ií]a|tydzie[nń]|t[yý]den|uge|uke|vecka|v|minggu|неделя)[ .:#-]*\d{1,3}$`)
	bareTick    = regexp.MustCompile(`^\d{1,3}$`)
	monthTick   = regexp.MustCompile(`(?i)^(?:` + monthNames + `|` + foreignMonths + `)\.?$`)
	// daysOfMonth are days of one month, or from one to the next: "Nov 23-29", "Nov 30 - Dez 6".
	daysOfMonth = regexp.MustCompile(`(?i)^(?:` + monthNames + `|` + foreignMonths + `)\.? \d{1,2} ?[-–] ?(?:(?:` + monthNames + `|` + foreignMonths + `)\.? )?\d{1,2}$`)
	yearAlone   = regexp.MustCompile(`^20\d\d$`)
	spanWord    = regexp.MustCompile(`(?i)\b(?:weeks?|days?|months?|sprints?|iterations?|semanas?|d[ií]as?|mes(?:es)?|semaines?|jours?|mois|kw|tydzie[nń]|tygodni[ea]?|t[yý]dn[yů]|t[yý]den|uger?|veckor|minggu|wochen?|tage?|monate?|settiman[ae]|giorni|mesi)\b`)
)

// ticksOf is the longest run of ticks in a row, where it is one that the head of a chart may have; else nil.
func (c *charts) ticksOf(rows []row, i int) *ticked {
	in := rows[i]
	if len(in.cells) <= leastHead || in.prose {
		return nil
	}
	counts := c.above != nil || counts(in) || i > 0 && counts(rows[i-1]) || i > 1 && counts(rows[i-2])
	var best, run []int
	for _, k := range in.filled() {
		if !c.isChartTick(in.at(k), counts) {
			run = nil
			continue
		}
		if run = append(run, k); len(run) > len(best) {
			best = run
		}
	}
	if len(best) < leastHead || best[0] == 0 {
		return nil
	}
	for _, order := range c.ordersOf(in, best) {
		if t := c.datedTicks(in, best, order); t != nil {
			return t
		}
	}
	return c.countedTicks(in, best)
}

// over are the ticks of a row, however few, as they stand over those of the next; nil for none. Numbers alone are none.
func (c *charts) over(in row) *ticked {
	t := &ticked{}
	for _, k := range in.filled() {
		cell := in.at(k)
		label := oneLine(cell.text)
		switch {
		case bareTick.MatchString(label) || !c.isChartTick(cell, false) && !yearAlone.MatchString(label):
			continue
		case cell.read != "":
			label = cell.read
			if d, err := period.ReadISO(cell.read); err == nil && len(cell.read) == len("2006-01-02") {
				label = monthOf(d.Start())
			}
		}
		t.ticks = append(t.ticks, tickAt{column: k, label: label})
	}
	if len(t.ticks) == 0 {
		return nil
	}
	return t
}

// monthOf is the month of a day, in words.
func monthOf(day civil.Date) string { return fmt.Sprintf("%.3s %d", day.Month(), day.Year()) }

// counts says whether a row names a span of time, which the numbers in it or below it count: "Weeks".
func counts(in row) bool {
	for _, cell := range in.cells {
		if len(cell.text) < 40 && spanWord.MatchString(cell.text) {
			return true
		}
	}
	return false
}

// isChartTick says whether a cell may stand in the head of a chart. A number alone does where something says what it counts.
func (c *charts) isChartTick(in cell, counts bool) bool {
	text := strings.TrimSpace(in.text)
	switch {
	case in.read != "":
		return true
	case len(text) > 40 || in.above:
		return false
	case bareTick.MatchString(text):
		return counts
	}
	return inNumbers.MatchString(text) && len(text) < 24 || countedTick.MatchString(text) || weekTick.MatchString(text) || numbered.MatchString(text) || monthTick.MatchString(text) || daysOfMonth.MatchString(text) || len(text) < 24 && mayHoldDate(text) && c.isPlainDate(in)
}

// ordersOf are the orders of day and month in which ticks may be written: both where they leave it open.
func (c *charts) ordersOf(in row, columns []int) []dates.Order {
	if c.settings.Order != dates.OrderUnsaid {
		return []dates.Order{c.settings.Order}
	}
	for _, k := range columns {
		if cell := in.at(k); cell.read == "" && inNumbers.MatchString(cell.text) {
			if c.usual == dates.MonthFirst {
				return []dates.Order{dates.MonthFirst, dates.DayFirst}
			}
			return []dates.Order{dates.DayFirst, dates.MonthFirst}
		}
	}
	return []dates.Order{dates.OrderUnsaid}
}

// datedTicks reads ticks as days of the calendar, each with the day on which it ends; nil where one names none, or they do not follow
// each other at even steps.
func (c *charts) datedTicks(in row, columns []int, order dates.Order) *ticked {
	t := &ticked{dated: true}
	settings := c.settings
	settings.Order = order
	for _, k := range columns {
		at := tickAt{column: k, label: oneLine(in.at(k).text)}
		var ok bool
		if at.first, at.last, ok = c.spanOf(in.at(k), k, settings); !ok {
			return nil
		}
		if in.at(k).read != "" || bareTick.MatchString(at.label) {
			at.label = at.first.String()
		}
		t.ticks = append(t.ticks, at)
	}
	shortest, longest := 1<<20, 0
	for i := 1; i < len(t.ticks); i++ {
		step := int(t.ticks[i].first - t.ticks[i-1].first)
		if step <= 0 {
			return nil
		}
		shortest, longest = min(shortest, step), max(longest, step)
	}
	if shortest > 1 && longest > 4*shortest || shortest > 1 && longest > 4 && 2*longest > 3*shortest {
		return nil
	}
	for i := range t.ticks {
		switch at := &t.ticks[i]; {
		case at.last > at.first: // it names both
		case i+1 < len(t.ticks):
			at.last = t.ticks[i+1].first - 1
			if shortest == 1 {
				at.last = at.first // days, without those of the weekend
			}
		case shortest >= 28 && shortest <= 31:
			at.last = at.first.EndOfMonth()
		default:
			at.last = at.first + civil.Date(shortest) - 1
		}
	}
	return t
}

// spanOf are the days that a tick names, by itself or with what stands above it: "5" below "Jan 2025".
func (c *charts) spanOf(in cell, column int, s dates.Settings) (first, last civil.Date, ok bool) {
	text := in.dateWords()
	if in.read != "" {
		if d, err := period.ReadISO(in.read); err == nil {
			return d.Start(), d.End(), d.Start() != 0
		}
	}
	if at := numbered.FindStringSubmatch(text); at != nil {
		text = at[1]
	}
	if !bareTick.MatchString(text) {
		if first, last, ok = clearSpan(text, s); ok {
			return first, last, true
		}
	}
	if c.above == nil {
		return 0, 0, false
	}
	over := ""
	for _, t := range c.above.ticks {
		if t.column <= column {
			over = t.label
		}
	}
	if over == "" || !bareTick.MatchString(text) && !monthTick.MatchString(text) {
		return 0, 0, false
	}
	return clearSpan(text+" "+over, s)
}

// clearSpan reads words that name one span of days and leave nothing open.
func clearSpan(text string, s dates.Settings) (first, last civil.Date, ok bool) {
	d := dates.ReadWords(text, s)
	if len(d.Readings) != 1 || len(d.Review) > 0 || d.Readings[0].Start == 0 || d.Readings[0].End == 0 {
		return 0, 0, false
	}
	return d.Readings[0].Start, d.Readings[0].End, true
}

// countedTicks are ticks that only count: "Week 3". Those above them are a part of their names.
func (c *charts) countedTicks(in row, columns []int) *ticked {
	t := &ticked{}
	for _, k := range columns {
		if cell := in.at(k); cell.read != "" || inNumbers.MatchString(cell.text) || isoDay.MatchString(cell.text) { // days in no order are no head
			return nil
		}
		label := oneLine(in.at(k).text)
		if c.above != nil {
			for i := len(c.above.ticks) - 1; i >= 0; i-- {
				if over := c.above.ticks[i]; over.column <= k {
					label = over.label + " " + label
					break
				}
			}
		} else if bareTick.MatchString(label) {
			label = "no. " + label
		}
		t.ticks = append(t.ticks, tickAt{column: k, label: label})
	}
	return t
}
