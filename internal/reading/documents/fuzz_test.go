package documents

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"milepost.dev/domain/period"
)

// Whatever a document holds, reading it ends, gives the same answer again, and every milestone can be found in it.
func FuzzRead(f *testing.F) {
	specs, err := filepath.Glob("testdata/specs/*.txtar")
	if err != nil || len(specs) == 0 {
		f.Fatalf("no specs to begin with (%v)", err)
	}
	for _, name := range specs {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		spec := txtar.Parse(data)
		f.Add(spec.Files[0].Data, filepath.Ext(spec.Files[0].Name))
	}
	f.Add([]byte("<Project xmlns=\"http://schemas.microsoft.com/project\"><Tasks><Task><UID>1</UID><Name>A</Name><OutlineLevel>9</OutlineLevel></Task></Tasks>"), ".xml")
	f.Add([]byte("\xff\xfeA\x00\t\x00"), ".txt")
	f.Add([]byte("Milestone\tDue\n\x93Hub\x94\tMay 24\n"), ".tsv")
	f.Fuzz(func(t *testing.T, data []byte, ending string) {
		if len(data) > 20_000 {
			return
		}
		switch ending {
		case ".txt", ".csv", ".tsv", ".xml":
		default:
			ending = ".txt"
		}
		read := func() (string, *Report) {
			var all Collected
			report, err := Read(inMemoryFile(data), Options{Name: "plan" + ending}, &all)
			if err != nil {
				return err.Error(), nil
			}
			refs := map[string]bool{}
			for _, m := range all.Milestones {
				check(t, m)
				if refs[m.Ref] && !m.RefGiven {
					t.Errorf("%q is the reference of two milestones", m.Ref)
				}
				refs[m.Ref] = true
			}
			said, err := json.Marshal([]any{report, all})
			if err != nil {
				t.Fatal(err)
			}
			return string(said), report
		}
		first, _ := read()
		if again, _ := read(); again != first {
			t.Errorf("read twice, and differently:\n%s\n%s", first, again)
		}
	})
}

// A workbook is data of others too: merged cells that overlap, hidden parts, formats that nobody has seen, numbers out of bounds.
// Each byte of the input makes a choice; the text gives the cells their words.
func FuzzWorkbook(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3}, "Milestone|Owner|Due date\nOpen the hub|Asha|#45310", "yyyy", "A1:C1 A2:A3")
	f.Add([]byte{9, 9, 9, 1, 255}, "Idea|Remark|Guess\n\nLook||#2\n\nMilestone|Owner|Due date\nBuy|Asha|=TODAY()|#45310", "[h]:mm", "A1:C1 A2:A3 B2:B3 C2:C3")
	f.Add([]byte{3, 3, 3}, "Task|Owner|Start|Due|Week 1\n||||M|T|W\nAgree|Asha|#45663|#45665", "d mmm;@", "E1:G1 XFD1:A9 A1:A1048576")
	f.Add([]byte{}, "Task|Start|Due|Phase one|||\n|||Week 1|Week 2|Week 3|Week 4\n|||M|T|W|R\nAgree|#45663|#45665", "yyyy", "A1:A3 B1:B3 C1:C3")
	f.Add([]byte{}, "Task|% complete|Due\nBuild|#0.4|#1e300\nBuild|#-4|#nan", `""General""[$-F800]`, "B2 :: A0:A1")
	f.Add([]byte{1}, "Task|#45663|#45664|#45665|#45666|#45667\n|M|T|W|T|F\nAgree|x|x|||\nBuild||x|1||■", "yyyy-mm-dd", "A1:A2 B3:C3")
	f.Add([]byte{2}, "Activity||Jan 2025|||Feb 2025||\n||30|31|1|2|3\nAgree||x|x|||\nBuild||||x|x|", "d", "C1:D1 A1:A2")
	f.Add([]byte{3}, "Task|Week 1|Week 2|Week 3|Week 4\nAgree|x|||\nBuild||x|x|", "0", "A2:E2")
	f.Fuzz(func(t *testing.T, choices []byte, text, code, merged string) {
		if len(text)+len(code)+len(merged) > 4000 || strings.ContainsFunc(text+code+merged, func(c rune) bool { return c < ' ' && c != '\n' || c == 0xFFFD || c == 0xFFFE || c == 0xFFFF }) {
			return
		}
		var rows [][]string
		for _, line := range strings.Split(text, "\n") {
			rows = append(rows, strings.Split(line, "|"))
		}
		sheet := sheetData(rows...)
		for i, c := range choices {
			cell := fmt.Sprintf(`r="%s"`, at(int(c)%5+1, i+1))
			sheet = strings.Replace(sheet, cell+` s="1"`, fmt.Sprintf(`%s s="%d"`, cell, c%6), 1)
			if c%7 == 0 {
				sheet = strings.Replace(sheet, fmt.Sprintf(`<row r="%d"`, i+1), fmt.Sprintf(`<row r="%d" hidden="1"`, i+1), 1)
			}
		}
		if len(choices) > 2 {
			sheet = fmt.Sprintf(`<cols><col min="%d" max="%d" hidden="1"/></cols>`, choices[0]%5, choices[1]%5) + sheet
		}
		sheet += "<mergeCells>"
		for _, ref := range strings.Fields(merged) {
			sheet += `<mergeCell ref="` + escaped(ref) + `"/>`
		}
		sheet += "</mergeCells>"
		var all Collected
		if _, err := Read(inMemoryFile(rawBook(t, sheet, code, code+";"+code)), Options{Name: "plan.xlsx"}, &all); err != nil {
			return
		}
		for _, m := range all.Milestones {
			check(t, m)
		}
	})
}

// check holds what is true of every milestone of every document.
func check(t *testing.T, m Milestone) {
	t.Helper()
	if m.Title.Text == "" || len(m.Title.From) == 0 || m.Line < 1 || m.Ref == "" {
		t.Errorf("a milestone without a place: %+v", m)
	}
	for field, v := range m.values() {
		for _, p := range v.From {
			if p.Row < 1 || p.Column < 1 || p.Text == "" {
				t.Errorf("line %d: a value of %s comes from nowhere: %+v", m.Line, field, p)
			}
		}
	}
	for _, d := range m.Dates {
		if d.Kind < period.In || d.Kind > period.Unknown {
			t.Errorf("line %d: a date of no kind: %+v", m.Line, d)
		}
		if d.Start != 0 && d.End != 0 && d.End.Before(d.Start) && len(m.Review) == 0 {
			t.Errorf("line %d: a date ends before it begins, and nobody is asked: %+v", m.Line, d)
		}
	}
	for _, doubt := range m.Review {
		if doubt.Reason == "" || doubt.Says == "" {
			t.Errorf("line %d: a doubt that says nothing: %+v", m.Line, doubt)
		}
	}
}
