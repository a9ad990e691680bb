package load_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// shown keeps what a dry run shows.
type shown struct {
	all, candidates []documents.Milestone
	facts           []documents.Fact
}

func (s *shown) Milestone(m documents.Milestone) error {
	if slices.ContainsFunc(m.Review, func(d documents.Doubt) bool { return d.Reason == documents.Candidate }) {
		return s.Candidate(m) // until somebody accepts it
	}
	s.all = append(s.all, m)
	return nil
}
func (s *shown) Funding(documents.FundingLine) error { return nil }
func (s *shown) Candidate(m documents.Milestone) error {
	s.candidates = append(s.candidates, m)
	return nil
}

func (s *shown) Fact(f documents.Fact) error {
	s.facts = append(s.facts, f)
	return nil
}

// besideMilestones compares what a dry run shows beside the milestones with what the plan holds: the lines that are kept as notes, and the measures.
func besideMilestones(t *testing.T, c *client.Client, plan string, dry *shown) {
	t.Helper()
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: plan})
	if err != nil {
		t.Fatal(err)
	}
	var notes, noted []string
	measured := 0
	for _, f := range dry.facts {
		switch m := f.Measure; {
		case f.Noted != nil:
			if says := f.Noted.Kind + " " + f.Says; !slices.Contains(noted, says) {
				noted = append(noted, says)
			}
		case m != nil && (m.Value != "" || len(m.Targets) > 0) && strings.TrimSpace(m.Words) != "":
			measured++
			if !slices.ContainsFunc(p.GetMeasures(), func(is *pb.Measure) bool {
				return is.GetWords() == m.Words && (m.Value == "" || slices.ContainsFunc(is.GetValues(), func(v *pb.MeasureValue) bool { return v.GetValue() == m.Value }))
			}) {
				t.Errorf("line %d: the measure %q is shown with %q, and is not there", f.Line, m.Words, m.Value)
			}
		}
	}
	for _, n := range p.GetNotes() {
		notes = append(notes, n.GetKind()+" "+n.GetWords())
	}
	tells(t, "notes", noted, notes)
	if len(p.GetMeasures()) != measured {
		t.Errorf("%d measures are shown, and %d are there", measured, len(p.GetMeasures()))
	}
	t.Logf("%d notes, %d measures", len(notes), measured)
}

// What the dry run shows of the published plans is what the ledger holds then: title, owner and due date of every milestone, the candidates, the
// measures and the notes.
func TestWhatTheDryRunShowsIsStated(t *testing.T) {
	t.Parallel()
	c := server(t)
	day, _ := civil.Parse("2017-02-24")
	for _, name := range []string{"worcestershire.txt", "leicestershire.txt", "wolverhampton.txt", "dorset.txt", "buckinghamshire.txt", "buckinghamshire-register.csv"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := sharedtest.Read(t, "plans/"+name)
			dry := &shown{}
			if _, err := documents.Read(bytes.NewReader(text), documents.Options{Name: name, Settings: dates.Settings{Dated: day}}, dry); err != nil {
				t.Fatal(err)
			}
			plan := "shown-" + name
			importPlan(t, load.Load{Service: c, Plan: plan, Name: "A plan"}, name, text, "2017-02-24")
			all := standing(t, c, plan)
			if len(all) != len(dry.all) {
				t.Errorf("%d milestones are shown, and %d are there", len(dry.all), len(all))
			}
			offered := candidatesOf(t, c, plan)
			for _, m := range dry.candidates {
				if !slices.ContainsFunc(offered, func(c *pb.Candidate) bool {
					return strings.HasPrefix(m.Title.Text, strings.TrimSuffix(c.GetTitle(), "…"))
				}) {
					t.Errorf("line %d: %q is shown as a candidate, and the plan has none", m.Line, m.Title.Text)
				}
			}
			if len(offered) != len(dry.candidates) {
				t.Errorf("%d candidates are shown, and %d are there", len(dry.candidates), len(offered))
			}
			besideMilestones(t, c, plan, dry)
			dated := 0
			for _, m := range dry.all {
				is := all[m.Ref]
				if is == nil {
					t.Errorf("line %d: no %s", m.Line, m.Ref)
					continue
				}
				due := ""
				if d := (period.Delivery{Readings: m.OfDate()}).Due(); d != 0 {
					due = d.String()
				}
				if due != "" {
					dated++
				}
				switch {
				case is.GetForecast() == due || is.GetActual() == due && due != "":
				default:
					t.Errorf("line %d: due %q is shown for %q, and %q is there of %q", m.Line, due, m.Date.Text, is.GetForecast(), is.GetForecastText())
				}
				if is.GetOwner() != m.Owner.Text && len(m.Owner.Text) < 200 && oneLine(m.Owner.Text) != is.GetOwner() {
					t.Errorf("line %d: owned by %q, and %q is there", m.Line, m.Owner.Text, is.GetOwner())
				}
				if is.GetTitle() != m.Title.Text && len(m.Title.Text) < 500 {
					t.Errorf("line %d: called %q, and %q is there", m.Line, m.Title.Text, is.GetTitle())
				}
			}
			t.Logf("%d candidates, %d milestones, %d with a due date", len(offered), len(dry.all), dated)
		})
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func candidatesOf(t *testing.T, c *client.Client, plan string) (all []*pb.Candidate) {
	t.Helper()
	for m, err := range c.Candidates(t.Context(), &pb.ListCandidatesRequest{Plan: plan, All: true, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}
