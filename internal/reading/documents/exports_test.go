package documents

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"milepost.dev/internal/reading/dates"
)

// Files in the form in which each tool writes them, with all that it writes beside the tasks: people below them, a header for the items below an item, a
// title for each level, a column for each project, addresses behind names, dates with times and marks.
func TestExportsAsToolsWriteThem(t *testing.T) {
	for file, want := range map[string][]string{
		"asana.csv": {"1206371234567890|Sign the lease||Asha Rao|2025-03-07|2025-03-05|", "1206371234567891|Open the shop|Estates||2025-06-02||", "1206371234567892|Paint the door||Ben Cole|||"},
		"azure-devops.csv": {
			`4710|Shop|Shop|Asha Rao|2025-06-30||Active`, `4711|Payments live|Shop\Tills|Asha Rao|2025-06-30||Active`, `4712|Refunds live|Shop\Tills|Ben Cole|2025-07-31||New`,
		},
		"ganttproject.csv": {"0|Sign the lease||Asha Rao|2025-03-07||", "1|Open the shop|||2025-06-02||"},
		"gmpp-columns.csv": {
			"DFX_0001_1516-Q4|New Harbour Programme|DFX||2021-03-31||The rating is as before.", "DFX_0002_1718-Q3|Rural Masts|DFX||2022-09-30||The rating went up",
			"DFX_0003_1819-Q3|Library Card Service|DFX||2024-12-31||More staff were hired",
		},
		"monday.csv": {
			"1234567890|Sign the lease|Before opening|Asha Rao|2025-03-07||Done", "1234567891|Draft|Before opening|Ben Cole|2025-02-20||Done",
			"1234567892|Sign|Before opening|Asha Rao|2025-03-07||Done", "1234567893|Open the shop|Before opening|Ben Cole|2025-06-02||Working on it",
			"1234567894|Review the till|After|Ben Cole|2025-09-02||",
		},
		"primavera.csv":  {"A1000|Foundations cast|SHOP.1||2025-03-28|2025-03-28|Completed", "A1010|Roof on|SHOP.1||2025-05-09||Not Started"},
		"redmine.csv":    {"12|Payments live|Shop|Asha Rao|2025-06-30||In Progress", "13|Refunds live|Shop||2025-03-31|2025-03-30|Closed"},
		"smartsheet.csv": {"|Shop|||2025-02-06||In Progress", "|Sign the lease||asha@example.org|2025-07-03||Complete", "|Open the shop||Asha Rao, Ben Cole|2025-02-06||Not Started"},
		"trello.csv":     {"65a1b2|Sign the lease|Shop|asharao|2025-03-07||Done", "65a1b3|Open the shop|Shop||2025-06-02||Doing", "65a1b4|Old idea|Shop||||Doing"},
	} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", "exports", file))
			if err != nil {
				t.Fatal(err)
			}
			report, all := readText(t, file, text, dates.Settings{})
			if got := toldByRows(all); !slices.Equal(got, want) {
				t.Errorf("read as\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			profile := strings.TrimSuffix(strings.TrimSuffix(file, ".csv"), "-columns")
			if !slices.ContainsFunc(report.Plan.Notes, func(note string) bool { return strings.Contains(note, "(profile "+profile+")") }) {
				t.Errorf("it was not known: %q", report.Plan.Notes)
			}
			if slices.ContainsFunc(report.Plan.Notes, func(note string) bool { return strings.Contains(note, "stands within a table") }) {
				t.Errorf("a header that the tool repeats is called in doubt: %q", report.Plan.Notes)
			}
			for _, m := range all.Milestones { // a cell that was turned keeps its place
				if strings.HasPrefix(m.Ref, "DFX_0002") && (m.Title.From[0].Row != 2 || m.Title.From[0].Column != 3) {
					t.Errorf("%s is said to stand in row %d, column %d", m.Title.Text, m.Title.From[0].Row, m.Title.From[0].Column)
				}
			}
		})
	}
}
