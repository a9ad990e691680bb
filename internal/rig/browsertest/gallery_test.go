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
		{"plan-overdue", plan + "?as_at=2025-06-15&show=overdue&sort=-slip"},
		{"plan-past", plan + "?as_at=2024-09-30&known_at=2024-10-15"},
		{"milestone", plan + "/milestones/" + slipped},
		{"milestone-tbc", plan + "/milestones/" + undated},
		{"changes", plan + "/changes"},
		{"problem", at + "/plans/nowhere"},
		{"sign-in", "http://" + guarded.HTTPAddr() + "/"},
	} {
		b.visit(page.url)
		if ask[bool](b, `"live" in document.body.dataset`) {
			b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
		}
		ask[int](b, string(script)+";0") // by the debugger: the page's own policy would let no script of ours in
		for _, width := range []int64{320, 1280} {
			// What a page holds is the same in both schemes, and only its colours are not.
			for _, scheme := range []string{"light", "dark"} {
				b.look(width, scheme)
				where := fmt.Sprintf("%s, %s, %d wide", page.name, scheme, width)
				for _, f := range b.axe(scheme == "dark") {
					t.Errorf("%s: %v", where, f)
				}
				if over := ask[[]string](b, wider); len(over) > 0 {
					t.Errorf("%s: wider than the window: %s", where, strings.Join(over[:min(3, len(over))], "\n"))
				}
				if *screenshots != "" {
					picture(b, fmt.Sprintf("%s-%s-%d", page.name, scheme, width))
				}
			}
		}
	}
	if *screenshots != "" {
		b.visit(plan + "/milestones/" + slipped)
		b.paper()
		picture(b, "milestone-paper")
		b.visit(plan + "?show=slipped")
		picture(b, "plan-paper")
	}
	b.nothingWrong(n.HTTPAddr(), guarded.HTTPAddr())
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
	b.press(".card h2 a")
	b.run(chromedp.WaitVisible(chromedp.CSS(".milestones")))
	b.press(".figures .tone-late a")
	b.run(chromedp.WaitVisible(chromedp.CSS(".chips")))
	rows := do(b, chromedp.Nodes(chromedp.CSSAll(".milestones tbody tr")))
	if text := b.text(".milestones tbody"); len(rows) != 1 || !strings.Contains(text, "M02") || !strings.Contains(text, "+91") {
		t.Errorf("of those that slipped it lists %d: %s", len(rows), text)
	}
	b.run(chromedp.SetValue(chromedp.CSS(`[name="as_at"]`), "2026-05-31"), chromedp.Submit(chromedp.CSS(".times")))
	b.run(chromedp.WaitVisible(chromedp.CSS(".past-note")))
	if text := b.text("main"); !strings.Contains(text, "nothing slipped") {
		t.Errorf("on 31 May nothing had slipped, and the page says\n%s", text)
	}
}
