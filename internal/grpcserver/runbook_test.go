package grpcserver_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"milepost.dev/internal/grpcserver"
)

// The runbook says what to do in each state that a server can be in, and in no other.
func TestTheRunbookHasASectionForEachState(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile("^### `([a-z-]+)`\n")
	var described []string
	for _, section := range regexp.MustCompile(`(?m)^#{2,3} `).Split(string(text), -1)[1:] {
		if found := heading.FindStringSubmatch("### " + section); found != nil {
			described = append(described, found[1])
			if body := strings.TrimSpace(strings.SplitN(section, "\n", 2)[1]); len(body) < 40 {
				t.Errorf("the section on %s says %q", found[1], body)
			}
		}
	}
	if states := grpcserver.States(); !slices.Equal(states, described) {
		t.Errorf("the states are   %q\nand described are %q", states, described)
	}
}
