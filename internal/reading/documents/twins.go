package documents

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
)

// maxRemembered bounds how many rows are remembered to know one again.
const maxRemembered = 200_000

// remembered are the rows of a sheet and the references of a document, each by a digest, with the row that had it first.
type remembered map[uint64]int

// seen answers the row that had a text before; 0 where this is the first.
func (r remembered) seen(row int, texts ...string) int {
	digest := fnv.New64a()
	for _, text := range texts {
		_, _ = io.WriteString(digest, text) // a hash takes everything
		_, _ = digest.Write([]byte{0})      // and no cell holds this byte
	}
	key := digest.Sum64()
	if before := r[key]; before > 0 {
		return before
	}
	if len(r) < maxRemembered {
		r[key] = row
	}
	return 0
}

// saidBefore are the sheets on which milestones with a date stood first, by a digest of their words and the date.
type saidBefore map[uint64]string

// doubtOtherSheet asks about a milestone that another sheet has with the same words and the same date: workbooks show one plan several
// times, as a table, a chart and a list of what is next.
func (r *reader) doubtOtherSheet(m *Milestone) {
	due := m.due()
	if r.scanned || r.sheet == "" || due == 0 || len(m.Title.Text) < leastTwin {
		return
	}
	digest := fnv.New64a()
	_, _ = io.WriteString(digest, strings.ToLower(m.Title.Text)) // a hash takes everything
	_, _ = io.WriteString(digest, "\x00"+due.String())
	key := digest.Sum64()
	first := r.saidBefore.first(key, r.sheet)
	words := fnv.New64a()
	_, _ = io.WriteString(words, strings.ToLower(m.Title.Text)+"\x00\x00"+strings.ToLower(m.Scheme.Text+"\x00"+m.Owner.Text))
	other := r.saidBefore.first(words.Sum64(), r.sheet)
	switch {
	case slices.ContainsFunc(m.Review, func(d Doubt) bool { return d.Reason == Repeated }):
	case first != r.sheet:
		m.doubt(Repeated, Title, m.Title.Text, fmt.Sprintf("The sheet %.60q has the same words with the same date: it may be one milestone.", first))
	case other != r.sheet:
		m.doubt(Repeated, Title, m.Title.Text, fmt.Sprintf("The sheet %.60q has the same words with another date: it may be one milestone, and one of the sheets an older plan.", other))
	}
}

// first is the sheet on which something was said first: this one, where it was not said before.
func (s saidBefore) first(key uint64, sheet string) string {
	if first, seen := s[key]; seen {
		return first
	}
	if len(s) < maxRemembered {
		s[key] = sheet
	}
	return sheet
}

// leastTwin is how many bytes the words of a milestone have before they say that it is the same one.
const leastTwin = 8

// due is the day by which a milestone is to be done, where its date names one.
func (m *Milestone) due() civil.Date {
	for _, d := range m.OfDate() {
		if end := cmp.Or(d.End, d.Start); end != 0 {
			return end
		}
	}
	return 0
}

// doubtRepeated asks about a row of a spreadsheet that stands there twice, and about a reference that two rows have. Both
// rows are milestones all the same.
func (r *reader) doubtRepeated(m *Milestone, rec *record) {
	if r.scanned {
		return
	}
	texts := []string{r.sheet}
	for _, in := range rec.rows {
		for _, c := range in.cells {
			texts = append(texts, c.text)
		}
	}
	if before := r.rowsSeen.seen(m.Line, texts...); before > 0 {
		m.doubt(Repeated, Title, "", fmt.Sprintf("Row %d says the very same: it may stand there twice by mistake.", before))
		return
	}
	if m.RefGiven {
		if before := r.refsSeen.seen(m.Line, m.Ref); before > 0 {
			m.doubt(Repeated, Ref, m.Ref, fmt.Sprintf("Row %d has the same reference.", before))
		}
	}
}
