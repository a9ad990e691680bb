package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"milepost.dev/internal/planimport"
)

// dryRun is a sink that writes the answer of a dry run as it comes. What stands before it in the answer is only
// known at the end, so it waits in files that no other program can open.
type dryRun struct {
	milestones, funding, facts *spool
	forPerson                  int
}

func newDryRun() (*dryRun, error) {
	d := &dryRun{}
	for _, s := range []**spool{&d.milestones, &d.funding, &d.facts} {
		made, err := newSpool()
		if err != nil {
			return nil, errors.Join(err, d.close())
		}
		*s = made
	}
	return d, nil
}

func (d *dryRun) Milestone(m planimport.Milestone) error {
	if len(m.Review) > 0 {
		d.forPerson++
	}
	return d.milestones.add(m.JSON())
}

func (d *dryRun) Funding(f planimport.FundingLine) error { return d.funding.add(f.JSON()) }
func (d *dryRun) Fact(f planimport.Fact) error           { return d.facts.add(f.JSON()) }

func (d *dryRun) close() error {
	var failed error
	for _, s := range []*spool{d.milestones, d.funding, d.facts} {
		if s != nil {
			failed = errors.Join(failed, s.close())
		}
	}
	return failed
}

// writeJSON writes the whole answer.
func (d *dryRun) writeJSON(w io.Writer, report *planimport.Report, id, name string) error {
	out := bufio.NewWriter(w)
	plan, err := json.Marshal(report.Plan.JSON(id, name, d.forPerson))
	if err != nil {
		return err
	}
	columns := []planimport.ColumnJSON{}
	for _, c := range report.Columns {
		columns = append(columns, c.JSON())
	}
	list, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "{\"plan\":%s,\n\"columns\":%s", plan, list)
	for _, part := range []struct {
		name string
		of   *spool
	}{{"milestones", d.milestones}, {"funding_lines", d.funding}, {"other", d.facts}} {
		fmt.Fprintf(out, ",\n%q:[", part.name)
		if err := part.of.copyTo(out); err != nil {
			return err
		}
		fmt.Fprint(out, "]")
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// spool is a list of JSON objects on the disk.
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
	// program ends.
	_ = os.Remove(file.Name())
	return &spool{file: file, out: bufio.NewWriter(file)}, nil
}

func (s *spool) add(object any) error {
	if s.count++; s.count > 1 {
		s.out.WriteByte(',')
	}
	s.out.WriteByte('\n')
	encoder := json.NewEncoder(s.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(object)
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
	name := s.file.Name()
	err := s.file.Close()
	if gone := os.Remove(name); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

type importCommand struct {
	File   string `arg:"" help:"The document: .xlsx, .csv, .tsv, or a text taken out of a PDF with tabs between the cells."`
	DryRun bool   `help:"Read the document and print what it would come to. No server is needed, and nothing is sent."`
	Output string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	Plan   string
	Name   string
	Sheet  string
	Map    string
}

// Run reads the document.
func (c *importCommand) Run(inv *invocation) error {
	file, err := os.Open(c.File)
	if err != nil {
		return &usageError{err.Error()}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	d, err := newDryRun()
	if err != nil {
		return err
	}
	defer d.close()
	o := planimport.Options{Name: c.File, Sheet: c.Sheet}
	report, err := planimport.Read(io.NewSectionReader(file, 0, info.Size()), o, d)
	if err != nil {
		return err
	}
	return d.writeJSON(inv.stdout, report, c.Plan, c.Name)
}
