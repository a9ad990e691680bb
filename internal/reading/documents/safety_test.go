package documents

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// plain is a small plan as a spreadsheet.
func plain(t testing.TB) []byte {
	return book(t, func(f *excelize.File, _ string) {
		for i, cells := range [][]string{{"Milestone", "Owner", "Delivery date"}, {"Open the hub", "Estates office", "March 2025"}} {
			for j, text := range cells {
				set(t, f, at(j+1, i+1), text, "")
			}
		}
	})
}

// packed makes a zip of parts; a part that is nil is taken from a plain spreadsheet.
func packed(t testing.TB, changed map[string]func(io.Writer) error) []byte {
	t.Helper()
	data := plain(t)
	from, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range from.File {
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if change := changed[part.Name]; change != nil {
			err = change(w)
		} else {
			err = copyPart(w, part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func copyPart(w io.Writer, part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}

const firstSheet = "xl/worksheets/sheet1.xml"

// stating makes a spreadsheet whose first sheet states a size and holds others bytes.
func stating(t testing.TB, size uint64, content []byte) []byte {
	t.Helper()
	var sheet bytes.Buffer
	deflate, err := flate.NewWriter(&sheet, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deflate.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := deflate.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	raw, err := w.CreateRaw(&zip.FileHeader{Name: firstSheet, Method: zip.Deflate, UncompressedSize64: size, CompressedSize64: uint64(sheet.Len())})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Write(sheet.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is no plan, or would do harm, is refused with a sentence that says what to do, and leaves nothing behind.
func TestRefused(t *testing.T) {
	protected := func() []byte {
		f := excelize.NewFile()
		defer f.Close()
		var out bytes.Buffer
		if err := f.Write(&out, excelize.Options{Password: "hub"}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	cutSheet := func(w io.Writer) error {
		_, err := io.WriteString(w, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Milestone</t></is></c></row><row r="2"><c r="A2"`)
		return err
	}
	for _, c := range []struct {
		name, file, rule string
		data             []byte
	}{
		{"a sheet of 1 GB", "plan.xlsx", "too-large", stating(t, 1<<30, nil)},
		{"a zip bomb that states another size", "plan.xlsx", "truncated", stating(t, 10_000, make([]byte, 4<<20))},
		{"a formula without a value", "plan.xlsx", "formula", book(t, func(f *excelize.File, sheet string) {
			set(t, f, "A1", "Milestone", "")
			if err := f.SetCellFormula(sheet, "B7", `HYPERLINK("http://example.org","x")`); err != nil {
				t.Fatal(err)
			}
		})},
		{"a password", "plan.xlsx", "encrypted", protected()},
		{"a file that is cut off", "plan.xlsx", "truncated", plain(t)[:3000]},
		{"a sheet that is cut off", "plan.xlsx", "truncated", packed(t, map[string]func(io.Writer) error{firstSheet: cutSheet})},
		{"another zip", "plan.xlsx", "not-a-spreadsheet", emptyZip(t)},
		{"no zip", "plan.xlsx", "not-a-spreadsheet", []byte("Milestone,Owner\n")},
		{"a PDF", "plan.txt", "pdf", []byte("%PDF-1.7\n")},
		{"a page of the web", "plan.xls", "not-a-text", []byte("<html><table><tr><td>Milestone</td></tr></table></html>")},
		{"a word processor's document", "plan.txt", "not-a-text", []byte(`{\rtf1\ansi Milestone}`)},
		{"no text at all", "plan.csv", "not-a-text", bytes.Repeat([]byte{0, 1, 2, 250, 7, 'a'}, 500)},
		{"nothing", "plan.csv", "empty", nil},
		{"nothing but empty rows", "plan.csv", "no-table", []byte("\n\n,,\n")},
		{"no known heading", "plan.csv", "no-table", []byte("a,b,c\n1,2,3\n")},
		{"a quote that is never closed", "plan.csv", "too-long", []byte("Milestone,Owner\n\"" + strings.Repeat("word ", MaxRecord/4))},
		{"a line without an end", "plan.txt", "too-long", []byte(strings.Repeat("word ", MaxLine/4))},
	} {
		t.Run(c.name, func(t *testing.T) {
			left := t.TempDir()
			t.Setenv("TMPDIR", left)
			_, err := Read(inMemoryFile(c.data), Options{Name: c.file}, &Collected{})
			bad, ok := errors.AsType[*Unreadable](err)
			if !ok || bad.Rule != c.rule {
				t.Fatalf("the error is %v, want the rule %s", err, c.rule)
			}
			if !strings.HasSuffix(bad.Sentence, ".") || len(bad.Sentence) > 500 {
				t.Errorf("no sentence for a person: %q", bad.Sentence)
			}
			if files, err := os.ReadDir(left); err != nil || len(files) > 0 {
				t.Errorf("left behind: %v (%v)", files, err)
			}
		})
	}
}

func emptyZip(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	if _, err := w.Create("word/document.xml"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// many is a spreadsheet of so many milestones.
func many(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", []any{"Ref", "Workstream", "Milestone", "Owner", "Delivery date", "Status"}); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		cells := []any{fmt.Sprintf("M%d", i), "Workstream " + fmt.Sprint(i%40), fmt.Sprintf("Deliver part %d of the programme to site %d", i, i%977), "Office " + fmt.Sprint(i%60), "June 2025", "On track"}
		if err := w.SetRow(at(1, i+2), cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// counting is a sink that keeps nothing.
type counting struct {
	milestones int
	most       uint64 // bytes in use, at its most
}

func (c *counting) Milestone(Milestone) error {
	if c.milestones++; c.milestones%1000 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.most = max(c.most, m.HeapAlloc)
	}
	return nil
}
func (*counting) Funding(FundingLine) error { return nil }
func (*counting) Candidate(Milestone) error { return nil }
func (*counting) Fact(Fact) error           { return nil }

// A sheet is read row by row: four times as many rows take no more memory, the file itself aside.
func TestMemoryDoesNotGrow(t *testing.T) {
	inUse := func(rows int) uint64 {
		data := many(t, rows)
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var c counting
		if _, err := Read(inMemoryFile(data), Options{Name: "plan.xlsx"}, &c); err != nil {
			t.Fatal(err)
		}
		if c.milestones != rows {
			t.Fatalf("%d milestones of %d rows", c.milestones, rows)
		}
		return c.most - before.HeapAlloc + uint64(len(data))
	}
	small, large := inUse(2_000), inUse(8_000)
	t.Logf("%d MiB for 2,000 rows, %d MiB for 8,000", small>>20, large>>20)
	if large > small+small/2+4<<20 {
		t.Errorf("%d bytes for 2,000 rows, %d for 8,000", small, large)
	}
}

func TestProgress(t *testing.T) {
	for name, data := range map[string][]byte{"plan.xlsx": many(t, 3000), "plan.csv": []byte("Milestone,Owner,Due\n" + strings.Repeat("Open the hub,Estates office,March 2025\n", 9000))} {
		var last, calls, total int64
		_, err := Read(inMemoryFile(data), Options{Name: name, Progress: func(done, of int64) {
			if done < last || done > of {
				t.Errorf("%s: %d of %d after %d", name, done, of, last)
			}
			last, total = done, of
			calls++
		}}, &counting{})
		if err != nil || calls < 2 || last != total {
			t.Errorf("%s: %d reports, the last of %d of %d (%v)", name, calls, last, total, err)
		}
	}
}

// An error of whoever takes the milestones ends the reading.
func TestSinkFails(t *testing.T) {
	failing := errors.New("the disk is full")
	_, err := Read(inMemoryFile(plain(t)), Options{Name: "plan.xlsx"}, failed{failing})
	if !errors.Is(err, failing) {
		t.Errorf("the error is %v", err)
	}
}

type failed struct{ err error }

func (f failed) Milestone(Milestone) error { return f.err }
func (f failed) Funding(FundingLine) error { return f.err }
func (f failed) Candidate(Milestone) error { return f.err }
func (f failed) Fact(Fact) error           { return f.err }

func BenchmarkSpreadsheet(b *testing.B) {
	data := many(b, 100_000)
	b.ResetTimer()
	for range b.N {
		var c counting
		if _, err := Read(inMemoryFile(data), Options{Name: "plan.xlsx"}, &c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100_000/b.Elapsed().Seconds(), "rows/s")
}
