package web_test

import (
	"bytes"
	"flag"
	"fmt"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/demo"
)

var far = flag.Bool("far", false, "follow the numbers of a plan of 5,000, of 200 plans and of all of the demonstration too; some minutes")

// Every number opens exactly the rows that it counts: of the demonstration's year, of 5,000 milestones, of 200 plans, and of none.
func TestEveryNumberOfLargePlans(t *testing.T) {
	beats, milestones, plans := 60, 300, 12
	if *far {
		beats, milestones, plans = 1000, 5000, 200
	}
	played := clock.NewPlayed(clock.System(), demo.Begins())
	year := serve(t, node.Config{Clock: played, ClockOf: "demonstration"})
	told := demo.Year(demo.Seed)
	for _, beat := range told[:min(beats, len(told))] {
		played.Reach(beat.At)
		push := returns.Push{Service: year.server, Plan: beat.Plan.ID, Name: beat.Plan.Name}
		if _, err := push.Run(t.Context(), bytes.NewReader(beat.Return.CSV)); err != nil {
			t.Fatal(err)
		}
	}
	large := serve(t, node.Config{})
	for part := 0; part < milestones; part += 250 {
		var commands []*pb.Command
		if part == 0 {
			commands = append(commands, registered("Large"))
		}
		for i := part; i < min(part+250, milestones); i++ {
			ref := fmt.Sprintf("M%04d", i)
			commands = append(commands, added(ref, "Milestone "+ref), stated(ref, "2026-01-02", fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28), ""))
			switch i % 9 {
			case 1:
				commands = append(commands, stated(ref, "2026-02-02", fmt.Sprintf("2027-%02d-%02d", 1+i%12, 1+i%28), "late"))
			case 2:
				commands = append(commands, stated(ref, "2026-02-02", "TBC", ""))
			case 3:
				commands = append(commands, &pb.Command{AsAt: "2026-05-10", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: ref, ActualDate: "2026-05-09"}}})
			}
		}
		large.submit(fmt.Sprint("part", part), "large", commands...)
	}
	for i := range plans {
		large.hubs(fmt.Sprintf("plan-%03d", i))
	}
	none := serve(t, node.Config{})
	for _, of := range []struct {
		name  string
		s     *served
		plans []string
	}{{"the demonstration", year, []string{"brackwater", "harbour-schools"}}, {"large plans", large, []string{"large", "plan-003"}}, {"an empty server", none, nil}} {
		c := &crawler{served: of.s, rows: map[string]int{}}
		c.page("/")
		for _, plan := range of.plans {
			for _, path := range pagesOfAPlan {
				c.page("/plans/" + plan + path)
			}
			c.changes("/plans/" + plan + "/changes")
			c.matchesTheAPI(plan)
		}
		t.Logf("%s: %d numbers lead to %d lists", of.name, c.checked, len(c.rows))
		if c.checked < 100 && of.plans != nil {
			t.Errorf("%s: %d numbers were followed", of.name, c.checked)
		}
	}
}
