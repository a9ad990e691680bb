package figures_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/authority"
	"milepost.dev/internal/rig/spectext"
)

// history is what was told of one milestone, or of a few of one plan, as both accounts read it.
type history struct {
	statements []milestone.Statement // of milestone A
	others     map[string][]milestone.Statement
	about      string // the one that is told about; empty: A
	lastBy     uint32
	requests   []uint64 // the first position of each statement's request
	accepted   map[uint64]bool
	told       []authority.Told
	speakers   int
	setting    int // of the plan, by which dates are read now
}

func (h *history) record() Record {
	return Record{
		Began: func(position uint64) uint64 { return h.requests[position-1] },
		Under: func(s *milestone.Statement, settings uint64) (civil.Date, bool) {
			due, ok := h.told[h.index(s.Position)].Under[int(settings)-1]
			return due, ok
		},
		Accepted: func(position uint64) bool { return h.accepted[position] },
		ID:       idOf("A"),
		Known:    func(id milestone.ID) []milestone.Statement { return h.of(string(bytes.TrimRight(id[:], "\x00"))) },
		Find:     func(ref string) (milestone.ID, bool) { return idOf(ref), h.of(ref) != nil },
	}
}

// of returns what was told of a milestone.
func (h *history) of(ref string) []milestone.Statement {
	if ref == "A" {
		return h.statements
	}
	return h.others[ref]
}

// idOf returns the id of a milestone: its reference.
func idOf(ref string) (id milestone.ID) {
	copy(id[:], ref)
	return id
}

var (
	firstDay = spectext.Day("2017-03-01")
	days     = []string{"2017-03-20", "2017-03", "2017-04", "2017-Q2", "2017-04-10", "2017-06-30", "2017", "2017-09-15", "2017-03-10"}
	froms    = []string{"from 2017-04", "from 2017-09"}
	noDays   = []string{"ongoing", "soon"}
	doubts   = []string{"2017-06 & 2017-04", "2017-09-15 & 2017-03-10"}
)

// histories are sequences of statements about few days, so that they meet.
func histories(most int) *rapid.Generator[*history] {
	return rapid.Custom(func(t *rapid.T) *history {
		h := &history{accepted: map[uint64]bool{}}
		h.speakers = rapid.IntRange(1, 3).Draw(t, "speakers")
		h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
		day := 0
		for range rapid.IntRange(1, most).Draw(t, "statements") {
			if rapid.Bool().Draw(t, "in order") {
				day += rapid.IntRange(0, 6).Draw(t, "later")
			} else {
				day = rapid.IntRange(0, 60).Draw(t, "day")
			}
			together := rapid.IntRange(0, 3).Draw(t, "together") == 0
			h.draw(t, firstDay.AddDays(day), uint32(rapid.IntRange(1, h.speakers).Draw(t, "speaker")), together)
		}
		return h
	})
}

// tell adds a statement, by itself or together with the one before it.
func (h *history) tell(request uint64, asAt civil.Date, by uint32, e milestone.Event) {
	e = readBy(e, uint64(h.setting)+1)
	position := h.state(request, asAt, by, e)
	if request == 0 {
		request = position
	}
	told := translate(e)
	told.Position, told.AsAt, told.Speaker, told.Milestone = int(position), asAt, speaker(by), cmp.Or(h.about, "A")
	told.Request, told.Setting = fmt.Sprint(request), h.setting
	if text := quarterOf(e); text != "" {
		told.Under = map[int]civil.Date{0: quarter(text, 0).Due(), 1: quarter(text, 1).Due()}
	}
	h.told = append(h.told, told)
}

// readBy says by which settings the date of an event was read.
func readBy(e milestone.Event, settings uint64) milestone.Event {
	switch e := e.(type) {
	case milestone.ForecastGiven:
		e.Delivery.Settings = settings
		return e
	case milestone.Slipped:
		e.Delivery.Settings = settings
		return e
	case milestone.Reconfirmed:
		e.Delivery.Settings = settings
		return e
	}
	return e
}

// state adds a statement as the product reads it.
func (h *history) state(request uint64, asAt civil.Date, by uint32, e milestone.Event) (position uint64) {
	position = uint64(len(h.requests) + 1)
	if request == 0 {
		request = position
	}
	s := milestone.Statement{Position: position, AsAt: asAt, By: by, Event: e}
	if ref := cmp.Or(h.about, "A"); ref == "A" {
		h.statements = append(h.statements, s)
	} else {
		h.others[ref] = append(h.others[ref], s)
	}
	h.lastBy, h.requests = by, append(h.requests, request)
	return position
}

// index returns where the second account has the statement at a position.
func (h *history) index(position uint64) int {
	return slices.IndexFunc(h.told, func(t authority.Told) bool { return uint64(t.Position) == position })
}

// quarter reads the name of a quarter by a setting of the plan: of the calendar, or of a year that begins in April.
func quarter(text string, setting int) period.Delivery {
	first := spectext.Day(map[string][2]string{"Q1": {"2017-01-01", "2017-04-01"}, "Q2": {"2017-04-01", "2017-07-01"}}[text][setting])
	last := first.AddDays(62).EndOfMonth()
	return period.Delivery{Text: text, Readings: []period.Reading{{Kind: period.In, Start: first, End: last, Due: last}}}
}

func quarterOf(e milestone.Event) string {
	if d, ok := milestone.Stated(e); ok && (d.Text == "Q1" || d.Text == "Q2") {
		return d.Text
	}
	return ""
}

func speaker(n uint32) string { return string(rune('a' + n)) }

func (h *history) draw(t *rapid.T, asAt civil.Date, by uint32, together bool) {
	request := uint64(0)
	if together && len(h.requests) > 1 {
		request = h.requests[len(h.requests)-1]
		by = h.lastBy
	}
	date := func(words []string) period.Delivery {
		return spectext.Reading(rapid.SampledFrom(words).Draw(t, "words"))
	}
	actual := func() period.Delivery {
		return spectext.Reading(rapid.SampledFrom([]string{"2017-03-12", "2017-03", "2017-04-05", "2017-Q2", "2017-06-30", "2017-09-01"}).Draw(t, "actual"))
	}
	switch kind := rapid.IntRange(0, 31).Draw(t, "kind"); kind {
	case 10, 11:
		h.tell(request, asAt, by, milestone.Withdrawn{Delivery: spectext.Reading("TBC")})
	case 12:
		h.tell(request, asAt, by, milestone.Unread{Delivery: date(noDays)})
	case 13, 14:
		h.tell(request, asAt, by, milestone.ForecastGiven{Delivery: date(froms)})
	case 15:
		h.tell(request, asAt, by, milestone.Unread{Delivery: date(doubts)})
	case 16, 17:
		h.tell(request, asAt, by, milestone.Achieved{Actual: actual()})
	case 18, 19:
		h.tell(request, asAt, by, milestone.Reopened{})
	case 20:
		h.tell(request, asAt, by, milestone.Started{Start: actual()})
	case 21:
		h.tell(request, asAt, by, milestone.Cancelled{})
	case 22:
		h.tell(request, asAt, by, rapid.SampledFrom([]milestone.Event{milestone.Held{}, milestone.Resumed{}}).Draw(t, "hold"))
	case 23:
		title := rapid.SampledFrom([]string{"The hub opens", "the hub-opens.", "The hub is handed over"}).Draw(t, "title")
		h.tell(request, asAt, by, milestone.Amended{Title: &title})
	case 26:
		h.setting = 1
	case 27, 28, 29:
		h.tell(request, asAt, by, milestone.ForecastGiven{Delivery: quarter(rapid.SampledFrom([]string{"Q1", "Q2"}).Draw(t, "quarter"), h.setting)})
	case 24:
		if h.speakers > 1 {
			// An accepted start about a day of several speakers: the second account goes on to an earlier day before it takes the
			// earliest of that one (R11), which makes the total smaller.
			return
		}
		position := uint64(rapid.IntRange(1, len(h.statements)).Draw(t, "accepted"))
		h.accepted[position] = true
		h.told = append(h.told, authority.Told{
			Position: 1000 + len(h.told), AsAt: asAt, Speaker: "approver", Kind: authority.HistoryKept, From: int(position), To: int(position),
		})
	case 25:
		h.settle(t, asAt, by)
	case 30, 31:
		h.agree(t, asAt, rapid.SampledFrom([]uint32{by, 9, 9}).Draw(t, "reviewer"))
	default:
		h.tell(request, asAt, by, milestone.ForecastGiven{Delivery: date(days)})
	}
}

// settle answers the question about words with several days, once, with one of them or another.
func (h *history) settle(t *rapid.T, asAt civil.Date, by uint32) {
	if h.has(authority.Settled) {
		return
	}
	for i := len(h.statements) - 1; i >= 0; i-- {
		words, ok := h.statements[i].Event.(milestone.Unread)
		if !ok || len(words.Delivery.Readings) < 2 {
			continue
		}
		answer := rapid.SampledFrom([]string{"2017-03-10", "2017-09-15", "2017-06"}).Draw(t, "answer")
		d := spectext.Reading(answer)
		h.tell(0, asAt, by, milestone.Slipped{Delivery: d})
		told := &h.told[len(h.told)-1]
		told.Kind, told.Target = authority.Settled, int(h.statements[i].Position)
		h.state(uint64(len(h.requests)), asAt, by, milestone.ReviewSettled{
			Item: "delivery_date:several-dates", Outcome: milestone.Corrected, Text: words.Delivery.Text, Value: answer,
		})
		return
	}
}

// agree settles what speakers say about a day by one of the days that were stated of it.
func (h *history) agree(t *rapid.T, asAt civil.Date, reviewer uint32) {
	var dates []authority.Told
	for _, told := range h.told {
		if told.Kind == authority.Date || told.Kind == authority.FromDay {
			dates = append(dates, told)
		}
	}
	if len(dates) == 0 {
		return
	}
	one := rapid.SampledFrom(dates).Draw(t, "settled")
	position := h.state(0, asAt, reviewer, milestone.ReviewSettled{
		Item: milestone.Disagreement(one.AsAt), Outcome: milestone.Corrected, Value: one.Due.String(),
	})
	h.told = append(h.told, authority.Told{
		Position: int(position), AsAt: asAt, Speaker: speaker(reviewer), Milestone: "A", Kind: authority.DayAgreed, Day: one.AsAt, Due: one.Due,
	})
}

// translate says an event in the words of the second account.
func translate(e milestone.Event) (t authority.Told) {
	moment := func(kind authority.Kind, d period.Delivery) {
		t.Kind, t.Due, t.Period = kind, d.End(), authority.Span{First: d.Start(), Last: d.End()}
	}
	switch e := e.(type) {
	case milestone.Added:
		t.Kind, t.Words = authority.Added, e.Title
	case milestone.Amended:
		t.Kind, t.Words = authority.Amended, *e.Title
	case milestone.Achieved:
		moment(authority.Achieved, e.Actual)
	case milestone.Started:
		moment(authority.Started, e.Start)
	case milestone.Reopened:
		t.Kind = authority.Reopened
	case milestone.Held:
		t.Kind = authority.OnHold
	case milestone.Resumed:
		t.Kind = authority.Resumed
	case milestone.Cancelled:
		t.Kind = authority.Cancelled
	default:
		d, _ := milestone.Stated(e)
		return date(d)
	}
	return t
}

func date(d period.Delivery) (t authority.Told) {
	t.Due = d.Due()
	for _, r := range d.Readings {
		span := authority.Span{First: r.Start, Last: max(r.End, r.Due)}
		if t.Due != 0 && r.Due == t.Due && r.Start != 0 {
			t.Period = span
		}
		t.Readings = append(t.Readings, authority.Reading{
			Due: r.Due, Period: span, Labelled: r.Label != "", Promises: r.Kind <= period.During,
		})
	}
	switch {
	case t.Due != 0 && d.MetByStart():
		t.Kind = authority.FromDay
	case t.Due != 0:
		t.Kind = authority.Date
	case d.IsNotYetKnown():
		t.Kind = authority.Withdrawn
	case slices.ContainsFunc(d.Readings, func(r period.Reading) bool { return r.Due != 0 }):
		t.Kind = authority.Several
	default:
		t.Kind = authority.NoDay
	}
	if t.Kind != authority.Several {
		t.Readings = nil
	}
	return t
}

// String tells the history, a line a statement, for whoever reads why the two accounts differ.
func (h *history) String() string {
	var b strings.Builder
	for _, t := range h.told {
		fmt.Fprintf(&b, "%3d of %s, as at %s, %s: %s %s %s..%s", t.Position, t.Request, t.AsAt, t.Speaker, t.Kind, t.Due, t.Period.First, t.Period.Last)
		if t.Kind == authority.Settled {
			fmt.Fprintf(&b, " for %d", t.Target)
		}
		if t.Kind == authority.HistoryKept {
			fmt.Fprintf(&b, " accepts %d", t.From)
		}
		for _, r := range t.Readings {
			fmt.Fprintf(&b, " or %s", r.Due)
		}
		fmt.Fprintln(&b, t.Words, t.Setting, t.Under)
	}
	return b.String()
}
