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
type shown struct{ all, candidates []documents.Milestone }

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
func (s *shown) Fact(documents.Fact) error { return nil }

// What the dry run shows of the published plans is what the ledger holds then: title, owner and due date of every milestone.
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
				if is.GetTitle() != m.Title.Text && len(m.Title.Text) < 500 {
					t.Errorf("line %d: called %q, and %q is there", m.Line, m.Title.Text, is.GetTitle())
				}
			}
			t.Logf("%d candidates, %d milestones, %d with a due date", len(offered), len(dry.all), dated)
		})
	}
}

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
