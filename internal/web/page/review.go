package page

import (
	"cmp"
	"slices"
	"strings"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// reviewView is what is in doubt about a plan: what a person is asked, and what stands beside the facts. None of it is in a
// count of facts.
type reviewView struct {
	Head    planHead
	Open    int
	Reasons []choice // the open items by reason
	Items   []doubt
	More    int // open items that are not shown
	Settled []doubt
	Older   int // settled ones that are not shown
	Beside  []belief
	// Candidates are sentences that may be milestones, Sentences how many there are of them.
	Candidates []candidate
	Sentences  int
	Why        string // what is said of all of them
	Files      []fileLink
	Notice     *notice
	May        roles
}

// doubt is something about a milestone that a person is asked.
type doubt struct {
	Ref, Title, Href              string
	Reason, Field, Text, Proposed string
	Says, State, Value, Why       string
	Raised, Settled               string
	Item                          string
	Settle                        string // the address of the form that settles it; empty on a page of the past
}

const (
	paramReason = "reason"
	doubtsShown = 200
	settledLast = 20
)

// reviewed shows what is in doubt about a plan.
func reviewed(a *asking) (heading, any, error) {
	p, err := a.open("/review")
	if err != nil {
		return heading{}, nil, err
	}
	items, err := all(a, a.api.Review(a, &pb.ListReviewRequest{Plan: a.plan, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	view := reviewView{Head: p.head, Files: a.files("csv", "xlsx", "json")}
	if view.May, err = a.may(); err != nil {
		return p.heading, nil, err
	}
	if view.Notice, err = a.done(); err != nil {
		return p.heading, nil, err
	}
	candidates, err := a.candidates()
	if err != nil {
		return p.heading, nil, err
	}
	view.Candidates, view.Sentences = candidates[:min(len(candidates), candidatesShown)], len(candidates)
	view.Why = sharedReason(view.Candidates)
	beside := a.belief(p, milestones, a.spoken.GetAsAt())
	view.Beside = beside[1:] // the first tells of returns
	byReason := map[string]int{}
	for _, item := range items {
		d := a.doubt(item)
		if d.Settled != "" || d.State != "open" {
			view.Settled = append(view.Settled, d)
			continue
		}
		view.Open++
		byReason[d.Reason]++
		if reason := a.query.Get(paramReason); reason == "" || reason == d.Reason {
			view.Items = append(view.Items, d)
		}
	}
	for reason, n := range byReason {
		c := choice{Name: reason, N: n, Href: a.with(paramReason, reason), On: a.query.Get(paramReason) == reason}
		if c.On {
			c.Href = a.with(paramReason, "")
		}
		view.Reasons = append(view.Reasons, c)
	}
	slices.SortFunc(view.Reasons, func(x, y choice) int { return cmp.Or(cmp.Compare(y.N, x.N), strings.Compare(x.Name, y.Name)) })
	view.More = len(view.Items) - min(len(view.Items), doubtsShown)
	view.Items = view.Items[:len(view.Items)-view.More]
	slices.SortStableFunc(view.Settled, func(x, y doubt) int { return strings.Compare(y.Settled, x.Settled) })
	view.Older = len(view.Settled) - min(len(view.Settled), settledLast)
	view.Settled = view.Settled[:len(view.Settled)-view.Older]
	return p.heading, view, nil
}

func (a *asking) doubt(i *pb.ReviewItem) doubt {
	d := doubt{
		Ref: i.GetRef(), Title: i.GetTitle(), Href: a.to(milestonePath(a.plan, i.GetRef(), i.GetMilestone())), Item: i.GetItem(),
		Reason: i.GetReason(), Field: i.GetField(), Text: i.GetText(), Proposed: proposedWords(i.GetProposed()), Says: i.GetSays(), State: i.GetState(),
		Value: i.GetValue(), Why: i.GetWhy(), Raised: i.GetRaised(), Settled: i.GetSettled(),
	}
	if a.asAt() == "" && a.knownAt() == "" && d.State == "open" {
		d.Settle = settlePath(a.plan, i.GetRef(), i.GetMilestone(), i.GetItem())
	}
	return d
}

// proposedWords writes what a date was read as, which the API gives in EDTF: several days as such, and days as on every page.
func proposedWords(edtf string) string {
	several, joined := strings.HasPrefix(edtf, "{") || strings.HasPrefix(edtf, "["), " and "
	if strings.HasPrefix(edtf, "[") {
		joined = " or "
	}
	if !several {
		return spanWords(edtf)
	}
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(edtf, "{}[]"), ",") {
		if said := spanWords(strings.TrimSpace(part)); !slices.Contains(parts, said) {
			parts = append(parts, said)
		}
	}
	return strings.Join(parts, joined)
}

// spanWords writes a day, a month or a span of them, as EDTF has it, in words: "by 31 Mar 2017", "Jan 2017 to Mar 2017".
func spanWords(edtf string) string {
	one := func(part string) string {
		if month, err := time.Parse("2006-01", part); err == nil {
			return month.Format("Jan\u00a02006")
		}
		return words.Day(part)
	}
	from, to, span := strings.Cut(edtf, "/")
	switch {
	case !span:
		return one(edtf)
	case from == ".." || from == "":
		return "by " + one(to)
	case to == ".." || to == "":
		return "from " + one(from)
	}
	return one(from) + " to " + one(to)
}

// plainly writes a name of the API, such as several-dates or delivery_date, as words.
func plainly(name string) string { return strings.NewReplacer("-", " ", "_", " ").Replace(name) }
