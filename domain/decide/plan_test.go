package decide

import (
	"cmp"
	"maps"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/lookalike"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// known is a plan in a test: the World of everything that was stated in it, in a map. The id of a milestone is the
// reference that it stands for.
type known map[string][]milestone.Statement

func idOf(ref string) (id milestone.ID) {
	copy(id[:], ref)
	return id
}

func (k known) ByRef(ref string) Milestone {
	if _, added := k[ref]; added {
		return told{ref, k[ref]}
	}
	for first, statements := range k {
		for _, s := range statements {
			if e, ok := s.Event.(milestone.ReferenceChanged); ok && e.To == ref {
				return told{first, statements}
			}
		}
	}
	return told{ref, nil}
}

func (k known) Similar(ref string) (Milestone, bool) {
	for _, first := range slices.Sorted(maps.Keys(k)) {
		for _, s := range k[first] {
			var other string
			switch e := s.Event.(type) {
			case milestone.Added:
				other = e.Ref
			case milestone.ReferenceChanged:
				other = e.To
			}
			if other != "" && other != ref && lookalike.Same(other, ref) {
				return k.ByRef(first), true
			}
		}
	}
	return nil, false
}

func (k known) ByID(id milestone.ID) (Milestone, bool) {
	for ref := range k {
		if idOf(ref) == id {
			return k.ByRef(ref), true
		}
	}
	return nil, false
}

// Teller returns A for the statements of number 1, and so on. Each speaks for itself.
func (k known) Teller(by uint32) Teller {
	if by == 0 {
		return Teller{} // where nobody asks who told it, everybody is the same
	}
	name := string(rune('A' + by - 1))
	return Teller{Actor: name, Speaker: name}
}

// ToldOn: everything was told on the day that it is about.
func (k known) ToldOn(position uint64) civil.Date {
	for _, statements := range k {
		for _, s := range statements {
			if s.Position == position {
				return s.AsAt
			}
		}
	}
	return 0
}

func (k known) Began(position uint64) uint64 { return position }

// Place finds a statement by its position.
func (k known) Place(position uint64) (Place, bool) {
	for ref, statements := range k {
		for _, s := range statements {
			if s.Position == position {
				return Place{Position: position, Ref: ref}, true
			}
		}
	}
	return Place{}, false
}

// Together: ten positions are of one request.
func (k known) Together(position uint64) (places []Place) {
	for p := position / 10 * 10; p < position/10*10+10; p++ {
		if place, ok := k.Place(p); ok {
			places = append(places, place)
		}
	}
	return places
}

func (k known) PlanRecorded() []plan.Statement { return nil }

func (k known) Imported([16]byte) []Place { return nil }

func (k known) Promised(milestone.ID) figures.Promises { return figures.Promises{} }

func (k known) Tolerances(civil.Date) []figures.Tolerance { return nil }

func (k known) On(_ uint32, speaker string) uint32 { return uint32(speaker[0] - 'A' + 1) }

func (k known) Record() figures.Record { return figures.Record{} }

// Elsewhere: a reference that begins with @ is of another plan, and a person is asked about each of its milestones.
func (k known) Elsewhere(_ Milestone, id milestone.ID, asAt civil.Date) (e Elsewhere, asked bool) {
	for ref, statements := range k {
		if idOf(ref) != id || ref[0] != '@' || statements[0].AsAt.After(asAt) {
			continue
		}
		e.Old, e.Added = id, k.Teller(statements[0].By)
		for _, s := range statements {
			if d, ok := milestone.Stated(s.Event); ok {
				e.First, e.Due = cmp.Or(e.First, d.Due()), d.Due()
			}
		}
		return e, true
	}
	return e, false
}

func (k known) AnyCancelled() bool { return true }

func (k known) Alike(string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(k)), func(ref string) bool { return ref[0] == '@' })
}

// with returns the plan with the effects of a command as well, and leaves this one as it is.
func (k known) with(effects []Effect, asAt civil.Date) known {
	position := uint64(0)
	for _, statements := range k {
		position += uint64(len(statements))
	}
	next := maps.Clone(k)
	for _, e := range effects {
		position++
		next[e.Ref] = append(slices.Clip(next[e.Ref]), milestone.Statement{Position: position, AsAt: asAt, Event: e.Event})
	}
	return next
}

// told is a milestone of a known plan.
type told struct {
	ref        string
	statements []milestone.Statement
}

func (m told) Exists() bool { return len(m.statements) > 0 }

func (m told) AddedAs() string {
	if !m.Exists() {
		return ""
	}
	return m.ref
}

func (m told) ID() milestone.ID {
	if !m.Exists() {
		return milestone.ID{}
	}
	return idOf(m.ref)
}

func (m told) At(day civil.Date) *milestone.State {
	s := milestone.FoldAsAt(m.Statements(), day)
	return &s
}

func (m told) Told() (int, milestone.Told) {
	all := milestone.List(m.Statements())
	return len(all), all
}

func (m told) Corrected() bool { return len(m.Statements()) != len(m.statements) }

func (m told) Gone() bool { return m.Exists() && len(m.Statements()) == 0 }

func (m told) Recorded() []milestone.Statement { return m.statements }

func (m told) Newest() *milestone.State { return m.At(civil.Last) }

func (m told) Statements() []milestone.Statement {
	return milestone.AsRead(m.statements, func(_ uint32, speaker milestone.Party) uint32 { return uint32(speaker[0] - 'A' + 1) })
}
