package load

import (
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/documents"
	known "milepost.dev/internal/reading/headings"
)

// columnsOf are the columns of a document with a heading, as many as are kept.
func columnsOf(report *documents.Report) (all []*pb.DocumentColumn) {
	room := plan.MaxColumnText
	for _, c := range report.Columns {
		if c.Header == "" {
			continue
		}
		m := &pb.DocumentColumn{Sheet: fit(c.Sheet, 200), Column: uint32(max(1, c.Number)), Heading: clean(c.Header, 200)}
		if c.As != documents.Unread {
			m.ReadAs = string(c.As)
		}
		if room -= len(m.Sheet) + len(m.Heading) + len(m.ReadAs); room < 0 || len(all) == plan.MaxColumns {
			break
		}
		all = append(all, m)
	}
	return all
}

// drifted says in sentences what is other with the columns of a document than with those of the version before: the document of
// the plan that has most headings in common with it, and the newest of several.
func drifted(documents []*pb.Document, digest string, now []*pb.DocumentColumn) []string {
	before := versionBefore(documents, digest, now)
	if before == nil {
		return nil
	}
	var notes []string
	for _, pair := range sheets(before.GetColumns(), now) {
		notes = append(notes, pair.notes(before.GetDocument())...)
	}
	return notes
}

// versionBefore is the document of the plan that has most headings in common with another one, and the newest of several; nil where none
// has any.
func versionBefore(documents []*pb.Document, digest string, now []*pb.DocumentColumn) (before *pb.Document) {
	most := 0
	for _, d := range documents {
		if d.GetDigest() == digest {
			continue
		}
		if n := inCommon(d.GetColumns(), now); n > 0 && n >= most {
			before, most = d, n
		}
	}
	return before
}

// asBefore says whether a document has to be read once more, with its cells taken apart as those of its first version were: a column of
// ratings that somebody put in, or took out, makes no other milestones, then or in any version after that.
func asBefore(all []*pb.Document, report *documents.Report, o *documents.Options) bool {
	now := columnsOf(report)
	first := slices.IndexFunc(all, func(d *pb.Document) bool {
		return len(d.GetColumns()) > 0 && 2*inCommon(d.GetColumns(), now) >= len(d.GetColumns())
	})
	if first < 0 || o.Cells != documents.CellsUnsaid {
		return false
	}
	was := slices.ContainsFunc(all[first].GetColumns(), ofOneThing)
	if was == slices.ContainsFunc(now, ofOneThing) {
		return false
	}
	o.Cells = documents.CellsOfSeveral
	if was {
		o.Cells = documents.CellsOfOne
	}
	return true
}

func ofOneThing(c *pb.DocumentColumn) bool { return documents.OneThing(documents.Field(c.GetReadAs())) }

func inCommon(before, now []*pb.DocumentColumn) (n int) {
	there := map[string]bool{}
	for _, c := range before {
		there[known.Key(c.GetHeading())] = true
	}
	for _, c := range now {
		if there[known.Key(c.GetHeading())] {
			n++
		}
	}
	return n
}

// pair is a sheet in both versions.
type pair struct {
	sheet       string
	before, now []*pb.DocumentColumn
}

// sheets puts the sheets of two versions together: by name, and those that are left in their order, because a sheet is often
// called by its month. A sheet without any other is told in sentences of its own by what is read of it.
func sheets(before, now []*pb.DocumentColumn) (pairs []pair) {
	was, is := bySheet(before), bySheet(now)
	take := func(i int) []*pb.DocumentColumn {
		columns := was[i].now
		was = slices.Delete(was, i, i+1)
		return columns
	}
	for i := range is {
		if at := slices.IndexFunc(was, func(p pair) bool { return p.sheet == is[i].sheet }); at >= 0 {
			is[i].before = take(at)
		}
	}
	for i := range is {
		if is[i].before == nil && len(was) > 0 {
			is[i].before = take(0)
		}
	}
	for _, p := range is {
		if inCommon(p.before, p.now) > 0 {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

func bySheet(columns []*pb.DocumentColumn) (all []pair) {
	for _, c := range columns {
		at := slices.IndexFunc(all, func(p pair) bool { return p.sheet == c.GetSheet() })
		if at < 0 {
			at = len(all)
			all = append(all, pair{sheet: c.GetSheet()})
		}
		all[at].now = append(all[at].now, c)
	}
	return all
}

// notes are what is other in a sheet.
func (p pair) notes(document string) (notes []string) {
	note := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if p.sheet != "" {
			text = fmt.Sprintf("Sheet %.40q: %s", p.sheet, text)
		}
		notes = append(notes, text)
	}
	gone, come := p.without()
	for i := 0; i < len(come); i++ {
		at := slices.IndexFunc(gone, func(c *pb.DocumentColumn) bool { return p.renamed(c, come[i]) })
		if at < 0 {
			continue
		}
		note("The column %.60q of %s is called %.60q now%s.", gone[at].GetHeading(), document, come[i].GetHeading(), readAs(come[i]))
		gone, come = slices.Delete(gone, at, at+1), slices.Delete(come, i, i+1)
		i--
	}
	if len(come) > 0 {
		note("These columns were not in %s: %s.", document, named(come, true))
	}
	if len(gone) > 0 {
		note("These columns of %s are gone: %s.", document, named(gone, false))
	}
	shifts, shifted := map[int64]bool{}, 0
	for _, c := range p.now {
		was := find(p.before, c)
		if was == nil {
			continue
		}
		if was.GetReadAs() != c.GetReadAs() {
			note("The column %.60q was read as %s in %s and is read as %s now.", c.GetHeading(), orElse(was.GetReadAs(), "no field"), document, orElse(c.GetReadAs(), "no field"))
		}
		if by := int64(c.GetColumn()) - int64(was.GetColumn()); by != 0 {
			shifts[by] = true
			shifted++
		}
	}
	if shifted > 0 && len(come) == 0 && len(gone) == 0 {
		switch {
		case len(shifts) == 1 && shifts[1]:
			note("%d columns stand one further to the right than in %s. They were read by their headings.", shifted, document)
		case len(shifts) == 1 && shifts[-1]:
			note("%d columns stand one further to the left than in %s. They were read by their headings.", shifted, document)
		default:
			note("%d columns stand elsewhere than in %s. They were read by their headings.", shifted, document)
		}
	}
	return notes
}

// without are the columns that only one of the versions has.
func (p pair) without() (gone, come []*pb.DocumentColumn) {
	for _, c := range p.before {
		if find(p.now, c) == nil {
			gone = append(gone, c)
		}
	}
	for _, c := range p.now {
		if find(p.before, c) == nil {
			come = append(come, c)
		}
	}
	return gone, come
}

// renamed says whether a column is most likely another one by another name: both are read as the same field and no other column
// is, or both stand at the same place between the same columns.
func (p pair) renamed(gone, come *pb.DocumentColumn) bool {
	if gone.GetReadAs() != come.GetReadAs() {
		return false
	}
	if gone.GetReadAs() != "" && count(p.before, gone.GetReadAs()) == 1 && count(p.now, gone.GetReadAs()) == 1 {
		return true
	}
	beforeLeft, beforeRight := neighbours(p.before, gone)
	left, right := neighbours(p.now, come)
	return beforeLeft == left && beforeRight == right
}

func count(columns []*pb.DocumentColumn, readAs string) (n int) {
	for _, c := range columns {
		if c.GetReadAs() == readAs {
			n++
		}
	}
	return n
}

// neighbours are the headings on both sides of a column; empty at an edge.
func neighbours(columns []*pb.DocumentColumn, of *pb.DocumentColumn) (left, right string) {
	i := slices.Index(columns, of)
	if i > 0 {
		left = known.Key(columns[i-1].GetHeading())
	}
	if i+1 < len(columns) {
		right = known.Key(columns[i+1].GetHeading())
	}
	return left, right
}

func find(columns []*pb.DocumentColumn, like *pb.DocumentColumn) *pb.DocumentColumn {
	for _, c := range columns {
		if known.Key(c.GetHeading()) == known.Key(like.GetHeading()) {
			return c
		}
	}
	return nil
}

// named lists columns by their headings, at most twenty, with what they are read as.
func named(columns []*pb.DocumentColumn, as bool) string {
	const most = 20
	var names []string
	for _, c := range columns[:min(most, len(columns))] {
		name := fmt.Sprintf("%.60q", c.GetHeading())
		if as {
			name += readAs(c)
		}
		names = append(names, name)
	}
	if more := len(columns) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

func readAs(c *pb.DocumentColumn) string {
	if c.GetReadAs() == "" {
		return " (kept beside the milestone)"
	}
	return " (read as " + c.GetReadAs() + ")"
}
