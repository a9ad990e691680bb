package dates

import (
	"strings"
	"testing"
	"time"
)

// hostile are texts that a reader may take more than linear time for, to be repeated. Each found a rule that looked at all of
// the text for each word of it, or would have.
var hostile = []string{
	"a ", "M a r c h ", "ongo ing ", "commence ment ", "b y ", "1 ", "1/", "1-", "1.", "17/18 ", "17/18/", "2017-", "2017 ", "March ", "March 2018 ", "31/03/2018 ", "by ", "from ", "to ", "until ", "not ",
	"end of ", "end of the ", "the ", ", ", "( ", ") ", "() ", "((((", "-", "- ", "? ", "'", "\"", "and ", "& ", "ongoing ", "ongoing and ", "in place and ", "monthly ", "each ", "every other ",
	"Monday, ", "Monday ", "Mondays and Tuesdays and ", "was ", "was March 2018 ", "was March 2018, ", "previously ", "moved from March 2018 to ", "from March 2018 to ", "TBC ", "(TBC) ", "Q1 ", "Q1 (", "Q1 (Jan - Mar) ",
	"Year 1 ", "Year 1 Q2 ", "early ", "mid to late ", "start of ", "first six months of ", "12 month pilot from ", "for two years starting March 2018 ", "submitted ", "to be submitted ", "submitted in March 2018 ",
	"will be ", "complete ", "completed by March 2018 ", "before ", "than ", "later than ", "latest ", "no later than ", "wmarch ", "aprilonwards ", "Octbe r 2017 ", "Octobr ", "Octobr 2017 ", "commenc ", "l8 ", "l8", "2O17 ",
	"1 March 2018, ", "1st, 2nd, ", "1st, 2nd and 3rd March ", "17/18, 18/19 and ", "17/18 - ", "week 1 2018 ", "2017-W13 ", "W1-", "KW 1 ", "w/c ", "week of ", "März 2018 ", "ä", "ää ", "1. ", "1. März 2018 ", "de ", "31 de agosto de ", "2017年", "2017年3月31日",
	"24/7 ", "8am - ", "15 - 25 practices ", "1,000,000", "1,", "http://", "x.", "a.b.c.", "w.e.f. ", "• ", "* ", "; ", ". ", "expected ", "expected March 2018 ", "in the 2017 Autumn Statement ", "about ", "due ", "due March ", "between March 2018 and ",
	"over ", "throughout ", "starting ", "start ", "start date ", "deadline ", "review March 2018 ", "Christmas ", "Christmas 2018 ", "spring ", "spring/", "spring and summer ", "winter 2017 to 2018 ", "financial year ", "FY18 ", "Q1 FY18 ", "early first six months of ", "first six months of early ", "\xff", "９", "’", "\u0301", "\n", "March\n",
}

// No text takes more than linear time: 64 KB of anything are read while somebody waits. On a machine that is slow, or with the
// race detector, eight times the text may take twenty times as long at most; by the square it would be sixty-four.
func TestHostileTexts(t *testing.T) {
	const soon = 200 * time.Millisecond
	s := specSettings(t)
	for _, words := range hostile {
		for _, end := range []string{"", " March 2018"} {
			read := func(size int) time.Duration {
				text := strings.Repeat(words, size/len(words)) + end
				fastest := time.Hour
				for range 3 { // the fastest: another program may have taken the time
					begun := time.Now()
					ReadWords(text, s)
					if fastest = min(fastest, time.Since(begun)); fastest < soon {
						break
					}
				}
				return fastest
			}
			if large := read(64 << 10); large > soon && large > 20*read(8<<10) {
				t.Errorf("%q, 64 KB of it%s, takes %v", words, end, large)
			}
		}
	}
}
