package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds how long a test waits for something on a page.
const patience = 20 * time.Second

// browser is one page of a real Chromium, and what it complained about.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex // owns all below
	wrong []string   // errors of scripts, and what the content security policy refused
	hosts map[string]bool
}

// open starts a Chromium that shows nothing yet, until the test ends.
func open(t *testing.T) *browser {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is not installed, and in CI nothing is left out")
		}
		t.Skip("NOT TESTED: Chromium is not installed, so that no page was looked at")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("Chromium: %v", err)
		}
		cancelTab()
		cancel()
	})
	b := &browser{t: t, ctx: ctx, hosts: map[string]bool{}}
	// The first action starts the browser, which lives as long as the context of that action.
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	tell(b, network.Enable, network.EnableParams{})
	tell(b, runtime.Enable, cdp.Empty{})
	tell(b, cdplog.Enable, cdp.Empty{})
	return b
}

// heard notes what the browser says of itself.
func (b *browser) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.wrong = append(b.wrong, fmt.Sprintf("%s at %s:%d", e.ExceptionDetails.Text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber))
	case *cdplog.EventEntryAdded:
		if e.Entry.Source == cdplog.EntrySourceSecurity {
			b.wrong = append(b.wrong, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if _, rest, ok := strings.Cut(e.Request.URL, "://"); ok && !strings.HasPrefix(e.Request.URL, "data:") {
			host, _, _ := strings.Cut(rest, "/")
			b.hosts[host] = true
		}
	case *network.EventLoadingFailed:
		if e.BlockedReason != "" {
			b.wrong = append(b.wrong, "refused: "+string(e.BlockedReason))
		}
	}
}

// run does things in order, each within a bound.
func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, step := range steps {
		do(b, step)
	}
}

// do is the value of one action.
func do[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// tell gives the browser a command of its own protocol.
func tell[P any](b *browser, command cdp.Command[P, cdp.Empty], params P) {
	b.t.Helper()
	do(b, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, command, params)
	})
}

// visit opens an address.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.run(chromedp.Navigate(url))
}

// until waits for an expression of the page to be true. The page that is looked at may be left for another one meanwhile.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(30*time.Millisecond)))
		switch {
		case err == nil:
			return
		case ctx.Err() != nil:
			b.t.Fatalf("waiting for %s: %v (the page is %s)", what, err,
				ask[string](b, `document.querySelector("#pulse-word")?.textContent + " at " + document.body.dataset.position`))
		}
	}
}

// ask is the value of an expression of the page.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T](expression))
}

// text is what an element shows.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return do(b, chromedp.Text(chromedp.CSS(selector)))
}

// press clicks on an element.
func (b *browser) press(selector string) {
	b.t.Helper()
	b.run(chromedp.Click(chromedp.CSS(selector)))
}

// look sets how wide the window is, and in which scheme: light, dark, or forced, in which the reader's own colours take the place of ours.
func (b *browser) look(width int64, scheme string) {
	b.t.Helper()
	tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: "none"}}
	if scheme == "forced" {
		features = []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}, {Name: "forced-colors", Value: "active"}}
	}
	tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// stillness asks for a page without motion.
func (b *browser) stillness() {
	b.t.Helper()
	tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	})
}

// paper shows the page as a printer does.
func (b *browser) paper() {
	b.t.Helper()
	tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 794, Height: 1123, DeviceScaleFactor: 1})
	tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
}

// nothingWrong fails the test for whatever the browser complained about, and for each other host that it asked.
func (b *browser) nothingWrong(own ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wrong {
		b.t.Error("the browser complains:", w)
	}
	for host := range b.hosts {
		if !strings.Contains(fmt.Sprint(own), host) {
			b.t.Error("the page asked another host:", host)
		}
	}
}

// finding is what axe-core objects to.
type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target         []any  `json:"target"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (f finding) String() string {
	text := fmt.Sprintf("%s (%s): %s", f.ID, f.Impact, f.Help)
	for i, n := range f.Nodes {
		if i == 3 {
			return text + fmt.Sprintf("\n  and %d more", len(f.Nodes)-3)
		}
		target, _ := json.Marshal(n.Target)
		text += fmt.Sprintf("\n  %s: %s", target, strings.ReplaceAll(n.FailureSummary, "\n", " "))
	}
	return text
}

// axe is everything that axe-core, which is on the page already, objects to: by all its rules, or by those about
// colours alone.
func (b *browser) axe(coloursOnly bool) []finding {
	b.t.Helper()
	only := ""
	if coloursOnly {
		only = `, runOnly: ["cat.color"]`
	}
	return do(b, chromedp.Evaluate[[]finding](`axe.run(document, {resultTypes: ["violations"]`+only+`}).then(r => r.violations)`, chromedp.EvalAwaitPromise))
}

// scriptless turns the page's own scripts off.
func (b *browser) scriptless() {
	b.t.Helper()
	tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}
