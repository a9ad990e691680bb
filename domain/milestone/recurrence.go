package milestone

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// RecurrenceDefined says that the milestone is due again and again. Its occurrences are milestones of their
// own.
type RecurrenceDefined struct {
	RRule      string
	Start, End civil.Date
	Words      string
}

// EventName is that of the ledger's EventType.
func (RecurrenceDefined) EventName() string { return "RecurrenceDefined" }

func (e RecurrenceDefined) evolve(s *State, _ civil.Date) {
	s.change(func(f *Further) { f.Recurrence = &e })
}

// DefineRecurrence states how often the milestone is due.
type DefineRecurrence struct {
	RRule      string
	Start, End civil.Date // zero: from the as-at day, to the plan's last
	Words      string
}

// CommandName is the name by which reporters know it.
func (DefineRecurrence) CommandName() string { return "RecurrenceDefined" }

// Occurrence says which of the times a milestone is that another is due.
type Occurrence struct {
	Series ID
	Day    civil.Date
}

// OccurrenceRef is the reference of the occurrence of a milestone that is due on a day: "KPI/2017-04-30".
func OccurrenceRef(series string, day civil.Date) string { return series + "/" + day.String() }

// every is a recurrence rule that was read.
type every struct {
	freq     string
	interval int
	weekday  time.Weekday
	byDay    bool
	nth      int // of the month, from its end where below 0; 0 where not said
}

var weekdayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// readRRule reads as much of RFC 5545 as delivery dates say: how often, every how many, and one day of the
// week.
func readRRule(text string) (e every, ok bool) {
	e.interval = 1
	for _, part := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "FREQ":
			e.freq = value
		case "INTERVAL":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > 1000 {
				return e, false
			}
			e.interval = n
		case "BYDAY":
			if len(value) < 2 {
				return e, false
			}
			day := slices.Index(weekdayNames, value[len(value)-2:])
			n, err := 0, error(nil)
			if nth := value[:len(value)-2]; nth != "" {
				n, err = strconv.Atoi(nth)
			}
			if day < 0 || err != nil || n < -5 || n > 5 {
				return e, false
			}
			e.byDay, e.weekday, e.nth = true, time.Weekday(day), n
		default:
			return e, false
		}
	}
	switch e.freq {
	case "MONTHLY":
		return e, !e.byDay || e.nth != 0
	case "WEEKLY":
		return e, e.nth == 0
	case "DAILY", "YEARLY":
		return e, !e.byDay
	default:
		return e, false
	}
}

// Occurrences are the days on which a milestone is due that is due so often, from the first day to the last,
// in order. Without a day of the week an occurrence is a whole period from the first day on, due on its last
// day, as a delivery date is. There are never more than one above MaxOccurrences.
func Occurrences(rrule string, start, end civil.Date) []civil.Date {
	e, ok := readRRule(rrule)
	if !ok || start == 0 || end == 0 {
		return nil
	}
	var days []civil.Date
	for n := 0; len(days) <= MaxOccurrences; n++ {
		day, begins := e.occurrence(start, n*e.interval)
		if begins == 0 || begins > end {
			break
		}
		if day >= start && day <= end {
			days = append(days, day)
		}
	}
	return days
}

// occurrence is the day on which the nth one is due, counted in units of its frequency, and the day that its
// period begins; no day where the month has none, or the calendar ends.
func (e every) occurrence(start civil.Date, n int) (due, begins civil.Date) {
	switch e.freq {
	case "DAILY":
		due = start.AddDays(n)
		return due, due
	case "WEEKLY":
		begins = start.AddDays(7 * n)
		if !e.byDay {
			return begins.AddDays(7*e.interval - 1), begins
		}
		return onOrAfter(begins, e.weekday), begins
	case "YEARLY":
		begins = months(start, 12*n)
		return months(start, 12*(n+e.interval)).AddDays(-1), begins
	default:
		if !e.byDay {
			begins = months(start, n)
			return months(start, n+e.interval).AddDays(-1), begins
		}
		begins = months(firstOfMonth(start), n)
		return nthWeekday(begins, e.weekday, e.nth), begins
	}
}

// months is the same day so many months later, or the last of a month that has no such day.
func months(d civil.Date, n int) civil.Date {
	month := d.Year()*12 + int(d.Month()) - 1 + n
	first, ok := civil.Of(month/12, time.Month(month%12+1), 1)
	if !ok {
		return 0
	}
	return min(first.AddDays(d.Day()-1), first.EndOfMonth())
}

func firstOfMonth(d civil.Date) civil.Date { return d.AddDays(1 - d.Day()) }

func onOrAfter(d civil.Date, weekday time.Weekday) civil.Date {
	return d.AddDays((int(weekday) - int(weekdayOf(d)) + 7) % 7)
}

// weekdayOf is the day of the week. The first day that there is, 0001-01-01, was a Monday.
func weekdayOf(d civil.Date) time.Weekday { return time.Weekday(int(d) % 7) }

// nthWeekday is the nth day of a name in the month that begins on a day; no day where there is none.
func nthWeekday(first civil.Date, weekday time.Weekday, nth int) civil.Date {
	last := first.EndOfMonth()
	if nth > 0 {
		if d := onOrAfter(first, weekday).AddDays(7 * (nth - 1)); d <= last {
			return d
		}
		return 0
	}
	back := (int(weekdayOf(last)) - int(weekday) + 7) % 7
	if d := last.AddDays(-back + 7*(nth+1)); d >= first {
		return d
	}
	return 0
}

func (c *check) recurrence(cmd DefineRecurrence) {
	if _, ok := readRRule(cmd.RRule); !ok {
		c.refuse(RuleRecurrenceUnreadable, "rrule",
			"%.60q does not say how often in a way that is read here. Write it as FREQ=MONTHLY, FREQ=MONTHLY;INTERVAL=3, FREQ=WEEKLY;BYDAY=MO or FREQ=MONTHLY;BYDAY=1TU.", cmd.RRule)
	}
	if cmd.End.Before(cmd.Start) {
		c.refuse(RuleRecurrenceReversed, "end", "The milestone would be due from %s to %s, which is before it. Put the later day last.", cmd.Start, cmd.End)
	}
	c.words("words", cmd.Words)
}

func decideDefineRecurrence(s State, c DefineRecurrence, f Facts) ([]Event, error) {
	e := RecurrenceDefined(c)
	if e.Start == 0 {
		e.Start = f.AsAt
	}
	if e.End == 0 {
		e.End = f.PlanEnd
	}
	if e.End == 0 {
		return nil, refusal(domain.Refused, RuleRecurrenceWithoutEnd, "end",
			"It is not said when the last occurrence is, and the plan has no last day. State one of them.")
	}
	switch n := len(Occurrences(e.RRule, e.Start, e.End)); {
	case n == 0:
		return nil, refusal(domain.Refused, RuleOccurrencesNumber, "rrule", "There is no occurrence from %s to %s. State other days, or another rule.", e.Start, e.End)
	case n > MaxOccurrences:
		return nil, refusal(domain.Refused, RuleOccurrencesNumber, "rrule",
			"There are more than %d occurrences from %s to %s. State an earlier end, and define the rest later.", MaxOccurrences, e.Start, e.End)
	}
	if known := s.further().Recurrence; known != nil && known.RRule == e.RRule && known.Start == e.Start && known.End == e.End {
		return nil, nil
	}
	return []Event{e}, nil
}

// AddOccurrence is the command that begins an occurrence of a milestone.
func (s State) AddOccurrence(series ID, ref string, day civil.Date) Add {
	title := fmt.Sprintf("%s (%s)", titleOr(s.Title, ref), day)
	if len(title) > MaxTitle {
		title = s.Title
	}
	return Add{Ref: OccurrenceRef(ref, day), Title: title, Workstream: s.Workstream, Of: &Occurrence{Series: series, Day: day}}
}
