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

// No text takes more than linear time: 64 KB of anything are read while somebody waits.
func TestHostileTexts(t *testing.T) {
	const most = 200 * time.Millisecond
	for _, words := range hostile {
		for _, end := range []string{"", " £1k"} {
			text := strings.Repeat(words, 64<<10/len(words)) + end
			fastest := time.Hour
			for range 3 { // the fastest of three: another program may have taken the time
				begun := time.Now()
				Read(text, settings())
				if fastest = min(fastest, time.Since(begun)); fastest < most || fastest > 10*most {
					break
				}
			}
			if fastest > most {
				t.Errorf("%q, 64 KB of it%s, takes %v", words, end, fastest)
			}
		}
	}
}
