package export

import "strings"

// What is known of a value. Not said, not yet known, withheld and not applicable are four things, and NULL would
// make one of them.
const (
	dated         = "dated"          // it is a date
	words         = "words"          // it is what the text beside it says
	notSaid       = "not said"       // nobody ever said
	notYetKnown   = "not yet known"  // somebody said that it is to be confirmed
	withheld      = "withheld"       // it is known and not told
	notApplicable = "not applicable" // there is none to be told
	notBaselined  = "not baselined"  // no date was approved
)

// meaning says what is known of a value that was said in words; of a date where there is one.
func meaning(date, text string) string {
	switch strings.ToLower(strings.Trim(text, " .[]()")) {
	case "":
		if date == "" {
			return notSaid
		}
	case "tbc", "tbd", "tba", "to be agreed", "to be confirmed", "to be determined":
		return notYetKnown
	case "withheld", "redacted", "not disclosed", "confidential":
		return withheld
	case "n/a", "na", "not applicable":
		return notApplicable
	}
	if date != "" {
		return dated
	}
	return words
}

// baseline says what is known of a baseline, which is a date or the API's words that there is none.
func baseline(date string) string {
	if isDay(date) {
		return dated
	}
	return notBaselined
}

// day is an ISO day, or NULL.
func day(text string) any {
	if isDay(text) {
		return text
	}
	return nil
}

func isDay(text string) bool {
	return len(text) == len("2017-03-31") && text[4] == '-' && text[7] == '-'
}

// text is a text, or NULL where nothing was said.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
