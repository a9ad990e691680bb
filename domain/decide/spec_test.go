package decide

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs: the rules that need several milestones. The reference of a milestone stands before what is said
// of it.
func TestSpecs(t *testing.T) {
	spectext.Run(t, "testdata/specs/*.txt", *update, func(t *testing.T, title string) spectext.Scenario {
		return &spec{t: t, title: title, given: known{}}
	})
}

// spec is one scenario while it is run.
type spec struct {
	t       *testing.T
	title   string
	given   known
	plan    spectext.Plan
	facts   Facts
	effects []Effect
	refused error
	because []string // a correction waits
}

func (s *spec) Tell(block, line string) error {
	switch {
	case block == "given":
		return s.know(line)
	case block == "with":
		if caller, ok := strings.CutPrefix(strings.TrimSpace(line), "caller "); ok {
			name, person, _ := strings.Cut(caller, " of person ")
			s.facts.Caller = Teller{Actor: name, Speaker: name, Person: person}
			return nil
		}
		if party, ok := strings.CutPrefix(strings.TrimSpace(line), "speaks for "); ok {
			s.facts.Correcting.MaySpeakFor = func(p string) bool { return p == party }
			return nil
		}
		if party, ok := strings.CutPrefix(strings.TrimSpace(line), "organisation "); ok {
			s.facts.Correcting.Organisation = party
			return nil
		}
		switch strings.TrimSpace(line) {
		case "approver":
			s.facts.Correcting.Approver = true
		case "reviewer":
			s.facts.Correcting.Reviewer = true
		case "no credentials":
			s.facts.Correcting.Local = true
		case "single user":
			s.facts.Correcting.SingleUser = true
		default:
			return s.plan.Declare(line)
		}
		return nil
	case strings.HasPrefix(block, "when"):
		return s.decide(block, line)
	}
	return nil
}

func (s *spec) know(line string) error {
	asAt, line, _ := strings.Cut(line, " ")
	ref, notation := about(line)
	day := spectext.Day(asAt)
	if day == 0 {
		return fmt.Errorf("%s is not a day", asAt)
	}
	if other, ok := s.given.ByID(idOf(ref)); ok && other.(told).ref != ref {
		return fmt.Errorf("%s begins as the reference of another milestone, and they would have one id", ref)
	}
	by := uint32(0)
	if rest, ok := strings.CutPrefix(notation, "by "); ok { // "by A": who told it, where that matters
		by, notation = uint32(rest[0]-'A'+1), strings.TrimSpace(rest[1:])
	}
	e, err := spectext.Event(notation)
	s.given = s.given.with([]Effect{{Ref: ref, Event: e}}, day)
	told := s.given[ref]
	told[len(told)-1].By = by
	return err
}

// about takes a line apart: the milestone that it is about, and what is said of it. x*190 is a reference of so many bytes.
func about(line string) (ref, notation string) {
	ref, notation, _ = strings.Cut(strings.TrimSpace(line), " ")
	if letter, times, repeated := strings.Cut(ref, "*"); repeated {
		n, _ := strconv.Atoi(times)
		ref = strings.Repeat(letter, n)
	}
	return ref, strings.TrimSpace(notation)
}

func (s *spec) decide(block, line string) (err error) {
	if s.facts.AsAt, s.facts.Today, err = spectext.When(block); err != nil {
		return err
	}
	s.facts.RatingSchemes, s.facts.PlanEnd, s.facts.StrictRefs = s.plan.RatingSchemes, s.plan.Last, s.plan.StrictRefs
	ref, notation := about(line)
	cmd, err := spectext.Command(notation)
	if err != nil {
		return err
	}
	if rs := milestone.Check(cmd); len(rs) > 0 {
		s.refused = rs
		return nil
	}
	s.because = nil
	s.facts.Correcting.Changes = func(c Change) { s.because = c.Because }
	s.facts.Asked = &Asked{}
	s.effects, s.refused = Decide(nil, s.given, ref, cmd, s.facts)

	// Whatever a spec is about: saying it twice adds nothing.
	if again, err := Decide(nil, s.after(), ref, cmd, s.facts); s.refused == nil && (err != nil || len(again) > 0) {
		s.t.Errorf("%s: said twice, it comes to %v, %v", s.title, showAll(again), err)
	}
	return nil
}

func (s *spec) after() known {
	after := s.given.with(s.effects, s.facts.AsAt)
	for _, e := range s.effects {
		for i := len(s.given[e.Ref]); i < len(after[e.Ref]); i++ {
			if caller := s.facts.Caller.Actor; caller != "" {
				after[e.Ref][i].By = uint32(caller[0] - 'A' + 1)
			}
		}
	}
	return after
}

// Outcome writes what the command came to, or how one milestone stands then: "and A.2 is".
func (s *spec) Outcome(block string) []string {
	if ref, ok := strings.CutPrefix(block, "and "); ok {
		ref = strings.TrimSuffix(ref, " is")
		return spectext.Block(block, spectext.Describe(s.after().ByRef(ref).(told).Statements(), s.facts.Today))
	}
	then := showAll(s.effects)
	if len(s.because) > 0 && s.refused == nil {
		then = append(then, "waits because of "+strings.Join(s.because, ", "))
	}
	return spectext.Then(then, s.refused)
}

func showAll(effects []Effect) (lines []string) {
	for _, e := range effects {
		lines = append(lines, e.Ref+"  "+spectext.Show(e.Event))
	}
	return lines
}
