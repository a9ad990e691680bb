package web_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// counted is a number in a page that leads to a list.
var counted = regexp.MustCompile(`(?s)<a ([^>]*)>(.*?)</a>`)

var (
	hrefOf  = regexp.MustCompile(`href="([^"]+)"`)
	tags    = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]+>`)
	leading = regexp.MustCompile(`^!?(\d[\d\x{202f}]*)(✓| [^JFMASOND]|$)`)
	ofAList = regexp.MustCompile(`^/plans/[^/?]+/(milestones|funding)(\?|$)`)
	// ofChanges is the address of the changes of one kind, to which the sentence of a board leads.
	ofChanges = regexp.MustCompile(`^/plans/[^/?]+/changes\?[^"]*kind=`)
	howMany   = regexp.MustCompile(`<h2 id="(?:milestones|lines)">(?:Milestones|Lines) <span class="count num">(\d+)`)
	howOften  = regexp.MustCompile(`<h2 id="doubt">In doubt <span class="count num">(\d+)`)
)

// crawler follows every number on the pages of a server to the rows that it counts.
type crawler struct {
	*served
	rows    map[string]int // behind each address that was asked for
	checked int
}

// behind is how many rows a list has: as its page says, as its file has them, and as the API lists them.
func (c *crawler) behind(href string) int {
	if n, known := c.rows[href]; known {
		return n
	}
	status, _, body := c.get(href)
	if status != http.StatusOK {
		c.t.Fatalf("%s: %d", href, status)
	}
	match := howMany.FindStringSubmatch(body)
	if match == nil {
		c.t.Fatalf("%s says no number of rows", href)
	}
	n, _ := strconv.Atoi(match[1])
	path, query, _ := strings.Cut(href, "?")
	_, _, text := c.get(path + ".csv?" + query)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	if len(rows)-1 != n {
		c.t.Errorf("%s says %d, and its file has %d rows", href, n, len(rows)-1)
	}
	if shown := strings.Count(body, `<tr role="row" id="m`) + strings.Count(body, `<tr role="row" id="l`); shown != min(n, 100) {
		c.t.Errorf("%s says %d, and shows %d rows", href, n, shown)
	}
	c.rows[href] = n
	return n
}

// changes follows the counts of what changed to their rows.
func (c *crawler) changes(path string) {
	_, _, body := c.get(path)
	for _, match := range regexp.MustCompile(`<a href="([^"]*/changes\?[^"]*kind=[^"]*)"[^>]*><strong class="num">(\d+)</strong>`).FindAllStringSubmatch(body, -1) {
		_, _, rows := c.get(html.UnescapeString(match[1]))
		c.checked++
		if got := strings.Count(rows, `<tr role="row" id="c`); fmt.Sprint(got) != match[2] {
			c.t.Errorf("%s says %s, and %s lists %d", path, match[2], match[1], got)
		}
	}
}

// page follows the numbers of one page.
func (c *crawler) page(path string) {
	status, _, body := c.get(path)
	if status != http.StatusOK {
		c.t.Errorf("%s: %d", path, status)
		return
	}
	for _, link := range counted.FindAllStringSubmatch(body, -1) {
		href := hrefOf.FindStringSubmatch(link[1])
		number := leading.FindStringSubmatch(strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(link[2], ""))))
		if href == nil || number == nil || strings.Contains(link[1], "rel=") {
			continue
		}
		if ofChanges.MatchString(href[1]) {
			_, _, rows := c.get(html.UnescapeString(href[1]))
			c.checked++
			if got := strings.Count(rows, `<tr role="row" id="c`); fmt.Sprint(got) != number[1] {
				c.t.Errorf("%s says %s, and %s lists %d", path, number[1], href[1], got)
			}
			continue
		}
		if !ofAList.MatchString(href[1]) {
			continue
		}
		want, err := strconv.Atoi(strings.ReplaceAll(number[1], "\u202f", ""))
		if err != nil {
			c.t.Errorf("%s: %q is no number", path, number[1])
		}
		c.checked++
		if got := c.behind(html.UnescapeString(href[1])); got != want {
			c.t.Errorf("%s says %d, and %s lists %d", path, want, html.UnescapeString(href[1]), got)
		}
	}
}

var pagesOfAPlan = []string{"", "/milestones", "/milestones?show=slipped", "/changes", "/trend", "/timeline", "/funding", "/owners", "/measures", "/review", "/decisions"}

// crooked is a plan with everything that a number could get wrong: late, met, given up, replaced, withdrawn, in words, in
// doubt, unowned, and hostile words.
func (s *served) crooked(plan string) {
	hostile := strings.Repeat("Ü", 1900) + " \u202egnorw eht " + strings.Repeat("way ", 40)
	commands := []*pb.Command{registered("Crooked \u202e <b>plan")}
	for i := range 9 {
		ref := fmt.Sprintf("M-%d", i+1)
		commands = append(commands, added(ref, fmt.Sprintf("=Milestone %d %s", i+1, hostile[:min(len(hostile), 60*i)])))
		if i%3 > 0 {
			commands = append(commands, &pb.Command{AsAt: "2026-01-03", Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: ref, Owner: []string{"", "@Ann & Co", "O'Brien"}[i%3]}}})
		}
	}
	commands = append(commands,
		stated("M-1", "2026-01-05", "2026-02-28", ""), stated("M-1", "2026-02-05", "2026-05-31", hostile),
		stated("M-2", "2026-01-05", "2026-06-30", ""), stated("M-2", "2026-03-05", "TBC", "who knows"),
		stated("M-3", "2026-01-05", "2026-03-31", ""), &pb.Command{AsAt: "2026-05-10", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "M-3", ActualDate: "2026-05-09"}}},
		stated("M-4", "2026-01-05", "2026-03-31", ""), &pb.Command{AsAt: "2026-05-10", Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{Ref: "M-4", Reason: "no money"}}},
		stated("M-5", "2026-01-05", "June 2027 or July 2028", ""),
		stated("M-6", "2026-01-05", strings.Repeat("somewhen ", 35), ""),
		stated("M-7", "2026-01-05", "2099-12-31", ""), stated("M-7", "2026-02-05", "2031-12-31", ""),
		stated("M-8", "2026-01-05", "2026-04-30", ""), &pb.Command{AsAt: "2026-04-10", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "M-8", ActualDate: "2026-04-09"}}},
	)
	s.submit("crooked-"+plan, plan, commands...)
}

// Every number opens exactly the rows that it counts: on every page, as of every day, and as the API answers it.
func TestEveryNumberOpensWhatItCounts(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	s.crooked("crooked")
	c := &crawler{served: s, rows: map[string]int{}}
	for _, at := range []string{"", "as_at=2026-03-31", "as_at=2026-01-01", "as_at=2026-05-10&known_at=4"} {
		for _, plan := range []string{"hubs", "crooked"} {
			for _, path := range pagesOfAPlan {
				if strings.Contains(at, "known_at") && plan == "crooked" {
					continue // it was not known yet
				}
				sign := "?"
				if strings.Contains(path, "?") {
					sign = "&"
				}
				c.page("/plans/" + plan + path + sign + at)
				if path == "/changes" {
					c.changes("/plans/" + plan + path + sign + at)
				}
			}
		}
		c.page("/?" + at)
	}
	if c.checked < 250 {
		t.Errorf("%d numbers were followed", c.checked)
	}
	t.Logf("%d numbers lead to %d lists", c.checked, len(c.rows))
	c.matchesTheAPI("crooked")
	_, _, body := s.get("/plans/crooked/review")
	var open int
	for _, err := range s.server.Review(t.Context(), &pb.ListReviewRequest{Plan: "crooked"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		open++
	}
	if match := howOften.FindStringSubmatch(body); match == nil || match[1] != strconv.Itoa(open) || open == 0 {
		t.Errorf("%v in doubt, want %d", match, open)
	}
}

// money is a plan with lines of money in several states, years and funds.
func (s *served) money(plan string) {
	s.t.Helper()
	sum := func(ref, line, amount, year string) *pb.FundingStated {
		m := &pb.FundingStated{Ref: ref, Line: line, Amount: amount, Currency: "GBP", Fund: "Fund of " + line[:1]}
		if year != "" {
			m.Start, m.End = year+"-04-01", strconv.Itoa(2027+strings.Count(year, "7"))+"-03-31"
		}
		return m
	}
	s.submit("money-"+plan, plan, &pb.Command{AsAt: "2026-02-01", Command: &pb.Command_FundingIdentified{FundingIdentified: sum("A/1", "l1", "1000000.00", "2026")}},
		&pb.Command{AsAt: "2026-02-01", Command: &pb.Command_FundingBid{FundingBid: sum("A/1", "l2", "250000.50", "2027")}},
		&pb.Command{AsAt: "2026-02-01", Command: &pb.Command_FundingReceived{FundingReceived: sum("B", "m1", "99.00", "")}})
}

// A plan with baselines, one of them approved anew, an exception, a correction and money: every number on its pages opens what it counts, and
// the milestone has its three differences.
func TestWhatIsPromisedIsShown(t *testing.T) {
	s := people(t, map[string]string{"ann": `["reporter", "approver"]`, "bob": `["approver"]`})
	s.hubs("hubs")
	s.money("hubs")
	bob := s.as("bob")
	approve := func(proposal, date string) {
		t.Helper()
		s.submit("propose-"+proposal, "hubs", &pb.Command{Command: &pb.Command_BaselineProposed{BaselineProposed: &pb.BaselineProposed{
			Proposal: proposal, Ref: "A/1", Value: &pb.BaselineProposed_Date{Date: &pb.BaselineDate{DeliveryDate: date}}, ReasonKind: "external", Reason: "no steel",
		}}}, &pb.Command{Command: &pb.Command_BaselineProposalClosed{BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: proposal, Count: 1}}})
		form := "/plans/hubs/decisions/baselines/" + proposal
		if status, _, why := bob.send(form, bob.fill(form, "outcome", "approve", "reason", "agreed")); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", proposal, status, why)
		}
	}
	days := uint32(10)
	ann := s.as("ann")
	if _, err := s.dialAs("milepost_bob").Submit(t.Context(), &pb.SubmitRequest{RequestId: "tiers", Plan: "hubs", Commands: []*pb.Command{{Command: &pb.Command_TiersSet{TiersSet: &pb.TiersSet{
		Reason: "agreed", Tiers: []*pb.Tier{{Name: "Programme board", ToleranceDays: &days}},
	}}}}}); err != nil {
		t.Fatal(err)
	}
	approve("first", "2027-05-31")
	approve("second", "2027-06-30")
	s.submit("slip", "hubs", stated("A/1", "2026-09-01", "2027-08-31", "no glass"))
	_, _, body := ann.get("/plans/hubs/milestones/A%2F1")
	for _, want := range []string{
		"the first forecast</th>", "+153", "the original baseline</th>", "+92", "the current baseline, number 2</th>", "+62", "Re-baselined", "The date had moved +61 days", "beyond the tolerance of Programme board",
	} {
		if !strings.Contains(html.UnescapeString(body), want) {
			t.Errorf("the milestone does not say %q", want)
		}
	}
	_, _, body = ann.get("/plans/hubs")
	for _, want := range []string{"Beyond a tolerance", "days against the current baseline, for Programme board", "with a baselined date", "1 re-baseline granted +91 days", "later than first promised"} {
		if !strings.Contains(html.UnescapeString(body), want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if _, _, body := ann.get("/plans/hubs/trend"); strings.Count(body, "tone-late is-baseline") != 2 {
		t.Errorf("the trend has %d baselines", strings.Count(body, "tone-late is-baseline"))
	}
	c := &crawler{served: ann, rows: map[string]int{}}
	for _, path := range pagesOfAPlan {
		c.page("/plans/hubs" + path)
	}
	if c.checked < 40 {
		t.Errorf("%d numbers were followed", c.checked)
	}
	for query, want := range map[string]int{"": 3, "state=bid": 1, "year=2026%2F27": 1, "year=not+said": 1, "fund=Fund+of+l": 2, "amount=unsaid": 0} {
		if got := c.behind("/plans/hubs/funding?" + query); got != want {
			t.Errorf("%q lists %d lines, want %d", query, got, want)
		}
	}
	if _, _, body := ann.get("/plans/hubs/funding"); !strings.Contains(body, "1\u202f000\u202f000 GBP identified") || !strings.Contains(body, "250\u202f000.50") {
		t.Error("the milestone that waits for money does not say for which")
	}
}

// matchesTheAPI compares the lists behind the figures of a plan with the counts of the API, and the file with its rows.
func (c *crawler) matchesTheAPI(plan string) {
	t := c.t
	t.Helper()
	var p *pb.Plan
	for found, err := range c.server.Plans(t.Context(), &pb.ListPlansRequest{Plan: plan}).Items {
		if err != nil {
			t.Fatal(err)
		}
		p = found
	}
	for query, want := range map[string]int32{
		"": p.GetMilestones(), "show=overdue": p.GetOverdue(), "show=slipped": p.GetSlipped(), "show=recovered": p.GetRecovered(), "show=undated": p.GetUndated(),
		"show=review": p.GetToReview(), "show=later": p.GetLate(), "show=withdrawn": p.GetNoDate(), "show=in-doubt": p.GetInDoubt(), "show=disagreement": p.GetDisagreements(),
		"show=other-words": p.GetOtherWords(), "show=restated": p.GetStartRestated(), "show=not-reported": p.GetNotReported(), "show=achieved-late": p.GetAchievedLate(),
		"state=achieved": p.GetAchieved(), "state=cancelled": p.GetCancelled(), "state=started": p.GetStarted(),
	} {
		if got := c.behind("/plans/" + plan + "/milestones?" + query); got != int(want) {
			t.Errorf("%q lists %d, and the API counts %d", query, got, want)
		}
	}
	_, _, text := c.get("/plans/" + plan + "/milestones.json")
	var whole struct {
		Position uint64
		Rows     []struct {
			Ref      string
			Slip     *int32 `json:"slip_days"`
			Forecast *string
		}
	}
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, r := range whole.Rows {
		told[r.Ref] = fmt.Sprint(value(r.Slip), " ", value(r.Forecast))
	}
	for m, err := range c.server.Status(t.Context(), &pb.ListStatusRequest{Plan: plan}).Items {
		if err != nil {
			t.Fatal(err)
		}
		due := m.GetForecast()
		if want := fmt.Sprint(value(m.SlipDays), " ", due); strings.TrimSuffix(told[m.GetRef()], "<nil>") != strings.TrimSuffix(want, "<nil>") {
			t.Errorf("%s is %q in the file, and %q in the API's answer", m.GetRef(), told[m.GetRef()], want)
		}
	}
}

func value[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// Every list and chart is there as a file of each kind, under a name that says of when it is, and is refused as its page is.
func TestEveryListIsThereAsAFile(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	s.crooked("crooked")
	s.submit("empty", "empty", registered("Empty"))
	starts := map[string]string{"csv": "", "json": "{", "xlsx": "PK", "ics": "BEGIN:VCALENDAR\r\n", "svg": "<svg xmlns="}
	for path, kinds := range map[string][]string{
		"/portfolio": {"csv", "xlsx", "json"}, "/plans/crooked/milestones": {"csv", "xlsx", "json", "ics"}, "/plans/crooked/timeline": {"csv", "xlsx", "json", "ics", "svg"},
		"/plans/crooked/trend": {"csv", "xlsx", "json", "svg"}, "/plans/crooked/progress": {"csv", "xlsx", "json", "svg"}, "/plans/crooked/work": {"csv", "xlsx", "json"},
		"/plans/crooked/owners": {"csv", "xlsx", "json"}, "/plans/crooked/funding": {"csv", "xlsx", "json"}, "/plans/crooked/measures": {"csv", "xlsx", "json"}, "/plans/crooked/decisions": {"csv", "xlsx", "json"}, "/plans/crooked/review": {"csv", "xlsx", "json"}, "/plans/hubs/milestones/A%2F1/moves": {"csv", "xlsx", "json", "svg"},
		"/plans/empty/milestones": {"csv", "xlsx", "json", "ics"}, "/plans/empty/trend": {"csv"}, "/plans/empty/work": {"csv"},
	} {
		for _, kind := range kinds {
			status, header, body := s.get(path + "." + kind + "?as_at=2026-05-10")
			name := header.Get("Content-Disposition")
			if status != http.StatusOK || !strings.HasPrefix(body, starts[kind]) || !strings.Contains(name, "-2026-05-10-at-") || !strings.HasSuffix(name, "."+kind+`"`) {
				t.Errorf("%s.%s: %d, %q, %.80q", path, kind, status, name, body)
			}
			if kind != "xlsx" && !strings.Contains(body, "2026-05-10") && !strings.Contains(body, "10 May 2026") && !strings.HasPrefix(path, "/plans/empty") && strings.Count(body, "\n") > 1 { // one without rows says it in its name alone
				t.Errorf("%s.%s does not say of when it is", path, kind)
			}
			if kind == "csv" && slices.ContainsFunc(strings.Split(body, "\n"), func(line string) bool { return strings.Contains(line, ",=Mile") }) {
				t.Errorf("%s.csv has a formula", path)
			}
			if status, _, _ := s.get(path + "." + kind + "?as_at=2199-01-01"); status != http.StatusBadRequest {
				t.Errorf("%s.%s of a day to come: %d", path, kind, status)
			}
		}
	}
	for path, want := range map[string]int{"/plans/none/milestones.csv": 404, "/plans/empty/trend.svg": 404, "/plans/hubs/milestones.pdf": 404, "/plans/hubs/milestones.csv?due=soon": 400} {
		if status, _, _ := s.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

// What is in a page of the past is refused of a day to come, in a sentence.
func TestADayToComeIsRefused(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	for _, path := range append([]string{"/milestones/A%2F1", "/events/1"}, pagesOfAPlan...) {
		status, _, body := s.get(strings.Split("/plans/hubs"+path, "?")[0] + "?as_at=2199-01-01")
		if status != http.StatusBadRequest || !strings.Contains(body, "This day is still to come") {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, body := s.get("/?as_at=2199-01-01"); status != http.StatusBadRequest || !strings.Contains(body, "Nobody knows") {
		t.Errorf("the portfolio: %d", status)
	}
	_, _, body := s.get("/plans/hubs?as_at=2026-06-01")
	if !strings.Contains(body, `rel="prev"`) || strings.Contains(body, `rel="next"`) || !strings.Contains(body, ">today</a>") {
		t.Error("no step leads to the return before, and back to today")
	}
	if _, _, body := s.get("/plans/hubs?as_at=2026-01-02"); !strings.Contains(body, `href="/plans/hubs?as_at=2026-06-01" rel="next"`) {
		t.Errorf("no step leads to the next return")
	}
}
