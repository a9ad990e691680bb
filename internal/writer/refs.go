package writer

import (
	"fmt"
	"maps"

	"milepost.dev/domain/decide"
	"milepost.dev/domain/lookalike"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/request"
)

// pendingRef is another reference that a milestone was given, and that the book does not know yet.
type pendingRef struct {
	addedAs string // the reference that the milestone was added with
	batch   uint64
}

// notice is something that the reporter should know of a request that was accepted.
type notice struct{ code, ref, other, message string }

// The codes of notices.
const (
	noticeRefChanged = "reference-changed"
	noticeSimilar    = milestone.ReviewSimilarRef
)

// givenRef is a reference that a request gives for the first time, and the one that its milestone was added with.
type givenRef struct{ ref, of string }

// settledRefs forgets what the book knows by now.
func (w *working) settledRefs(batch uint64) {
	for name, ref := range w.refs {
		if ref.batch <= batch {
			delete(w.refs, name)
		}
	}
	w.similar.settled(batch)
}

// changeRef notes that a milestone goes by another reference from now on.
func (d *decision) changeRef(name milestoneName, to string) {
	if d.newRefs == nil {
		d.newRefs = map[milestoneName]pendingRef{}
	}
	d.newRefs[milestoneName{name.plan, to}] = pendingRef{addedAs: name.ref, batch: d.batch}
	d.give(to, name.ref)
}

// give notes a reference that the request gives for the first time.
func (d *decision) give(ref, of string) {
	given := givenRef{ref, of}
	d.given = append(d.given, given)
	if d.alike == nil {
		d.alike = map[string]givenRef{}
	}
	for _, key := range lookalike.Keys(ref) {
		if _, there := d.alike[key]; !there {
			d.alike[key] = given
		}
	}
}

// givenLike finds a milestone to which the request gave a reference that looks like one. Of several it was given first.
func (d *decision) givenLike(ref string) (of string, ok bool) {
	if len(d.alike) == 0 {
		return "", false
	}
	for _, key := range lookalike.Keys(ref) {
		if given, there := d.alike[key]; there && given.ref != ref {
			return given.of, true
		}
	}
	return "", false
}

func (d *decision) keepRefs(plan string) {
	maps.Copy(d.refs, d.newRefs)
	for _, g := range d.given {
		d.similar.keep(plan, g.ref, pendingRef{addedAs: g.of, batch: d.batch})
	}
}

// noticeSimilar tells a reporter whose new reference looks like another one.
func (d *decision) noticeSimilar(e decide.Effect) {
	raised, ok := e.Event.(milestone.ReviewRaised)
	if !ok || raised.Reason != milestone.ReviewSimilarRef {
		return
	}
	d.notices = append(d.notices, notice{
		noticeSimilar, raised.Text, raised.Proposed,
		fmt.Sprintf("%s is new; did you mean %s? A person is asked.", raised.Text, raised.Proposed),
	})
}

// addedAs is the name by which a milestone is held here, where a pending change says so: that of the reference that it was added
// with.
func (d *decision) addedAs(name milestoneName) milestoneName {
	for _, pending := range []map[milestoneName]pendingRef{d.newRefs, d.refs} {
		if len(pending) == 0 {
			continue
		}
		if ref, ok := pending[name]; ok {
			return milestoneName{name.plan, ref.addedAs}
		}
	}
	return name
}

// noticeRef tells a reporter who names a milestone by a reference that it went by before, once for each.
func (d *decision) noticeRef(plan string, c *request.Command) {
	if c.Ref == "" {
		return
	}
	m := d.milestone(milestoneName{plan, c.Ref})
	if _, changes := c.OfMilestone.(milestone.ChangeReference); changes || !m.Exists() || m.ref == c.Ref {
		return
	}
	for _, n := range d.notices {
		if n.ref == c.Ref && n.code == noticeRefChanged {
			return
		}
	}
	d.notices = append(d.notices, notice{noticeRefChanged, c.Ref, m.ref, fmt.Sprintf(
		"The milestone %q goes by %q now. What was stated of it under its former reference was accepted.", c.Ref, m.ref)})
}
