package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load"
)

// An actual date achieves; a status that says that it is met, or given up, without one is asked about, and asked once.
func TestActualDatesAchieve(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "p", Name: "Clinics"}
	document := "Milestone,Owner,Forecast date,Actual date,Status,% complete,Reason for change\n" +
		"Fit out the clinic,Asha,2017-03-30,2017-04-05,Complete,100,\n" +
		"Open the clinic,Ben,2017-06-30,,On track,10,The lift is late\n" +
		"Order the beds,Ben,2017-03-30,,Complete,,\n" +
		"Paint the hall,Ben,2017-03-30,,,100%,\n" +
		"Close the annexe,Ben,2017-03-30,,Cancelled,,\n" +
		"Hold the party,Ben,2017-03-30,2018-12-24,Complete,,\n"
	importPlan(t, l, "plan.csv", []byte(document), "2018-04-30")
	check := func(when string) {
		t.Helper()
		var got []string
		for _, m := range standing(t, c, "p") {
			got = append(got, fmt.Sprint(m.GetTitle(), ": ", m.GetState(), " ", m.GetActual(), m.GetReview()))
		}
		slices.Sort(got)
		want := []string{
			"Close the annexe: planned [said-cancelled]",
			"Fit out the clinic: achieved 2017-04-05[]",
			"Hold the party: planned [actual-after-as-at]",
			"Open the clinic: planned []",
			"Order the beds: planned [done-without-actual]",
			"Paint the hall: planned [done-without-actual]",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	check("at first")
	again := importPlan(t, l, "plan.csv", []byte(document+"\n"), "2018-05-31")
	if n := again.Events["ReviewRaised"]; n > 0 {
		t.Errorf("asked again about the same words: %d", n)
	}
	check("a month later")
}

// A column that a return had last month too confirms nothing: its date is of the day that its heading names.
func TestAnOlderForecastIsNotConfirmed(t *testing.T) {
	t.Parallel()
	c := server(t)
	l := load.Load{Service: c, Plan: "p", Name: "Clinics"}
	importPlan(t, l, "jan.csv", []byte("Milestone,Owner,Forecast (Jan)\nOpen the clinic,Ben,2022-09-30\nBuy the land,Ben,2022-03-31\n"), "2018-01-31")
	second := importPlan(t, l, "apr.csv", []byte("Milestone,Owner,Forecast (Jan),Forecast (Apr)\nOpen the clinic,Ben,2022-09-30,2022-12-15\nBuy the land,Ben,2022-03-31,\n"), "2018-04-30")
	if second.Events["MilestoneSlipped"] != 1 || second.Events["ForecastReconfirmed"] != 0 {
		t.Errorf("April came to %v", second.Events)
	}
	var moves []string
	for m, err := range c.Slippage(t.Context(), &pb.ListSlippageRequest{Plan: "p", PageSize: 10}).Items {
		if err != nil {
			t.Fatal(err)
		}
		moves = append(moves, fmt.Sprint(m.GetAsAt(), " ", m.GetDays()))
	}
	if fmt.Sprint(moves) != "[2018-04-30 76]" {
		t.Errorf("it moved %v", moves)
	}
}
