package browsertest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// drawnTrend is what a trend shows of its lines, in their order, and what its table says.
type drawnTrend struct {
	Paper string
	Lines []trendLine
	Names []trendName
	Table map[string]string // signed days by reference
}

// trendLine is a line as it is painted.
type trendLine struct {
	Tone, Stroke, Dash string
	Width              float64
	Waiting, Overdue   bool
	Ends               float64 // down the drawing, where the line ends
}

// trendName is what stands at the end of a line.
type trendName struct {
	Ref, Days, State string
	Top, Bottom      float64
	Inside           bool
	Leads            float64 // down the drawing, where its leader begins
}

// readTrend reads a trend as a browser paints it.
const readTrend = `(() => {
	const rect = e => e.getBoundingClientRect(), top = rect(document.querySelector(".trend .plot > svg")).top;
	const text = (e, s) => e.querySelector(s)?.textContent ?? "";
	const leads = document.querySelector(".names .lead").getAttribute("d").split("M").filter(s => s).map(s => Number(s.split("L")[0].split(" ")[1]));
	return {
		Paper: getComputedStyle(document.body).backgroundColor,
		Lines: [...document.querySelectorAll(".trend .plot g.line")].map((g, i) => {
			const said = [...g.querySelectorAll("path.said")].at(-1), style = getComputedStyle(said);
			return {Tone: g.classList[1], Stroke: style.stroke, Dash: style.strokeDasharray, Width: parseFloat(style.strokeWidth), Waiting: !!g.querySelector(".waiting"), Overdue: !!g.querySelector(".over"), Ends: leads[i]};
		}),
		Names: [...document.querySelectorAll(".names text")].map((e, i) => ({
			Ref: text(e, ".ref"), Days: text(e, ".days"), State: text(e, "[class^=state-]"), Top: rect(e).top - top, Bottom: rect(e).bottom - top,
			Inside: rect(e).right <= innerWidth + 1, Leads: leads[i],
		})),
		Table: Object.fromEntries([...document.querySelectorAll(".trendtable tbody tr")].map(r => [r.querySelector(".ref").textContent, r.querySelector("td:last-child").textContent.trim()])),
	};
})()`

// luminance is how light a colour is, as WCAG has it, from the words of a computed style.
func luminance(t *testing.T, rgb string) float64 {
	t.Helper()
	var c [3]float64
	parts := strings.Split(strings.TrimSuffix(rgb[strings.Index(rgb, "(")+1:], ")"), ",")
	for i := range c {
		n, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			t.Fatalf("%q is no colour", rgb)
		}
		if n /= 255; n <= 0.04045 {
			c[i] = n / 12.92
		} else {
			c[i] = math.Pow((n+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

// contrast is the ratio of two colours.
func contrast(t *testing.T, x, y string) float64 {
	t.Helper()
	a, b := luminance(t, x)+0.05, luminance(t, y)+0.05
	return max(a, b) / min(a, b)
}

// every is a plan of twelve milestones to which everything happened that a trend can show: they slipped, came forward, held, were achieved
// early, lost their date and were overdue. The demonstration has what was achieved late.
func every(t *testing.T, n *node.Node) {
	t.Helper()
	server := dial(t, n)
	commands := []*pb.Command{registered("Everything that happens to dates")}
	for i := range 12 {
		ref := fmt.Sprintf("T-%02d", i+1)
		commands = append(commands, added(ref, "Milestone "+ref+" of a plan"), stated(ref, "2026-01-31", fmt.Sprintf("20%02d-%02d-28", 26+(i+4)/12, 1+(i+4)%12), ""))
	}
	submitTo(t, server, "every", "begin", commands...)
	for i, of := range []struct{ ref, asAt, due string }{
		{"T-01", "2026-02-28", "2026-08-31"},
		{"T-03", "2026-04-30", "2026-12-31"},
		{"T-12", "2026-04-30", "2027-06-30"},
		{"T-04", "2026-02-28", "2026-07-15"},
		{"T-05", "2026-04-30", "2026-08-01"},
		{"T-08", "2026-03-31", "TBC"},
		{"T-06", "2026-05-31", "2026-10-28"},
		{"T-07", "2026-05-31", "2026-11-28"},
		{"T-11", "2026-05-31", "2027-03-28"},
	} {
		submitTo(t, server, "every", fmt.Sprint("told-", i), stated(of.ref, of.asAt, of.due, "because"))
	}
	submitTo(t, server, "every", "ends",
		&pb.Command{AsAt: "2026-06-15", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "T-09", ActualDate: "2026-06-15"}}})
}

// A person who sees no colours names, for each line of a trend, whether it slipped, came forward, held or was achieved: by its dash, its mark
// and the words at its end; and the table has the same numbers.
func TestATrendIsReadWithoutColour(t *testing.T) {
	b := open(t)
	n, own := district(t, 101), start(t, node.Config{})
	every(t, own)
	b.look(1280, "light")
	for _, at := range []struct {
		name, plan, asAt string
		of               *node.Node
	}{{"demo", "brackwater", "", n}, {"every", "every", "2026-06-30", own}} {
		for _, scheme := range []string{"light", "dark"} {
			b.look(1280, scheme)
			b.visit("http://" + at.of.HTTPAddr() + "/plans/" + at.plan + "/trend?as_at=" + at.asAt)
			trend := ask[drawnTrend](b, readTrend)
			if len(trend.Lines) != 12 || len(trend.Names) != 12 || len(trend.Table) != 12 {
				t.Fatalf("%s: %d lines, %d names, %d rows", at.name, len(trend.Lines), len(trend.Names), len(trend.Table))
			}
			looksApart(t, at.name+" "+scheme, trend)
			saysTheSame(t, at.name, trend, statusOf(t, at.of, at.plan, at.asAt))
		}
		b.look(1280, "light")
		for _, seen := range []emulation.SetEmulatedVisionDeficiencyType{"achromatopsia", "deuteranopia"} {
			tell(b, emulation.SetEmulatedVisionDeficiency, emulation.SetEmulatedVisionDeficiencyParams{Type: seen})
			if *screenshots != "" {
				picture(b, "trend-"+at.name+"-"+string(seen))
			}
		}
		tell(b, emulation.SetEmulatedVisionDeficiency, emulation.SetEmulatedVisionDeficiencyParams{Type: "none"})
	}
	b.nothingWrong(n.HTTPAddr(), own.HTTPAddr())
}

// looksApart fails where two meanings look alike in shades of grey, or a name cannot be told from another.
func looksApart(t *testing.T, where string, trend drawnTrend) {
	t.Helper()
	for i, x := range trend.Lines {
		if c := contrast(t, x.Stroke, trend.Paper); c < 3 {
			t.Errorf("%s: line %d stands out from the paper by %.1f to 1", where, i, c)
		}
		for _, y := range trend.Lines[i+1:] {
			if x.Tone != y.Tone && x.Dash == y.Dash && contrast(t, x.Stroke, y.Stroke) < 3 {
				t.Errorf("%s: %s and %s have the same dash, %q", where, x.Tone, y.Tone, x.Dash)
			}
		}
	}
	refs := map[string]bool{}
	for i, name := range trend.Names {
		refs[name.Ref] = true
		if !name.Inside || name.Leads != trend.Lines[i].Ends {
			t.Errorf("%s: the name of %s is out of the window, or leads elsewhere than to its line", where, name.Ref)
		}
		for _, other := range trend.Names[i+1:] {
			if over := min(name.Bottom, other.Bottom) - max(name.Top, other.Top); over > 4 {
				t.Errorf("%s: the names of %s and %s lie on each other by %.0f pixels", where, name.Ref, other.Ref, over)
			}
		}
	}
	if len(refs) != len(trend.Names) {
		t.Errorf("%s: two lines have the same name: %v", where, refs)
	}
}

// saysTheSame fails where a line's name, dash, mark or row says something else than the API.
func saysTheSame(t *testing.T, where string, trend drawnTrend, status map[string]*pb.MilestoneStatus) {
	t.Helper()
	for i, name := range trend.Names {
		m, line := status[name.Ref], trend.Lines[i]
		want, tone := fmt.Sprint(m.GetSlipDays()), "tone-held"
		switch {
		case m.GetSlipDays() > 0:
			want, tone = "+"+want, "tone-late"
		case m.GetSlipDays() < 0:
			want, tone = "−"+want[1:], "tone-early"
		}
		if name.Days != want || trend.Table[name.Ref] != want || line.Tone != tone {
			t.Errorf("%s: %s is %s days: at its line %q, in the table %q, drawn as %s", where, name.Ref, want, name.Days, trend.Table[name.Ref], line.Tone)
		}
		state := ""
		switch {
		case m.GetState() == "achieved" || m.GetState() == "cancelled":
			state = m.GetState()
		case m.GetNoDateSince() != "":
			state = "no date"
		case m.GetOverdue():
			state = "overdue"
		}
		if name.State != state {
			t.Errorf("%s: %s is %q, and its name says %q", where, name.Ref, state, name.State)
		}
		if m.GetNoDateSince() != "" && !line.Waiting || m.GetOverdue() && !line.Overdue {
			t.Errorf("%s: %s lost its date or is overdue, and its line does not show it", where, name.Ref)
		}
	}
}

// statusOf is where the milestones of a plan stood on a day by the API.
func statusOf(t *testing.T, n *node.Node, plan, asAt string) map[string]*pb.MilestoneStatus {
	t.Helper()
	all := map[string]*pb.MilestoneStatus{}
	for m, err := range dial(t, n).Status(t.Context(), &pb.ListStatusRequest{Plan: plan, ReadAt: &pb.ReadAt{AsAt: asAt}}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all[m.GetRef()] = m
	}
	return all
}
