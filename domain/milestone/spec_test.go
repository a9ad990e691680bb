package milestone_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs: the rules for one milestone.
func TestSpecs(t *testing.T) {
	spectext.Run(t, "testdata/specs/*.txt", *update, func(t *testing.T, title string) spectext.Scenario {
		return &spec{t: t, title: title}
	})
}

// spec is one scenario while it is run.
type spec struct {
	t       *testing.T
	title   string
	given   []Statement
	plan    spectext.Plan
	when    Command
	facts   Facts
	events  []Event
	refused error
}

func (s *spec) Tell(block, line string) error {
	switch {
	case block == "given":
		return s.know(line)
	case block == "with":
		return s.declare(line)
	case strings.HasPrefix(block, "when"):
		return s.decide(block, line)
	}
	return nil
}

func (s *spec) know(line string) error {
	asAt, notation, _ := strings.Cut(line, " ")
	if spectext.Day(asAt) == 0 {
		return fmt.Errorf("%s is not a day", asAt)
	}
	e, err := spectext.Event(notation)
	s.given = append(s.given, Statement{Position: uint64(len(s.given) + 1), AsAt: spectext.Day(asAt), Event: e})
	return err
}

// declare knows what Decide is told of the plan, and of the milestone that this one would wait for: "milestone B2",
// "milestone B2 which waits for this one", "milestone B1 which is this one".
func (s *spec) declare(line string) error {
	if told, ok := strings.CutPrefix(line, "milestone "); ok {
		ref, which, _ := strings.Cut(told, " which ")
		s.facts.Predecessor = Predecessor{Exists: true, Waits: which == "waits for this one", Itself: which == "is this one"}
		copy(s.facts.Predecessor.ID[:], ref)
		return nil
	}
	return s.plan.Declare(line)
}

func (s *spec) decide(block, line string) (err error) {
	if s.facts.AsAt, s.facts.Today, err = spectext.When(block); err != nil {
		return err
	}
	if s.when, err = spectext.Command(line); err != nil {
		return err
	}
	s.facts.RatingSchemes, s.facts.PlanEnd = s.plan.RatingSchemes, s.plan.Last
	if rs := Check(s.when); len(rs) > 0 {
		s.refused = rs
		return nil
	}
	s.events, s.refused = decideOn(s.given, s.when, s.facts)

	// Whatever a spec is about: saying it twice adds nothing.
	if again, err := decideOn(s.after(), s.when, s.facts); s.refused == nil && (err != nil || len(again) > 0) {
		s.t.Errorf("%s: said twice, it comes to %v, %v", s.title, again, err)
	}
	return nil
}

// decideOn decides as the service does: on what was stated for the day and before, and for a milestone
// that begins on everything.
func decideOn(known []Statement, c Command, f Facts) ([]Event, error) {
	until := f.AsAt
	switch c.(type) {
	case Add, ChangeReference:
		until = civil.Last
	}
	for _, st := range known {
		_, added := st.Event.(Added)
		f.Exists = f.Exists || added
	}
	one := func(uint32) bool { return true } // all in these specs is said by one speaker
	f.Said = LastDate(len(known), List(known), f.AsAt, one)
	f.Said.Life = LastLife(len(known), List(known), f.AsAt, one).Life
	return Decide(Fold(asAtUntil(known, until)), c, f)
}

func asAtUntil(known []Statement, until civil.Date) (before []Statement) {
	for _, st := range allInOrder(known) {
		if st.AsAt <= until {
			before = append(before, st)
		}
	}
	return before
}

// after is what is known once the events are recorded.
func (s *spec) after() []Statement {
	known := s.given[:len(s.given):len(s.given)]
	for _, e := range s.events {
		known = append(known, Statement{Position: uint64(len(known) + 1), AsAt: s.facts.AsAt, Event: e})
	}
	return known
}

// Outcome writes what the command came to, or what is known then.
func (s *spec) Outcome(block string) []string {
	switch {
	case strings.HasPrefix(block, "and the milestone is"):
		return spectext.Block(block, spectext.Describe(s.after(), s.facts.Today))
	case strings.HasPrefix(block, "and the moves are"):
		return spectext.Block(block, spectext.Moves(s.after(), s.facts.Today))
	}
	return spectext.Then(showEach(s.events), s.refused)
}

func showEach(events []Event) (lines []string) {
	for _, e := range events {
		lines = append(lines, spectext.Show(e))
	}
	return lines
}
