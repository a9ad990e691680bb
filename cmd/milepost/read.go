package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/dates"
)

type readCommand struct {
	Date  readDateCommand  `cmd:"" help:"Show what a delivery date is read as."`
	Money readMoneyCommand `cmd:"" help:"Show what an amount of money is read as."`
}

// documentFlags are what a document says about itself, and its dates leave out.
type documentFlags struct {
	PlanStart day    `placeholder:"DAY" help:"The first day of the plan's period: what \"Year 1\" and a date without a year are read by."`
	PlanEnd   day    `placeholder:"DAY" help:"Its last day. A date more than two years outside the period is put to a person."`
	Dated     day    `placeholder:"DAY" help:"The document's own date, which a date without a year is read near to."`
	Output    string `short:"o" enum:"text,json" default:"text" help:"text, or json: one object a line. Standard input is always answered in json."`
	Text      string `arg:"" help:"What was written, or - for one text a line from standard input."`
}

// readHelp ends the help of both commands.
const readHelp = `
With - every line of standard input is a text, and every line of the answer a JSON object.
A date or amount that is absent is null. Nothing is refused: what cannot be read has the
review reason that says so.

EXIT STATUS

    0  everything was read, or put to a person in its review
    1  standard input or output failed
    2  wrong usage`

func (f documentFlags) settings() (dates.Settings, error) {
	var s dates.Settings
	for _, flag := range []struct {
		text day
		into *civil.Date
	}{{f.PlanStart, &s.PlanStart}, {f.PlanEnd, &s.PlanEnd}, {f.Dated, &s.Dated}} {
		if flag.text == "" {
			continue
		}
		d, err := civil.Parse(string(flag.text))
		if err != nil {
			return s, &usageError{err.Error()}
		}
		*flag.into = d
	}
	if s.PlanStart.After(s.PlanEnd) {
		return s, &usageError{"the plan's period ends before it begins: check --plan-start and --plan-end"}
	}
	return s, nil
}

// read reads one text, or every line of standard input.
func (f documentFlags) read(inv *invocation, object func(string, dates.Settings) any, show func(io.Writer, string, dates.Settings)) error {
	s, err := f.settings()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(inv.stdout)
	lines := output.NewEncoder(out)
	lines.SetEscapeHTML(false)
	switch {
	case f.Text != "-" && f.Output == "json":
		err = lines.Encode(object(f.Text, s))
	case f.Text != "-":
		show(out, f.Text, s)
	default:
		err = eachLine(inv.stdin, func(text string) error { return lines.Encode(object(text, s)) }, out.Flush)
	}
	return errors.Join(err, out.Flush())
}

// eachLine reads lines of any length, with either line ending. Before it waits for more it sees to it that what
// was done is not kept back: whoever writes a line and waits for its answer gets it.
func eachLine(from io.Reader, do func(string) error, flush func() error) error {
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		if in.Buffered() == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil && line == "" {
			return nil
		}
		if failed := do(strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")); failed != nil {
			return failed
		}
		if err != nil {
			return nil
		}
	}
}

type readDateCommand struct{ documentFlags }

// Help is shown by kong.
func (readDateCommand) Help() string {
	return `Reads a delivery date as a plan writes it, and names the reasons why a person should look. No server
is needed.

    milepost read date --plan-start 2017-04-01 --plan-end 2019-03-31 'Q2 17/18'
    milepost read date --dated 2018-01-10 - <dates.txt

JSON has text, readings (kind, start, end, due, approx, uncertain, rrule, label, edtf) and review. A text
that holds no date at all, such as 24/7, has no readings.
` + readHelp
}

type dateObject struct {
	Text     string       `json:"text"`
	Readings []dateResult `json:"readings"`
	Review   []string     `json:"review"`
}

type dateResult struct {
	Kind      string  `json:"kind"`
	Start     *string `json:"start"`
	End       *string `json:"end"`
	Due       *string `json:"due"`
	Approx    bool    `json:"approx"`
	Uncertain bool    `json:"uncertain"`
	RRule     *string `json:"rrule"`
	Label     string  `json:"label"`
	EDTF      string  `json:"edtf"`
}

// Run reads a date.
func (c *readDateCommand) Run(inv *invocation) error {
	return c.read(inv, func(text string, s dates.Settings) any {
		d := dates.ReadWords(text, s)
		o := dateObject{Text: text, Readings: []dateResult{}, Review: append([]string{}, d.Review...)}
		for _, r := range d.Readings {
			o.Readings = append(o.Readings, dateResult{
				r.Kind.String(), said(r.Start.String()), said(r.End.String()), said(r.Due.String()),
				r.Approx, r.Uncertain, said(r.RRule), r.Label, r.EDTF(),
			})
		}
		return o
	}, func(w io.Writer, text string, s dates.Settings) {
		d := dates.ReadWords(text, s)
		for _, r := range d.Readings {
			showParts(w, r.Kind.String(), r.EDTF(), with("due", r.Due.String()), r.RRule, with("of", r.Label))
		}
		showReview(w, len(d.Readings), d.Review)
	})
}

// said is a value of JSON: null where there is none.
func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func with(word, value string) string {
	if value == "" {
		return ""
	}
	return word + " " + value
}

// showParts writes what there is of a reading on one line for people.
func showParts(w io.Writer, parts ...string) {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, output.Printable(part))
		}
	}
	fmt.Fprintln(w, strings.Join(there, "  "))
}

func showReview(w io.Writer, readings int, review []string) {
	if readings == 0 {
		fmt.Fprintln(w, "nothing to read")
	}
	if len(review) > 0 {
		fmt.Fprintf(w, "for a person to look at: %s\n", strings.Join(review, ", "))
	}
}
