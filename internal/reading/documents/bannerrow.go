package documents

import (
	"regexp"
	"strings"
	"unicode"

	"milepost.dev/internal/reading/headings"
)

// Where a banner stands: in a row of its own, or run together with the header below it.

// isBanner says whether a row of a table of milestones is a banner: text on its left and nothing else. A merged
// cell across the table is one too.
func isBanner(r row, l *layout, before row) bool {
	filled := l.withoutNotes(r.filled())
	if len(filled) == 0 {
		return false
	}
	if r.across {
		return true
	}
	title := l.column(Title)
	if title < 0 || title >= 0 && r.at(title).text != "" || len(l.headings) < 4 {
		return false
	}
	last := filled[len(filled)-1]
	if last > 2 || last >= title || len(filled) > 2 && last-filled[0] > 2 {
		return false
	}
	text := r.at(filled[0]).text
	if len(text) > 70 || endsSentence(text) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return false
	}
	// The cell of a scheme may run on over lines: then this is one of them.
	if above := before.at(filled[0]).text; above != "" && (startsLower(text) || leadsOn(above) || strings.Count(above, "(") > strings.Count(above, ")")) {
		return false
	}
	return startsUpper(text) || strings.IndexFunc(text, func(c rune) bool { return c >= '0' && c <= '9' }) == 0
}

// withoutNotes leaves out the columns behind all those that are a field: a mark that somebody put beside every row ("seen") says nothing of
// what the row is.
func (l *layout) withoutNotes(columns []int) (kept []int) {
	last := -1
	for i, h := range l.headings {
		if h.as != Unread {
			last = i
		}
	}
	for _, i := range columns {
		if i <= last || i >= len(l.headings) || l.headings[i].text == "" {
			kept = append(kept, i)
		}
	}
	return kept
}

// sectionRow is how a row is written that heads those below it, where no cell is merged to show that: "2. Workforce",
// "Phase 1: design", "ESTATES", "Year 2 (2026/27)".
var sectionRow = regexp.MustCompile(`^(?:(?i:workstream|work ?stream|theme|phase|section|part|priority|programme|stage|year)\b\s*(?:\d+|[A-Z]|:|-|–)|\d{1,2}[.)]?\s+\p{Lu}[^.]*$|[A-Z]\.\s+\p{Lu}|[\p{Lu}\s&,/'-]{5,}$|.*\pL:$)`)

// isSectionRow says whether a row of a spreadsheet has nothing but such a text in its first column, which is that of the
// actions, and rows with more in them below it.
func (r table) isSectionRow(in row, below []row) bool {
	l := r.layout
	filled := l.withoutHints(in.filled())
	if r.scanned || len(filled) != 1 || filled[0] != l.column(Title) || !l.has(Owner, Date, Finish) {
		return false
	}
	if text := in.at(filled[0]).text; len(text) > 70 || !sectionRow.MatchString(text) {
		return false
	}
	return len(below) > 0 && len(below[0].filled()) > 1
}

// isBannerWithNoise says whether the row below a header is a banner beside which a scan saw the header again.
func (r table) isBannerWithNoise(in row) bool {
	title := r.layout.column(Title)
	lead := in.at(0).text + in.at(1).text
	if title < 2 || lead == "" || len(lead) > 60 || !bannerPiece.MatchString(" "+lead) && !bannerPiece.MatchString(lead) {
		return false
	}
	if d := r.layout.column(Date); d >= 0 && r.isDate(in.at(d)) {
		return false
	}
	return len(in.at(title).text) < 35
}

var bannerPiece = regexp.MustCompile(`\s[-–—]\s|^[-–—]\s`)

// bannerInHeader looks for a banner that a scan ran together with the header below it.
func (r *reader) bannerInHeader(in row) {
	if !r.scanned {
		return
	}
	var pieces []string
	for i, c := range in.cells {
		if i > 1 || c.text == "" {
			continue
		}
		rest := c.text
		h := r.names.headingOf(c.text, true)
		if h.as != Unread {
			if h.sure > 0.97 {
				continue
			}
			rest = withoutHeading(c.text, h.as)
		}
		if bannerPiece.MatchString(rest) || h.as != Unread && len(strings.Fields(rest)) >= 2 && r.likeBefore(rest) != rest {
			pieces = append(pieces, rest)
		} else if len(pieces) > 0 {
			pieces = append(pieces, rest)
		}
	}
	if len(pieces) > 0 {
		r.setBanner(pieces, in)
	}
}

// withoutHeading is a cell without the words of a heading at its beginning.
func withoutHeading(text string, f Field) string {
	for _, s := range headings.Synonyms {
		if s.Field != f {
			continue
		}
		for _, synonym := range s.Words {
			if n := len(synonym); len(text) > n && strings.EqualFold(text[:n], synonym) {
				return strings.TrimSpace(text[n:])
			}
		}
	}
	return text
}

func (r *reader) setBanner(pieces []string, in row) {
	r.closeBlock()
	r.under = Value{Text: r.banner(pieces), From: r.places(in.cells)}
	r.block = block{}
	r.above = map[Field]cell{}
}
