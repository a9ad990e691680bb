package documents

import (
	"regexp"

	"milepost.dev/internal/reading/headings"
)

// A header of two lines: the upper one says what several columns are, the lower one tells them apart.

var (
	actualGroup   = regexp.MustCompile(`^(?:actuals?|real|reel|realise|realizado|ist|effettivo)$`)
	baselineGroup = regexp.MustCompile(`^(?:baselines?|original)$`)
)

// ofGroups reads headings together with the words above them, each of which holds up to the next: the dates below "Actual" are actual
// dates and those below "Revised" are newer, and so are the columns "Planned" and "Actual" below "End date".
func (n *names) ofGroups(found []heading, above row) {
	group := ""
	for i := range found {
		if c := above.at(i); c.text != "" && !c.above {
			group = oneLine(c.text)
		}
		h := &found[i]
		if h.sure > 1 || h.text == "" || group == "" {
			continue
		}
		if text, ok := headings.Joined(group, h.text); ok {
			line, hidden, alone := h.line, h.hidden, h.text
			*h = n.headingOf(text, false)
			h.line, h.hidden, h.alone = line, hidden, alone
			continue
		}
		dated, words := h.as == Date || h.as == Finish, headings.Key(group)
		switch {
		case dated && actualGroup.MatchString(words):
			h.as = Actual
		case h.as == Start && actualGroup.MatchString(words), (dated || h.as == Start) && baselineGroup.MatchString(words):
			h.as = Further
		}
	}
}
