package browsertest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"milepost.dev/internal/node"
)

// What a page may cost a browser: the first paint of a page that was seen before, in milliseconds, the browser's own time on its main thread for a
// change of a list of 100 rows, how far a page moves by itself while it is opened (the layout shift of web vitals, of which 0.1 is good), and what
// it loads. The first two are the machine's as much as ours: they fail where they are several times what they may be.
const (
	paintBudget    = 400.0
	changeBudget   = 30.0
	shiftBudget    = 0.02
	requestsBudget = 6
	scriptsBudget  = 8 << 10
	leeway         = 4 // of a machine that does other things too
)

// The budgets of a page in a browser are kept, and each is told beside its figure.
func TestAPageCostsABrowserLittle(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	server := dial(t, n)
	hubs(t, server, 100)
	b.look(1280, "light")
	tell(b, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	list := "http://" + n.HTTPAddr() + "/plans/hubs/milestones"
	for _, page := range []string{"http://" + n.HTTPAddr() + "/plans/hubs", list} {
		var paints, shifts []float64
		for range 5 {
			b.visit("about:blank")
			b.visit(page)
			b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
			b.until("the first paint", `performance.getEntriesByName("first-contentful-paint").length > 0`)
			paints = append(paints, ask[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`))
			shifts = append(shifts, do(b, chromedp.Evaluate[float64](`new Promise(done => { let sum = 0; const o = new PerformanceObserver(l => { for (const e of l.getEntries()) sum += e.value });
				o.observe({type: "layout-shift", buffered: true}); requestAnimationFrame(() => requestAnimationFrame(() => done(sum))) })`, chromedp.EvalAwaitPromise)))
		}
		slices.Sort(paints)
		slices.Sort(shifts)
		t.Logf("%s: first contentful paint %.0f ms (%.0f), layout shift %.3f (%.2f)", page, paints[2], paintBudget, shifts[4], shiftBudget)
		if paints[0] > leeway*paintBudget {
			t.Errorf("%s is painted after %v ms", page, paints)
		}
		if shifts[4] > shiftBudget {
			t.Errorf("%s moves by itself while it is opened: %v", page, shifts)
		}
	}
	requests := ask[int](b, `performance.getEntriesByType("resource").length + 1`)
	scripts := ask[int](b, `performance.getEntriesByType("resource").filter(e => e.initiatorType === "script").reduce((sum, e) => sum + e.encodedBodySize, 0)`)
	t.Logf("%d requests (%d), scripts of %d bytes (%d)", requests, requestsBudget, scripts, scriptsBudget)
	if requests > requestsBudget || scripts > scriptsBudget || scripts == 0 {
		t.Errorf("a page takes %d requests, and scripts of %d bytes", requests, scripts)
	}
	var took []float64
	parts := map[string][]float64{}
	for i := range 7 {
		before := mainThread(b)
		position := submit(t, server, fmt.Sprint("slip-", i), stated("M30", "2026-06-01", fmt.Sprintf("2027-%02d-28", 3+i), "late"))
		b.until("the change", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
		after := mainThread(b)
		took = append(took, after["TaskDuration"]-before["TaskDuration"])
		for name := range after {
			parts[name] = append(parts[name], after[name]-before[name])
		}
		// What marks a change is not painted again and again while it is shown.
		if moving := ask[int](b, `document.getAnimations().length`); moving > 0 {
			t.Errorf("%d animations go on after a change", moving)
		}
	}
	slices.Sort(took)
	middle := func(name string) float64 { return slices.Sorted(slices.Values(parts[name]))[3] }
	t.Logf("a change of a list of 100 rows: %.1f ms of the main thread (%.0f), with what looked for it: %.1f in scripts, %.1f for styles, %.1f for the layout",
		took[3], changeBudget, middle("ScriptDuration"), middle("RecalcStyleDuration"), middle("LayoutDuration"))
	if took[0] > leeway*changeBudget {
		t.Errorf("a change takes %v ms of the main thread", took)
	}
	b.nothingWrong(n.HTTPAddr())
}

// mainThread is how long the main thread of the page has worked, in milliseconds: in all (TaskDuration), and at what.
func mainThread(b *browser) map[string]float64 {
	b.t.Helper()
	all := do(b, func(ctx context.Context, t *chromedp.Target) (performance.GetMetricsResult, error) {
		return cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	})
	found := map[string]float64{}
	for _, m := range all.Metrics {
		found[m.Name] = 1000 * m.Value
	}
	if found["TaskDuration"] == 0 {
		b.t.Fatal("the browser does not tell how long its main thread worked")
	}
	return found
}
