package figures_test

import (
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
)

// TestAFollowIsTheFiguresOfEachBeginning: whatever was told, by whom and in what order, a Follow says after each request what the
// figures are of everything that was told until then; and so does one that is asked after some of them only.
func TestAFollowIsTheFiguresOfEachBeginning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(rapid.SampledFrom([]int{12, 40, 200}).Draw(t, "most")).Draw(t, "history")
		at := rapid.SampledFrom([]civil.Date{firstDay.AddDays(rapid.IntRange(0, 60).Draw(t, "at")), civil.Last}).Draw(t, "as at")
		r := h.record()
		if rapid.Bool().Draw(t, "promised") {
			r.Promised.Dates = []Baseline{{Number: 1, Due: firstDay.AddDays(20), DecidedOn: firstDay.AddDays(10), Position: 3}}
			r.Promised.GivenUp = []Baseline{{Number: 2, DecidedOn: firstDay.AddDays(30), Position: 5}}
			r.Promised.Further = &Further{Scopes: []Scope{{Title: "The hub opens", DecidedOn: firstDay, Position: 4}}}
			r.Tolerances = func(civil.Date) []Tolerance { return []Tolerance{{Tier: "board", Days: 5}} }
		}
		f, step := NewFollow(at, r), rapid.IntRange(1, 5).Draw(t, "step")
		added := 0
		for n := 1; n <= len(h.statements); n++ {
			if n < len(h.statements) && h.requests[n] == h.requests[n-1] || n%step > 0 && n < len(h.statements) {
				continue
			}
			if !f.Add(h.statements[added:n]) {
				t.Fatal("nothing ties it to another milestone")
			}
			added = n
			if got, want := f.Figures(r), Of(h.statements[:n], at, r); !got.Same(want) {
				t.Fatalf("after %d of them as at %s\n%s\n%+v\nand not\n%+v", n, at, h, got, want)
			}
		}
	})
}
