package page

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/file"
	"milepost.dev/internal/web/words"
)

// fileLink leads to what a page shows as a file.
type fileLink struct{ Name, Href string }

// files are the addresses of the page as files of some kinds: the page's own, with the kind behind its path.
func (a *asking) files(kinds ...string) []fileLink { return a.filesAt(a.path, kinds...) }

// filesAt are the addresses of the files of a list that has its own path, at the times and with the filters of the page.
func (a *asking) filesAt(path string, kinds ...string) []fileLink {
	if path == "/" {
		path = portfolioFile
	}
	var links []fileLink
	for _, kind := range kinds {
		links = append(links, fileLink{strings.ToUpper(kind), address(path+"."+kind, a.query)})
	}
	return links
}

// portfolioFile is where the files of the portfolio are, whose page has no name of its own.
const portfolioFile = "/portfolio"

// File is one list or drawing as files.
type File struct {
	Path    string   // the pattern of its address, without the ending
	Endings []string // csv, xlsx, json, ics, svg
	content func(*asking) (*content, error)
}

// content is what is in the files of a list.
type content struct {
	table   *file.Table
	dated   []file.Dated
	drawing *chart.Drawing
}

var allFiles = []File{
	{portfolioFile, []string{"csv", "xlsx", "json"}, portfolioContent},
	{"/plans/{plan}/milestones", []string{"csv", "xlsx", "json", "ics"}, milestonesContent},
	{"/plans/{plan}/return", []string{"csv"}, returnContent},
	{"/plans/{plan}/timeline", []string{"csv", "xlsx", "json", "ics", "svg"}, timelineContent},
	{"/plans/{plan}/trend", []string{"csv", "xlsx", "json", "svg"}, trendContent},
	{"/plans/{plan}/progress", []string{"csv", "xlsx", "json", "svg"}, progressContent},
	{"/plans/{plan}/work", []string{"csv", "xlsx", "json"}, workContent},
	{"/plans/{plan}/changes", []string{"csv", "xlsx", "json"}, changesContent},
	{"/plans/{plan}/funding", []string{"csv", "xlsx", "json", "svg"}, fundingContent},
	{"/plans/{plan}/measures", []string{"csv", "xlsx", "json"}, measuresContent},
	{"/plans/{plan}/owners", []string{"csv", "xlsx", "json"}, ownersContent},
	{"/plans/{plan}/review", []string{"csv", "xlsx", "json"}, reviewContent},
	{"/plans/{plan}/decisions", []string{"csv", "xlsx", "json"}, decisionsContent},
	{"/plans/{plan}/milestones/{milestone}/moves", []string{"csv", "xlsx", "json", "svg"}, movesContent},
}

// Files are all lists and drawings that there are as files.
func Files() []File { return slices.Clone(allFiles) }

// Made is a file as it is sent.
type Made struct {
	Name, Type string
	Body       []byte
}

// types are what the endings of files mean to a browser.
var types = map[string]string{
	"csv": "text/csv; charset=utf-8", "json": "application/json", "ics": "text/calendar; charset=utf-8", "svg": "image/svg+xml",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// MakeFile makes a file with one of the endings of f, of what is known now or at the time that the question asks for, as the
// visitor of the context (As). ProblemOf says what its error means to the visitor.
func (p *Pages) MakeFile(ctx context.Context, f File, ending string, q Question) (*Made, error) {
	ctx, cancel := context.WithTimeout(ctx, madeWithin)
	defer cancel()
	q.path = strings.TrimSuffix(q.path, "."+ending)
	a := &asking{Context: ctx, Pages: p, Question: q}
	c, err := f.content(a)
	if err != nil {
		return nil, err
	}
	made := &Made{Name: a.fileName(f, ending), Type: types[ending]}
	made.Body, err = p.body(a, c, ending)
	return made, err
}

func (p *Pages) body(a *asking, c *content, ending string) ([]byte, error) {
	speaks := a.speaks()
	if c.table != nil {
		c.table.Speaks = speaks
	}
	switch {
	case ending == "ics":
		return file.Calendar(c.table.Title, c.dated, speaks)
	case ending == "json":
		return c.table.JSON()
	case ending == "xlsx":
		return c.table.Workbook()
	case ending == "csv":
		return c.table.CSV()
	case c.drawing == nil:
		return nil, &Problem{Status: 404, Title: "There is nothing to draw", Sentence: "No milestone here has a date up to this day."}
	}
	c.drawing.Foot = fmt.Sprintf("As it stood on %s, position %d", words.Day(speaks.AsAt), speaks.Position)
	if speaks.Filter != "" {
		c.drawing.Foot += ", " + speaks.Filter
	}
	var out bytes.Buffer
	err := p.drawings.ExecuteTemplate(&out, "drawing", c.drawing)
	return visible(out.Bytes()), err
}

// speaks is what the files of a page say about themselves.
func (a *asking) speaks() file.Speaks {
	var filter []string
	for _, name := range []string{paramSince, paramKind, paramYear, paramFund, paramAmount} {
		if value := a.query.Get(name); value != "" {
			filter = append(filter, name+": "+value)
		}
	}
	for _, c := range a.chips() {
		filter = append(filter, c.Name+": "+c.Value)
	}
	return file.Speaks{
		AsAt: a.spoken.GetAsAt(), KnownAt: a.knownAt(), Position: a.spoken.GetPosition(), Clock: a.spoken.GetClock(), Filter: strings.Join(filter, ", "),
	}
}

// fileName says what a file is and of when: hubs-milestones-2025-03-31-at-2303.csv.
func (a *asking) fileName(f File, ending string) string {
	last := f.Path[strings.LastIndex(f.Path, "/")+1:]
	name := fmt.Sprintf("%s-%s-%s-at-%d.%s", strings.TrimSpace(a.plan+" "+a.milestone), last, a.spoken.GetAsAt(), a.spoken.GetPosition(), ending)
	return strings.TrimLeft(strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') {
			return r
		}
		return '-'
	}, name), "-.")
}

// maybe is a number that may be absent.
func maybe(n *int32) any {
	if n == nil {
		return nil
	}
	return int(*n)
}

var milestoneColumns = []string{
	"ref", "milestone", "title", "workstream", "owner", "state", "status", "percent", "first_forecast", "original_baseline", "current_baseline",
	"forecast", "forecast_text", "due", "actual", "slip_days", "overdue", "owed_days", "undated", "no_date_since", "review", "last_as_at",
}

func milestoneCells(m *pb.MilestoneStatus) []any {
	var percent any
	if m.Percent != nil {
		percent = int(m.GetPercent())
	}
	baseline := func(day string) any {
		if isDay(day) {
			return file.Day(day)
		}
		return nil
	}
	return []any{
		m.GetRef(), m.GetMilestone(), m.GetTitle(), m.GetWorkstream(), m.GetOwner(), m.GetState(), m.GetStatus(), percent, file.Day(m.GetFirstForecast()),
		baseline(m.GetOriginalBaseline()), baseline(m.GetCurrentBaseline()), file.Day(m.GetForecast()), m.GetForecastText(), file.Day(m.GetDue()),
		file.Day(m.GetActual()), maybe(m.SlipDays), m.GetOverdue(), int(m.GetOwedDays()), m.GetUndated(), file.Day(m.GetNoDateSince()),
		strings.Join(m.GetReview(), ", "), file.Day(m.GetLastAsAt()),
	}
}

// milestonesContent is the list of milestones with its filters and in its order, all of it.
func milestonesContent(a *asking) (*content, error) {
	p, err := a.open("/milestones")
	if err != nil {
		return nil, err
	}
	narrowed, err := a.listed()
	if err != nil {
		return nil, err
	}
	c := &content{table: &file.Table{Title: "Milestones of " + p.GetName(), Columns: milestoneColumns}}
	for _, m := range narrowed {
		c.table.Rows = append(c.table.Rows, milestoneCells(m))
		if due := dueOpen(m); due != "" {
			c.dated = append(c.dated, dated(m, due))
		}
	}
	return c, nil
}

// listed are the milestones that pass the filters of the address, in its order.
func (a *asking) listed() ([]*pb.MilestoneStatus, error) {
	all, err := a.status(a.plan)
	if err != nil {
		return nil, err
	}
	narrowed, err := a.narrowed(all, a.spoken.GetAsAt())
	a.sort(narrowed)
	return narrowed, err
}

// dated is an open milestone in a calendar.
func dated(m *pb.MilestoneStatus, due string) file.Dated {
	says := strings.Join(slices.DeleteFunc([]string{m.GetWorkstream(), m.GetOwner(), m.GetState()}, func(s string) bool { return s == "" }), " · ")
	if m.SlipDays != nil {
		says += "\n" + words.Signed(int(m.GetSlipDays())) + " days against its " + m.GetSlipAgainst()
	}
	return file.Dated{ID: m.GetMilestone(), Revision: int(m.GetRevision()), Day: due, Title: m.GetRef() + " " + m.GetTitle(), Says: says}
}
