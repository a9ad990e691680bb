package documents

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// The day that a program counts from stands in cells that have no date, and the log that it keeps beside is no plan.
func TestTheFirstDayOfAProgramAndItsLog(t *testing.T) {
	_, all := readText(t, "tasks.csv", []byte("Task,Start,End\nOpen the hub,1900-12-30,1900-12-30\nTrain the staff,2025-01-30,2025-03-30\n"), dates.Settings{})
	if len(all.Milestones) != 2 || !slices.Contains(reasonsOf(all.Milestones[0]), period.Contradicts) || len(all.Milestones[1].Review) > 0 {
		t.Errorf("read %+v", all.Milestones)
	}
	_, err := Read(inMemoryFile([]byte("Timestamp,Action,Task ID,Field Changed,Old Value,New Value\n2025-09-18 07:50:35,EDIT,432,PROGRESS,NOT STARTED,IN PROGRESS\n2025-09-19 07:50:35,ADD,433,TASK,,Open the hub\n")), Options{Name: "log.csv"}, Discard{})
	if bad, ok := errors.AsType[*Unreadable](err); !ok || !strings.Contains(bad.Error(), "tells what was changed") {
		t.Errorf("the log alone: %v", err)
	}
}
