package load

import (
	"testing"

	"milepost.dev/domain/alike"
	"milepost.dev/internal/reading/documents"
)

// The titles of a plan are looked for in every field of a row, and below every heading that is none.
func TestWhereTheTitlesOfAPlanAreLookedFor(t *testing.T) {
	title := documents.Value{Text: "Lay the floor"}
	for where, m := range map[string]documents.Milestone{
		"owner":           {Owner: title},
		"delivery_date":   {Date: title},
		"workstream":      {Workstream: title},
		"scheme":          {Scheme: title},
		"deliverable":     {Deliverable: title},
		"status":          {Status: title},
		"next_steps":      {NextSteps: title},
		"success_measure": {Success: title},
		"Beside":          {Other: map[string]documents.Value{"Beside": title}},
	} {
		look := &lookedFor{titles: map[uint64]bool{alike.DigestAll(alike.Split("Lay the floor")...): true}, in: map[string]int{}}
		for range 2 {
			if err := look.Milestone(m); err != nil {
				t.Fatal(err)
			}
		}
		if heading, n := look.most(); heading != where || n != 2 {
			t.Errorf("the titles in %s are found %d times below %q", where, n, heading)
		}
	}
	look := &lookedFor{titles: map[uint64]bool{}, in: map[string]int{"b": 2, "a": 2, "c": 1}}
	if heading, n := look.most(); heading != "a" || n != 2 {
		t.Errorf("most stand below %q: %d", heading, n)
	}
}

func TestWhenTheTitlesAreLookedFor(t *testing.T) {
	for _, c := range []struct {
		known, found int
		want         bool
	}{
		{3, 0, false}, {4, 0, true}, {4, 1, false}, {5, 1, true}, {9, 2, false}, {10, 2, true}, {10, 3, false},
	} {
		if got := mayHaveShifted(c.known, c.found); got != c.want {
			t.Errorf("%d of %d are found: looked for %v", c.found, c.known, got)
		}
	}
}
