// Package demo is a made-up harbour district and what its offices report in a year: a programme of sixty
// milestones of neighbourhood care with its monthly returns, two smaller ones beside it, and what is reported
// between the returns. Places and people are invented.
package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	// Plan is the programme's id.
	Plan = "brackwater"
	// Name is what people call it.
	Name = "Brackwater neighbourhood care 2024-26"
	// Told is the milestone whose year is worth telling.
	Told = "HUB-03"
	// Mistyped is a milestone whose date is mistyped once.
	Mistyped = "GOV-10"
)

// Seed is the one that the tour, the README and the tests were written with.
const Seed = 1

// Return is what the programme's office sends for one month.
type Return struct {
	// AsAt is the last day of the month.
	AsAt string
	// CSV is the file.
	CSV []byte
}

//go:embed milestones.csv
var milestones []byte // ref, workstream, title, owner, first delivery date, fund

//go:embed stories.csv
var stories []byte // what happened to some milestones in some months, word for word

//go:embed schools.csv
var schools []byte // as milestones

//go:embed streets.csv
var streets []byte // as milestones

// Programme is one plan of the district.
type Programme struct {
	// ID is the plan's id, and Name what people call it.
	ID, Name string

	milestones, stories []byte
}

// Programmes are all there are, the one that is told in full first.
func Programmes() []Programme {
	return []Programme{
		{Plan, Name, milestones, stories},
		{"harbour-schools", "Harbour schools 2024-26", schools, noStories},
		{"safer-streets", "Safer streets 2024-25", streets, noStories},
	}
}

var noStories = []byte("as_at,ref,delivery_date,owner,reason\n")

// months is how many returns there are, from April 2024.
const months = 12

var header = []string{
	"as_at", "ref", "title", "workstream", "owner", "delivery_date", "actual_date", "status", "percent", "funding", "reason", "source",
}

// Returns are a year of monthly returns of the programme that is told in full. The same seed gives the same
// returns.
func Returns(seed uint64) []Return { return Programmes()[0].Returns(seed) }

// Returns are a year of the programme's monthly returns. The same seed gives the same returns.
func (p Programme) Returns(seed uint64) []Return {
	c := new(chance(seed))
	told := p.readStories()
	var all []*milestone
	for _, row := range rows(p.milestones) {
		all = append(all, newMilestone(row, p.stories, c))
	}
	var returns []Return
	for month := range months {
		asAt := time.Date(2024, time.May+time.Month(month), 0, 0, 0, 0, 0, time.UTC)
		var file bytes.Buffer
		out := csv.NewWriter(&file)
		out.UseCRLF = true
		lines := [][]string{header}
		for _, m := range all {
			m.report(asAt, told[storyKey{asAt.Format(time.DateOnly), m.ref}])
			lines = append(lines, m.row(asAt))
		}
		if err := out.WriteAll(lines); err != nil {
			panic(err) // unreachable: a buffer takes everything
		}
		returns = append(returns, Return{AsAt: asAt.Format(time.DateOnly), CSV: file.Bytes()})
	}
	return returns
}

// milestone is one milestone as its office sees it while the year goes by.
type milestone struct {
	ref, workstream, title, owner, funding string

	chance  *chance
	begun   time.Time
	date    string    // as written
	due     time.Time // its last day; what it was where the date is not known
	actual  string
	reason  string
	delayed bool
	told    bool // its story is written down, and chance has no part in it
}

func newMilestone(row []string, stories []byte, c *chance) *milestone {
	m := &milestone{ref: row[0], workstream: row[1], title: row[2], owner: row[3], date: row[4], funding: row[5], chance: c}
	m.due, _ = lastDay(m.date)
	m.begun = m.due.AddDate(0, -8, -c.IntN(60))
	m.told = slices.ContainsFunc(rows(stories), func(story []string) bool { return story[1] == m.ref })
	return m
}

// report lets a month go by.
func (m *milestone) report(asAt time.Time, story *story) {
	m.reason = ""
	switch {
	case m.actual != "":
	case story != nil:
		m.tell(story)
	case !m.due.After(asAt) && (m.told || m.chance.IntN(10) < 7):
		m.achieve(asAt)
	case !m.due.After(asAt):
		m.slip(asAt.AddDate(0, 0, 14+m.chance.IntN(60)), pick(m.chance, overdueReasons))
	case m.told:
	default:
		m.drift(asAt)
	}
}

// tell follows the story that is written down for the month.
func (m *milestone) tell(s *story) {
	m.date, m.reason = s.date, s.reason
	if s.owner != "" {
		m.owner = s.owner
	}
	if due, ok := lastDay(s.date); ok {
		m.delayed = due.After(m.due)
		m.due = due
	}
}

// achieve meets the milestone, on a day of the month that ends.
func (m *milestone) achieve(asAt time.Time) {
	if _, ok := lastDay(m.date); !ok {
		return // nobody knows when it is due
	}
	m.actual = asAt.AddDate(0, 0, -m.chance.IntN(20)).Format(time.DateOnly)
}

// drift is what happens to milestones that are still to come: mostly nothing.
func (m *milestone) drift(asAt time.Time) {
	switch n := m.chance.IntN(100); {
	case n < 6:
		m.slip(m.due.AddDate(0, 0, 14+m.chance.IntN(70)), pick(m.chance, slipReasons))
	case n < 8:
		m.date, m.reason, m.delayed = "TBC", "Waiting for the board", true
	case n < 11 && m.due.Sub(asAt) > 60*24*time.Hour:
		m.due = m.due.AddDate(0, 0, -7-m.chance.IntN(20))
		m.date, m.reason, m.delayed = m.due.Format(time.DateOnly), pick(m.chance, recoveryReasons), false
	case n < 13:
		m.owner = pick(m.chance, newOwners)
	case m.date == "TBC" || m.due.Sub(asAt) < 75*24*time.Hour:
		m.date = m.due.Format(time.DateOnly) // near, it is said to the day
	}
}

// slip moves the date. Now and then nobody says why.
func (m *milestone) slip(due time.Time, reason string) {
	m.due, m.date, m.delayed = due, due.Format(time.DateOnly), true
	if m.chance.IntN(5) > 0 {
		m.reason = reason
	}
}

func (m *milestone) row(asAt time.Time) []string {
	status, percent := "on track", ""
	done := 100 * asAt.Sub(m.begun) / m.due.Sub(m.begun)
	switch {
	case m.actual != "":
		status, percent = "complete", "100%"
	case done > 0:
		percent = strconv.Itoa(min(int(done)/10*10, 90)) + "%"
	default:
		status = "not started"
	}
	if m.delayed && m.actual == "" {
		status = "delayed"
	}
	return []string{
		asAt.Format(time.DateOnly), m.ref, m.title, m.workstream, m.owner, m.date, m.actual, status, percent, m.funding, m.reason,
		fmt.Sprintf("Monthly return, %s", asAt.Format("January 2006")),
	}
}

type storyKey struct{ asAt, ref string }

type story struct{ date, owner, reason string }

func (p Programme) readStories() map[storyKey]*story {
	told := map[storyKey]*story{}
	for _, row := range rows(p.stories) {
		told[storyKey{row[0], row[1]}] = &story{date: row[2], owner: row[3], reason: row[4]}
	}
	return told
}

// rows are those of a table of ours, without its header.
func rows(table []byte) [][]string {
	all, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		panic(err) // unreachable: the table is part of the program, and a test reads it
	}
	return all[1:]
}

// lastDay is the last day of a day, a month or a quarter.
func lastDay(date string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, date); err == nil {
		return day, true
	}
	if month, err := time.Parse("2006-01", date); err == nil {
		return month.AddDate(0, 1, -1), true
	}
	var year, quarter int
	if n, _ := fmt.Sscanf(date, "%4d-Q%1d", &year, &quarter); n == 2 {
		return time.Date(year, time.Month(3*quarter+1), 0, 0, 0, 0, 0, time.UTC), true
	}
	return time.Time{}, false
}

// chance is a row of numbers that follows from a seed (SplitMix64), the same in every version of Go.
type chance uint64

// IntN is a number from 0 to below n.
func (c *chance) IntN(n int) int {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

func pick(c *chance, from []string) string { return from[c.IntN(len(from))] }

var (
	overdueReasons = []string{
		"Nearly there; the last papers are missing", "People were moved to the flu clinics",
		"Two surgeries were not ready on the day", "The supplier came late",
	}
	slipReasons = []string{
		"The post could not be filled", "The supplier needs longer than it said", "Waits for another milestone",
		"The price was above the budget and was talked down", "Holiday weeks were not counted", "The first try failed its test",
	}
	recoveryReasons = []string{"A step was left out that nobody missed", "The team finished other work early", "A second supplier helps"}
	newOwners       = []string{"Deputy programme lead", "Clinical director", "Operations lead"}
)
