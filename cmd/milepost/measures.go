package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

var measureColumns = []output.Column[*pb.Measure]{
	{Name: "measure", Value: func(m *pb.Measure) any { return m.GetMeasure() }, Heading: "MEASURE"},
	{Name: "kind", Value: func(m *pb.Measure) any { return m.GetKind() }, Heading: "OF"},
	{Name: "words", Value: func(m *pb.Measure) any { return m.GetWords() }, Heading: "WHAT IS MEASURED", Gives: true},
	{Name: "unit", Value: func(m *pb.Measure) any { return output.Text(m.GetUnit()) }, Heading: "UNIT"},
	{Name: "scale", Value: func(m *pb.Measure) any { return output.Text(m.GetScale()) }, Heading: "SCALE"},
	{Name: "component", Value: func(m *pb.Measure) any { return output.Text(m.GetComponent()) }, Heading: "PART"},
	{Name: "targets", Value: func(m *pb.Measure) any { return objects(targetColumns, m.GetTargets()) }, Heading: "TO COME TO", Gives: true, Show: targetsShown},
	{Name: "values", Value: func(m *pb.Measure) any { return objects(valueColumns, m.GetValues()) }, Heading: "WAS", Gives: true, Show: valuesShown},
	{Name: "as_at", Value: func(m *pb.Measure) any { return output.Text(m.GetAsAt()) }},
}

var targetColumns = []output.Column[*pb.MeasureTarget]{
	{Name: "text", Value: func(t *pb.MeasureTarget) any { return output.Text(t.GetText()) }},
	{Name: "by", Value: func(t *pb.MeasureTarget) any { return output.Text(t.GetBy()) }},
	{Name: "value", Value: func(t *pb.MeasureTarget) any { return t.GetValue() }},
	{Name: "as_at", Value: func(t *pb.MeasureTarget) any { return t.GetAsAt() }},
	{Name: "number", Value: func(t *pb.MeasureTarget) any { return output.Text(t.GetNumber()) }},
	{Name: "unit", Value: func(t *pb.MeasureTarget) any { return output.Text(t.GetUnit()) }},
}

var valueColumns = []output.Column[*pb.MeasureValue]{
	{Name: "day", Value: func(v *pb.MeasureValue) any { return v.GetDay() }},
	{Name: "value", Value: func(v *pb.MeasureValue) any { return v.GetValue() }},
	{Name: "words", Value: func(v *pb.MeasureValue) any { return output.Text(v.GetWords()) }},
	{Name: "number", Value: func(v *pb.MeasureValue) any { return output.Text(v.GetNumber()) }},
	{Name: "unit", Value: func(v *pb.MeasureValue) any { return output.Text(v.GetUnit()) }},
}

func targetsShown(m *pb.Measure) string {
	var told []string
	for _, t := range m.GetTargets() {
		if t.GetText() == "" {
			told = append(told, t.GetValue())
			continue
		}
		told = append(told, t.GetValue()+" by "+t.GetText())
	}
	return strings.Join(told, ", ")
}

func valuesShown(m *pb.Measure) string {
	var told []string
	for _, v := range m.GetValues() {
		told = append(told, v.GetValue()+" on "+v.GetDay())
	}
	return strings.Join(told, ", ")
}

var furtherDateColumns = []output.Column[*pb.FurtherDate]{
	{Name: "label", Value: func(d *pb.FurtherDate) any { return d.GetLabel() }, Heading: "DATE OF"},
	{Name: "text", Value: func(d *pb.FurtherDate) any { return d.GetText() }, Heading: "AS WRITTEN", Gives: true},
	{Name: "day", Value: func(d *pb.FurtherDate) any { return output.Text(d.GetDay()) }, Heading: "DAY"},
	{Name: "slip_days", Value: func(d *pb.FurtherDate) any { return knockOn(d.SlipDays) }, Heading: "SLIP", Right: true, Show: func(d *pb.FurtherDate) string { return shiftShown(d.SlipDays) }},
	{Name: "as_at", Value: func(d *pb.FurtherDate) any { return d.GetAsAt() }, Heading: "AS AT"},
}

// shiftShown is days with their sign, and nothing where no day was ever stated.
func shiftShown(days *int32) string {
	if days == nil {
		return ""
	}
	return signed(*days)
}

var componentColumns = []output.Column[*pb.Component]{
	{Name: "kind", Value: func(c *pb.Component) any { return c.GetKind() }, Heading: "PART"},
	{Name: "name", Value: func(c *pb.Component) any { return c.GetName() }, Heading: "NAME", Gives: true},
	{Name: "within", Value: func(c *pb.Component) any { return output.Text(c.GetWithin()) }, Heading: "WITHIN", Gives: true},
	{Name: "deadline_text", Value: func(c *pb.Component) any { return output.Text(c.GetDeadlineText()) }, Heading: "DEADLINE AS WRITTEN", Gives: true},
	{Name: "deadline", Value: func(c *pb.Component) any { return output.Text(c.GetDeadline()) }, Heading: "DEADLINE"},
	{Name: "slip_days", Value: func(c *pb.Component) any { return knockOn(c.SlipDays) }, Heading: "SLIP", Right: true, Show: func(c *pb.Component) string { return shiftShown(c.SlipDays) }},
	{Name: "as_at", Value: func(c *pb.Component) any { return c.GetAsAt() }, Heading: "AS AT"},
}

var documentColumns = []output.Column[*pb.Document]{
	{Name: "document", Value: func(d *pb.Document) any { return d.GetDocument() }, Heading: "READ FROM", Gives: true},
	{Name: "digest", Value: func(d *pb.Document) any { return d.GetDigest() }, Heading: "DIGEST", Gives: true},
	{Name: "as_at", Value: func(d *pb.Document) any { return d.GetAsAt() }, Heading: "AS AT"},
	{Name: "mapping", Value: func(d *pb.Document) any { return output.Text(d.GetMapping()) }},
}

var noteColumns = []output.Column[*pb.DocumentNote]{
	{Name: "kind", Value: func(n *pb.DocumentNote) any { return n.GetKind() }, Heading: "NOTE OF"},
	{Name: "words", Value: func(n *pb.DocumentNote) any { return n.GetWords() }, Heading: "WORDS", Gives: true},
	{Name: "heading", Value: func(n *pb.DocumentNote) any { return output.Text(n.GetHeading()) }, Heading: "UNDER", Gives: true},
	{Name: "document", Value: func(n *pb.DocumentNote) any { return output.Text(n.GetDocument()) }, Heading: "DOCUMENT", Gives: true},
	{Name: "sheet", Value: func(n *pb.DocumentNote) any { return output.Text(n.GetSheet()) }},
	{Name: "row", Value: func(n *pb.DocumentNote) any { return n.GetRow() }, Heading: "ROW", Right: true},
	{Name: "column", Value: func(n *pb.DocumentNote) any { return n.GetColumn() }},
	{Name: "as_at", Value: func(n *pb.DocumentNote) any { return n.GetAsAt() }, Heading: "AS AT"},
	{Name: "note", Value: func(n *pb.DocumentNote) any { return n.GetNote() }},
}

type planItself = *pb.GetPlanResponse

// partColumns are what a plan has several of.
var partColumns = []output.Column[planItself]{
	{Name: "components", Value: func(p planItself) any { return objects(componentColumns, p.GetComponents()) }},
	{Name: "measures", Value: func(p planItself) any { return objects(measureColumns, p.GetMeasures()) }},
	{Name: "documents", Value: func(p planItself) any { return objects(documentColumns, p.GetDocuments()) }},
	{Name: "notes", Value: func(p planItself) any { return objects(noteColumns, p.GetNotes()) }},
}

// one shows a plan.
func (c *plansListCommand) one(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	p, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: c.ID, ReadAt: c.readAt()})
	if err != nil {
		return err
	}
	defer inv.spokenFor(p.GetSpokenFor())
	width := terminalWidth(inv.stdout)
	columns := output.Of(planColumns, planItself.GetPlan)
	switch c.Output {
	case output.Table:
		return c.card(inv.stdout, width, columns, p)
	case output.JSON, output.NDJSON:
		return output.Write(inv.stdout, output.NDJSON, width, append(columns, partColumns...), output.One(p))
	default:
		return output.Write(inv.stdout, c.Output, width, columns, output.One(p))
	}
}

func (c *plansListCommand) card(w io.Writer, width int, columns []output.Column[planItself], p planItself) error {
	out := bufio.NewWriter(w)
	err := errors.Join(
		output.Card(out, columns, p),
		showTable(out, width, componentColumns, p.GetComponents()),
		showTable(out, width, measureColumns, p.GetMeasures()),
		showTable(out, width, documentColumns, p.GetDocuments()),
		showTable(out, width, noteColumns, p.GetNotes()),
	)
	for _, d := range p.GetDocuments() {
		if d.GetMapping() != "" {
			fmt.Fprintf(out, "\nHow %s was read:\n", output.Printable(d.GetDocument()))
			for line := range strings.Lines(d.GetMapping()) {
				fmt.Fprintf(out, "    %s\n", output.Printable(strings.TrimRight(line, "\n")))
			}
		}
	}
	return errors.Join(err, out.Flush())
}
