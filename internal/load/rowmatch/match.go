// Package rowmatch finds out which rows of the next version of a document are which milestones of a plan: by
// reference, else by words, place and owner. It is pure. It decides what is sure, says how sure it is of the
// rest, and never gives two rows the same milestone. list.go keeps what is compared, in little memory; match.go
// finds what is the same, and like.go what is alike.
package rowmatch

import (
	"cmp"
	"slices"

	"milepost.dev/domain/alike"
)

// Match is a row and the milestone that it is, or may be.
type Match struct {
	Row, Milestone int32 // where they stand in the lists
	// Confidence is from 0 to 1: how much of words, place and owner agree.
	Confidence float32
	By         By
	// Sure: nobody has to be asked.
	Sure bool
}

// By is what a row was matched by.
type By uint8

const (
	// Reference: the document itself gives the reference.
	Reference By = iota + 1
	// Words: nothing else was compared.
	Words
	// Everything: words, place and owner.
	Everything
	// FormerReference: the document itself gives a reference that the milestone went by before.
	FormerReference
	// Neighbours: nothing but the place between the same neighbours.
	Neighbours
)

// String is what people are told.
func (b By) String() string {
	switch b {
	case Reference:
		return "reference"
	case Words:
		return "words"
	case Everything:
		return "words, place and owner"
	case FormerReference:
		return "former reference"
	case Neighbours:
		return "its neighbours"
	}
	return ""
}

// Rows matches rows with milestones. The matches are in order of row, and a row or milestone that is in none
// of them is new or was left out. Rows that before has a match for are passed over.
func Rows(milestones, rows *List, before []Match) []Match {
	m := matching{milestones: milestones, rows: rows, ofRow: make([]bool, rows.Len()), ofMilestone: make([]bool, milestones.Len())}
	for _, b := range before {
		m.ofRow[b.Row] = true
	}
	m.byReference()
	m.byFormerReference()
	m.bySameWords()
	m.inTheirOrder()
	m.byLikeness()
	slices.SortFunc(m.found, func(a, b Match) int { return cmp.Compare(a.Row, b.Row) })
	return m.found
}

// Alike are the milestones whose words another one has too, and a row that says in which scheme and deliverable it is.
// Where that of the milestones is known as well (SetWithin), they are told apart by it.
func Alike(milestones, rows *List) []int {
	within := map[uint64]bool{}
	for _, r := range rows.rows {
		if r.within != 0 && r.title != 0 {
			within[r.title] = true
		}
	}
	having := map[uint64]int{}
	for _, m := range milestones.rows {
		if within[m.title] {
			having[m.title]++
		}
	}
	var alike []int
	for i, m := range milestones.rows {
		if having[m.title] > 1 {
			alike = append(alike, i)
		}
	}
	return alike
}

type matching struct {
	milestones, rows   *List
	ofRow, ofMilestone []bool // taken
	found              []Match
}

func (m *matching) take(row, milestone int32, confidence float32, sure bool, by By) {
	m.ofRow[row], m.ofMilestone[milestone] = true, true
	m.found = append(m.found, Match{Row: row, Milestone: milestone, Confidence: confidence, Sure: sure, By: by})
}

// byReference matches what the document itself gives a reference. One that two rows have is of no use.
func (m *matching) byReference() {
	m.same(func(l *List, r *compact) uint64 {
		if l == m.rows && !r.given {
			return 0
		}
		return r.ref
	}, func(row, milestone int32) {
		words := alike.Overlap(m.milestones.of(m.milestones.rows[milestone].words), m.rows.of(m.rows.rows[row].words))
		m.take(row, milestone, m.likeness(row, milestone), words >= sameRef, Reference)
	})
}

// byFormerReference matches what the document itself gives a reference that a milestone went by before.
func (m *matching) byFormerReference() {
	former := map[uint64]int32{}
	for _, f := range m.milestones.former {
		former[f.key] = f.row
	}
	for i := range m.rows.rows {
		r := &m.rows.rows[i]
		milestone, ok := former[r.ref]
		if !ok || !r.given || m.ofRow[i] || m.ofMilestone[milestone] {
			continue
		}
		words := alike.Overlap(m.milestones.of(m.milestones.rows[milestone].words), m.rows.of(r.words))
		m.take(int32(i), milestone, m.likeness(int32(i), milestone), words >= sameRef, FormerReference)
	}
}

// bySameWords matches what has the very same words: in the same scheme and place of the document, then in the same
// scheme, in the same place, in the same workstream, and anywhere. A place without a reference of the document's own is a
// number of a line, which says less than a scheme does: a row that is put in above moves it.
func (m *matching) bySameWords() {
	for _, parts := range []func(l *List, r *compact) []uint64{
		func(l *List, r *compact) []uint64 {
			return []uint64{l.phrases[r.place].digest, l.phrases[r.within].digest, r.ref}
		},
		func(l *List, r *compact) []uint64 {
			return []uint64{l.phrases[r.place].digest, l.phrases[r.within].digest}
		},
		func(l *List, r *compact) []uint64 { return []uint64{l.phrases[r.place].digest, r.ref} },
		func(l *List, r *compact) []uint64 { return []uint64{l.phrases[r.place].digest} },
		func(*List, *compact) []uint64 { return nil },
	} {
		m.same(func(l *List, r *compact) uint64 {
			if r.title == 0 {
				return 0
			}
			return keyOf(append(parts(l, r), r.title)...)
		}, func(row, milestone int32) {
			m.take(row, milestone, m.likeness(row, milestone), true, m.by(row, milestone))
		})
	}
}

// inTheirOrder matches what has the very same words several times, in the same place or anywhere: where there are as many on both sides
// they are taken in the order of the documents, because nothing else tells them apart.
func (m *matching) inTheirOrder() {
	for _, parts := range []func(l *List, r *compact) []uint64{
		func(l *List, r *compact) []uint64 {
			return []uint64{l.phrases[r.place].digest, l.phrases[r.within].digest}
		},
		func(l *List, r *compact) []uint64 { return []uint64{l.phrases[r.place].digest} },
	} {
		of := func(l *List) func(r *compact) uint64 {
			return func(r *compact) uint64 {
				if r.title == 0 {
					return 0
				}
				return keyOf(append(parts(l, r), r.title)...)
			}
		}
		milestones := m.milestones.groups(m.ofMilestone, of(m.milestones))
		rows := m.rows.groups(m.ofRow, of(m.rows))
		for i, j := 0, 0; i < len(rows) && j < len(milestones); {
			a, b := until(rows, i), until(milestones, j)
			switch {
			case rows[i].key < milestones[j].key:
				i = a
				continue
			case rows[i].key > milestones[j].key:
				j = b
				continue
			case a-i == b-j:
				for n := range a - i {
					row, milestone := rows[i+n].row, milestones[j+n].row
					m.take(row, milestone, m.likeness(row, milestone), true, m.by(row, milestone))
				}
			}
			i, j = a, b
		}
	}
}

// until is where those with the same key end.
func until(all []keyed, from int) int {
	to := from + 1
	for to < len(all) && all[to].key == all[from].key {
		to++
	}
	return to
}

// same finds the rows and milestones that are the only ones with their key.
func (m *matching) same(key func(*List, *compact) uint64, found func(row, milestone int32)) {
	milestones := m.milestones.unique(m.ofMilestone, func(r *compact) uint64 { return key(m.milestones, r) })
	if len(milestones) == 0 {
		return
	}
	rows := m.rows.unique(m.ofRow, func(r *compact) uint64 { return key(m.rows, r) })
	for i, j := 0, 0; i < len(rows) && j < len(milestones); {
		switch a, b := rows[i], milestones[j]; {
		case a.key < b.key:
			i++
		case a.key > b.key:
			j++
		default:
			found(a.row, b.row)
			i, j = i+1, j+1
		}
	}
}

// by is what was compared.
func (m *matching) by(row, milestone int32) By {
	a, b := m.milestones.rows[milestone], m.rows.rows[row]
	if (a.place == 0 || b.place == 0) && (a.owner == 0 || b.owner == 0) {
		return Words
	}
	return Everything
}
