package main

import (
	"strings"
	"testing"

	"milepost.dev/domain/changes"
)

// TestEveryKindIsExplained: the help names every kind of change, and every field of the answer.
func TestEveryKindIsExplained(t *testing.T) {
	help := strings.Join(strings.Fields(changesCommand{}.Help()), " ")
	for _, k := range changes.Kinds() {
		if !strings.Contains(help, string(k)) {
			t.Errorf("kind %q", k)
		}
	}
	for _, c := range changeColumns {
		if !strings.Contains(help, c.Name) {
			t.Errorf("field %s", c.Name)
		}
	}
}
