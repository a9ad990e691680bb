package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// dryRunOf is the dry run of a document, as it is written for a screen so wide.
func dryRunOf(t *testing.T, name string, text []byte, screen int) string {
	t.Helper()
	run, err := newDryRun()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := run.close(); err != nil {
			t.Error(err)
		}
	}()
	report, err := documents.Read(bytes.NewReader(text), documents.Options{Name: name}, run)
	if err != nil {
		t.Fatal(err)
	}
	var out, notes strings.Builder
	if err := run.writeTable(&out, &notes, screen, report); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// On a terminal no line of a dry run is wider than it, whatever the document holds; without one nothing is cut for it.
func TestDryRunFitsItsScreen(t *testing.T) {
	for _, name := range []string{"worcestershire", "leicestershire", "dorset", "wolverhampton"} {
		text := sharedtest.Read(t, "plans/"+name+".txt")
		for _, screen := range []int{80, 120} {
			t.Run(fmt.Sprint(name, " ", screen), func(t *testing.T) {
				said := dryRunOf(t, name+".txt", text, screen)
				for _, line := range strings.Split(said, "\n") {
					if n := output.Cells(line); n > screen {
						t.Errorf("%d cells: %s", n, line)
					}
				}
				if !strings.Contains(said, "\nLINE  MILESTONE") || !strings.Contains(said, "\nmilestones ") {
					t.Errorf("it does not hold the milestones and their number:\n%.600s", said)
				}
			})
		}
	}
}

func TestDryRunTellsWhatIsAsked(t *testing.T) {
	plan := []byte("Action,Owner,Due\nOpen the hub,Ada Holt,31/02/2025\nClose the annexe,Ada Holt,32/02/2025\nPaint the door,Ben Moss,May 2025\n")
	want := `document       plan.csv

COLUMN  READ AS        VALUES  UNREAD
Action  title               3       0
Owner   owner               3       0
Due     delivery_date       3       2

LINE  MILESTONE         OWNER     DATE     FOR A PERSON
2     Open the hub      Ada Holt  unknown  unreadable
3     Close the annexe  Ada Holt  unknown  unreadable
4     Paint the door    Ben Moss  2025-05

FOR A PERSON  MILESTONES  WHY
unreadable             2  The words could not be read as a
                          date.

milestones     3
for a person   2
funding lines  0
other facts    0
`
	if got := dryRunOf(t, "plan.csv", plan, 58); got != want {
		t.Errorf("written as\n%s\nwant\n%s", got, want)
	}
}

// The dry run counts the funding lines that an import states: those of milestones, of which a cell may hold several, too.
func TestDryRunCountsTheMoneyOfMilestones(t *testing.T) {
	plan := []byte("Action,Owner,Due,Investment\nOpen the hub,Ada Holt,May 2025,£1.2m\nPaint the door,Ben Moss,May 2025,£30k - £50k\nClose the annexe,Ada Holt,May 2025,\n")
	if got := dryRunOf(t, "plan.csv", plan, 0); !strings.Contains(got, "\nfunding lines  3\n") {
		t.Errorf("written as\n%s", got)
	}
}
