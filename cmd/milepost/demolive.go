package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/rig/demo"
)

// play lets the year go by, and prints each thing that happens.
func (s *showing) play(pace time.Duration) error {
	s.say("A year in a made-up district, by a %s clock: returns of three programmes at the end of each month, and", clockOf)
	s.say("what systems push in between. Open the page, and watch it change:\n")
	s.say("    %s/\n    %s/plans/%s\n", s.pages, s.pages, demo.Plan)
	s.say("Or ask, in another terminal:\n")
	for _, question := range []string{
		"milepost watch --plan %s --server %s",
		"milepost slippage --plan %s --server %s",
	} {
		s.say("    "+question, demo.Plan, s.address)
	}
	s.say("")
	for i, beat := range demo.Year(demo.Seed) {
		if i > 0 { // the first comes at once, so that there is a page to open
			select {
			case <-time.After(pace):
			case <-s.ctx.Done():
				return s.ctx.Err()
			}
		}
		err := s.decideUntil(beat.At, func(d decision) {
			s.say("%11s  %-15s  %-16s  %s", d.at.Format("2 Jan 2006"), demo.Plan, d.by, d.what)
		})
		if err != nil {
			return err
		}
		s.clock.Reach(beat.At)
		result, err := s.pushOne(beat.Plan, beat.Return)
		if err != nil {
			return err
		}
		what := "monthly return"
		if beat.Ref != "" {
			what = "push of " + beat.Ref
		}
		s.say("%11s  %-15s  %-16s  %s", beat.At.Format("2 Jan 2006"), beat.Plan.ID, what, outcome(result))
	}
	s.say("\nThe year is over. The page and the server go on until you press Ctrl-C.")
	return nil
}

// outcome is what a return came to, in a few words.
func outcome(r *returns.Result) string {
	var words []string
	for _, kind := range []struct{ event, word string }{
		{"MilestoneAdded", "new"},
		{"MilestoneSlipped", "slipped"},
		{"MilestoneRecovered", "came forward"},
		{"MilestoneAchieved", "achieved"},
		{"ForecastWithdrawn", "now TBC"},
		{"DeliveryDateUnread", "in words"},
		{"OwnerChanged", "owner named"},
		{"ForecastRestated", "in other words"},
		{"ForecastReconfirmed", "as before"},
	} {
		if n := r.Events[kind.event]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, kind.word))
		}
	}
	if n := r.RefusedRows(); n > 0 {
		words = slices.Insert(words, 0, fmt.Sprintf("%d refused", n))
	}
	if len(words) == 0 {
		return "nothing new"
	}
	return strings.Join(words, ", ")
}
