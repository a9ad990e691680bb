package load_test

import (
	"bytes"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// shown keeps what a dry run shows.
type shown struct{ all []documents.Milestone }

func (s *shown) Milestone(m documents.Milestone) error { s.all = append(s.all, m); return nil }
func (s *shown) Funding(documents.FundingLine) error   { return nil }
func (s *shown) Fact(documents.Fact) error             { return nil }

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
			t.Logf("%d milestones, %d with a due date", len(dry.all), dated)
		})
	}
}
