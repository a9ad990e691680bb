package file

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Dated is a day in a calendar.
type Dated struct {
	ID       string // stays the same as long as it is about the same thing
	Revision int    // goes up with every change, so that a calendar knows the newer one
	Day      string // an ISO day
	Title    string
	Says     string // what stands below the title
}

// Calendar is days as RFC 5545 has them, each a whole day.
func Calendar(title string, days []Dated, s Speaks) ([]byte, error) {
	calendar := ics.NewCalendar()
	calendar.SetProductId("-//milepost//milepost//EN")
	calendar.SetMethod(ics.MethodPublish)
	calendar.SetXWRCalName(plain(title))
	var about []string
	for _, said := range s.said() {
		if said[1] != "" {
			about = append(about, said[0]+" "+said[1])
		}
	}
	calendar.SetXWRCalDesc(plain(strings.Join(about, ", ")))
	stamp, err := time.Parse(time.DateOnly, s.AsAt)
	if err != nil {
		return nil, err
	}
	for _, d := range days {
		day, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			continue // what has no day is in no calendar
		}
		event := calendar.AddEvent(plain(d.ID) + "@milepost")
		event.SetDtStampTime(stamp)
		event.SetSequence(d.Revision)
		event.SetAllDayStartAt(day)
		event.SetAllDayEndAt(day.AddDate(0, 0, 1))
		event.SetSummary(plain(d.Title))
		event.SetDescription(plain(d.Says + "\n" + strings.Join(about, ", ")))
	}
	return []byte(calendar.Serialize(ics.WithNewLineWindows)), nil
}

// plain is text without the control characters that a calendar cannot hold.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
