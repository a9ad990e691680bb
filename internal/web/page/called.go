package page

import (
	"regexp"
	"strings"
)

// madeOfRows are references that milepost makes where a document has none: of a line ("L12", and "L12.2" for the second action that begins
// there), or of a sheet and a row ("project-plan-R12"), with the document behind it where another one was there first ("L12~3f9a"). The
// references of offices are hardly ever in lower case; one that is taken for one of these stands behind its title, and nothing else changes.
var madeOfRows = regexp.MustCompile(`^(L[0-9]+|[^-].*\p{Ll}.*-R[0-9]+|row)(\.[0-9]+)?(~[0-9a-f]+'*)?$`)

// isMade says whether a reference was made of the place of a row: it tells a reader nothing, and the title comes first.
func isMade(ref string) bool { return madeOfRows.MatchString(ref) }

// shortened is a text of so many letters at most, with a sign that it was cut.
func shortened(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimRight(string(runes[:most-1]), " ,;:") + "…"
}
