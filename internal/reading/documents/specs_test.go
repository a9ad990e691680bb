package documents

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what was read into the specs")

// Each spec is a document as somebody may write it and, below it, what it is read as. The first file is the document;
// "settings" has the plan's period and date, "map.yaml" a mapping.
func TestSpecs(t *testing.T) {
	specs, err := filepath.Glob("testdata/specs/*.txtar")
	if err != nil || len(specs) < 10 {
		t.Fatalf("%d specs (%v)", len(specs), err)
	}
	for _, name := range specs {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			spec, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := readSpec(t, spec)
			for i, f := range spec.Files {
				if f.Name != "read" {
					continue
				}
				if *update {
					spec.Files[i].Data = []byte(got)
					if err := os.WriteFile(name, txtar.Format(spec), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				if want := string(f.Data); got != want {
					t.Errorf("read as\n%s\nwant\n%s", got, want)
				}
				return
			}
			t.Fatal("the spec does not say what is read")
		})
	}
}

func readSpec(t *testing.T, spec *txtar.Archive) string {
	t.Helper()
	o := Options{Name: spec.Files[0].Name}
	for _, f := range spec.Files {
		switch f.Name {
		case "settings":
			fields := strings.Fields(string(f.Data))
			for len(fields) < 3 {
				fields = append(fields, "")
			}
			for i, text := range fields {
				fields[i] = strings.TrimPrefix(text, "-") // a dash for none
			}
			o.Settings = settings(t, fields[0], fields[1], fields[2])
		case "map.yaml":
			m, err := ReadMapping(strings.NewReader(string(f.Data)))
			if err != nil {
				t.Fatal(err)
			}
			o.Mapping = m
		}
	}
	var all Collected
	// In a spec → is a tab, so that a person can see it.
	report, err := Read(inMemoryFile([]byte(strings.ReplaceAll(string(spec.Files[0].Data), "→", "\t"))), o, &all)
	if err != nil {
		return err.Error() + "\n"
	}
	var out strings.Builder
	for _, c := range report.Columns {
		fmt.Fprintf(&out, "column %q as %q: %d, unread %d\n", c.Header, c.As, c.Rows, c.Unread)
	}
	for _, m := range all.Milestones {
		out.WriteString(showMilestone(m))
	}
	for _, m := range all.Candidates {
		out.WriteString("candidate " + showMilestone(m))
	}
	for _, f := range all.Fundings {
		fmt.Fprintf(&out, "funding %d: %s | %s %s %s | %s | %s..%s\n", f.Line, f.Scheme, f.Amount, f.Amount.Currency, f.Basis, f.Fund, f.Start, f.End)
	}
	for _, f := range all.Facts {
		fmt.Fprintf(&out, "%s %d: %s\n", f.Kind, f.Line, f.Says)
		if m := f.Measure; m != nil {
			fmt.Fprintf(&out, "    %s of %q: %q unit %q scale %q %q\n", m.Kind, m.Words, m.Value, m.Unit, m.Scale, m.Levels)
			for _, g := range m.Targets {
				fmt.Fprintf(&out, "    target: %s (%s %s): %s\n", g.By, g.Date.Kind, g.Date.EDTF(), g.Value)
			}
		}
	}
	for _, note := range report.Plan.Notes {
		fmt.Fprintf(&out, "note: %s\n", note)
	}
	return out.String()
}

// showMilestone writes what was read of a milestone: what is empty is left out.
func showMilestone(m Milestone) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, line %d: %s\n", m.Ref, m.Line, m.Title.Text)
	for _, v := range []struct{ name, text string }{
		{"workstream", m.Workstream.Text},
		{"scheme", m.Scheme.Text},
		{"deliverable", m.Deliverable.Text},
		{"owner", m.Owner.Text},
		{"status", m.Status.Text},
		{"rag", m.RAG.Text},
		{"percent", m.Percent.Text},
		{"reason", m.Reason.Text},
		{"next steps", m.NextSteps.Text},
		{"issues", m.Issues.Text},
		{"success measure", m.Success.Text},
		{"kpi", m.KPI.Text},
		{"baseline", m.Baseline.Text},
	} {
		if v.text != "" {
			fmt.Fprintf(&out, "    %s: %s\n", v.name, v.text)
		}
	}
	if m.Date.Text != "" || len(m.Dates) > 0 {
		fmt.Fprintf(&out, "    date: %q:", m.Date.Text)
		for _, d := range m.Dates {
			fmt.Fprintf(&out, " %s %s", d.Kind, d.EDTF())
			if d.Label != "" {
				fmt.Fprintf(&out, " (%s)", d.Label)
			}
			out.WriteString(";")
		}
		out.WriteString("\n")
	}
	for _, e := range m.Earlier {
		fmt.Fprintf(&out, "    as at %s: %q: %s\n", e.AsAt, e.Date.Text, e.Dates[0].EDTF())
	}
	if m.DateAsAt != 0 {
		fmt.Fprintf(&out, "    its date is as at %s\n", m.DateAsAt)
	}
	if m.Actual.Text != "" {
		fmt.Fprintf(&out, "    actual: %q:", m.Actual.Text)
		for _, d := range m.ActualDates {
			fmt.Fprintf(&out, " %s", d.EDTF())
		}
		out.WriteString("\n")
	}
	for _, g := range m.Targets {
		fmt.Fprintf(&out, "    target: %s (%s %s): %s\n", g.By, g.Date.Kind, g.Date.EDTF(), g.Value)
	}
	for _, heading := range slices.Sorted(maps.Keys(m.Other)) {
		fmt.Fprintf(&out, "    beside it, %s: %s\n", heading, m.Other[heading].Text)
	}
	for _, f := range m.Funding {
		fmt.Fprintf(&out, "    funding: %s %s %s | %s | %s..%s\n", f.Amount, f.Amount.Currency, f.Basis, f.Fund, f.Start, f.End)
	}
	for _, d := range m.Review {
		fmt.Fprintf(&out, "    for a person: %s of %s\n", d.Reason, d.Field)
	}
	return out.String()
}
