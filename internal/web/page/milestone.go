package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// milestoneView is one milestone: its four dates, how its date moved, and everything that was ever said of it.
type milestoneView struct {
	row
	about
	Doubts     []doubt // what a person is asked about it
	First      date    // the first forecast
	Summary    string  // its date in a sentence
	Words      string  // what the reporter last said about its progress
	Ladder     *chart.Ladder
	Moves      []move
	Again      string // how often the same date was said again; empty for never
	Owners     []ownership
	Funding    []fundingLine
	Attributes []param
	Trail      []trailEntry
	Events     int    // in all of the trail
	NewerTrail string // the addresses of the parts of the trail before and after this one
	OlderTrail string
	AllMoves   string // the address with all moves, where the table has the newest of them only
	MoveCount  int
	Files      []fileLink // of its moves
	Promised   promisedView
}

// promisedView is what a milestone was promised to be: how far it is from each promise, and what waits to be decided about it.
type promisedView struct {
	Against    string // what the slip is against
	Rows       []promiseRow
	Number     int    // of the current baseline
	Before     string // days that had moved before the first approval
	Exception  string
	Costly     string // by how much it costs more than was approved
	OtherMoney bool   // some of its money cannot be compared with what was approved
	Title      string // the approved one, where the words were changed since
	Proposed   date
	Self       bool // approved by who proposed it
	Cancelling bool
	Corrected  int
	Waiting    int // corrections that wait
	Decisions  string
}

// promiseRow is the distance from one promise.
type promiseRow struct {
	Name string
	Date date
	Days slip
}

func (a *asking) promised(s *pb.MilestoneStatus) promisedView {
	v := promisedView{
		Against: cmp.Or(s.GetSlipAgainst(), firstForecast), Number: int(s.GetBaselineNumber()), Proposed: aDate(s.GetProposedBaseline(), ""), Self: s.GetApprovedByProposer(),
		Cancelling: s.GetCancellationPending(), Corrected: int(s.GetCorrections()), Waiting: int(s.GetCorrectionsPending()), Decisions: a.to(planPath(a.plan) + "/decisions"),
	}
	row := func(name, from string, days *int32) {
		if days != nil {
			n := int(*days)
			v.Rows = append(v.Rows, promiseRow{name, aDate(from, ""), aSlip(n, max(1, n, -n))})
		}
	}
	first := int32(0)
	if s.SlipDays != nil && s.GetBaselineNumber() > 0 {
		first = s.GetSlipDays() + s.GetDaysBeforeBaseline()
		row("the first forecast", s.GetFirstForecast(), &first)
	}
	row("the original baseline", s.GetOriginalBaseline(), s.SlipOriginalDays)
	if s.GetBaselineNumber() > 1 {
		row("the current baseline, number "+strconv.Itoa(v.Number), s.GetCurrentBaseline(), s.SlipCurrentDays)
	}
	row("what was approved in error", s.GetMistakenBaseline(), s.SlipMistakenDays)
	row("what was approved in its place", s.GetRectifiedBaseline(), s.SlipRectifiedDays)
	if s.GetBaselineNumber() > 0 {
		row("the statement before", "", s.SlipPreviousDays)
	}
	if n := int(s.GetDaysBeforeBaseline()); n != 0 {
		v.Before = words.Signed(n)
	}
	if s.GetExceptionTier() != "" {
		v.Exception = words.Signed(int(s.GetExceptionDays())) + " days against the " + s.GetExceptionAgainst() + ", beyond the tolerance of " + s.GetExceptionTier()
	}
	if v.OtherMoney = s.GetCostInOtherCurrency(); s.GetCostExceptionTier() != "" {
		v.Costly = "It costs " + s.GetCost() + " " + s.GetCostCurrency() + ", " + s.GetCostExceptionAmount() + " more than was approved, beyond the tolerance of " + s.GetCostExceptionTier()
	}
	if s.GetScopePending() {
		v.Title = s.GetApprovedTitle()
	}
	return v
}

// move is one step of the ladder, as a row of a table.
type move struct {
	AsAt, Said, From, To string
	Days, Total          slip
	Written              string
	Reason               string
	NoReason             bool
	By                   string
	Position             uint64
	AsRecorded, Marks    string
}

type ownership struct{ Owner, Since, By string }

type fundingLine struct{ Line, State, Amount, Of, Fund, AsAt string }

// trailEntry is one event, with who said it, when, and in which request.
type trailEntry struct {
	Position                          uint64
	Tone, Said                        string
	AsAt, Recorded, By, Source        string
	Reason, RequestID, EventID, Event string
	Changes                           []string
	ThenHref                          string // the milestone as it was known then
}

// milestone shows one milestone.
func milestone(a *asking) (heading, any, error) {
	h := heading{Title: a.milestone, Crumbs: []crumb{{"Portfolio", a.to("/")}}, follows: a.plan}
	if err := a.notToCome(); err != nil {
		return h, nil, err
	}
	m, err := a.api.Milestone(a, &pb.GetMilestoneRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt()})
	if err != nil {
		return h, nil, err
	}
	a.answered(m.GetSpokenFor())
	p, err := a.thePlan()
	if err != nil {
		return h, nil, err
	}
	h.Title = m.GetStatus().GetTitle()
	h.Crumbs = append(h.Crumbs, crumb{p.GetName(), a.to(planPath(a.plan))})
	moves, err := all(a, a.api.Slippage(a, &pb.ListSlippageRequest{
		Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt(), All: true, PageSize: largePage,
	}))
	if err != nil {
		return h, nil, err
	}
	trail, err := all(a, a.api.Audit(a, &pb.ListAuditRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt(), PageSize: largePage}))
	if err != nil {
		return h, nil, err
	}
	status := m.GetStatus()
	list, again := movesShown(moves)
	items, err := all(a, a.api.Review(a, &pb.ListReviewRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt()}))
	if err != nil {
		return h, nil, err
	}
	view := milestoneView{
		row:   a.row(status, max(1, int(max(status.GetSlipDays(), -status.GetSlipDays())))),
		about: a.aboutOf(m), MoveCount: len(list), Events: len(trail),
		Promised: a.promised(status), First: aDate(m.GetFirstForecast(), ""), Words: m.GetWords(), Summary: summary(m),
		Ladder: chart.NewLadder(steps(m, moves, a.spoken.GetAsAt())), Moves: list, Trail: a.trail(trail),
		Files: a.filesAt(a.path+"/moves", "csv", "xlsx", "json", "svg"),
	}
	for _, i := range items {
		view.Doubts = append(view.Doubts, a.doubt(i))
	}
	if len(list) > movesListed && a.query.Get(paramMoves) == "" {
		view.Moves, view.AllMoves = list[len(list)-movesListed:], a.with(paramMoves, "all")
	}
	view.Trail, view.NewerTrail, view.OlderTrail = a.trailPage(view.Trail)
	if again > 0 {
		view.Again = words.Many(again, "time", "times")
	}
	for _, o := range m.GetOwners() {
		view.Owners = append(view.Owners, ownership{o.GetOwner(), o.GetEffective(), o.GetActor()})
	}
	for _, f := range m.GetFunding() {
		view.Funding = append(view.Funding, fundingLine{f.GetLine(), f.GetState(), f.GetAmount() + " " + f.GetCurrency(), f.GetOf(), f.GetFund(), f.GetAsAt()})
	}
	for name, value := range m.GetAttributes() {
		view.Attributes = append(view.Attributes, param{name, value})
	}
	slices.SortFunc(view.Attributes, func(x, y param) int { return strings.Compare(x.Name, y.Name) })
	return h, view, nil
}

// The parameters of a milestone's page.
const (
	paramMoves = "moves" // "all", where there are many
	paramTrail = "trail" // which part of the trail, from 1
)

const (
	movesListed = 24
	trailListed = 25
)

// trailPage is the part of the trail that the address asks for, with the addresses of its neighbours.
func (a *asking) trailPage(trail []trailEntry) (page []trailEntry, newer, older string) {
	number, _ := strconv.Atoi(a.query.Get(paramTrail))
	number = min(max(number, 1), max(1, (len(trail)+trailListed-1)/trailListed))
	if number > 1 {
		newer = a.with(paramTrail, strconv.Itoa(number-1))
	}
	to := min(number*trailListed, len(trail))
	if to < len(trail) {
		older = a.with(paramTrail, strconv.Itoa(number+1))
	}
	return trail[(number-1)*trailListed : to], newer, older
}

// summary is a milestone's date in a sentence or two.
func summary(m *pb.GetMilestoneResponse) string {
	s := m.GetStatus()
	days, slipped := int(s.GetSlipDays()), s.SlipDays != nil
	against := ""
	switch {
	case slipped && days > 0:
		against = ", " + words.Many(days, "day", "days") + " later than " + toldAgainst(s)
	case slipped && days < 0:
		against = ", " + words.Many(-days, "day", "days") + " earlier than " + toldAgainst(s)
	case slipped:
		against = ", as " + toldAgainst(s)
		if s.GetSlipAgainst() == "original baseline" {
			against = ", the day of its original baseline"
		}
	}
	late := ""
	if s.GetOverdue() {
		late = " It is " + words.Many(int(s.GetOwedDays()), "day", "days") + " overdue."
	}
	switch {
	case s.GetState() == "achieved":
		text := "Achieved on " + words.Day(s.GetActual()) + against + "."
		if s.GetForecast() != "" {
			text += " Its last forecast was " + words.Day(s.GetForecast()) + "."
		}
		return text
	case s.GetCancelledOn() != "" && s.GetDue() != "":
		text := "Cancelled on " + words.Day(s.GetCancelledOn()) + ". It was due on " + words.Day(s.GetDue()) + against + "."
		if n := int(s.GetDaysLateWhenCancelled()); n > 0 {
			text += " It was " + words.Many(n, "day", "days") + " late by then."
		}
		return text
	case s.GetNoDateSince() != "":
		return "Without a date since " + words.Day(s.GetNoDateSince()) + ". It was due on " + words.Day(s.GetDue()) + against + "." + late
	case s.GetForecast() == "" && s.GetForecastText() != "":
		return "Nobody knows when it is due: the last that was said is “" + s.GetForecastText() + "”."
	case s.GetForecast() == "":
		return "Nobody has said when it is due."
	}
	return "Due on " + words.Day(s.GetForecast()) + against + "." + late
}

// toldAgainst is what the slip of a milestone is against, as it stands in a sentence.
func toldAgainst(s *pb.MilestoneStatus) string {
	if s.GetSlipAgainst() == "original baseline" {
		return "its original baseline"
	}
	return firstForecast
}

// movesShown are the rungs of the ladder as rows of a table, and how many statements said the same date again.
func movesShown(moves []*pb.Move) (list []move, again int) {
	widest := 1
	for _, m := range moves {
		for _, days := range []int32{m.GetDays(), -m.GetDays(), m.GetTotalDays(), -m.GetTotalDays()} {
			widest = max(widest, int(days))
		}
	}
	for _, m := range moves {
		if m.GetEvent() == saidAgain && m.GetAsRecorded() == "" {
			again++
			continue
		}
		shown := move{
			AsAt: m.GetAsAt(), Said: stepWords(m.GetEvent()), From: words.Day(m.GetFrom()), To: words.Day(m.GetTo()), Written: m.GetText(),
			Reason: m.GetReason(), By: speaker(m), Position: m.GetPosition(), AsRecorded: m.GetAsRecorded(), Marks: strings.Join(m.GetMarks(), ", "),
		}
		if m.GetText() == m.GetTo() {
			shown.Written = ""
		}
		if m.GetWas() != "" {
			shown.From, shown.To = "“"+m.GetWas()+"”", "“"+m.GetIs()+"”"
		}
		if n := int(m.GetOutOfSightDays()); n != 0 {
			shown.Marks = strings.TrimPrefix(shown.Marks+", takes "+words.Many(n, "day", "days")+" of slip out of sight of the current baseline", ", ")
		}
		if m.GetMeasured() && m.GetFrom() != "" {
			shown.Days = aSlip(int(m.GetDays()), widest)
		}
		if m.GetCounts() && m.GetFrom() != "" {
			shown.Total = aSlip(int(m.GetTotalDays()), widest)
		}
		shown.NoReason = m.GetNoReason()
		list = append(list, shown)
	}
	return list, again
}

// speaker is who said what made a move, for whom.
func speaker(m *pb.Move) string {
	return cmp.Or(m.GetOnBehalfOf(), m.GetActor())
}

// saidAgain is the event of a date that was stated once more and did not move.
const saidAgain = "ForecastReconfirmed"

// steps are the moves of a milestone as a ladder draws them.
func steps(m *pb.GetMilestoneResponse, moves []*pb.Move, asAt string) chart.Moves {
	drawn := chart.Moves{
		First: m.GetFirstForecast(), Forecast: m.GetStatus().GetForecast(),
		OriginalBaseline: m.GetOriginalBaseline(), CurrentBaseline: m.GetCurrentBaseline(), AsAt: asAt,
	}
	for _, move := range moves {
		met := move.GetEvent() == "MilestoneAchieved" || move.GetEvent() == "AchievementRestated"
		if !move.GetCounts() && !owed(move) && !(met && !move.GetMeasured()) || move.GetEvent() == saidAgain {
			continue // it stands beside the moves
		}
		drawn.Steps = append(drawn.Steps, chart.Step{
			AsAt: move.GetAsAt(), From: move.GetFrom(), To: move.GetTo(), Days: int(move.GetDays()), Said: stepWords(move.GetEvent()), Met: met,
		})
	}
	if s := m.GetStatus(); isOpen(s) && (s.GetOverdue() || s.GetNoDateSince() != "") {
		drawn.Due, drawn.Late, drawn.Owed = s.GetDue(), int(s.GetOwedDays()), s.GetNoDateSince() != ""
	}
	return drawn
}

// owed says whether a row tells that there is no date, in place of one that was promised.
func owed(m *pb.Move) bool { return m.GetEvent() == "DateOwed" || m.GetEvent() == "ForecastAwaited" }

// stepWords says in a word or two what a statement about the date came to.
func stepWords(event string) string {
	switch event {
	case "ForecastGiven":
		return "first forecast"
	case "MilestoneSlipped":
		return "slipped"
	case "MilestoneRecovered":
		return "came forward"
	case "ForecastReconfirmed":
		return "as before"
	case "ForecastRestated":
		return "in other words"
	case "ForecastWithdrawn":
		return "date withdrawn"
	case "ForecastAwaited":
		return "no date yet"
	case "DeliveryDateUnread":
		return "words not read"
	case "DateOwed":
		return "no date, and owed"
	case "FromInPlaceOfDay":
		return "only from then on"
	case "StartRestated":
		return "start restated afterwards"
	case "Disagrees":
		return "another speaker's day"
	case "ReadBySetting":
		return "read by another setting"
	case "MilestoneAchieved":
		return "achieved"
	case "AchievementRestated":
		return "achieved, restated"
	case "BaselineApproved":
		return "baseline approved"
	case "MilestoneReopened":
		return "opened again"
	case "MilestoneAmended":
		return "called otherwise"
	}
	return words.Spaced(event)
}

// trail is the audit trail, newest first.
func (a *asking) trail(entries []*pb.AuditEntry) []trailEntry {
	var list []trailEntry
	for _, e := range entries {
		t := trailEntry{
			Position: e.GetPosition(), AsAt: e.GetAsAt(), Recorded: e.GetRecordedAt(), By: saidBy(e), Source: e.GetSource(),
			Reason: e.GetReason(), RequestID: e.GetRequestId(), EventID: e.GetEventId(), Event: e.GetEvent(), Changes: changed(e),
			ThenHref: a.to(eventPath(a.plan, e.GetPosition())),
		}
		t.Tone, t.Said = told(e)
		list = append(list, t)
	}
	slices.Reverse(list)
	return list
}
