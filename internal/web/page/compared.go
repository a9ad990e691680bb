package page

import (
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// comparedView is what differs between two days of a plan, both as known now: net moves, the largest first.
type comparedView struct {
	Since, Day string // ISO days
	Choices    []choice
	Counts     []figure
	Rows       []netRow
	Shown      int
	Clear      string // the address with all kinds; empty where all are shown
	Action     string
	Keep       []param
}

// netRow is one milestone that differs.
type netRow struct {
	ID, Ref, Title, Href string
	Position             uint64
	EventHref            string
	Net                  slip
	Was, Is              date
	NoDate, NoDateWas    bool
	Moves                int
	Days                 string // of its moves, where there is more than one: "+30, −30"
	Why                  string
	NoReason             bool
	By                   string
	Kinds                string
}

// The parameters of a comparison.
const (
	paramSince = "since"
	paramKind  = "kind"
)

// kindCounted is a kind of change that has a count.
type kindCounted struct {
	kind, tone, name string
	n                func(*pb.ChangeCounts) int32
}

var kindsCounted = []kindCounted{
	{"slipped", "late", "slipped", (*pb.ChangeCounts).GetSlipped},
	{"recovered", "early", "came forward", (*pb.ChangeCounts).GetRecovered},
	{"there and back", "plain", "there and back", (*pb.ChangeCounts).GetThereAndBack},
	{"date lost", "unknown", "lost their date", (*pb.ChangeCounts).GetDatesLost},
	{"date given", "plain", "were dated", (*pb.ChangeCounts).GetDatesGiven},
	{"achieved", "met", "achieved", (*pb.ChangeCounts).GetAchieved},
	{"overdue", "overdue", "became overdue", (*pb.ChangeCounts).GetOverdue},
	{"added", "plain", "added", (*pb.ChangeCounts).GetAdded},
	{"cancelled", "cancelled", "cancelled", (*pb.ChangeCounts).GetCancelled},
	{"owner", "plain", "changed owner", (*pb.ChangeCounts).GetOwners},
	{"funding", "plain", "changed money", (*pb.ChangeCounts).GetFunding},
}

// since is the day that the page's day is compared with: that of the address, else of the return before it. It is empty where
// there is none.
func (a *asking) since(p *aPlan) (string, error) {
	day := a.spoken.GetAsAt()
	if since := a.query.Get(paramSince); since != "" {
		if !isDay(since) || since >= day {
			return "", &Problem{
				Status: 400, Title: "These two days cannot be compared",
				Sentence: "The first has to be a day before the second, which is " + words.Day(day) + ". Write it as 2017-03-31.",
			}
		}
		return since, nil
	}
	before := ""
	for _, r := range p.returns(day) {
		if r < day {
			before = r
		}
	}
	return before, nil
}

// changedSince asks what differs from an earlier day, and how many changes of each kind there are. It reads no more than one
// page where most is less than a whole one.
func (a *asking) changedSince(since, kind string, most int32) ([]*pb.NetChange, *pb.ChangeCounts, error) {
	var counts *pb.ChangeCounts
	answer := a.api.Changes(a, &pb.ChangesRequest{Plan: a.plan, ReadAt: a.readAt(), Since: since, Kind: kind, PageSize: most},
		func(_ *pb.Comparison, c *pb.ChangeCounts) { counts = c })
	var list []*pb.NetChange
	for c, err := range answer.Items {
		if err != nil {
			return nil, nil, err
		}
		if list = append(list, c); len(list) == int(most) && most < largePage {
			break
		}
	}
	return list, counts, nil
}

// compared is the comparison that a page shows; nil where there is no earlier day.
func (a *asking) compared(p *aPlan) (*comparedView, error) {
	since, err := a.since(p)
	if err != nil || since == "" {
		return nil, err
	}
	kind := a.query.Get(paramKind)
	_, counts, err := a.changedSince(since, "", 1)
	if err != nil {
		return nil, err
	}
	list, _, err := a.changedSince(since, kind, largePage)
	if err != nil {
		return nil, err
	}
	v := &comparedView{Since: since, Day: a.spoken.GetAsAt(), Counts: a.changeFigures(counts, since, kind), Shown: len(list), Action: a.path}
	if kind != "" {
		v.Clear = a.with(paramKind, "")
	}
	for _, name := range []string{paramAsAt, paramKnownAt} {
		if value := a.query.Get(name); value != "" {
			v.Keep = append(v.Keep, param{name, value})
		}
	}
	returns := p.returns(v.Day)
	for _, r := range returns[max(0, len(returns)-5):] {
		if r < v.Day {
			v.Choices = append(v.Choices, choice{Name: words.Day(r), Href: a.with(paramSince, r), On: r == since})
		}
	}
	widest := 1
	for _, c := range list {
		widest = max(widest, int(c.GetNetDays()), -int(c.GetNetDays()))
	}
	for _, c := range list {
		v.Rows = append(v.Rows, a.netRow(c, widest))
	}
	return v, nil
}

// changeFigures are the counts of changes with the addresses of their rows. Kinds of which there is nothing are left out.
func (a *asking) changeFigures(c *pb.ChangeCounts, since, on string) []figure {
	var figures []figure
	for _, k := range kindsCounted {
		if n := int(k.n(c)); n > 0 {
			figures = append(figures, figure{Tone: k.tone, Name: k.name, N: n, On: k.kind == on, Href: a.changesOf(since, k.kind)})
		}
	}
	return figures
}

func (a *asking) netRow(c *pb.NetChange, widest int) netRow {
	r := netRow{
		ID: c.GetMilestone(), Ref: c.GetRef(), Title: c.GetTitle(), Position: c.GetPosition(), Was: aDate(c.GetWas(), ""), Is: aDate(c.GetIs(), ""),
		NoDate: c.GetNoDate(), NoDateWas: c.GetNoDateWas(), Moves: int(c.GetMoves()), Why: c.GetReason(), NoReason: c.GetNoReason(),
		By: c.GetActor(), Kinds: kindNames(c.GetKinds()),
	}
	if c.GetOnBehalfOf() != "" {
		r.By = c.GetOnBehalfOf()
	}
	if r.Ref != "" {
		r.Href = a.to(milestonePath(a.plan, c.GetRef(), c.GetMilestone()))
	}
	if r.Position > 0 {
		r.EventHref = a.to(eventPath(a.plan, r.Position))
	}
	if c.NetDays != nil {
		r.Net = aSlip(int(c.GetNetDays()), widest)
	}
	if r.Moves > 1 {
		var days []string
		for _, m := range c.GetBetween() {
			if m.GetCounts() && m.GetDays() != 0 {
				days = append(days, words.Signed(int(m.GetDays())))
			}
		}
		r.Days = strings.Join(days, ", ")
	}
	return r
}

// kindNames are kinds of change by the words that the counts have for them.
func kindNames(kinds []string) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		switch kind {
		case "recovered":
			names[i] = "came forward"
		case "date lost":
			names[i] = "lost its date"
		case "date given":
			names[i] = "was dated"
		case "owner", "funding":
			names[i] = "other " + map[string]string{"owner": "owner", "funding": "money"}[kind]
		default:
			names[i] = kind
		}
	}
	return strings.Join(names, ", ")
}

// sinceView is what moved since a day, as the sentence at the top of a board: its parts are links to their rows.
type sinceView struct {
	Day   string // ISO
	Parts []sincePart
}

// sincePart is one kind of change, and the words around it.
type sincePart struct {
	Before, Says, After string
	Tone, Href          string
}

// sinceView is what moved since a day; without parts where nothing did.
func (a *asking) sinceView(c *pb.ChangeCounts, since string) *sinceView {
	v := &sinceView{Day: since}
	for _, kind := range []struct {
		kind, one, more string
		most            int32
	}{
		{"slipped", "date slipped", "dates slipped", c.GetMostSlipDays()},
		{"recovered", "came forward", "came forward", c.GetMostRecoveredDays()},
		{"date lost", "lost its date", "lost their dates", 0},
		{"achieved", "was achieved", "were achieved", 0},
		{"overdue", "became overdue", "became overdue", 0},
	} {
		of := kindsCounted[slices.IndexFunc(kindsCounted, func(k kindCounted) bool { return k.kind == kind.kind })]
		n := int(of.n(c))
		if n == 0 {
			continue
		}
		p := sincePart{Says: words.Many(n, kind.one, kind.more), Tone: of.tone, Href: a.changesOf(since, kind.kind)}
		if kind.most > 0 {
			p.After = fmt.Sprintf(" (the most by %s)", words.Many(int(kind.most), "day", "days"))
		}
		v.Parts = append(v.Parts, p)
	}
	for i := range v.Parts[min(1, len(v.Parts)):] {
		v.Parts[i+1].Before = ", "
		if i+2 == len(v.Parts) {
			v.Parts[i+1].Before = " and "
		}
	}
	return v
}

// changesOf is the address of the changes of one kind since a day.
func (a *asking) changesOf(since, kind string) string {
	return a.to(planPath(a.plan)+"/changes", paramSince, since, paramKind, kind)
}
