package documents

import (
	"testing"

	"milepost.dev/internal/reading/dates"
)

// What the names of sheets say of their time: the first and the last day, or nothing.
func TestTheTimeInTheNameOfASheet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Status 2024-03": "2024-03-01 2024-03-31", "2024-03-15": "2024-03-15 2024-03-15", "20240315": "2024-03-15 2024-03-15", "202403": "2024-03-01 2024-03-31",
		"March 24 return": "2024-03-01 2024-03-31", "Mar-24": "2024-03-01 2024-03-31", "March 2024": "2024-03-01 2024-03-31", "Mar24": "2024-03-01 2024-03-31",
		"Return_Mar_2024": "2024-03-01 2024-03-31", "Week ending 19 Jan 2018": "2018-01-19 2018-01-19", "W-E 19 Jan 2018": "2018-01-19 2018-01-19",
		"w-e 19-01-2018": "2018-01-19 2018-01-19", "19.01.18": "2018-01-19 2018-01-19", "Status report 15 March 2024": "2024-03-15 2024-03-15",
		"2024-W12": "2024-03-18 2024-03-24", "W12 2024": "2024-03-18 2024-03-24", "Week 12 2024": "2024-03-18 2024-03-24",
		"W12": "", "Week 3": "", "March": "", "v2": "", "Milestones": "", "Estates": "", "Phase 2": "", "2024": "", "Risks": "", "Plan 2024-26": "", "Actions from March 2024 onwards": "",
		"02-03-2024": "either",
	} {
		first, last, either := timeInName(name, dates.Settings{})
		got := ""
		switch {
		case either:
			got = "either"
		case last != 0:
			got = first.String() + " " + last.String()
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", name, got, want)
		}
	}
}
