package documents

import (
	"slices"
	"strings"

	"milepost.dev/domain/period"
)

// block is what several rows of a table share: the scheme and deliverable that they belong to, and what the
// columns beside them say of those. It stands once, on the first of the rows, and may run on beside the others.
type block struct {
	scheme, deliverable             []cell
	baseline, kpi, success, funding []cell
	milestones                      []Milestone // those of the deliverable that is being read
	firstRow, lastRow               int
	lined                           bool   // its rows are the lines of a printed page
	dates                           []cell // of its first row
	unit                            int64  // of its sums, as the headings say
}

// maxBlock is how many milestones of one block wait for what else the document says of it.
const maxBlock = 500

// openBlock sees whether a record begins a new scheme or deliverable, and carries down what it does not say.
func (r *reader) openBlock(rec *record) {
	scheme, what := rec.cells[Scheme], rec.cells[Deliverable]
	scheme = slices.DeleteFunc(slices.Clone(scheme), func(c cell) bool { return r.scanned && (r.isNoise(c.text) || r.isBannerAgain(c.text)) })
	b := &r.block
	newScheme := len(scheme) > 0 && !continues(b.scheme, scheme[0]) || r.layout.levels != nil // each row says what it belongs to
	runsOn := len(scheme) > 0 && !newScheme                                                   // beside the name of a scheme that runs on, everything does
	newWhat := len(what) > 0 && !runsOn && (newScheme || !continues(b.deliverable, what[0]) && !r.besideFirst(rec))
	own := !r.layout.has(Scheme, Deliverable) || r.layout.has(Ref)
	rec.opensBlock = newScheme || newWhat || own
	if rec.opensBlock {
		was := *b
		r.closeBlock()
		*b = block{firstRow: rec.rows[0].number}
		if !newScheme && !own {
			b.scheme = was.scheme
			if !newWhat {
				b.deliverable = was.deliverable
			}
		}
		b.dates = rec.cells[Date]
	}
	if newScheme || own {
		b.scheme = scheme
		b.deliverable = what
	} else {
		b.scheme = append(b.scheme, scheme...)
		if newWhat {
			b.deliverable = what
		} else {
			b.deliverable = append(b.deliverable, what...)
		}
	}
	b.baseline = append(b.baseline, rec.cells[Baseline]...)
	b.kpi = append(b.kpi, rec.cells[KPI]...)
	b.success = append(b.success, rec.cells[Success]...)
	b.funding = append(b.funding, rec.cells[Funding]...)
	b.lined, b.unit = len(rec.paragraphs) > 0, r.layout.unit()
	b.lastRow = rec.rows[len(rec.rows)-1].number
}

// continues says whether a cell carries on the text of those above it.
func continues(above []cell, c cell) bool {
	if len(above) == 0 {
		return false
	}
	said := above[len(above)-1].text
	fields := strings.Fields(said)
	return startsLower(c.text) || leadsOn(fields[len(fields)-1]) && !endsSentence(said) || strings.Count(said, "(") > strings.Count(said, ")") || isDitto(c.text)
}

// besideFirst says whether a record stands right below the first of its block and says nothing else of a
// deliverable: then what it has in that column is the rest of a name that runs over two rows.
func (r *reader) besideFirst(rec *record) bool {
	b := r.block
	if !r.scanned || b.firstRow == 0 || rec.rows[0].number != b.lastRow+1 || b.lastRow != b.firstRow || len(b.deliverable) != 1 {
		return false
	}
	if len(b.baseline)+len(b.funding) == 0 || rec.has(Baseline) || rec.has(Funding) || rec.has(Scheme) {
		return false
	}
	return !endsSentence(b.deliverable[0].text)
}

// isBannerAgain says whether a cell is the beginning of the banner, which a scan saw once more beside the rows.
func (r *reader) isBannerAgain(text string) bool {
	return len(text) >= 4 && strings.Contains(text, " - ") && len(text) < len(r.under.Text) && strings.EqualFold(r.under.Text[:len(text)], text)
}

// isNoise says whether capitals make no word of the document.
func (r *bannerWords) isNoise(text string) bool {
	for _, w := range words(text) {
		if w != strings.ToUpper(w) || r.words[strings.ToLower(w)] >= 2 {
			return false
		}
	}
	return len(words(text)) >= 2
}

// closeBlock hands on the milestones of a block, with what the block says of all of them.
func (r *reader) closeBlock() {
	b := r.block
	r.block.milestones, r.block.funding = nil, nil
	if len(b.milestones) == 0 {
		return
	}
	funding := r.fundingOf(b)
	measures, targets := runs(b.success), r.targets(r.value(b.kpi...).Text)
	for _, m := range b.milestones {
		m.Scheme, m.Deliverable = r.value(b.scheme...), r.value(b.deliverable...)
		m.Baseline, m.KPI = r.value(b.baseline...), r.value(b.kpi...)
		m.Targets = targets
		m.Success = r.value(ofRow(measures, m)...)
		if len(b.milestones) == 1 {
			m.Funding = funding
			for _, f := range funding {
				if f.unread() {
					m.doubt(period.Ambiguous, Funding, f.Text, "No sum can be read from these words.")
				}
			}
		}
		r.emit(m)
	}
	if len(b.milestones) > 1 {
		for _, f := range funding {
			r.emitFunding(f)
		}
	}
}

// runs groups cells below each other into texts: a cell that carries on the one above belongs to it.
func runs(cells []cell) (found [][]cell) {
	for i, c := range cells {
		if i > 0 && continues(cells[i-1:i], c) {
			found[len(found)-1] = append(found[len(found)-1], c)
			continue
		}
		found = append(found, []cell{c})
	}
	return found
}

// ofRow answers those of the texts that stand beside a milestone. One text beside the whole block is everybody's.
func ofRow(texts [][]cell, m Milestone) (own []cell) {
	for _, text := range texts {
		for _, c := range text {
			if m.rows[0] <= c.row && c.row <= m.rows[1] {
				own = append(own, text...)
				break
			}
		}
	}
	if len(own) == 0 && len(texts) == 1 {
		return texts[0]
	}
	return own
}
