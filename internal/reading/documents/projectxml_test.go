package documents

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/dates"
)

// A plan of MS Project says what it is called and of which day it is, and a file that is cut off or made to fill the memory is refused.
func TestProjectXML(t *testing.T) {
	const begin = `<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"><Name>shop.mpp</Name><Title>A new shop</Title><StatusDate>2025-02-28T17:00:00</StatusDate><Tasks>`
	const task = `<Task><UID>3</UID><Name>Hang the doors</Name><OutlineLevel>1</OutlineLevel><Finish>2025-02-14T17:00:00</Finish></Task>`
	report, all := readText(t, "plan.xml", []byte(begin+task+`</Tasks></Project>`), dates.Settings{})
	if want, _ := civil.Parse("2025-02-28"); report.Plan.Title != "A new shop" || report.Plan.Dated != want || len(all.Milestones) != 1 {
		t.Errorf("%q of %s with %d milestones", report.Plan.Title, report.Plan.Dated, len(all.Milestones))
	}
	if report, all := readText(t, "plan.xml", []byte(begin+`</Tasks></Project>`), dates.Settings{}); len(all.Milestones) != 0 || !slices.Contains(report.Plan.Notes, "A header was found, and no row below it.") {
		t.Errorf("a plan without tasks: %d milestones, %q", len(all.Milestones), report.Plan.Notes)
	}
	if _, err := Read(inMemoryFile([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")), Options{Name: "plan.mpp"}, &Collected{}); err == nil || !strings.Contains(err.Error(), "as XML") {
		t.Errorf("the program's own file: %v", err)
	}
	for name, text := range map[string]string{
		"cut off":       begin + task,
		"a long text":   begin + `<Task><Name>` + strings.Repeat("a", 2*MaxCell) + `</Name></Task></Tasks></Project>`,
		"no end of it":  begin + `<Task><Name>` + strings.Repeat("a", 20*MaxCell),
		"a deep one":    begin + strings.Repeat("<a>", 100),
		"its own words": `<!DOCTYPE Project [<!ENTITY a "aaaa">]>` + strings.TrimPrefix(begin, `<?xml version="1.0"?>`) + `<Task><Name>&a;</Name></Task></Tasks></Project>`,
	} {
		_, err := Read(inMemoryFile([]byte(text)), Options{Name: "plan.xml"}, &Collected{})
		if bad, ok := errors.AsType[*Unreadable](err); !ok || bad.Sentence == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
