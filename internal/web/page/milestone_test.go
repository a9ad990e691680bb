package page

import (
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

// A date that was said again as it was is neither a rung of the ladder nor a row of its table, and is counted. What stands
// beside the moves is a row, and not a rung.
func TestADateThatIsSaidAgainDoesNotMove(t *testing.T) {
	moves := []*pb.Move{
		{Event: "ForecastGiven", AsAt: "2024-04-30", To: "2024-11-30", Counts: true, Measured: true},
		{Event: "ForecastReconfirmed", AsAt: "2024-05-31", From: "2024-11-30", To: "2024-11-30", Counts: true, Measured: true},
		{Event: "MilestoneSlipped", AsAt: "2024-07-31", From: "2024-11-30", To: "2025-01-31", Days: 62, TotalDays: 62, NoReason: true, Counts: true, Measured: true},
		{Event: "Disagrees", AsAt: "2024-07-31", From: "2025-01-31", To: "2024-11-30"},
		{Event: "MilestoneAchieved", AsAt: "2025-02-10", From: "2025-01-31", To: "2025-02-05", Days: 5, Counts: true, Measured: true},
	}
	drawn := steps(&pb.GetMilestoneResponse{FirstForecast: "2024-11-30", Status: &pb.MilestoneStatus{Forecast: "2025-01-31"}}, moves, "2025-03-31")
	if len(drawn.Steps) != 3 || !drawn.Steps[2].Met || drawn.Steps[0].Said != "first forecast" || drawn.Steps[1].Said != "slipped" || drawn.Steps[1].Days != 62 {
		t.Errorf("the ladder has the steps %+v", drawn.Steps)
	}
	if drawn.First != "2024-11-30" || drawn.Forecast != "2025-01-31" || drawn.AsAt != "2025-03-31" {
		t.Errorf("the ladder is of %+v", drawn)
	}
	listed, again := movesShown(moves)
	if len(listed) != 4 || again != 1 || !listed[1].NoReason || listed[0].NoReason {
		t.Errorf("the table has %+v, and %d said again", listed, again)
	}
}
