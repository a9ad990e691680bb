package main

import (
	"bufio"
	"fmt"

	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
)

// notedLines are the lines of a document that are kept as notes, as a dry run shows them.
type notedLines struct {
	rows  [][]string
	count int // also those that are not among the rows
}

func (n *notedLines) add(f documents.Fact) {
	if n.count++; n.count > mostNamed {
		return
	}
	cell := ""
	if len(f.From) > 0 {
		cell = f.From[0].Cell()
	}
	n.rows = append(n.rows, printable(f.Noted.Kind, output.Cut(f.Says, 70), cell))
}

func (n *notedLines) write(out *bufio.Writer, screen int) {
	if n.count == 0 {
		return
	}
	out.WriteString("\n")
	writeRows(out, screen, newTable([]string{"KEPT AS", "WORDS", "CELL"}, []int{7, 20, 8}), n.rows)
	if more := n.count - len(n.rows); more > 0 {
		fmt.Fprintf(out, "and %d more (-o json has all)\n", more)
	}
}
