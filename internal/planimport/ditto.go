package planimport

import "strings"

// isDitto says whether a cell only points at the one above it.
func isDitto(text string) bool {
	switch strings.ToLower(strings.Trim(text, " .-–—()")) {
	case "a/a", "a / a", "as above", "see above", "ditto", "do", "same", "same as above", `"`, "''", "″", "〃", "”", "“", "as before", "\" \"", "' '", "’’":
		return true
	}
	return false
}
