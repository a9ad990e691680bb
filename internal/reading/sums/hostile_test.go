package sums

import (
	"strings"
	"testing"
	"time"
)

// hostile are texts that a reader may take more than linear time for, to be repeated.
var hostile = []string{
	"£1", "£1 ", "£1k ", "£1k - ", "£1k and ", "1", "1 ", "1k ", "1,", "1.", "£.", "£1 200 ", "£1,000 ", "£1½", "e1 ", "l", "I0", "£1O ", "Fund ", "Fund and ", "Fund and £1k ", "the Fund £1k ", "HCB £1k ", "£1k HCB ", "£1k (HCB) ",
	"£1k from Harbour ", "£1k from Harbour England ", "from ", "from Harbour ", "by ", "awarded by ", "to ", "to fund ", "bid ", "bid £1k ", "Harbour ", "Harbour and ", "Harbour and Road ", "Harbour of ", "a ", "A ", "AB ", "A&", "AB, ",
	"ETTF ", "ETTF/GPIT ", "ETTF bid ", "17/18 ", "17/18 £1k ", "£1k 17/18 ", "£1k in March 2018 ", "March ", "until ", "£1k until ", "£1k a year to 2020/21 ", "per head ", "£3 per head ", "£3 per head and ", "recurrent ", "£1k recurrent ", "non-recurrent ",
	"TBC ", "TBC. ", "TBC. £1k ", "further funding ", "£1k further funding ", "up to ", "up to £1k ", "maximum ", "(", ")", "() ", "(£1k) ", "Fund (", "Fund (BCF) ", ": ", "BCF: £1k ", "£1k: ", "; ", ". ", ", ", "- ", "+ ", "& ", "and ", "no ", "support ", "Harbour Support ", "programme ",
	"via the Harbour programme ", "contract ", "shire Fund ", "County Fund ", "£1k for ", "£1k for Fund ", "investment ", "HCB investment of £1k ", "\xff", "ä", "£\n", "\n",
}

// No text takes more than linear time: 64 KB of anything are read while somebody waits. On a machine that is slow, or with the
// race detector, eight times the text may take twenty times as long at most; by the square it would be sixty-four.
func TestHostileTexts(t *testing.T) {
	const soon = 200 * time.Millisecond
	for _, words := range hostile {
		for _, end := range []string{"", " £1k"} {
			read := func(size int) time.Duration {
				text := strings.Repeat(words, size/len(words)) + end
				fastest := time.Hour
				for range 3 { // the fastest: another program may have taken the time
					begun := time.Now()
					Read(text, settings())
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
