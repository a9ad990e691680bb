package figures_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/authority"
)

// TestBothAccountsAgreeOnRenames: one request that renames a workstream for many milestones is one row (R7).
func TestBothAccountsAgreeOnRenames(t *testing.T) {
	refs := []string{"A", "B", "C"}
	streams := rapid.SampledFrom([]string{"Estates", "estates ", "E-states", "Digital", "Workforce"})
	rapid.Check(t, func(t *rapid.T) {
		h := &history{others: map[string][]milestone.Statement{}}
		for _, h.about = range refs {
			h.tell(0, firstDay, 1, milestone.Added{Ref: h.about, Title: "The hub opens", Workstream: streams.Draw(t, "workstream")})
			h.told[len(h.told)-1].Workstream = h.of(h.about)[0].Event.(milestone.Added).Workstream
		}
		for range rapid.IntRange(1, 4).Draw(t, "requests") {
			request, day := uint64(len(h.requests)+1), firstDay.AddDays(rapid.IntRange(0, 9).Draw(t, "day"))
			workstream := streams.Draw(t, "workstream")
			for _, h.about = range rapid.SliceOfNDistinct(rapid.SampledFrom(refs), 1, 3, rapid.ID[string]).Draw(t, "milestones") {
				h.state(request, day, 2, milestone.Amended{Workstream: &workstream})
				h.told = append(h.told, authority.Told{
					Position: len(h.requests), Request: fmt.Sprint(request), AsAt: day, Speaker: speaker(2), Milestone: h.about,
					Kind: authority.Amended, Workstream: workstream,
				})
			}
		}
		at := firstDay.AddDays(rapid.IntRange(0, 9).Draw(t, "at"))
		var got, want string
		for _, r := range Renames([][]milestone.Statement{h.of("A"), h.of("B"), h.of("C")}, at, h.record()) {
			got += fmt.Sprintf("%s %q %q %s", r.AsAt, r.Was, r.Is, speaker(r.By))
			for _, of := range r.Milestones {
				got += " " + refs[of]
			}
			got += "\n"
		}
		for _, r := range (authority.Plan{Told: h.told}).Figures(1<<30, at).Renamed {
			want += fmt.Sprintf("%s %q %q %s", r.AsAt, r.Was, r.Is, r.By)
			for _, ref := range r.Milestones {
				want += " " + ref
			}
			want += "\n"
		}
		if got != want {
			t.Fatalf("as at %s\n%s\ngot\n%s\nwant\n%s", at, h, got, want)
		}
	})
}
