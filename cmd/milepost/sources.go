package main

import (
	"io"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// sourceColumns are a document that a milestone was read from.
var sourceColumns = []output.Column[*pb.MilestoneSource]{
	{Name: "digest", Value: func(s *pb.MilestoneSource) any { return s.GetDigest() }},
	{Name: "document", Value: func(s *pb.MilestoneSource) any { return s.GetDocument() }},
	{Name: "sheet", Value: func(s *pb.MilestoneSource) any { return output.Text(s.GetSheet()) }},
	{Name: "as_at", Value: func(s *pb.MilestoneSource) any { return s.GetAsAt() }},
	{Name: "cells", Value: func(s *pb.MilestoneSource) any { return objects(cellColumns, s.GetCells()) }},
}

var cellColumns = []output.Column[*pb.SourceCell]{
	{Name: "field", Value: func(c *pb.SourceCell) any { return c.GetField() }},
	{Name: "heading", Value: func(c *pb.SourceCell) any { return output.Text(c.GetHeading()) }},
	{Name: "row", Value: func(c *pb.SourceCell) any { return c.GetRow() }},
	{Name: "column", Value: func(c *pb.SourceCell) any { return c.GetColumn() }},
	{Name: "text", Value: func(c *pb.SourceCell) any { return c.GetText() }},
}

// readFrom is a cell with its document: a line of the table that people see.
type readFrom struct {
	source *pb.MilestoneSource
	cell   *pb.SourceCell
}

var readFromColumns = []output.Column[readFrom]{
	{Name: "field", Value: func(r readFrom) any { return r.cell.GetField() }, Heading: "VALUE"},
	{Name: "text", Value: func(r readFrom) any { return r.cell.GetText() }, Heading: "WORD FOR WORD", Gives: true},
	{Name: "heading", Value: func(r readFrom) any { return output.Text(r.cell.GetHeading()) }, Heading: "HEADING", Gives: true},
	{Name: "row", Value: func(r readFrom) any { return r.cell.GetRow() }, Heading: "ROW", Right: true},
	{Name: "column", Value: func(r readFrom) any { return r.cell.GetColumn() }, Heading: "COLUMN", Right: true},
	{Name: "sheet", Value: func(r readFrom) any { return output.Text(r.source.GetSheet()) }, Heading: "SHEET"},
	{Name: "document", Value: func(r readFrom) any { return r.source.GetDocument() }, Heading: "DOCUMENT", Gives: true},
	{Name: "as_at", Value: func(r readFrom) any { return r.source.GetAsAt() }, Heading: "AS AT"},
}

// showSources writes the cells that the values were read from, the last document first.
func showSources(out io.Writer, width int, sources []*pb.MilestoneSource) error {
	var cells []readFrom
	for i := len(sources) - 1; i >= 0; i-- {
		for _, c := range sources[i].GetCells() {
			cells = append(cells, readFrom{sources[i], c})
		}
	}
	return showTable(out, width, readFromColumns, cells)
}
