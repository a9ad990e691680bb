package documents

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"milepost.dev/internal/reading/dates"
)

// rawBook is a workbook of one sheet, as it stands in the file. Style 1 is a day, style 2 a month, style 3 a percentage; those
// from 4 on have the formats given.
func rawBook(t testing.TB, sheet string, codes ...string) []byte {
	t.Helper()
	var spelt, styles strings.Builder
	for i, code := range codes {
		fmt.Fprintf(&spelt, `<numFmt numFmtId="%d" formatCode="%s"/>`, 170+i, escaped(code))
		fmt.Fprintf(&styles, `<xf numFmtId="%d"/>`, 170+i)
	}
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`},
		{"xl/workbook.xml", `<workbook ` + main + ` xmlns:r="` + rels + `"><sheets><sheet name="Plan" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rels + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet ` + main + `><numFmts>` + spelt.String() + `</numFmts><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="17"/><xf numFmtId="9"/>` + styles.String() + `</cellXfs></styleSheet>`},
		{firstSheet, `<worksheet ` + main + `>` + sheet + `</worksheet>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + rels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	} {
		in, err := w.Create(part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(in, part.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(text)
}

// sheetData is rows of cells: "Title" is a text, "=formula|value" a formula with the value that is stored, "#45310" a day.
func sheetData(rows ...[]string) string {
	var out strings.Builder
	out.WriteString("<sheetData>")
	for i, cells := range rows {
		fmt.Fprintf(&out, `<row r="%d">`, i+1)
		for j, text := range cells {
			switch {
			case text == "":
			case strings.HasPrefix(text, "="):
				formula, value, stored := strings.Cut(text[1:], "|")
				fmt.Fprintf(&out, `<c r="%s" s="1"><f>%s</f>`, at(j+1, i+1), escaped(formula))
				if stored {
					fmt.Fprintf(&out, `<v>%s</v>`, value)
				}
				out.WriteString("</c>")
			case strings.HasPrefix(text, "#"):
				fmt.Fprintf(&out, `<c r="%s" s="1"><v>%s</v></c>`, at(j+1, i+1), text[1:])
			default:
				fmt.Fprintf(&out, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at(j+1, i+1), escaped(text))
			}
		}
		out.WriteString("</row>")
	}
	return out.String() + "</sheetData>"
}

// What a formula came to when the file was saved is what its author saw: it is read. A person is asked once about a column of
// dates that formulas make, and about every date that depends on the day on which somebody looks.
func TestFormulas(t *testing.T) {
	heading := []string{"Milestone", "Owner", "Due date", "Days left"}
	for _, c := range []struct {
		name string
		rows [][]string
		want string // the due date and reasons of each milestone, or the rule of the error
	}{
		{"beside the date", [][]string{heading, {"Buy the land", "Asha", "#45310", "=C2-TODAY()|12"}, {"Open", "Ben", "#45320", "=C3-TODAY()|22"}}, "2024-01-19 2024-01-29"},
		{"in the date", [][]string{heading, {"Buy the land", "Asha", "#45310"}, {"Design", "Ben", "=C2+10|45320"}, {"Open", "Ben", "=C3+10|45330"}}, "2024-01-19 2024-01-29 formula 2024-02-08"},
		{"of today", [][]string{heading, {"Buy the land", "Asha", "=TODAY()+3|45310"}, {"Open", "Ben", "=C2+10|45320"}}, "2024-01-19 formula 2024-01-29 formula"},
		{"of today, by a fixed cell", [][]string{{"", "", "", "=NOW()|45300"}, heading, {"Buy the land", "Asha", "=$D$1+10|45310"}, {"Open", "Ben", "#45320"}}, "2024-01-19 formula 2024-01-29"},
		{"of another sheet", [][]string{{"", "", "", "=NOW()|45300"}, heading, {"Buy the land", "Asha", "=Other!D1|45310"}}, "2024-01-19 formula"},
		{"without a value, in the date", [][]string{heading, {"Buy the land", "Asha", "=C9+1"}}, "formula"},
		{"without a value, in the only cell of a row", [][]string{heading, {"Buy the land", "Asha", "#45310"}, {"=A9"}}, "formula"},
		{"without a value, beside the date", [][]string{heading, {"Buy the land", "Asha", "#45310", "=C2-TODAY()"}}, "2024-01-19"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all Collected
			_, err := Read(inMemoryFile(rawBook(t, sheetData(c.rows...))), Options{Name: "plan.xlsx"}, &all)
			var got []string
			if bad, ok := err.(*Unreadable); ok {
				got = append(got, bad.Rule)
			} else if err != nil {
				t.Fatal(err)
			}
			if err == nil {
				for _, m := range all.Milestones {
					got = append(append(got, edtf(m.Dates)...), reasonsOf(m)...)
				}
			}
			if said := strings.Join(got, " "); said != c.want {
				t.Errorf("read as %q, want %q", said, c.want)
			}
		})
	}
}

// A formula that is shared by a column stands in its first cell alone.
func TestSharedFormulas(t *testing.T) {
	sheet := sheetData([]string{"Milestone", "Owner", "Due date"}, []string{"Design", "Asha", "#45310"}, []string{"Build", "Ben", "X"}, []string{"Open", "Ben", "Y"})
	cell := func(at string, formula, value string) string {
		return `<c r="` + at + `" s="1">` + formula + `<v>` + value + `</v></c>`
	}
	put := func(sheet, at, formula, value string) string {
		from := strings.Index(sheet, `<c r="`+at+`"`)
		to := from + strings.Index(sheet[from:], "</c>") + len("</c>")
		return sheet[:from] + cell(at, formula, value) + sheet[to:]
	}
	for _, first := range []string{"#45310", "=TODAY()|45310"} {
		data := put(sheet, "C3", `<f t="shared" ref="C3:C4" si="0">C2+10</f>`, "45320")
		data = put(data, "C4", `<f t="shared" si="0"/>`, "45330")
		want := "[] [formula] []"
		if first != "#45310" {
			data, want = put(data, "C2", "<f>TODAY()</f>", "45310"), "[formula] [formula] [formula]"
		}
		_, all := readText(t, "plan.xlsx", rawBook(t, data), dates.Settings{})
		var got []string
		for _, m := range all.Milestones {
			got = append(got, fmt.Sprint(reasonsOf(m)))
		}
		if said := strings.Join(got, " "); said != want {
			t.Errorf("asked about %s, want %s", said, want)
		}
	}
}
