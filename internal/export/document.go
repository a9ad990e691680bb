package export

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// What documents say beside the milestones themselves: candidates, measures and notes.

func candidateTable() table[*pb.Candidate] {
	return table[*pb.Candidate]{name: "candidates", key: "candidate", columns: []column[*pb.Candidate]{
		{"candidate", "TEXT NOT NULL", func(c *pb.Candidate) any { return c.GetCandidate() }},
		{"title", "TEXT NOT NULL", func(c *pb.Candidate) any { return c.GetTitle() }},
		{"delivery_date", "TEXT", func(c *pb.Candidate) any { return text(c.GetDeliveryDate()) }},
		{"read_as", "TEXT", func(c *pb.Candidate) any { return text(c.GetReadAs()) }},
		{"workstream", "TEXT", func(c *pb.Candidate) any { return text(c.GetWorkstream()) }},
		{"says", "TEXT", func(c *pb.Candidate) any { return text(c.GetSays()) }},
		{"document", "TEXT", func(c *pb.Candidate) any { return text(c.GetDocument()) }},
		{"sheet", "TEXT", func(c *pb.Candidate) any { return text(c.GetSheet()) }},
		{"cell_row", "INTEGER", func(c *pb.Candidate) any { return unlessZero(uint64(c.GetRow())) }},
		{"cell_column", "INTEGER", func(c *pb.Candidate) any { return unlessZero(uint64(c.GetColumn())) }},
		{"state", "TEXT NOT NULL", func(c *pb.Candidate) any { return c.GetState() }},
		{"offered", "TEXT NOT NULL", func(c *pb.Candidate) any { return c.GetOffered() }},
		{"settled", "TEXT", func(c *pb.Candidate) any { return day(c.GetSettled()) }},
		{"ref", "TEXT", func(c *pb.Candidate) any { return text(c.GetRef()) }},
		{"why", "TEXT", func(c *pb.Candidate) any { return text(c.GetWhy()) }},
	}}
}

// figure is what a measure was, or is to come to.
type figure struct {
	ref, measure, kind, words, what string // of the milestone, empty for one of the plan; what is "target" or "value"
	day, by, value, number, unit    string
	asAt, said                      string
}

func figureTable() table[figure] {
	return table[figure]{name: "measures", columns: []column[figure]{
		{"ref", "TEXT REFERENCES milestones", func(f figure) any { return text(f.ref) }},
		{"measure", "TEXT NOT NULL", func(f figure) any { return f.measure }},
		{"kind", "TEXT NOT NULL", func(f figure) any { return f.kind }},
		{"words", "TEXT NOT NULL", func(f figure) any { return f.words }},
		{"what", "TEXT NOT NULL", func(f figure) any { return f.what }},
		{"value", "TEXT", func(f figure) any { return text(f.value) }},
		{"number", "TEXT", func(f figure) any { return text(f.number) }},
		{"unit", "TEXT", func(f figure) any { return text(f.unit) }},
		{"day", "TEXT", func(f figure) any { return day(f.day) }},
		{"by_words", "TEXT", func(f figure) any { return text(f.by) }},
		{"said", "TEXT", func(f figure) any { return text(f.said) }},
		{"as_at", "TEXT NOT NULL", func(f figure) any { return f.asAt }},
	}}
}

// figures are a row for each target and each value of a measure, and one for a measure that has neither.
func figures(ref string, m *pb.Measure) (all []figure) {
	of := figure{ref: ref, measure: m.GetMeasure(), kind: m.GetKind(), words: m.GetWords(), unit: m.GetUnit(), what: "defined", asAt: m.GetAsAt()}
	for _, t := range m.GetTargets() {
		f := of
		f.what, f.value, f.number, f.unit, f.day, f.by, f.asAt = "target", t.GetValue(), t.GetNumber(), t.GetUnit(), t.GetBy(), t.GetText(), t.GetAsAt()
		all = append(all, f)
	}
	for _, v := range m.GetValues() {
		f := of
		f.what, f.value, f.number, f.unit, f.day, f.said, f.asAt = "value", v.GetValue(), v.GetNumber(), v.GetUnit(), v.GetDay(), v.GetWords(), v.GetDay()
		all = append(all, f)
	}
	if len(all) == 0 {
		return []figure{of}
	}
	return all
}

func noteTable() table[*pb.DocumentNote] {
	return table[*pb.DocumentNote]{name: "notes", key: "note", columns: []column[*pb.DocumentNote]{
		{"note", "TEXT NOT NULL", func(n *pb.DocumentNote) any { return n.GetNote() }},
		{"kind", "TEXT NOT NULL", func(n *pb.DocumentNote) any { return n.GetKind() }},
		{"words", "TEXT NOT NULL", func(n *pb.DocumentNote) any { return n.GetWords() }},
		{"heading", "TEXT", func(n *pb.DocumentNote) any { return text(n.GetHeading()) }},
		{"document", "TEXT", func(n *pb.DocumentNote) any { return text(n.GetDocument()) }},
		{"sheet", "TEXT", func(n *pb.DocumentNote) any { return text(n.GetSheet()) }},
		{"cell_row", "INTEGER", func(n *pb.DocumentNote) any { return unlessZero(uint64(n.GetRow())) }},
		{"cell_column", "INTEGER", func(n *pb.DocumentNote) any { return unlessZero(uint64(n.GetColumn())) }},
		{"as_at", "TEXT NOT NULL", func(n *pb.DocumentNote) any { return n.GetAsAt() }},
	}}
}

// documents writes what documents say of the plan: candidates, its own measures and notes.
func (w *writer) documents(c *client.Client, plan string, readAt *pb.ReadAt, measured func(figure)) error {
	candidates, notes := open(w, candidateTable()), open(w, noteTable())
	for k, err := range c.Candidates(w.ctx, &pb.ListCandidatesRequest{Plan: plan, ReadAt: readAt, PageSize: page, All: true}).Items {
		if err != nil {
			return err
		}
		candidates(k)
	}
	p, err := c.Plan(w.ctx, &pb.GetPlanRequest{Plan: plan, ReadAt: readAt})
	if err != nil {
		return err
	}
	for _, m := range p.GetMeasures() {
		for _, f := range figures("", m) {
			measured(f)
		}
	}
	for _, n := range p.GetNotes() {
		notes(n)
	}
	return nil
}
