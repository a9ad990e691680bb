package browsertest

import (
	"context"
	"encoding/json"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"milepost.dev/internal/rig/bench"
)

var crowd = flag.Bool("crowd", false, "have 200 look, one of them a browser, while 500 events a second are stated; a minute")

// A browser among many clients of streams shows what is said while much is said.
func TestABrowserAmongMany(t *testing.T) {
	b := open(t)
	o := bench.Quick()
	o.Only, o.OneProcess, o.Dir, o.Progress, o.Viewers, o.Looking = []string{bench.PartPages}, true, t.TempDir(), t.Output(), 20, 3*time.Second
	if *crowd {
		o.Viewers, o.Looking = 200, 15*time.Second
	}
	o.Browse = b.browse
	report, err := bench.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, budget := range report.Pages.Budgets {
		if !strings.Contains(budget.Name, "looks") && !strings.Contains(budget.Name, "viewers") {
			continue
		}
		t.Logf("%s: %.2f %s (%.0f)", budget.Name, budget.Figure, budget.Unit, budget.Target)
		if strings.Contains(budget.Name, "browser") && budget.Figure > 0 {
			told++
		}
	}
	if told != 2 {
		t.Errorf("of how long a browser waited %d figures are told, want 2", told)
	}
}

// sighted notes each position that the page shows, and when, as of the frame in which it is painted.
const sighted = `window.sights = []; new MutationObserver(() => requestAnimationFrame(() => sights.push([+document.body.dataset.position, Date.now()])))
	.observe(document.body, {attributes: true, attributeFilter: ["data-position"]}); true`

// browse looks at a page until the context ends, and tells what it showed and when.
func (b *browser) browse(ctx context.Context, address string, seen func(position uint64, at time.Time)) error {
	if _, err := chromedp.Run(b.ctx, chromedp.Navigate(address)); err != nil {
		return err
	}
	live := chromedp.Poll[bool](`document.querySelector("#pulse")?.dataset.state === "live"`, chromedp.WithPollingInterval(30*time.Millisecond))
	if _, err := chromedp.Run(b.ctx, live); err != nil {
		return err
	}
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](sighted)); err != nil {
		return err
	}
	seen(0, time.Now())
	<-ctx.Done()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`JSON.stringify(sights)`))
	if err != nil {
		return err
	}
	var sights [][2]int64
	if err := json.Unmarshal([]byte(text), &sights); err != nil {
		return err
	}
	for _, s := range slices.CompactFunc(sights, func(x, y [2]int64) bool { return x[0] == y[0] }) { // two changes in one frame are seen once
		seen(uint64(s[0]), time.UnixMilli(s[1]))
	}
	return nil
}
