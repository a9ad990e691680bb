package browsertest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"milepost.dev/internal/node"
)

var screenshots = flag.String("screenshots", "", "write a picture of every page into this folder")

// sight is one page to be looked at.
type sight struct{ name, url string }

// Every page, in light and dark, on a telephone and on a screen: axe-core objects to nothing, nothing is wider than
// the window, and nothing is asked of another host.
func TestEveryPageIsForEverybody(t *testing.T) {
	b := open(t)
	n := district(t, 101)
	guarded := start(t, node.Config{Credentials: credentials(t)})
	script, err := os.ReadFile("testdata/axe-core-4.14.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	at := "http://" + n.HTTPAddr()
	// The smaller plan has all that the larger one has, and takes axe-core a third of the time.
	plan, slipped, undated := at+"/plans/harbour-schools", "SCH-10", "SCH-09"
	if *screenshots != "" {
		plan, slipped, undated = at+"/plans/brackwater", "HUB-03", "HUB-04"
	}
	for _, page := range []sight{
		{"portfolio", at + "/"},
		{"plan", plan},
		{"plan-overdue", plan + "/milestones?as_at=2024-09-30&show=overdue&sort=-slip"},
		{"milestones", plan + "/milestones"},
		{"trend", plan + "/trend"},
		{"timeline", plan + "/timeline"},
		{"words", at + "/words"},
		{"accessibility", at + "/accessibility"},
		{"owners", plan + "/owners"},
		{"in-doubt", plan + "/review"},
		{"money", plan + "/funding"},
		{"measures", plan + "/measures"},
		{"event", plan + "/events/200"},
		{"plan-past", plan + "?as_at=2024-09-30&known_at=2024-10-15"},
		{"milestone", plan + "/milestones/" + slipped},
		{"milestone-tbc", plan + "/milestones/" + undated},
		{"changes", plan + "/changes"},
		{"problem", at + "/plans/nowhere"},
		{"sign-in", "http://" + guarded.HTTPAddr() + "/"},
	} {
		b.lookedAt(page, string(script))
	}
	if *screenshots != "" {
		b.visit(plan + "/milestones/" + slipped)
		b.paper()
		picture(b, "milestone-paper")
		b.visit(plan)
		picture(b, "plan-paper")
	}
	b.nothingWrong(n.HTTPAddr(), guarded.HTTPAddr())
}

// lookedAt opens a page and looks at it at each width and in each scheme, and writes its pictures where they are asked for.
func (b *browser) lookedAt(page sight, axe string) {
	b.t.Helper()
	for _, schemes := range [][]string{{"light", "dark"}, {"forced"}} { // whose colours are those of a page that was opened with them
		b.look(1280, schemes[0])
		b.visit(page.url)
		if ask[bool](b, `"live" in document.body.dataset`) {
			b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
		}
		ask[int](b, axe+";0") // by the debugger: the page's own policy would let no script of ours in
		for _, width := range []int64{320, 1280} {
			for _, scheme := range schemes {
				if scheme == "forced" && width == 320 {
					continue // whose colours are those of the wide page
				}
				b.look(width, scheme)
				where := fmt.Sprintf("%s, %s, %d wide", page.name, scheme, width)
				// What a page holds is the same in all schemes, and only its colours are not.
				for _, f := range b.axe(scheme != "light") {
					b.t.Errorf("%s: %v", where, f)
				}
				if over := ask[[]string](b, wider); len(over) > 0 {
					b.t.Errorf("%s: wider than the window: %s", where, strings.Join(over[:min(3, len(over))], "\n"))
				}
			}
		}
		if *screenshots == "" {
			continue
		}
		for _, width := range []int64{390, 1280} {
			for _, scheme := range schemes {
				b.look(width, scheme)
				picture(b, fmt.Sprintf("%s-%s-%d", page.name, scheme, width))
			}
		}
	}
	b.look(1280, "light")
}

// wider is what stands out of the window, but for what scrolls by itself.
const wider = `[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .unseen, thead") &&
	e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))`

// picture writes the whole page as a PNG.
func picture(b *browser, name string) {
	b.t.Helper()
	png := do(b, chromedp.FullScreenshot(100))
	if err := os.MkdirAll(*screenshots, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screenshots, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// Without script a page is whole: it shows everything, its links narrow and sort the list, and its form asks for
// another day.
func TestAPageIsWholeWithoutScript(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	server := dial(t, n)
	hubs(t, server, 3)
	submit(t, server, "slip", stated("M02", "2026-06-01", "2027-06-30", "Said in June"))
	b.scriptless()
	b.visit("http://" + n.HTTPAddr() + "/")
	b.press(".portfolio tbody th a")
	b.run(chromedp.WaitVisible(chromedp.CSS(".tabs")))
	b.press(".figures .tone-late a")
	b.run(chromedp.WaitVisible(chromedp.CSS(".chips")))
	rows := do(b, chromedp.Nodes(chromedp.CSSAll(".milestones tbody tr")))
	if text := b.text(".milestones tbody"); len(rows) != 1 || !strings.Contains(text, "M02") || !strings.Contains(text, "+91") {
		t.Errorf("of those that slipped it lists %d: %s", len(rows), text)
	}
	b.run(chromedp.SetValue(chromedp.CSS(`[name="as_at"]`), "2026-05-31"), chromedp.Submit(chromedp.CSS(".times")))
	b.run(chromedp.WaitVisible(chromedp.CSS(".past-note")))
	if text := b.text("main"); !strings.Contains(text, "0 slipped") && !strings.Contains(text, "No milestone matches") {
		t.Errorf("on 31 May nothing had slipped, and the page says\n%s", text)
	}
}
