package documents

import (
	"regexp"
	"slices"

	"milepost.dev/internal/reading/headings"
)

// What stands above a table and is no table: the properties of a document.

// property is what a document says of itself, beside a value: "PROJECT MANAGER | Asha Rao".
var property = regexp.MustCompile(`^(?:(?:project|programme|program|document|company|team|client|report|plan|department|organisation|organization) (?:timeline|schedule|duration|budget|cost|costs|progress|type|phase|finish date|title|name|manager|lead|leader|owner|sponsor|deliverables?|scope|objectives?|goals?|code|id|number|status|description|start date|end date|start|end|dates?)|sponsor|overall progress|overall status|prepared (?:by|for)|prepared on|version|document version|display week)$`)

// propertiesAhead is how many rows the properties of a document may be above its table.
const propertiesAhead = 15

// isProperty says whether a row that looks like a header is a property of the document: its first cell names one, and the header of a
// table stands below it.
func (r table) isProperty(in row, next []row) bool {
	filled := in.filled()
	if r.scanned || r.layout != nil || len(filled) < 2 || !property.MatchString(headings.Key(in.at(filled[0]).text)) {
		return false
	}
	found, _, distinct, count := r.names.asHeadings(in.own(), false)
	if distinct >= 3 || slices.ContainsFunc(found[filled[0]+1:], func(h heading) bool { return h.as == Date || h.as == Finish || h.as == Start }) && count > 2 {
		return false
	}
	for n, below := range next {
		if n == propertiesAhead {
			break
		}
		if r.isStrongHeader(below) {
			return true
		}
	}
	return false
}

// isStrongHeader says whether a row has headings of three fields, a title or a date among them.
func (r table) isStrongHeader(in row) bool {
	in = in.own().upTo(r.names.timelineOf(in))
	found, known, distinct, filled := r.names.asHeadings(in, false)
	return distinct >= 3 && 2*known >= filled && slices.ContainsFunc(found, func(h heading) bool {
		return h.as == Title || h.as == Date || h.as == Finish
	})
}

// headsExport says whether a row has the headings by which the export of a tool is known, however many other columns it has.
func (r table) headsExport(in row) bool {
	if r.scanned || in.prose || r.layout != nil || len(in.filled()) < 3 {
		return false
	}
	found, _, _, _ := r.names.asHeadings(in, false)
	return profileOf(found) != nil
}
