package browsertest

import (
	"fmt"
	"testing"

	"milepost.dev/internal/node"
)

// Whatever page somebody reads, a slip that comes moves the element that has their focus by a pixel at most, and takes the focus from nothing,
// also where the browser does not hold the place by itself.
func TestTheFocusStaysWhereItIs(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{})
	server := dial(t, n)
	hubs(t, server, 60)
	b.look(1280, "light")
	for i, page := range []string{"", "/milestones", "/changes", "/trend", "/timeline", "/owners", "/milestones/M30"} {
		b.visit("http://" + n.HTTPAddr() + "/plans/hubs" + page)
		b.until("a live page", `document.querySelector("#pulse")?.dataset.state === "live"`)
		ask[int](b, `document.documentElement.style.overflowAnchor = document.body.style.overflowAnchor = "none";
			const all = [...document.querySelectorAll("main a, main summary, main input")].filter(e => e.offsetParent && e.getBoundingClientRect().height > 0);
			window.held = all[Math.floor(all.length * 0.7)]; held.focus({preventScroll: true}); held.scrollIntoView({block: "center"});
			window.place = held.getBoundingClientRect().top; window.words = held.textContent; 0`)
		position := submit(t, server, fmt.Sprint("slip-", i), stated(fmt.Sprintf("M%02d", 2+i), "2026-06-01", fmt.Sprintf("2027-%02d-28", 3+i), "The builder has no steel"))
		b.until("the slip", fmt.Sprintf(`document.body.dataset.position === "%d"`, position))
		if moved := ask[float64](b, `document.activeElement.getBoundingClientRect().top - window.place`); moved > 1 || moved < -1 {
			t.Errorf("%q: what has the focus moved by %.1f pixels", page, moved)
		}
		if !ask[bool](b, `document.activeElement !== document.body && document.activeElement.textContent === window.words`) {
			t.Errorf("%q: the focus was on %q, and is on %q", page, ask[string](b, `window.words`), ask[string](b, `document.activeElement.outerHTML.slice(0, 120)`))
		}
	}
	b.nothingWrong(n.HTTPAddr())
}
