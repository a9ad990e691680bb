package load_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// Values that moved one column to the right of their headings are not taken for new milestones.
func TestValuesThatMovedAgainstTheirHeadings(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "hub", Name: "Hub"}
	rows := []string{"Buy the land,Ada,2022-01-31", "Lay the floor,Ben,2022-02-28", "Roof on,Ada,2022-03-31", "Doors hung,Chen,2022-04-30", "Open the hub,Ben,2022-05-31"}
	importPlan(t, l, "april.csv", []byte("Milestone,Owner,Due,Notes\n"+strings.Join(rows, ",seen\n")+",seen\n"), "2021-04-30")
	day, _ := civil.Parse("2021-05-31")
	stream := c.Push(t.Context())
	defer stream.Close()
	l.Stream = stream
	for name, document := range map[string]string{
		"the titles below another heading":         "Milestone,Area,Owner,Due\nEstates," + strings.Join(rows, "\nEstates,") + "\n",
		"the titles below that of the owner":       "Milestone,Owner,Due,Notes\nE1," + strings.Join(rows, "\nE2,") + "\n",
		"most of the titles below another heading": "Milestone,Area,Owner,Due\nEstates," + strings.Join(rows[:3], "\nEstates,") + "\n",
	} {
		_, err := l.Run(t.Context(), bytes.NewReader([]byte(document)), documents.Options{Name: "may.csv", Settings: dates.Settings{Dated: day}})
		if bad, ok := errors.AsType[*documents.Unreadable](err); !ok || bad.Rule != "columns-shifted" && (bad.Rule != "no-date-read" || !strings.Contains(name, "owner")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(standing(t, c, "hub")); n != len(rows) {
		t.Errorf("the plan has %d milestones", n)
	}
	// Another document of the plan has other titles, and is no version of it.
	other := importPlan(t, l, "other.csv", []byte("Milestone,Owner,Due\nSurvey sent,Ada,2022-01-31\nReport read,Ben,2022-02-28\n"), "2021-05-31")
	if other.New != 2 || other.Unsure > 0 {
		t.Errorf("another document: %+v", other)
	}
	// One that names a few of its milestones beside its own is no version of it either.
	third := importPlan(t, l, "risks.csv", []byte("Milestone,Beside,Due\nGround is wet,Buy the land,2022-01-31\nBuilder is ill,Roof on,2022-02-28\nMoney is late,nothing,2022-03-31\n"), "2021-05-31")
	if third.New != 3 {
		t.Errorf("a third document: %+v", third)
	}
}
