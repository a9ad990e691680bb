package dates

import (
	"strings"

	"milepost.dev/domain/period"
)

// Version is that of the reader, and is stored with every date that it read. Raise it by one with every release in which
// some text, under some settings, is read as another date, period or kind than before, or as one where there was none.
// A new reason to look, or a reason that is gone, does not count.
const Version = 1

// Read reads a date as it is stated: in a command, or in a return that also accepts words. An ISO form is read by
// period.ReadISO, so that "2011-12" is a month, which it need not be in a document; ReadWords reads everything else.
// A text without a date is Unreadable, because it was to give one. Read never fails: the rules of the milestone say
// what is not accepted. A text longer than period.MaxText is kept and not read.
func Read(text string, s Settings) period.Delivery {
	if len(text) > period.MaxText || strings.TrimSpace(text) == "" {
		return period.Keep(text)
	}
	d, err := period.ReadISO(text)
	if err != nil {
		d = ReadWords(text, s)
	} else if due := d.Due(); s.isFarOutside(due) {
		d.Review = []string{period.Contradicts}
	}
	if len(d.Readings) == 0 {
		return period.Keep(text)
	}
	return d
}
