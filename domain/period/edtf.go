package period

import (
	"strings"

	"milepost.dev/domain/civil"
)

// EDTF writes the reading in the Extended Date/Time Format of ISO 8601-2, with what the words left
// open: "2017-03?", "2017-07/2017-09", "2017-04/..", "../2017-03-31". It is empty for a reading that
// names no date.
func (r Reading) EDTF() string {
	mark := r.mark()
	switch {
	case r.Start == 0 && r.End == 0:
		return ""
	case r.Start == 0:
		return "../" + r.End.String() + mark
	case r.End == 0:
		// What begins in a period begins on no certain day of it.
		if unit := oneUnit(r.Start, r.Due); unit != "" {
			return unit + mark + "/.."
		}
		return r.Start.String() + mark + "/.."
	}
	if unit := oneUnit(r.Start, r.End); unit != "" && r.Kind != During && r.Kind != Recurring {
		return unit + mark
	}
	from, to := r.Start.String(), r.End.String()
	if r.Start.Day() == 1 && r.End == r.End.EndOfMonth() {
		from, to = month(from), month(to)
	}
	return from + mark + "/" + to + mark
}

// EDTF writes the readings: the only one as it is, several as a set, "{2017-03,2018-04}".
func (d Delivery) EDTF() string {
	var set []string
	for _, r := range d.Readings {
		if e := r.EDTF(); e != "" {
			set = append(set, e)
		}
	}
	if len(set) > 1 {
		return "{" + strings.Join(set, ",") + "}"
	}
	return strings.Join(set, "")
}

// mark says how sure the words are.
func (r Reading) mark() string {
	switch {
	case r.Approx && r.Uncertain:
		return "%"
	case r.Approx:
		return "~"
	case r.Uncertain:
		return "?"
	default:
		return ""
	}
}

// oneUnit writes a period that is exactly one day, month or year; else it returns "".
func oneUnit(first, last civil.Date) string {
	switch {
	case first == last:
		return first.String()
	case first.Day() != 1 || last != last.EndOfMonth() || first.Year() != last.Year():
		return ""
	case first.Month() == last.Month():
		return month(first.String())
	case first.Month() == 1 && last.Month() == 12:
		return first.String()[:4]
	default:
		return ""
	}
}

func month(iso string) string { return iso[:len("2017-03")] }
