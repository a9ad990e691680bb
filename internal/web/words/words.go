// Package words writes days, moments, numbers and lists as English text. Pages and charts write them here, so
// that the same day reads the same in a table, in a sentence and beside a line of a chart.
//
// It knows the standard library and nothing else: neither what a milestone is nor how a page is laid out. A
// sentence about a milestone belongs to package page.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Day writes an ISO 8601 day as "31 Mar 2025", with spaces that do not break. It returns any other text as it
// is.
func Day(iso string) string {
	day, ok := dayOf(iso)
	if !ok {
		return iso
	}
	return day.Format("2\u00a0Jan\u00a02006")
}

// IsDay says whether a text is an ISO 8601 day, which Day writes in words.
func IsDay(text string) bool {
	_, ok := dayOf(text)
	return ok
}

// dayOf reads an ISO 8601 day. Most that is asked about is empty or "TBC", of which it says so without an error to be made.
func dayOf(text string) (time.Time, bool) {
	if len(text) != len(time.DateOnly) {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil
}

// ShortDay writes an ISO 8601 day as "31 Mar 25", where many stand side by side. It returns any other text as it is.
func ShortDay(iso string) string {
	day, ok := dayOf(iso)
	if !ok {
		return iso
	}
	return day.Format("2\u00a0Jan\u00a006")
}

// Time writes an RFC 3339 moment to the minute, in UTC. It returns any other text as it is.
func Time(rfc3339 string) string {
	at, err := time.Parse(time.RFC3339Nano, rfc3339)
	if err != nil {
		return rfc3339
	}
	return at.UTC().Format("2\u00a0Jan\u00a02006, 15:04\u00a0UTC")
}

// Signed writes a number of days with its sign: "+107", "−14", "0".
func Signed(days int) string {
	switch {
	case days > 0:
		return fmt.Sprintf("+%d", days)
	case days < 0:
		return fmt.Sprintf("−%d", -days) // U+2212 is as wide as the plus sign
	default:
		return "0"
	}
}

// Number writes a number with a space between its thousands, which does not break: "1 006".
func Number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}

// Money writes a sum, which is a decimal, with a space between its thousands and without cents of nothing: "132000.00" becomes "132 000". It returns any
// other text as it is.
func Money(decimal string) string {
	whole, cents, _ := strings.Cut(decimal, ".")
	n, err := strconv.Atoi(whole)
	if err != nil {
		return decimal
	}
	if text := strings.TrimRight(cents, "0"); text == "" {
		return Number(n)
	}
	return Number(n) + "." + cents
}

// Many writes a number with its noun: "1 day", "2 days".
func Many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// Spaced writes a name in camel case as words: "MilestonePutOnHold" becomes "milestone put on hold".
func Spaced(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

// Listed joins items as a sentence does: "a, b and c".
func Listed(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
