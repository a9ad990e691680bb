package load_test

import (
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
)

// The plan keeps the columns of a document, and the next version says which are new.
func TestAColumnThatWasNotThereLastMonthIsReported(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "hub", Name: "Hub"}
	importPlan(t, l, "april.csv", []byte("Milestone,Owner,Forecast (Jan)\nClinic opens,Ben,2022-09-30\nDesign agreed,Asha,2022-03-31\n"), "2022-01-31")
	next := importPlan(t, l, "may.csv", []byte("Milestone,Owner,Forecast (Jan),Forecast (Apr)\nClinic opens,Ben,2022-09-30,2022-12-15\nDesign agreed,Asha,2022-03-31,\n"), "2022-04-30")
	want := `These columns were not in april.csv: "Forecast (Apr)" (read as delivery_date).`
	if !slices.Contains(next.Notes, want) {
		t.Errorf("%q is not among the notes %q", want, next.Notes)
	}
	if next.Events["MilestoneSlipped"] != 1 || next.Events["ForecastReconfirmed"] > 0 {
		t.Errorf("the newer column came to %v", next.Events)
	}
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "hub"})
	if err != nil || len(p.GetDocuments()) != 2 || len(p.GetDocuments()[1].GetColumns()) != 4 {
		t.Fatalf("the plan keeps %v, %v", p.GetDocuments(), err)
	}
	if got := p.GetDocuments()[1].GetColumns()[3]; got.GetHeading() != "Forecast (Apr)" || got.GetColumn() != 4 || got.GetReadAs() != "delivery_date" {
		t.Errorf("the last column is kept as %v", got)
	}
}
