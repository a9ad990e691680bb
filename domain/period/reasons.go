package period

// The reasons why a person should look at a date, as they are stored with it.
const (
	// Unreadable: no date was found in the words.
	Unreadable = "unreadable"
	// MissingYear: the year is not written, and the nearest was taken.
	MissingYear = "missing-year"
	// Misspelt: a word was read as the only known one that is close to it.
	Misspelt = "misspelt"
	// SeveralDates: there is more than one reading.
	SeveralDates = "several-dates"
	// Contradicts: a period ends before it starts, or a date lies more than two years outside the plan's period.
	Contradicts = "contradicts"
	// Relative: a duration or a wait that nothing anchors.
	Relative = "relative"
	// NotYet: told as past, but it ends after the document's own date.
	NotYet = "not-yet"
	// NoFrequency: it recurs, and the words do not say how often.
	NoFrequency = "no-frequency"
	// Ambiguous: it can be read in two ways, and the likelier was taken.
	Ambiguous = "ambiguous"
)

// Why explains a review reason of this package in a sentence, for the person who looks. It is empty for any other reason.
func Why(reason string) string {
	switch reason {
	case Unreadable:
		return "The words could not be read as a date."
	case MissingYear:
		return "The year is not written; the nearest was taken."
	case Misspelt:
		return "A word was read as the only one that is close to it."
	case SeveralDates:
		return "There are several dates, and nothing says for certain which of them is meant. All of them are kept."
	case Contradicts:
		return "The dates contradict each other, or the plan's period."
	case Relative:
		return "The words count from something that is not said."
	case NotYet:
		return "Told as past, but it ends after the document's own date."
	case NoFrequency:
		return "Again and again, but not how often."
	case Ambiguous:
		return "It can be read in two ways, and the likelier was taken."
	default:
		return ""
	}
}
