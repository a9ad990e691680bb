package documents

import (
	"fmt"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// fortySheets is a workbook as a programme office keeps it: a sheet for each project, all with the same columns.
func fortySheets(t testing.TB) []byte {
	t.Helper()
	return book(t, func(f *excelize.File, sheet string) {
		for n := range 40 {
			if n > 0 {
				sheet = fmt.Sprintf("Project %d", n+1)
				if _, err := f.NewSheet(sheet); err != nil {
					t.Fatal(err)
				}
			}
			rows := [][]any{{"Ref", "Milestone", "Owner", "Baseline date", "Forecast date", "Status", "RAG", "Comments"}}
			for row := range 60 {
				rows = append(rows, []any{
					fmt.Sprintf("P%d-%d", n+1, row+1), fmt.Sprintf("Stage %d of project %d is signed off", row+1, n+1), []string{"Ada Holt", "Ben Lee", "Chen Wu"}[row%3],
					fmt.Sprintf("%d/%02d/2025", row%28+1, row%12+1), []string{"Q2 25/26", "end of March 2026", "by summer 2026", "TBC"}[row%4], "On track", "Green", "see the paper of the board",
				})
			}
			for i, cells := range rows {
				if err := f.SetSheetRow(sheet, at(1, i+1), &cells); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestAWorkbookOfFortySheetsIsReadWhileOneWaits(t *testing.T) {
	data := fortySheets(t)
	begun, all := time.Now(), &counting{}
	report, err := Read(inMemoryFile(data), Options{Name: "programme.xlsx"}, all)
	took := time.Since(begun)
	if err != nil || report.Milestones != 40*60 || len(report.Plan.Sheets) != 40 {
		t.Fatalf("%d milestones of %d sheets, %v", report.Milestones, len(report.Plan.Sheets), err)
	}
	t.Logf("%d kB in %v", len(data)>>10, took.Round(time.Millisecond))
	if took > slower*2*time.Second {
		t.Errorf("it took %v", took)
	}
}

func BenchmarkFortySheets(b *testing.B) {
	data := fortySheets(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(inMemoryFile(data), Options{Name: "programme.xlsx"}, &counting{}); err != nil {
			b.Fatal(err)
		}
	}
}
