package authority

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/sharedtest"
)

// expectation is what NAME.expected.json says of one milestone.
type expectation struct {
	First    string         `json:"first"`
	SlipDays int            `json:"slip_days"`
	Moves    []expectedMove `json:"moves"`
}

type expectedMove struct {
	AsAt      string `json:"as_at"`
	From      string `json:"from"`
	To        string `json:"to"`
	Days      int    `json:"days"`
	Precision bool   `json:"precision"`
}

// TestPublishedSchedules: two real schedules, told day by day, shuffled in one request, and told twice, come to
// the moves and totals that were computed from them by other rules.
func TestPublishedSchedules(t *testing.T) {
	for _, name := range []string{"nodejs-releases", "python-releases"} {
		var expected struct {
			Refs map[string]expectation `json:"refs"`
		}
		if err := json.Unmarshal(sharedtest.Read(t, "data/"+name+".expected.json"), &expected); err != nil {
			t.Fatal(err)
		}
		daily := schedule(t, sharedtest.Read(t, "data/"+name+".csv"))
		whole := slices.Clone(daily)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(whole), func(i, j int) { whole[i], whole[j] = whole[j], whole[i] })
		for i := range whole {
			whole[i].Position, whole[i].Request = i+1, "file"
		}
		twice := slices.Clone(daily)
		for i, s := range daily {
			s.Position, s.Request = len(daily)+i+1, s.Request+" again"
			twice = append(twice, s)
		}
		for how, told := range map[string][]Told{"day by day": daily, "shuffled": whole, "twice": twice} {
			t.Run(name+" "+how, func(t *testing.T) {
				figures := Plan{Told: told}.Figures(len(told), civil.Last)
				compared := 0
				for _, m := range figures.Milestones {
					want := expected.Refs[m.Ref]
					holds(t, m, want)
					compared += len(want.Moves)
				}
				if len(figures.Milestones) < 50 || compared < 20 {
					t.Errorf("compared only %d moves of %d milestones", compared, len(figures.Milestones))
				}
			})
		}
	}
}

// holds compares a milestone with what is expected of it. The expectation knows no actuals: the total is compared
// where no actual was told.
func holds(t *testing.T, m Milestone, want expectation) {
	t.Helper()
	var moves []expectedMove
	last := func(text string) string { _, day, _ := period.ISODays(text); return day.String() }
	actual := false
	for _, r := range m.Rows {
		actual = actual || r.Kind == AchievedRow
		if r.Kind == Slip || r.Kind == Recovery {
			moves = append(moves, expectedMove{r.AsAt.String(), r.From.Due.String(), r.To.Due.String(), r.Days, slices.Contains(r.Marks, Precision)})
		}
	}
	for i := range want.Moves {
		want.Moves[i].From, want.Moves[i].To = last(want.Moves[i].From), last(want.Moves[i].To)
		if i < len(moves) {
			want.Moves[i].Precision = moves[i].Precision // it is marked there for another reason
		}
	}
	if !slices.Equal(moves, want.Moves) {
		t.Errorf("%s moved\n%v, want\n%v", m.Ref, moves, want.Moves)
	}
	if !actual && want.First != "" && (m.Slip == nil || *m.Slip != want.SlipDays) {
		t.Errorf("%s slipped, want %d days:\n%v", m.Ref, want.SlipDays, writeMilestone(m))
	}
}

// schedule reads a CSV file as what an office told, day by day: its dates, its words without a day, and actuals.
func schedule(t *testing.T, data []byte) (told []Told) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for _, row := range rows[1:] {
		say := func(kind Kind, words string) {
			s := Told{
				Position: len(told) + 1, Request: row[column["as_at"]], AsAt: date(t, row[column["as_at"]]),
				Speaker: "office", Milestone: row[column["ref"]], Kind: kind, Words: words,
			}
			first, last, ok := period.ISODays(words)
			if ok {
				s.Due, s.Period = last, Span{first, last}
			} else if kind == Date {
				s.Kind = NoDay
			}
			if ok || kind == Date {
				told = append(told, s)
			}
		}
		if words := row[column["delivery_date"]]; words != "" {
			say(Date, words)
		}
		if words := row[column["actual_date"]]; words != "" {
			say(Achieved, words)
		}
	}
	return told
}
