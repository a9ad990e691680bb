package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
)

// dryRun is a sink that keeps what is read on the disk, so that a document of any length is read in the same
// memory. What stands first in the answer is known last.
type dryRun struct {
	milestones, candidates, funding, facts, rows *spool
	table                                        *table // of rows
	questions                                    []question
	forPerson                                    int
	lines                                        int // of funding, also those of milestones
	told                                         toldEarlier
	noted                                        notedLines
}

func newDryRun() (*dryRun, error) {
	d := &dryRun{}
	for _, s := range []**spool{&d.milestones, &d.candidates, &d.funding, &d.facts, &d.rows} {
		made, err := newSpool()
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		*s = made
	}
	d.table = milestoneTable()
	return d, nil
}

// Milestone keeps a milestone.
func (d *dryRun) Milestone(m documents.Milestone) error {
	if len(m.Review) > 0 {
		d.forPerson++
	}
	d.lines += len(m.Funding)
	d.ask(m)
	d.told.add(m)
	row := tableRow(m)
	d.table.measure(row)
	if _, err := d.rows.out.WriteString(output.Printable(m.Sheet) + "\t" + strings.Join(row, "\t") + "\n"); err != nil {
		return err
	}
	return d.milestones.add(m.JSON())
}

// Candidate keeps a sentence that may be a milestone.
func (d *dryRun) Candidate(m documents.Milestone) error { return d.candidates.add(m.JSON()) }

// Funding keeps a funding line that belongs to no single milestone.
func (d *dryRun) Funding(f documents.FundingLine) error {
	d.lines++
	return d.funding.add(f.JSON())
}

// Fact keeps a fact.
func (d *dryRun) Fact(f documents.Fact) error {
	if f.Noted != nil {
		d.noted.add(f)
	}
	return d.facts.add(f.JSON())
}

func (d *dryRun) close() (failed error) {
	for _, s := range []*spool{d.milestones, d.candidates, d.funding, d.facts, d.rows} {
		if s != nil {
			failed = errors.Join(failed, s.close())
		}
	}
	return failed
}

// writeJSON writes the whole answer as one object.
func (d *dryRun) writeJSON(w io.Writer, report *documents.Report, id, name string) error {
	out := bufio.NewWriter(w)
	columns := []documents.ColumnJSON{}
	for _, c := range report.Columns {
		columns = append(columns, c.JSON())
	}
	for _, part := range []struct {
		before string
		object any
	}{{"{\"plan\":", report.Plan.JSON(id, name, d.forPerson)}, {",\n\"columns\":", columns}} {
		text, err := json.Marshal(part.object)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s%s", part.before, text)
	}
	for _, part := range []struct {
		name string
		of   *spool
	}{{"milestones", d.milestones}, {"candidates", d.candidates}, {"funding_lines", d.funding}, {"other", d.facts}} {
		fmt.Fprintf(out, ",\n%q:[", part.name)
		if err := part.of.copyTo(out); err != nil {
			return err
		}
		fmt.Fprint(out, "]")
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// spool is what was read so far, on the disk.
type spool struct {
	file  *os.File
	out   *bufio.Writer
	count int
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "milepost-*")
	if err != nil {
		return nil, err
	}
	// Where the system allows it the file has no name from here on, so that nothing is left behind however the
	// program ends. Where it does not, close removes it.
	_ = os.Remove(file.Name())
	return &spool{file: file, out: bufio.NewWriter(file)}, nil
}

// add keeps an object of a JSON list.
func (s *spool) add(object any) error {
	between := "\n"
	if s.count++; s.count > 1 {
		between = ",\n"
	}
	if _, err := s.out.WriteString(between); err != nil {
		return err
	}
	text, err := json.Marshal(object)
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}

func (s *spool) copyTo(w io.Writer) error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.file)
	return err
}

func (s *spool) close() error {
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}
