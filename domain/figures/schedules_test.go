package figures_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/sharedtest"
	"milepost.dev/internal/rig/spectext"
)

// expectedMove is a move of a published schedule, computed from it by other rules.
type expectedMove struct {
	AsAt string `json:"as_at"`
	From string `json:"from"`
	To   string `json:"to"`
	Days int    `json:"days"`
}

// told is what a schedule says of one milestone on one day.
type told struct {
	ref     string
	asAt    civil.Date
	request uint64
	event   milestone.Event
}

// TestPublishedSchedules: two real schedules, told day by day, shuffled in one request, and told twice, come to the moves and
// totals that were computed from them by other rules.
func TestPublishedSchedules(t *testing.T) {
	for _, name := range []string{"nodejs-releases", "python-releases"} {
		var expected struct {
			Refs map[string]struct {
				First    string         `json:"first"`
				SlipDays int            `json:"slip_days"`
				Moves    []expectedMove `json:"moves"`
			} `json:"refs"`
		}
		if err := json.Unmarshal(sharedtest.Read(t, "data/"+name+".expected.json"), &expected); err != nil {
			t.Fatal(err)
		}
		daily := schedule(t, sharedtest.Read(t, "data/"+name+".csv"))
		whole := slices.Clone(daily)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(whole), func(i, j int) { whole[i], whole[j] = whole[j], whole[i] })
		for i := range whole {
			whole[i].request = 1
		}
		for how, all := range map[string][]told{"day by day": daily, "shuffled": whole, "twice": slices.Concat(daily, daily)} {
			t.Run(name+" "+how, func(t *testing.T) {
				compared := 0
				for ref, want := range expected.Refs {
					f, rows := figuresIn(all, ref)
					actual := false
					var moved []expectedMove
					for _, r := range rows {
						actual = actual || r.Event == "MilestoneAchieved"
						if r.Event == "MilestoneSlipped" || r.Event == "MilestoneRecovered" {
							moved = append(moved, expectedMove{r.AsAt.String(), r.From.Due.String(), r.To.Due.String(), r.Days})
						}
					}
					for i := range want.Moves {
						want.Moves[i].From, want.Moves[i].To = lastDay(want.Moves[i].From), lastDay(want.Moves[i].To)
					}
					if !slices.Equal(moved, want.Moves) {
						t.Errorf("%s moved\n%v, want\n%v", ref, moved, want.Moves)
					}
					if !actual && want.First != "" && f.Slip != (Days{Known: true, Days: want.SlipDays}) {
						t.Errorf("%s slipped %+v, want %d days", ref, f.Slip, want.SlipDays)
					}
					compared += len(want.Moves)
				}
				if compared < 20 {
					t.Errorf("compared only %d moves", compared)
				}
			})
		}
	}
}

func figuresIn(all []told, ref string) (Figures, []Row) {
	var statements []milestone.Statement
	requests := map[uint64]uint64{}
	for i, s := range all {
		if s.ref == ref {
			position := uint64(i + 1)
			statements = append(statements, milestone.Statement{Position: position, AsAt: s.asAt, Event: s.event})
			requests[position] = s.request
		}
	}
	return Rows(statements, civil.Last, Record{Began: func(position uint64) uint64 { return cmp.Or(requests[position], position) }})
}

func lastDay(text string) string {
	_, day, _ := period.ISODays(text)
	return day.String()
}

// schedule reads a CSV file as what an office told, day by day: its dates, its words without a day, and actuals.
func schedule(t *testing.T, data []byte) (all []told) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		s := told{ref: row[column["ref"]], asAt: spectext.Day(row[column["as_at"]])}
		if words := row[column["delivery_date"]]; words != "" {
			s.event = milestone.Unread{Delivery: period.Keep(words)} // what was computed knows ISO forms alone
			if d, err := period.ReadISO(words); err == nil {
				s.event = milestone.ForecastGiven{Delivery: d}
			}
			all = append(all, s)
		}
		if d, err := period.ReadISO(row[column["actual_date"]]); err == nil && d.End() != 0 {
			s.event = milestone.Achieved{Actual: d}
			all = append(all, s)
		}
	}
	return all
}
