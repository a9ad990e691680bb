package writer

import (
	"cmp"
	"slices"

	"milepost.dev/domain/alike"
	"milepost.dev/domain/milestone"
)

const (
	rareWords  = 6   // of a title, by which what is like it is found
	mostCommon = 400 // a word that so many titles have finds nothing
)

// titles finds the milestones of a plan by the words that they ever had as a title. It only proposes: what it finds is looked at
// again, so that one which was refused or never became durable does no harm. It is made for a plan in which something was cancelled.
type titles struct {
	having map[uint32][]int32 // word -> where in refs
	refs   []string
}

// titles returns those of a plan, all that are known and pending.
func (w *working) titles(plan string) *titles {
	if t, ok := w.titlesOf[plan]; ok {
		return t
	}
	t := &titles{having: map[uint32][]int32{}}
	view := w.book.Now()
	if p, ok := view.Plan(plan); ok {
		for _, m := range p.Milestones() {
			t.add(m.Ref, view.Newest(m).Title)
		}
	}
	for name, m := range w.milestones {
		if name.plan == plan {
			t.add(name.ref, m.Newest().Title)
		}
	}
	w.titlesOf[plan] = t
	return t
}

func (t *titles) add(ref, title string) {
	n := int32(len(t.refs))
	t.refs = append(t.refs, ref)
	for _, word := range alike.Of(title) {
		t.having[word] = append(t.having[word], n)
	}
}

// alike returns the references of titles that share one of the rarer words of a title. Those that every other title has too find
// nothing: else a plan in which all are alike would take the square of its length.
func (t *titles) alike(title string) (refs []string) {
	var rare [][]int32
	for _, word := range alike.Of(title) {
		if some := t.having[word]; len(some) > 0 && len(some) <= mostCommon {
			rare = append(rare, some)
		}
	}
	slices.SortFunc(rare, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })
	var found []int32
	for _, some := range rare[:min(rareWords, len(rare))] {
		found = append(found, some...)
	}
	slices.Sort(found)
	for _, n := range slices.Compact(found) {
		refs = append(refs, t.refs[n])
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// remember adds what a decision drafted to what is found later.
func (d *decision) remember(plan, ref string, e milestone.Event) {
	if date, ok := milestone.Stated(e); ok {
		d.readBy = max(d.readBy, cmp.Or(date.Settings, d.position))
		return
	}
	switch e := e.(type) {
	case milestone.Cancelled:
		d.cancelled[plan] = true
	case milestone.Added:
		if t, ok := d.titlesOf[plan]; ok {
			t.add(ref, e.Title)
		}
	case milestone.Amended:
		if t, ok := d.titlesOf[plan]; ok && e.Title != nil {
			t.add(ref, *e.Title)
		}
	}
}
