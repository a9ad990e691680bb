package dates

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"milepost.dev/domain/civil"
)

// A plan can count its months: "month 6", "M+3", "months 4-6", and in headings "medium term (6-12 months)". Month 1 is the one that
// Settings.MonthsFrom names, "M+3" is three months after it, and "6-12 months" are the seventh to the twelfth.

var (
	countedMonth  = regexp.MustCompile(`\b(?:(?i:months?|mths?)\s?|M\s?)(\+\s?)?(\d{1,2})\b(?:\s?(?:-|–|to)\s?(?:(?i:months?|mths?)\s?|M\s?)?(\+\s?)?(\d{1,2})\b)?`)
	countedPeriod = regexp.MustCompile(`(?i)^(?:(?:short|medium|long|longer)[- ]term)?[\s,:(]*(\d{1,2})\s?(?:-|–|to)\s?(\d{1,2})\s?(?:months|mths)\)?$`)
	// ofYear is what stands behind the number of a month of a year, which no plan counts itself: "month 6 of 2018".
	ofYear = regexp.MustCompile(`^(?:\s?[/.-]\s?\d|\s?(?:of\s|,\s?|\()?\s?(?:fy\s?|year\s?)?(?:20)?\d\d\b)`)
)

// CountsMonths says whether a text counts months of the plan, so that Settings.MonthsFrom gives it a date.
func CountsMonths(text string) bool {
	text = strings.TrimSpace(text)
	return countedPeriod.MatchString(text) || len(counted(text)) > 0
}

// counted are the places of a text at which months are counted, as countedMonth finds them.
func counted(text string) (all [][]int) {
	for _, at := range countedMonth.FindAllStringSubmatchIndex(text, -1) {
		if !ofYear.MatchString(text[at[1]:]) {
			all = append(all, at)
		}
	}
	return all
}

// inCalendar is a text with the months that it counts as months of the calendar. It is the text itself where nobody said from which month
// they are counted.
func (s *Settings) inCalendar(text string) string {
	if s.MonthsFrom == 0 || !strings.ContainsAny(text, "Mm") {
		return text
	}
	if at := countedPeriod.FindStringSubmatch(text); at != nil {
		from, _ := strconv.Atoi(at[1])
		to, _ := strconv.Atoi(at[2])
		if from < to {
			return s.countedMonths(from, to-1)
		}
		return text
	}
	var b strings.Builder
	last := 0
	for _, at := range counted(text) {
		after := func(plus, digits int) int {
			n, _ := strconv.Atoi(text[at[digits]:at[digits+1]])
			if at[plus] < 0 {
				n--
			}
			return n
		}
		from := after(2, 4)
		to := from
		if at[8] >= 0 {
			if to = after(6, 8); at[2] >= 0 && at[6] < 0 { // M+3-6
				to++
			}
		}
		if from < 0 || to < from {
			continue
		}
		b.WriteString(text[last:at[0]])
		b.WriteString(s.countedMonths(from, to))
		last = at[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

// countedMonths are the months so many after the first one, in words.
func (s *Settings) countedMonths(from, to int) string {
	words := func(after int) string {
		month := int(s.MonthsFrom.Month()) - 1 + after
		day, _ := civil.Of(s.MonthsFrom.Year()+month/12, time.Month(month%12+1), 1)
		return day.Month().String() + " " + strconv.Itoa(day.Year())
	}
	if from == to {
		return words(from)
	}
	return words(from) + " to " + words(to)
}
