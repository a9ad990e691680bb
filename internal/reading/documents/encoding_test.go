package documents

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"milepost.dev/internal/reading/dates"
)

// The same plan is the same in whatever way its characters were written.
func TestEncodings(t *testing.T) {
	const document = "Milestone,Owner,Due date\n“Hub” – opened for £1m,Café owners’ office,March 2025\n"
	utf16 := func(e unicode.Endianness, mark unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(e, mark) }
	for _, c := range []struct {
		name, before, says string
		in                 encoding.Encoding
	}{
		{"UTF-8", "", "UTF-8", encoding.Nop},
		{"UTF-8 with a mark", "\ufeff", "UTF-8", encoding.Nop},
		{"UTF-16, little end first", "", "UTF-16", utf16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16, big end first", "", "UTF-16", utf16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16 without a mark", "", "UTF-16", utf16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"Windows-1252", "", "Windows-1252", charmap.Windows1252},
	} {
		written, err := c.in.NewEncoder().String(c.before + document)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"plan.csv": written, "with CRLF.csv": ""} {
			if text == "" {
				if text, err = c.in.NewEncoder().String(c.before + strings.ReplaceAll(document, "\n", "\r\n")); err != nil {
					t.Fatal(err)
				}
			}
			report, all := readText(t, name, []byte(text), dates.Settings{})
			if len(all.Milestones) != 1 || report.Plan.Encoding != c.says {
				t.Errorf("%s: %d milestones, written as %s", c.name, len(all.Milestones), report.Plan.Encoding)
				continue
			}
			if m := all.Milestones[0]; m.Title.Text != "“Hub” – opened for £1m" || m.Owner.Text != "Café owners’ office" {
				t.Errorf("%s: read as %q of %q", c.name, m.Title.Text, m.Owner.Text)
			}
		}
	}
}

// Rows are numbered as a spreadsheet numbers them, whatever a quoted cell holds.
func TestRowsOfCSV(t *testing.T) {
	for name, document := range map[string]string{
		"plan.csv": "Milestone,Owner,Due date\n\"Open\nthe hub, now\",Estates,March 2025\n\n,,\nBuy the land,Estates,June 2025\n",
		"semi.csv": "Milestone;Owner;Due date\n\"Open\nthe hub, now\";Estates;March 2025\n\n;;\nBuy the land;Estates;June 2025\n",
		"plan.tsv": "Milestone\tOwner\tDue date\n\"Open\nthe hub, now\"\tEstates\tMarch 2025\n\n\t\t\nBuy the land\tEstates\tJune 2025\n",
	} {
		_, all := readText(t, name, []byte(document), dates.Settings{})
		if len(all.Milestones) != 2 || all.Milestones[0].Line != 2 || all.Milestones[1].Line != 5 {
			t.Errorf("%s: %+v", name, all.Milestones)
			continue
		}
		if title := all.Milestones[0].Title.Text; title != "Open the hub, now" {
			t.Errorf("%s: the title is %q", name, title)
		}
	}
}

func TestMappingMistakes(t *testing.T) {
	_, err := ReadMapping(strings.NewReader("columns:\n  Gate: delivery\n  Whose: owners\nplan_start: May\n"))
	for _, part := range []string{`"Gate"`, `"Whose"`, "May", "delivery_date"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the mistake does not name %s: %v", part, err)
		}
	}
	if _, err := ReadMapping(strings.NewReader("colums:\n  a: b\n")); err == nil {
		t.Error("a misspelt key was taken")
	}
}
