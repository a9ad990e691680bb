package decide

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/alike"
	"milepost.dev/domain/milestone"
)

const (
	mostPairs = 16 // of one milestone at a time
	mostAsked = 96 // in one request: one that cancels a whole plan of milestones that are alike must find room in the ledger
)

// pairs asks of a milestone that was added or cancelled, or got other words, whether it took the place of one that was cancelled
// about when it was added, or whether one took its own place so.
func (d *decision) pairs(ref string) error {
	m := d.byRef(ref)
	s := m.Newest()
	if s.Phase != milestone.PhaseCancelled && !d.world.AnyCancelled() || d.askedEnough() {
		return nil // most plans
	}
	words, asked := alike.Of(s.Title), 0
	for _, other := range d.world.Alike(s.Title) {
		o := d.byRef(other)
		if other == ref || alike.Overlap(words, alike.Of(o.Newest().Title)) < alike.From {
			continue
		}
		for _, pair := range [][2]Milestone{{m, o}, {o, m}} {
			raised, err := d.pair(pair[0], pair[1])
			if err != nil {
				return err
			}
			if raised {
				asked++
				d.askedPair()
			}
		}
		if asked >= mostPairs || d.askedEnough() {
			return nil
		}
	}
	return nil
}

func (d *decision) askedPair() {
	if d.facts.Asked != nil {
		d.facts.Asked.pairs++
	}
}

func (d *decision) askedEnough() bool {
	return d.facts.Asked != nil && d.facts.Asked.pairs >= mostAsked
}

// pair asks whether a milestone took the place of a cancelled one.
func (d *decision) pair(cancelled, added Milestone) (raised bool, err error) {
	c, a := cancelled.Newest(), added.Newest()
	if c.Phase != milestone.PhaseCancelled || cancelled.ID() == added.ID() || d.isTied(cancelled, added) || !d.near(cancelled, added) {
		return false, nil
	}
	item := pairItem(c.Ref, cancelled.ID())
	if slices.ContainsFunc(a.Items(), func(i milestone.Item) bool { return i.Item == item }) {
		return false, nil
	}
	return true, d.raise(a.Ref, milestone.RaiseReview{
		Item: item, Reason: milestone.ReviewReplaces, Field: milestone.FieldReplaces, Text: c.Title, Proposed: c.Ref,
		Says: "A milestone with words alike was cancelled about when this one was added. If it is the same, accept: then this one carries on from it. If not, reject.",
	})
}

// pairItem is what the question about a cancelled milestone is known by.
func pairItem(ref string, id milestone.ID) string {
	if len(ref) > milestone.MaxReviewName || strings.ContainsFunc(ref, func(r rune) bool { return r == '/' || r == ' ' || !unicode.IsPrint(r) }) {
		ref = hex.EncodeToString(id[:])
	}
	return milestone.FieldReplaces + ":" + ref
}

// isTied says whether it is answered already: the one took the other's place, or both are occurrences of one series.
func (d *decision) isTied(cancelled, added Milestone) bool {
	c, a := cancelled.Newest().Known(), added.Newest().Known()
	if slices.Contains(a.Replaces, cancelled.ID()) || slices.Contains(a.PartsOf, cancelled.ID()) {
		return true
	}
	return a.Of != nil && (a.Of.Series == cancelled.ID() || c.Of != nil && c.Of.Series == a.Of.Series)
}

// near says whether one milestone was added about when the other was cancelled.
func (d *decision) near(cancelled, added Milestone) bool {
	return milestone.Near(d.moments(cancelled, milestone.Cancelled{}.EventName()), d.moments(added, milestone.Added{}.EventName()))
}

// moments are those of the events of a name.
func (d *decision) moments(m Milestone, event string) (all []milestone.Moment) {
	for _, s := range m.Statements() {
		if s.Event.EventName() != event {
			continue
		}
		told := d.facts.Today
		if s.By != own {
			told = d.world.ToldOn(s.Position)
		}
		all = append(all, milestone.Moment{AsAt: s.AsAt, Told: told})
	}
	return all
}
