package documents

import (
	"regexp"
	"strings"
)

// What running text says of risks and of governance is neither a milestone, nor money, nor a measure. It is kept as what it is, with the
// heading that it stands under.

var (
	riskWords       = regexp.MustCompile(`(?i)\brisks?\b`)
	governanceWords = regexp.MustCompile(`(?i)\b(?:governance|terms of reference|reporting (?:lines|arrangements|cycle))\b`)
	// ofRisk and ofGovernance are sentences that say so themselves, whatever they stand under.
	ofRisk       = regexp.MustCompile(`(?i)^(?:key |main |the )*risks?\b\s*(?:[:(–-]|is|are|pertain|include|remain|that)`)
	ofGovernance = regexp.MustCompile(`(?i)^(?:our |the )?governance\b|^(?:the )?(?:[\pL-]+ ){0,4}(?:board|committee|steering group)\b.{0,40}\bmeets?\b`)
)

const (
	fewestInNote = 20   // bytes: less is a heading
	mostInNote   = 5000 // bytes
	farthestNote = 40   // lines below its heading
)

// saysItself says whether a line that may be a heading is a sentence about risks or governance.
func saysItself(text string) bool {
	return len(strings.Fields(text)) >= 7 && (ofRisk.MatchString(text) || ofGovernance.MatchString(text))
}

// aside keeps a line of running text that is about risks or governance.
func (r *reader) aside(text string, c cell) {
	text = strings.TrimLeft(text, "-•*– ")
	kind, heading := "", ""
	if r.headingAt > 0 && c.row-r.headingAt <= farthestNote {
		heading = r.heading
	}
	switch {
	case len(text) < fewestInNote || len(text) > mostInNote || text == heading || isContents(text):
	case ofRisk.MatchString(text), riskWords.MatchString(heading):
		kind = "risk"
	case ofGovernance.MatchString(text), governanceWords.MatchString(heading):
		kind = "governance"
	}
	if kind != "" && r.failed == nil { // it does not count as read of the plan: a document with nothing else is none
		r.failed = r.sink.Fact(Fact{Sheet: r.sheet, Line: c.row, Kind: kind, Says: text, From: r.places([]cell{c}), Noted: &Noted{Kind: kind, Subject: text, Heading: heading}})
	}
}
