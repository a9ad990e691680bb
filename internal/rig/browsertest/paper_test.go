package browsertest

import (
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// printed is how wide a sheet of A4 is between its margins of 12 mm, in pixels.
const printed = 703

// narrow sets how wide the window is, and leaves the rest as it was.
func (b *browser) narrow(width int64) {
	b.t.Helper()
	tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 1033, DeviceScaleFactor: 1})
}

var sheet = regexp.MustCompile(`/Type\s*/Page[^s]`)

// A board of sixty milestones prints on two sheets, and no page that is printed cuts a column off.
func TestPagesOnPaper(t *testing.T) {
	b := open(t)
	n := district(t, 101)
	at := "http://" + n.HTTPAddr()
	plan := at + "/plans/brackwater"
	for _, sight := range []sight{
		{"board", plan},
		{"milestones", plan + "/milestones"},
		{"changes", plan + "/changes"},
		{"trend", plan + "/trend"},
		{"timeline", plan + "/timeline"},
		{"money", plan + "/funding"},
		{"owners", plan + "/owners"},
		{"in-doubt", plan + "/review"},
		{"decisions", plan + "/decisions"},
		{"milestone", plan + "/milestones/HUB-03"},
		{"milestone-known-then", plan + "/milestones/HUB-03?as_at=2024-10-31&known_at=2024-11-15"},
		{"event", plan + "/events/200"},
		{"portfolio", at + "/"},
	} {
		b.visit(sight.url)
		b.paper()
		b.narrow(printed)
		if cut := ask[[]string](b, `[...document.querySelectorAll("main th, main td, main p, main li, main svg")].filter(e => e.getClientRects().length && !e.closest(".unseen") &&
			e.getBoundingClientRect().right > innerWidth + 9).map(e => e.outerHTML.slice(0, 90))`); len(cut) > 0 {
			t.Errorf("%s: %d things stand out of the sheet, such as %s", sight.name, len(cut), cut[0])
		}
		if foot := ask[string](b, `document.querySelector(".foot").textContent`); !regexp.MustCompile(`position \d+`).MatchString(foot) {
			t.Errorf("%s: the foot says %q", sight.name, foot)
		}
		high := ask[int](b, `document.documentElement.scrollHeight`)
		pdf := do(b, func(ctx context.Context, target *chromedp.Target) (page.PrintToPDFResult, error) {
			return cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
		})
		sheets := len(sheet.FindAllString(string(pdf.Data), -1))
		printedWhole(t, sight.name, pdf.Data, ask[[]string](b, columns))
		t.Logf("%s: %d sheets, %d pixels high", sight.name, sheets, high)
		if sight.name == "board" && *screenshots != "" {
			b.paper()
			b.narrow(printed)
			picture(b, "board-on-paper")
		}
		if sight.name == "board" && sheets != 2 {
			t.Errorf("the board is %d sheets", sheets)
		}
		b.look(1280, "light")
	}
}

// columns are the heads of the columns of a page's tables, and the names of what stands in it.
const columns = `[...document.querySelectorAll("main th[scope=col]:not(.drawing), main h2")].filter(e => e.getClientRects().length && !e.closest(".unseen, details:not([open])")).map(e => e.innerText)`

// printedWhole fails where a PDF lacks a column, or a sheet of it does not say at its foot what it is of: the day, and the position. It needs a
// program that reads text out of PDFs.
func printedWhole(t *testing.T, name string, pdf []byte, columns []string) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Log("NOT TESTED: pdftotext is not installed, so that the text of the PDFs was not read")
		return
	}
	cmd := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, sheet := range strings.Split(strings.TrimRight(string(text), "\f\n"), "\f") {
		if !regexp.MustCompile(`stood\s+on\s+\d+\s\w+\s\d{4}`).MatchString(sheet) || !regexp.MustCompile(`position\s+\d+`).MatchString(sheet) {
			t.Errorf("%s: sheet %d does not say of which day and position it is:\n%s", name, i+1, sheet[max(0, len(sheet)-400):])
		}
	}
	words := strings.Fields(string(text))
	for _, column := range columns {
		for _, word := range strings.Fields(column) {
			if !slices.Contains(words, word) {
				t.Errorf("%s: on paper the column %q is not there, or is cut", name, column)
				break
			}
		}
	}
}

// The keyboard reaches the first thing that needs attention in six stops, and the first milestone of a list in twenty; the focus is in sight.
func TestTheKeyboardReachesWhatMatters(t *testing.T) {
	b := open(t)
	n := district(t, 101)
	for _, of := range []struct {
		path, first string
		most        int
	}{
		{"/plans/brackwater", `document.activeElement.closest("#s-needs .concern li")`, 6},
		{"/plans/brackwater/milestones", `document.activeElement.closest("#rows tr")`, 20},
	} {
		for _, width := range []int64{1280, 320} {
			b.look(width, "light")
			b.visit("http://" + n.HTTPAddr() + of.path)
			stops := 0
			press := func(key string) {
				stops++
				b.run(chromedp.KeyEvent(key))
			}
			press(kb.Tab)
			press(kb.Tab)
			b.run(chromedp.KeyEvent(kb.Enter)) // which skips what stands before
			for stops < 30 && !ask[bool](b, "!!"+of.first) {
				press(kb.Tab)
			}
			if stops > of.most {
				t.Errorf("%s at %d: %d stops", of.path, width, stops)
			}
			if seen := ask[bool](b, `(r => r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth + 1)(document.activeElement.getBoundingClientRect())`); !seen {
				t.Errorf("%s at %d: the focus is out of sight: %s", of.path, width, ask[string](b, `document.activeElement.outerHTML.slice(0, 120)`))
			}
			t.Logf("%s at %d: %d stops", of.path, width, stops)
		}
	}
}
