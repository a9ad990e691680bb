package changes_test

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing"

	. "milepost.dev/domain/changes"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

var update = flag.Bool("update", false, "rewrite what the specs say comes out")

// TestSpecs runs testdata/specs: what was told of a milestone, and what changed in it.
func TestSpecs(t *testing.T) {
	spectext.Run(t, "testdata/specs/*.txt", *update, func(t *testing.T, _ string) spectext.Scenario { return &spec{t: t} })
}

// spec is one scenario while it is run.
type spec struct {
	t          *testing.T
	statements []milestone.Statement
	names      []string // of the speakers, by their numbers
}

// Tell takes "2017-03-01 ann MilestoneAdded ref=A".
func (s *spec) Tell(_, line string) error {
	parts := strings.SplitN(line, " ", 3)
	day := spectext.Day(parts[0])
	if len(parts) < 3 || day == 0 {
		return fmt.Errorf("%q is not a day, a speaker and an event", line)
	}
	e, err := spectext.Event(strings.TrimSpace(parts[2]))
	s.statements = append(s.statements, milestone.Statement{Position: uint64(len(s.statements) + 1), AsAt: day, By: s.speaker(parts[1]), Event: e})
	return err
}

func (s *spec) speaker(name string) uint32 {
	for i, n := range s.names {
		if n == name {
			return uint32(i)
		}
	}
	s.names = append(s.names, name)
	return uint32(len(s.names) - 1)
}

// Outcome answers "and since DAY as at DAY" and "and told since POSITION as at DAY".
func (s *spec) Outcome(block string) []string {
	words := strings.Fields(block)
	at := spectext.Day(words[len(words)-1])
	was, is := s.end(len(s.statements), spectext.Day(words[2])), s.end(len(s.statements), at)
	if words[1] == "told" {
		position, err := strconv.Atoi(words[3])
		if err != nil {
			s.t.Fatal(err)
		}
		was = s.end(position, at)
	}
	c, changed := Between(was, is)
	if !changed {
		return []string{block, "  nothing"}
	}
	return spectext.Block(block, s.tell(&c))
}

func (s *spec) end(known int, at civil.Date) End { return endOf(s.statements[:known], at) }

// endOf is how a milestone stands by some statements.
func endOf(statements []milestone.Statement, at civil.Date) End {
	var upTo []milestone.Statement
	for _, st := range statements {
		if !st.AsAt.After(at) {
			upTo = append(upTo, st)
		}
	}
	state := milestone.FoldAsAt(upTo, at)
	if !state.Exists {
		return End{}
	}
	f, rows := figures.Rows(statements, at, figures.Record{})
	return End{
		Exists: true, Figures: f, Rows: rows, Phase: phaseOf(&f), Ref: state.Ref, Title: state.Title, Workstream: state.Workstream,
		Owner: state.Owner, Funding: state.Funding,
	}
}

func phaseOf(f *figures.Figures) milestone.Phase {
	switch {
	case f.Finished:
		return milestone.PhaseAchieved
	case f.Cancelled:
		return milestone.PhaseCancelled
	case f.OnHold:
		return milestone.PhaseOnHold
	case f.Started:
		return milestone.PhaseStarted
	}
	return milestone.PhasePlanned
}

func (s *spec) tell(c *Change) (lines []string) {
	var kinds []string
	for _, k := range c.Kinds {
		kinds = append(kinds, string(k))
	}
	lines = append(lines, strings.Join(kinds, ", "))
	days := "none"
	if c.Net.Known {
		days = fmt.Sprintf("%+d", c.Net.Days)
	}
	lines = append(lines, fmt.Sprintf("was %s, is %s; net %s; moves %d", day(c.Was.Day()), day(c.Is.Day()), days, c.Moves))
	for _, i := range c.Between {
		lines = append(lines, "  "+s.row("new", &c.Is.Rows[i]))
	}
	for _, i := range c.Undone {
		lines = append(lines, "  "+s.row("gone", &c.Was.Rows[i]))
	}
	for _, m := range c.Money {
		lines = append(lines, fmt.Sprintf("  money %s: %s -> %s", m.Is.Line, m.Was.State(), m.Is.State()))
	}
	return lines
}

func (s *spec) row(which string, r *figures.Row) string {
	text := fmt.Sprintf("%s %s %s %s -> %s", which, r.AsAt, r.Event, day(r.From.Due), day(r.To.Due))
	if r.Measured {
		text += fmt.Sprintf(" %+d", r.Days)
	}
	if !r.Counts {
		text += " beside"
	}
	return text + " by " + s.names[r.By]
}

func day(d civil.Date) string {
	if d == 0 {
		return "none"
	}
	return d.String()
}
