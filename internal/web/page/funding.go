package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/file"
	"milepost.dev/internal/web/words"
)

// fundingView is the money of a plan: how many lines have got how far, for which year, and which milestones wait for money that nobody has
// confirmed. Sums are not added up: two lines may speak of the same money, and nothing says which do.
type fundingView struct {
	Head           planHead
	Years          []string
	Rows           []moneyRow
	All            []moneyCell
	Bars           []moneyBar
	Funds          []choice
	Chips          []chip
	Clear          string
	Lines          []lineRow
	Shown, Total   int
	More           int
	Unsaid         moneyCell // lines of which no amount was said
	Waiting        []waitingRow
	WaitingN       int
	WaitingMore    int
	Files          []fileLink
	UnsaidSentence string
}

// moneyRow is how many lines of a state there are, by year.
type moneyRow struct {
	Tone, Name string
	Cells      []moneyCell // one a year, and one of all
}

// moneyCell is a number of lines, with the address of exactly those.
type moneyCell struct {
	N    int
	Href string
}

// moneyBar is a year at a glance.
type moneyBar struct {
	Year string
	Bar  chart.Bar
}

// lineRow is a funding line.
type lineRow struct {
	ID                              string
	Line, State, Tone, Amount, Of   string
	Currency, Fund, Period, AsAt    string
	Ref, Title, Href, Scheme, Basis string
	Position                        uint64
	EventHref, Review               string
}

// waitingRow is an open milestone that waits for money which nobody has confirmed.
type waitingRow struct {
	ID, Ref, Title, Href string
	Position             uint64
	Forecast             date
	Says                 string
	Overdue              int
}

// The parameters that narrow the list of funding lines.
const (
	paramYear   = "year"
	paramFund   = "fund"
	paramAmount = "amount" // "unsaid": those of which no amount was said
	unsaid      = "unsaid"
)

const linesShown, waitingShown = 200, 30

// moneyStates are how far money has got, from the furthest, with the tone of each.
var moneyStates = []struct{ name, tone string }{
	{"spent", "met"},
	{"received", "met"},
	{"released", "met"},
	{"confirmed", "met"},
	{"confirmed in part", "started"},
	{"approved in principle", "held"},
	{"bid", "planned"},
	{"identified", "unknown"},
	{"withdrawn", "cancelled"},
}

// moneyTone is the tone of a state; plain of one that this program does not know.
func moneyTone(state string) string {
	for _, s := range moneyStates {
		if s.name == state {
			return s.tone
		}
	}
	return "plain"
}

// unconfirmed says whether money of a state is not to be counted on yet.
func unconfirmed(state string) bool {
	return slices.Contains([]string{"confirmed in part", "approved in principle", "bid", "identified"}, state)
}

const noYear = "not said"

// yearOf is the year that a line is for: "2026", "2026/27", or that nobody said.
func yearOf(l *pb.FundingLine) string {
	first, last := l.GetStart(), l.GetEnd()
	switch {
	case len(first) < 4 && len(last) < 4:
		return noYear
	case len(last) < 4:
		return "from " + first[:4]
	case len(first) < 4:
		return "to " + last[:4]
	case first[:4] == last[:4]:
		return first[:4]
	}
	return first[:4] + "/" + last[2:4]
}

// funding shows the money of a plan.
func funding(a *asking) (heading, any, error) {
	p, err := a.open("/funding")
	if err != nil {
		return heading{}, nil, err
	}
	lines, err := a.money()
	if err != nil {
		return p.heading, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	v := fundingView{Head: p.head, Total: len(lines), Files: a.files("csv", "xlsx", "json", "svg")}
	v.Years, v.Rows, v.All = a.moneyTable(lines)
	v.Bars = moneyBars(lines, v.Years)
	for _, l := range lines {
		if l.GetAmount() == "" {
			v.Unsaid.N++
		}
	}
	v.Unsaid.Href = a.lines(paramAmount, unsaid)
	v.Funds = a.fundChoices(lines)
	narrowed := a.linesNarrowed(lines)
	v.Shown = len(narrowed)
	v.More = len(narrowed) - min(len(narrowed), linesShown)
	titles := titlesOf(milestones)
	for _, l := range narrowed[:len(narrowed)-v.More] {
		v.Lines = append(v.Lines, a.lineRow(l, titles))
	}
	for _, f := range moneyFilters {
		if value := a.query.Get(f.Name); value != "" {
			v.Chips = append(v.Chips, chip{Name: f.Value, Value: value, Href: a.with(f.Name, "")})
			v.Clear = a.lines()
		}
	}
	v.Waiting = a.waiting(lines, milestones)
	v.WaitingN = len(v.Waiting)
	v.WaitingMore = v.WaitingN - min(v.WaitingN, waitingShown)
	v.Waiting = v.Waiting[:v.WaitingN-v.WaitingMore]
	return p.heading, v, nil
}

// moneyFilters are the parameters of the list of lines, with the word for each.
var moneyFilters = []param{{paramState, "state"}, {paramYear, "year"}, {paramFund, "from"}, {paramAmount, "amount"}}

// lines is the address of the list of funding lines with some filters, at the times of the page.
func (a *asking) lines(pairs ...string) string { return a.to(planPath(a.plan)+"/funding", pairs...) }

func (a *asking) money() ([]*pb.FundingLine, error) {
	return all(a, a.api.Funding(a, &pb.ListFundingRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
}

// linesNarrowed are the lines that pass the filters of the address.
func (a *asking) linesNarrowed(lines []*pb.FundingLine) []*pb.FundingLine {
	wanted := func(name, value string) bool { return a.query.Get(name) == "" || a.query.Get(name) == value }
	var narrowed []*pb.FundingLine
	for _, l := range lines {
		if wanted(paramState, l.GetState()) && wanted(paramYear, yearOf(l)) && wanted(paramFund, cmp.Or(l.GetFund(), noYear)) &&
			(a.query.Get(paramAmount) != unsaid || l.GetAmount() == "") {
			narrowed = append(narrowed, l)
		}
	}
	return narrowed
}

// moneyTable counts lines by state and year.
func (a *asking) moneyTable(lines []*pb.FundingLine) (years []string, rows []moneyRow, total []moneyCell) {
	n := map[[2]string]int{}
	for _, l := range lines {
		years = append(years, yearOf(l))
		n[[2]string{l.GetState(), yearOf(l)}]++
		n[[2]string{l.GetState(), ""}]++
		n[[2]string{"", yearOf(l)}]++
	}
	slices.Sort(years)
	years = slices.Compact(years)
	cells := func(state string) (cells []moneyCell, of int) {
		for _, year := range years {
			cells = append(cells, moneyCell{n[[2]string{state, year}], a.lines(paramState, state, paramYear, year)})
		}
		of = n[[2]string{state, ""}]
		if state == "" {
			of = len(lines)
		}
		return append(cells, moneyCell{of, a.lines(paramState, state)}), of
	}
	for _, s := range moneyStates {
		if row, of := cells(s.name); of > 0 {
			rows = append(rows, moneyRow{s.tone, s.name, row})
		}
	}
	total, _ = cells("")
	return years, rows, total
}

// moneyBars are the years, each with its lines by state.
func moneyBars(lines []*pb.FundingLine, years []string) []moneyBar {
	most := 0
	of := map[string]map[string]int{}
	for _, l := range lines {
		year := yearOf(l)
		if of[year] == nil {
			of[year] = map[string]int{}
		}
		of[year][l.GetState()]++
	}
	for _, states := range of {
		n := 0
		for _, each := range states {
			n += each
		}
		most = max(most, n)
	}
	var bars []moneyBar
	for _, year := range years {
		var parts []chart.Part
		for _, s := range moneyStates {
			parts = append(parts, chart.Part{Tone: s.tone, Name: s.name, N: of[year][s.name]})
		}
		bars = append(bars, moneyBar{year, chart.NewBar(most, parts)})
	}
	return bars
}

// fundChoices are where the money comes from, as filters.
func (a *asking) fundChoices(lines []*pb.FundingLine) []choice {
	n := map[string]int{}
	var names []string
	for _, l := range lines {
		name := cmp.Or(l.GetFund(), noYear)
		if n[name]++; n[name] == 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var choices []choice
	for _, name := range names {
		c := choice{Name: name, N: n[name], Href: a.lines(paramFund, name), On: a.query.Get(paramFund) == name}
		if c.On {
			c.Href = a.with(paramFund, "")
		}
		choices = append(choices, c)
	}
	return choices
}

func (a *asking) lineRow(l *pb.FundingLine, titles map[string]string) lineRow {
	r := lineRow{
		ID: strconv.FormatUint(l.GetPosition(), 10) + "-" + l.GetLine(), Line: l.GetLine(), State: l.GetState(), Tone: moneyTone(l.GetState()), Amount: words.Money(l.GetAmount()),
		Of: words.Money(l.GetOf()), Currency: l.GetCurrency(), Fund: l.GetFund(), Period: yearOf(l), AsAt: l.GetAsAt(), Ref: l.GetRef(), Title: titles[l.GetRef()],
		Scheme: l.GetScheme(), Basis: strings.ReplaceAll(l.GetBasis(), "_", " "), Position: l.GetPosition(), EventHref: a.to(eventPath(a.plan, l.GetPosition())),
		Review: strings.ReplaceAll(strings.Join(l.GetReview(), ", "), "-", " "),
	}
	if l.GetRef() != "" {
		r.Href = a.to(milestonePath(a.plan, l.GetRef(), l.GetMilestone()))
	}
	return r
}

// waiting are the open milestones with money that nobody has confirmed, the earliest due first.
func (a *asking) waiting(lines []*pb.FundingLine, milestones []*pb.MilestoneStatus) []waitingRow {
	says := map[string][]string{}
	for _, l := range lines {
		if l.GetMilestone() != "" && unconfirmed(l.GetState()) {
			says[l.GetMilestone()] = append(says[l.GetMilestone()], strings.TrimSpace(words.Money(cmp.Or(l.GetAmount(), l.GetOf()))+" "+l.GetCurrency()+" "+l.GetState()))
		}
	}
	var rows []waitingRow
	for _, m := range milestones {
		told := says[m.GetMilestone()]
		if len(told) == 0 || !isOpen(m) {
			continue
		}
		r := waitingRow{
			ID: m.GetMilestone(), Ref: m.GetRef(), Title: m.GetTitle(), Href: a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())), Position: m.GetPosition(),
			Forecast: forecast(m), Says: strings.Join(told, ", "),
		}
		if m.GetOverdue() {
			r.Overdue = int(m.GetOwedDays())
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(x, y waitingRow) int {
		return cmp.Or(cmp.Compare(b2i(x.Forecast.ISO == ""), b2i(y.Forecast.ISO == "")), strings.Compare(x.Forecast.ISO, y.Forecast.ISO), naturally(x.Ref, y.Ref))
	})
	return rows
}

// fundingContent is the list of funding lines with its filters, and the years as a drawing.
func fundingContent(a *asking) (*content, error) {
	p, err := a.open("/funding")
	if err != nil {
		return nil, err
	}
	lines, err := a.money()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Money of " + p.GetName(), Columns: []string{
		"line", "state", "amount", "of", "currency", "fund", "year", "start", "end", "ref", "scheme", "basis", "recurrence", "as_at", "position",
	}}
	narrowed := a.linesNarrowed(lines)
	for _, l := range narrowed {
		t.Rows = append(t.Rows, []any{
			l.GetLine(), l.GetState(), l.GetAmount(), l.GetOf(), l.GetCurrency(), l.GetFund(), yearOf(l), file.Day(l.GetStart()), file.Day(l.GetEnd()), l.GetRef(),
			l.GetScheme(), l.GetBasis(), l.GetRecurrence(), file.Day(l.GetAsAt()), int(l.GetPosition()),
		})
	}
	years, _, _ := a.moneyTable(narrowed)
	var names []string
	var bars []chart.Bar
	for _, b := range moneyBars(narrowed, years) {
		names, bars = append(names, b.Year), append(bars, b.Bar)
	}
	return &content{table: t, drawing: chart.DrawBars(t.Title+": lines by year and state", names, bars)}, nil
}
