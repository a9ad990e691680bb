package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/file"
	"milepost.dev/internal/web/words"
)

// decisionsView is what waits for a decision about a plan, and what was decided last.
type decisionsView struct {
	Head              planHead
	May               roles
	Notice            *notice
	Waiting           []proposalRow // proposals
	Decided           []proposalRow
	Older             int // proposals that were decided before those
	Corrections       []correctionRow
	Corrected         []correctionRow // those that count
	MoreCorrected     int
	Late              []lateRow
	Review            int
	ReviewHref        string
	Propose           string
	Baselined, Redone figure
	Exceptions        figure
	Scopes, Errors    figure
	Granted           string
	Files             []fileLink
}

// proposalRow is a proposal of baselines.
type proposalRow struct {
	ID, State, Href, By       string
	Items, MostDays, Age      int
	Closed, Tier, SHA256      string
	DecidedOn, DecidedBy      string
	Body, Minute, Why, Marked string
	Position                  uint64
	Pending, Open             bool
}

// correctionRow is a correction of statements about one milestone.
type correctionRow struct {
	Position              uint64
	Ref, Title, Milestone string // the milestone, and its address
	Href                  string // of the form
	Was, ReadAs, Kind     string
	AsAt, By, Reason      string
	Evidence, State       string
	Age                   int
	Days                  string // that it takes from the slip: "30 days less slip"; empty where nobody can say
	DecidedBy, DecidedWhy string
	Pending               bool
	Statements            int
}

// lateRow is a statement about the past that was told late, and makes no slip smaller before an approver accepts it.
type lateRow struct {
	Position              uint64
	Ref, Title, Milestone string
	Href                  string // of the form
	AsAt                  string
	Was, Is               date
	Days                  string
	By, Reason            string
}

const decidedLast = 20

// decisions shows what waits for a decision.
func decisions(a *asking) (heading, any, error) {
	p, err := a.open("/decisions")
	if err != nil {
		return heading{}, nil, err
	}
	v := decisionsView{Head: p.head, Files: a.files("csv", "xlsx", "json"), ReviewHref: a.to(planPath(a.plan) + "/review"), Propose: planPath(a.plan) + "/decisions/propose"}
	if v.May, err = a.may(); err != nil {
		return p.heading, nil, err
	}
	if v.Notice, err = a.done(); err != nil {
		return p.heading, nil, err
	}
	if v.Waiting, v.Decided, err = a.proposals(); err != nil {
		return p.heading, nil, err
	}
	v.Older = len(v.Decided) - min(len(v.Decided), decidedLast)
	v.Decided = v.Decided[:len(v.Decided)-v.Older]
	if v.Corrections, v.Corrected, err = a.corrections(); err != nil {
		return p.heading, nil, err
	}
	v.MoreCorrected = len(v.Corrected) - min(len(v.Corrected), decidedLast)
	v.Corrected = v.Corrected[:len(v.Corrected)-v.MoreCorrected]
	if v.Late, err = a.toldLate(); err != nil {
		return p.heading, nil, err
	}
	items, err := all(a, a.api.Review(a, &pb.ListReviewRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
	v.Review = len(items)
	v.Baselined, v.Redone = a.counted("baselined", p.GetBaselined()), a.counted("rebaselined", p.GetRebaselined())
	v.Exceptions, v.Scopes, v.Errors = a.counted("exception", p.GetExceptions()), a.counted("scope-pending", p.GetScopesPending()), a.counted("baseline-error", p.GetBaselineErrors())
	if p.GetRebaselines() > 0 {
		v.Granted = words.Many(int(p.GetRebaselines()), "re-baseline", "re-baselines") + ", and " + words.Signed(int(p.GetDaysGranted())) + " days granted against first forecasts"
	}
	return p.heading, v, err
}

// counted is a figure of the plan that leads to the list of a condition.
func (a *asking) counted(show string, n int32) figure {
	c, _ := conditionOf(show)
	return figure{N: int(n), Name: c.says, Tone: c.tone, Href: a.list(paramShow, show)}
}

// proposals are those that wait, and those that were decided, the last first.
func (a *asking) proposals() (waiting, decided []proposalRow, err error) {
	list, err := all(a, a.api.BaselineProposals(a, &pb.ListBaselineProposalsRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
	for _, each := range list {
		if r := a.proposalRow(each); r.Pending || r.Open {
			waiting = append(waiting, r)
		} else {
			decided = append(decided, r)
		}
	}
	slices.SortStableFunc(decided, func(x, y proposalRow) int {
		return cmp.Or(strings.Compare(y.DecidedOn, x.DecidedOn), cmp.Compare(y.Position, x.Position))
	})
	return waiting, decided, err
}

func (a *asking) proposalRow(b *pb.BaselineProposal) proposalRow {
	return proposalRow{
		ID: b.GetProposal(), State: b.GetState(), Href: planPath(a.plan) + "/decisions/baselines/" + segment(b.GetProposal()), By: cmp.Or(b.GetOnBehalfOf(), b.GetProposer()),
		Items: int(b.GetItems()), MostDays: int(b.GetMostDays()), Age: int(b.GetAgeDays()), Closed: b.GetClosedOn(), Tier: b.GetTier(), SHA256: b.GetSha256(),
		DecidedOn: b.GetDecidedOn(), DecidedBy: b.GetDecidedBy(), Body: b.GetBody(), Minute: b.GetMinute(), Why: b.GetReason(), Marked: strings.Join(b.GetMarks(), ", "),
		Position: b.GetPosition(), Pending: b.GetState() == "pending", Open: b.GetState() == "open",
	}
}

// corrections are those that wait, and those that count, the last first.
func (a *asking) corrections() (waiting, counting []correctionRow, err error) {
	list, err := all(a, a.api.Corrections(a, &pb.ListCorrectionsRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
	if err != nil || len(list) == 0 {
		return nil, nil, err
	}
	titles, err := a.titles()
	for _, c := range list {
		if r := a.correctionRow(c, titles); r.Pending {
			waiting = append(waiting, r)
		} else {
			counting = append(counting, r)
		}
	}
	slices.Reverse(counting)
	return waiting, counting, err
}

func (a *asking) titles() (map[string]string, error) {
	milestones, err := a.status(a.plan)
	return titlesOf(milestones), err
}

func (a *asking) correctionRow(c *pb.Correction, titles map[string]string) correctionRow {
	r := correctionRow{
		Position: c.GetPosition(), Ref: c.GetRef(), Title: titles[c.GetRef()], Milestone: a.to(milestonePath(a.plan, c.GetRef(), c.GetMilestone())),
		Href: planPath(a.plan) + "/decisions/corrections/" + strconv.FormatUint(c.GetPosition(), 10), Was: statementWords(c.GetWas()), ReadAs: statementWords(c.GetReadAs()), Kind: strings.ReplaceAll(c.GetKind(), "-", " "),
		AsAt: c.GetAsAt(), By: cmp.Or(c.GetOnBehalfOf(), c.GetActor()), Reason: c.GetReason(), Evidence: c.GetEvidence(), State: c.GetState(), Age: int(c.GetAgeDays()),
		DecidedBy: c.GetDecidedBy(), DecidedWhy: c.GetDecidedReason(), Pending: c.GetState() == "pending", Statements: len(c.GetTargets()),
	}
	switch days := int(c.GetDays()); {
	case c.Days == nil || days == 0:
	case days > 0:
		r.Days = words.Many(days, "day", "days") + " less slip"
	default:
		r.Days = words.Many(-days, "day", "days") + " more slip"
	}
	return r
}

// statementWords writes a statement, which the API names by its event and values, as a reader would: its days as on every page.
func statementWords(text string) string {
	parts := strings.Split(text, ", ")
	parts[0] = words.Spaced(parts[0])
	for i, part := range parts[1:] {
		name, value, ok := strings.Cut(part, " ")
		if ok && isDay(value) {
			parts[i+1] = strings.ReplaceAll(name, "_", " ") + " " + words.Day(value)
		}
	}
	return strings.Join(parts, ", ")
}

// toldLate are the statements about the past that no approver accepted yet.
func (a *asking) toldLate() ([]lateRow, error) {
	moves, err := all(a, a.api.Slippage(a, &pb.ListSlippageRequest{Plan: a.plan, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return nil, err
	}
	moves = slices.DeleteFunc(moves, func(m *pb.Move) bool { return m.GetEvent() != "StartRestated" })
	if len(moves) == 0 {
		return nil, nil
	}
	titles, err := a.titles()
	rows := make([]lateRow, 0, len(moves))
	for _, m := range moves {
		r := lateRow{
			Position: m.GetPosition(), Ref: m.GetRef(), Title: titles[m.GetRef()], Milestone: a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())),
			Href: planPath(a.plan) + "/decisions/history/" + strconv.FormatUint(m.GetPosition(), 10), AsAt: m.GetAsAt(), Was: aDate(m.GetFrom(), ""), Is: aDate(m.GetTo(), m.GetText()),
			By: speaker(m), Reason: m.GetReason(),
		}
		if m.GetMeasured() {
			r.Days = words.Signed(int(m.GetDays()))
		}
		rows = append(rows, r)
	}
	return rows, err
}

// daysBetween are the calendar days from one ISO day to another; false where either is none.
func daysBetween(from, to string) (int, bool) {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return 0, false
	}
	last, err := time.Parse(time.DateOnly, to)
	return int(last.Sub(first).Hours() / 24), err == nil
}

// decisionsContent is what waits for a decision.
func decisionsContent(a *asking) (*content, error) {
	p, err := a.open("/decisions")
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Decisions that wait, " + p.GetName(), Columns: []string{"kind", "ref", "what", "was", "is", "days", "by", "reason", "waits_days", "position"}}
	waiting, _, err := a.proposals()
	if err != nil {
		return nil, err
	}
	for _, r := range waiting {
		t.Rows = append(t.Rows, []any{"baseline", "", r.ID, nil, words.Many(r.Items, "item", "items"), r.MostDays, r.By, r.Why, r.Age, int(r.Position)})
	}
	corrections, _, err := a.corrections()
	if err != nil {
		return nil, err
	}
	for _, r := range corrections {
		t.Rows = append(t.Rows, []any{"correction", r.Ref, r.Kind, r.Was, r.ReadAs, nil, r.By, r.Reason, r.Age, int(r.Position)})
	}
	late, err := a.toldLate()
	for _, r := range late {
		t.Rows = append(t.Rows, []any{"told late", r.Ref, r.Title, file.Day(r.Was.ISO), file.Day(r.Is.ISO), r.Days, r.By, r.Reason, nil, int(r.Position)})
	}
	return &content{table: t}, err
}
