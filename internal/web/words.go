package web

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// shownDay is an ISO day as people write it, "31 Mar 2025", on one line. Anything else is shown as it is.
func shownDay(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day.Format("2\u00a0Jan\u00a02006")
}

// shownTime is a moment to the minute, in UTC.
func shownTime(rfc3339 string) string {
	at, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		return rfc3339
	}
	return at.UTC().Format("2\u00a0Jan\u00a02006, 15:04\u00a0UTC")
}

// signed is a number of days with its sign: "+107", "−14", "0".
func signed(days int) string {
	switch {
	case days > 0:
		return fmt.Sprintf("+%d", days)
	case days < 0:
		return fmt.Sprintf("−%d", -days) // U+2212 is as wide as the plus sign
	default:
		return "0"
	}
}

// many is a number with its noun: "1 day", "2 days".
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

const secondsADay = 24 * 60 * 60

// daysBetween is from one ISO day to another; false where either is none.
func daysBetween(from, to string) (int, bool) {
	a, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return 0, false
	}
	b, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return 0, false
	}
	return int(b.Unix()-a.Unix()) / secondsADay, true // a time.Duration holds no more than 292 years
}

// spaced is a name in camel case as words: "MilestonePutOnHold" becomes "milestone put on hold". What this
// program has no sentence for is told by its own name.
func spaced(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// listed joins words as a sentence does: "a, b and c".
func listed(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
