package documents

import "strings"

// isDitto says whether a cell only points at the one above it.
func isDitto(text string) bool {
	switch strings.ToLower(strings.Trim(text, " .-–—()")) {
	case "a/a", "a / a", "as above", "see above", "ditto", "do", "same", "same as above", `"`, "''", "″", "〃", "”", "“", "as before", "\" \"", "' '", "’’":
		return true
	}
	return false
}

// isNothing says whether a cell says that there is nothing to say: a dash, "n/a".
func isNothing(text string) bool {
	switch strings.ToLower(strings.Trim(text, " .")) {
	case "", "-", "–", "—", "--", "n/a", "na", "none", "nil", "not applicable":
		return true
	}
	return false
}
