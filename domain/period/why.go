package period

// Why says in a sentence, to the person who is to look, what a review reason of this package means. It is empty for any
// other reason.
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
