package writer

import (
	"hash/maphash"

	"milepost.dev/domain/decide"
	"milepost.dev/domain/lookalike"
	"milepost.dev/projections"
)

// similarRefs finds the references that look like a new one. It belongs to the writer loop.
type similarRefs struct {
	seed    maphash.Seed
	plans   map[string]*knownRefs // what the book knows
	pending map[keyedRef]pendingRef
}

// knownRefs is an index of the references of a plan. Where several look alike, it has the first.
type knownRefs struct {
	seen  projections.RefsSeen
	byKey map[uint64]*projections.Milestone // by digests of the keys of references
}

// keyedRef is a digest of a key of a reference of a plan.
type keyedRef struct {
	plan string
	key  uint64
}

func newSimilarRefs() *similarRefs {
	s := &similarRefs{seed: maphash.MakeSeed(), plans: map[string]*knownRefs{}}
	s.drop()
	return s
}

// drop forgets what is pending.
func (s *similarRefs) drop() { s.pending = map[keyedRef]pendingRef{} }

// settled forgets what the book knows by now.
func (s *similarRefs) settled(batch uint64) {
	for key, ref := range s.pending {
		if ref.batch <= batch {
			delete(s.pending, key)
		}
	}
}

// keep adds a reference of a milestone that is pending.
func (s *similarRefs) keep(plan, ref string, of pendingRef) {
	for _, key := range lookalike.Keys(ref) {
		k := keyedRef{plan, maphash.String(s.seed, key)}
		if _, there := s.pending[k]; !there {
			s.pending[k] = of
		}
	}
}

// find returns the reference that a milestone was added with which has a reference that looks like this one; empty where none has. The
// digests are of 64 bits: what they find is looked at by whoever asks.
func (s *similarRefs) find(p projections.Plan, known bool, plan, ref string) string {
	keys := lookalike.Keys(ref)
	if known {
		refs := s.plans[plan]
		if refs == nil {
			refs = &knownRefs{byKey: map[uint64]*projections.Milestone{}}
			s.plans[plan] = refs
		}
		refs.seen = p.Refs(refs.seen, func(ref string, of *projections.Milestone) {
			for _, key := range lookalike.Keys(ref) {
				digest := maphash.String(s.seed, key)
				if _, there := refs.byKey[digest]; !there {
					refs.byKey[digest] = of
				}
			}
		})
		for _, key := range keys {
			if m, ok := refs.byKey[maphash.String(s.seed, key)]; ok {
				return m.AddedAs()
			}
		}
	}
	for _, key := range keys {
		if of, ok := s.pending[keyedRef{plan, maphash.String(s.seed, key)}]; ok {
			return of.addedAs
		}
	}
	return ""
}

// Similar finds a milestone by what is durable, by what is pending, and by what the request came to so far.
func (w *planWorld) Similar(ref string) (decide.Milestone, bool) {
	p, known := w.of.book.Now().Plan(w.plan)
	if as := w.of.similar.find(p, known, w.plan, ref); as != "" {
		return w.ByRef(as), true
	}
	if of, ok := w.of.givenLike(ref); ok {
		return w.ByRef(of), true
	}
	return nil, false
}
