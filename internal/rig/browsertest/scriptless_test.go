package browsertest

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"milepost.dev/internal/node"
)

// net is what a page says of one milestone between two days.
type net struct{ Ref, Net, Was, Is string }

// readNet reads the table of changes.
const readNet = `[...document.querySelectorAll("#net tr")].map(r => ({Ref: r.querySelector(".ref")?.textContent ?? "", Net: r.querySelector(".slip")?.textContent ?? "",
	Was: r.cells[2].querySelector("time")?.dateTime ?? "", Is: r.cells[3].querySelector("time")?.dateTime ?? ""}))`

// Without a script a board shows what moved, largest first, every number of its sentence opens its rows, two days can be compared and come to
// what the files of both say, the trend has its chart and its table, no page is too wide, and each prints.
func TestABoardIsReadWithoutScript(t *testing.T) {
	b := open(t)
	n := district(t, 101)
	plan := "http://" + n.HTTPAddr() + "/plans/brackwater"
	b.scriptless()
	b.look(1280, "light")

	b.visit(plan) // line 2 and 3: the number of the sentence, and its rows
	says := b.text(".since .tone-late")
	want, err := strconv.Atoi(strings.Fields(says)[0])
	if err != nil {
		t.Fatalf("the board says %q", says)
	}
	b.press(".since .tone-late")
	b.run(chromedp.WaitVisible(chromedp.CSS("#net")))
	rows := ask[[]net](b, readNet)
	if len(rows) != want || want == 0 {
		t.Errorf("the board says %q, and %d rows stand behind it", says, len(rows))
	}
	last := 1 << 30
	for _, r := range rows {
		if days, _ := strconv.Atoi(strings.TrimPrefix(r.Net, "+")); days > last || days < 1 {
			t.Errorf("the largest slip is not first: %+v", rows)
		} else {
			last = days
		}
	}

	const since = "2024-10-31" // line 4: another day, by the form
	b.visit(plan + "/changes")
	b.run(chromedp.SetValue(chromedp.CSS(`#s-compared [name="since"]`), since), chromedp.Submit(chromedp.CSS("#s-compared form")))
	b.run(chromedp.WaitVisible(chromedp.CSS("#net")))
	then, now := forecasts(t, plan, since), forecasts(t, plan, "")
	compared := ask[[]net](b, readNet)
	moved := map[string]bool{}
	for _, r := range compared {
		moved[r.Ref] = true
		// Of what had no date the page says which day was owed.
		if r.Was != "" && then[r.Ref] != "" && r.Was != then[r.Ref] || r.Is != "" && now[r.Ref] != "" && r.Is != now[r.Ref] {
			t.Errorf("%s was %s and is %s by the page; the files say %s and %s", r.Ref, r.Was, r.Is, then[r.Ref], now[r.Ref])
		}
	}
	for ref, due := range now {
		if then[ref] != due && !moved[ref] {
			t.Errorf("%s moved from %q to %q, and the page does not have it", ref, then[ref], due)
		}
	}
	if len(compared) < 10 {
		t.Errorf("%d differ", len(compared))
	}

	b.visit(plan + "/trend") // line 6
	trend := ask[drawnTrend](b, readTrend)
	if len(trend.Lines) != 12 {
		t.Fatalf("the trend has %d lines", len(trend.Lines))
	}
	looksApart(t, "without script", trend)
	saysTheSame(t, "without script", trend, statusOf(t, n, "brackwater", ""))

	for _, of := range []string{"", "/milestones", "/changes", "/trend", "/timeline", "/milestones/HUB-03"} { // line 5 and 7
		b.visit(plan + of)
		for _, width := range []int64{1280, 390, 320} {
			b.look(width, "light")
			if over := ask[[]string](b, wider); len(over) > 0 {
				t.Errorf("%s is wider than %d: %s", of, width, over[0])
			}
		}
		b.paper()
		b.narrow(printed)
		pdf := do(b, func(ctx context.Context, target *chromedp.Target) (page.PrintToPDFResult, error) {
			return cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		})
		printedWhole(t, "without script: "+of, pdf.Data, ask[[]string](b, columns))
		b.look(1280, "light")
	}
	b.nothingWrong(n.HTTPAddr())
}

// Another day is one key away without a script: the fields open by the keyboard.
func TestAnotherDayOpensByTheKeyboard(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	hubs(t, dial(t, n), 3)
	b.scriptless()
	b.look(390, "light")
	b.visit("http://" + n.HTTPAddr() + "/plans/hubs")
	for range 12 {
		b.run(chromedp.KeyEvent(kb.Tab))
		if ask[bool](b, `document.activeElement.matches(".times summary")`) {
			break
		}
	}
	b.run(chromedp.KeyEvent(kb.Enter))
	b.run(chromedp.WaitVisible(chromedp.CSS(`[name="as_at"]`)))
	b.run(chromedp.SetValue(chromedp.CSS(`[name="as_at"]`), "2026-05-31"))
	b.press(".times button")
	b.run(chromedp.WaitVisible(chromedp.CSS(".past-note")))
	if text := b.text(".past-note"); !strings.Contains(text, "31\u00a0May\u00a02026") {
		t.Errorf("it says %q", text)
	}
}

// forecasts are the dates of a plan's milestones by its file, as it stood on a day: what was achieved by when it was.
func forecasts(t *testing.T, plan, asAt string) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(got(t, plan+"/milestones.csv?as_at="+asAt))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	if _, ok := column["forecast"]; !ok {
		t.Fatal(fmt.Sprint("the file has the columns ", rows[0]))
	}
	dates := map[string]string{}
	for _, row := range rows[1:] {
		dates[row[column["ref"]]] = row[column["forecast"]]
		if actual := row[column["actual"]]; actual != "" {
			dates[row[column["ref"]]] = actual
		}
	}
	return dates
}
