package browsertest

import (
	"bufio"
	"fmt"
	"net/http"
	"testing"
	"time"

	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// A slip that somebody states over gRPC is on an open page by itself, and the reader loses neither their place
// nor what they were about to press.
func TestASlipIsOnAnOpenPage(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	server := dial(t, n)
	hubs(t, server, 40)
	b.look(1280, "light")
	b.visit("http://" + n.HTTPAddr() + "/plans/hubs")
	b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
	row := `[...document.querySelectorAll(".milestones tbody tr")].find(r => r.textContent.includes("M30"))`
	ask[int](b, `window.before = `+row+`; const a = before.querySelector(".title"); a.focus({preventScroll: true});
		before.scrollIntoView({block: "center"}); window.reloaded = false; window.place = before.getBoundingClientRect().top; 0`)

	position := submit(t, server, "slip", stated("M30", "2026-06-01", "2027-06-30", "The builder has no steel"))
	b.until("the slip", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
	for _, is := range []struct{ what, expression string }{
		{"the slip in the row", row + `.querySelector(".slips").textContent.includes("+91")`},
		{"the new date in the row", row + `.querySelector(".forecast").textContent.includes("30\u00a0Jun\u00a02027")`},
		{"the change as a sentence", `document.querySelector(".sentences").textContent.includes("slipped 91 days, from 31\u00a0Mar\u00a02027 to 30\u00a0Jun\u00a02027. The builder has no steel")`},
		{"the headline", `document.querySelector(".lead").textContent.includes("1 later than first forecast")`},
		{"the position", fmt.Sprintf(`document.querySelector("#position").textContent === "%d"`, position)},
		{"no reload", `window.reloaded === false && ` + row + ` === window.before`},
		{"the focus", `document.activeElement === window.before.querySelector(".title")`},
		{"the place", `Math.abs(window.before.getBoundingClientRect().top - window.place) < 2`},
		{"the mark on what changed", row + `.hasAttribute("data-changed")`},
		{"no mark on what did not", `[...document.querySelectorAll("tr[data-changed]")].length === 1`},
		{"what a screen reader is told", `document.querySelector("#heard").textContent.includes("slipped 91 days")`},
	} {
		if !ask[bool](b, is.expression) {
			t.Errorf("missing: %s", is.what)
		}
	}
	if *screenshots != "" {
		picture(b, "marked-light-1280")
	}
	b.until("the mark to go", `!document.querySelector("[data-changed]")`)

	// Held still, it waits; let go, it shows what came meanwhile.
	b.press("#hold")
	b.until("a held page", `document.querySelector("#pulse").dataset.state === "held"`)
	position = submit(t, server, "slip-again", stated("M30", "2026-07-01", "2027-09-30", ""))
	stream(t, "http://"+n.HTTPAddr()+"/live/plans/hubs?after=0", position) // others have it
	if ask[string](b, `document.body.dataset.position`) == fmt.Sprint(position) {
		t.Error("a page that is held still moved")
	}
	b.stillness()
	b.press("#hold")
	b.until("what came meanwhile", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
	if style := ask[string](b, `getComputedStyle(`+row+`).animationName + " " + (getComputedStyle(`+row+`).backgroundColor !== "rgba(0, 0, 0, 0)")`); style != "none true" {
		t.Errorf("for who wants no motion the mark is %q, and not still and there", style)
	}
	b.nothingWrong(n.HTTPAddr())
}

// A plan that is registered, and a slip in another, are on an open portfolio at once; the reader loses neither their
// place nor what they were about to press.
func TestAPortfolioLives(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	server := dial(t, n)
	hubs(t, server, 40)
	for i := range 12 {
		submitTo(t, server, fmt.Sprintf("plan-%02d", i), "begin", registered(fmt.Sprintf("Plan %02d", i)), added("A", "Wing opens"), stated("A", "2026-01-02", "2027-03-31", ""))
	}
	b.look(320, "light")
	b.visit("http://" + n.HTTPAddr() + "/")
	b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
	ask[int](b, `window.before = document.querySelector("#plan-plan-07"); const a = before.querySelector("h2 a"); a.focus({preventScroll: true});
		before.scrollIntoView({block: "center"}); window.reloaded = false; window.place = before.getBoundingClientRect().top; 0`)

	began := time.Now()
	position := submitTo(t, server, "wards", "begin", registered("Wards"), added("W", "Ward opens"), stated("W", "2026-01-02", "2027-03-31", ""))
	b.until("the new plan", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
	if took := time.Since(began); took > 8*time.Second { // the page looks by itself every 15
		t.Errorf("a new plan was shown after %s", took)
	}
	position = submitTo(t, server, "plan-07", "slip", stated("A", "2026-06-01", "2027-06-30", "No steel"))
	b.until("the slip", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
	for _, is := range []struct{ what, expression string }{
		{"the card of the new plan", `document.querySelector("#plan-wards h2").textContent === "Wards"`},
		{"how many there are", `document.querySelector(".lead").textContent.startsWith("14 plans with 53 milestones: 1 later than first forecast")`},
		{"what slipped most", `before.querySelector(".worst").textContent.includes("Wing opens, +91")`},
		{"the change as a sentence", `document.querySelector(".sentences").textContent.includes("Wing opens slipped 91 days")`},
		{"no reload", `window.reloaded === false && document.querySelector("#plan-plan-07") === window.before`},
		{"the focus", `document.activeElement === window.before.querySelector("h2 a")`},
		{"the place", `Math.abs(window.before.getBoundingClientRect().top - window.place) < 2`},
		{"the mark on what changed", `before.hasAttribute("data-changed")`},
		{"no mark on what did not", `!document.querySelector("#plan-plan-06").hasAttribute("data-changed")`},
	} {
		if !ask[bool](b, is.expression) {
			t.Errorf("missing: %s", is.what)
		}
	}
	b.nothingWrong(n.HTTPAddr())
}

// A server is killed and started again. The page says that it lost it, comes back by itself, and shows what was
// stated while it was away, once.
func TestAPageCatchesUpWithAServerThatWasKilled(t *testing.T) {
	b := open(t)
	data := t.TempDir()
	first := spawn(t, data, "127.0.0.1:0", "127.0.0.1:0")
	server := dialTo(t, client.Config{Server: first.grpc, State: data + "-state"})
	hubs(t, server, 3)
	b.visit("http://" + first.http + "/plans/hubs")
	b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
	ask[int](b, `window.same = true; window.shown = [];
		new MutationObserver(() => { const p = document.body.dataset.position; if (shown.at(-1) !== p) shown.push(p); })
			.observe(document.body, {attributes: true, attributeFilter: ["data-position"]}); 0`)
	first.kill()
	b.until("a page that knows", `document.querySelector("#pulse").dataset.state === "lost"`)

	second := spawn(t, data, first.grpc, first.http)
	defer second.kill()
	position := submit(t, server, "slip", stated("M02", "2026-06-01", "2027-06-30", "Said while the page was away"))
	b.until("the page to catch up", fmt.Sprintf(`document.body.dataset.position === "%d" && document.querySelector("#pulse").dataset.state === "live"`, position))
	if !ask[bool](b, `window.same && document.querySelector("main").textContent.includes("Said while the page was away")`) {
		t.Error("the page does not show what was said, or was loaded again")
	}
	last := submit(t, server, "recovery", stated("M02", "2026-07-01", "2027-05-31", ""))
	b.until("what comes after", fmt.Sprintf(`document.body.dataset.position === "%d"`, last))
	if shown := ask[[]string](b, `window.shown`); len(shown) != 2 || shown[0] != fmt.Sprint(position) || shown[1] != fmt.Sprint(last) {
		t.Errorf("the page showed the positions %q, and each change belongs there once: %d and %d", shown, position, last)
	}
}

// stream waits until a page's stream has sent a frame of a position.
func stream(t *testing.T, url string, position uint64) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if lines.Text() == fmt.Sprintf("id: %d", position) {
			return
		}
	}
	t.Fatal("the stream ended")
}
