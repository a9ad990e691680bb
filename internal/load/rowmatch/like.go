package rowmatch

import (
	"cmp"
	"math"
	"slices"

	"milepost.dev/domain/alike"
)

// The weights of what is compared, and where it begins to count.
const (
	wordsWeight = 0.7
	placeWeight = 0.15
	ownerWeight = 0.15

	sureFrom   = 0.75       // a row that is so much like a milestone is that milestone,
	clearBy    = 0.1        // if no other comes as close as this
	askFrom    = alike.From // below it is another one
	sameRef    = 0.3        // a reference whose words have changed more than this may have been given to something else
	rareWords  = 6          // of each row, by which what is like it is found
	mostCommon = 400        // a word that so many milestones have finds nothing
	mostAlike  = 16         // milestones of each row: a document in which all rows are alike must not take the square of its length
)

// candidate is a row and a milestone that are alike.
type candidate struct {
	row, milestone int32
	like           float32
}

// byLikeness matches what is left, what is most alike first. Where a row is about as much like another
// milestone, or a milestone like another row, a person is asked.
func (m *matching) byLikeness() {
	all := m.candidates()
	ofRow, ofMilestone := map[int32]*rivals{}, map[int32]*rivals{}
	for _, c := range all {
		rivalsOf(ofRow, c.row).add(c.like)
		rivalsOf(ofMilestone, c.milestone).add(c.like)
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.like, b.like), cmp.Compare(a.milestone, b.milestone), cmp.Compare(a.row, b.row))
	})
	for _, c := range all {
		if m.ofRow[c.row] || m.ofMilestone[c.milestone] {
			continue
		}
		sure := c.like >= sureFrom && ofRow[c.row].clear(c.like) && ofMilestone[c.milestone].clear(c.like)
		m.take(c.row, c.milestone, c.like, sure, m.by(c.row, c.milestone))
	}
}

// rivals are the two that one is most like.
type rivals struct{ best, second float32 }

func rivalsOf(all map[int32]*rivals, of int32) *rivals {
	if all[of] == nil {
		all[of] = &rivals{}
	}
	return all[of]
}

func (r *rivals) add(like float32) {
	r.best, r.second = max(r.best, like), max(r.second, min(r.best, like))
}

// clear says whether one is the best by enough.
func (r *rivals) clear(like float32) bool { return like == r.best && r.second <= like-clearBy }

// candidates are the pairs that are alike enough to ask about. Those that share none of their rarer words are
// not compared: a plan of a hundred thousand rows would have ten thousand million pairs.
func (m *matching) candidates() (all []candidate) {
	having := m.having()
	if len(having) == 0 {
		return nil
	}
	seen := map[int32]bool{}
	var of []candidate // of one row
	for row := range m.rows.rows {
		if m.ofRow[row] {
			continue
		}
		var rare [][]posting
		for _, w := range m.rows.of(m.rows.rows[row].words) {
			if some := allOf(having, w); len(some) > 0 && len(some) <= mostCommon {
				rare = append(rare, some)
			}
		}
		slices.SortStableFunc(rare, func(a, b []posting) int { return cmp.Compare(len(a), len(b)) })
		clear(seen)
		of = of[:0]
		for _, some := range rare[:min(rareWords, len(rare))] {
			for _, p := range some {
				if seen[p.milestone] {
					continue
				}
				seen[p.milestone] = true
				if like, ask := m.alike(int32(row), p.milestone); ask {
					of = append(of, candidate{int32(row), p.milestone, like})
				}
			}
		}
		slices.SortFunc(of, func(a, b candidate) int {
			return cmp.Or(-cmp.Compare(a.like, b.like), cmp.Compare(a.milestone, b.milestone))
		})
		all = append(all, of[:min(mostAlike, len(of))]...)
	}
	return all
}

// alike says how much a row and a milestone are alike, and whether a person has to be asked. Words that are alike are enough: else
// a row that is reworded and moved to another place and owner would begin anew in silence.
func (m *matching) alike(row, milestone int32) (like float32, ask bool) {
	if like = m.likeness(row, milestone); like >= askFrom {
		return like, true
	}
	return like, alike.Overlap(m.milestones.of(m.milestones.rows[milestone].words), m.rows.of(m.rows.rows[row].words)) >= askFrom
}

// posting says that a milestone has a word.
type posting struct {
	word      uint32
	milestone int32
}

// having are the words of the milestones that are not taken, in order of word.
func (m *matching) having() []posting {
	var all []posting
	for i, milestone := range m.milestones.rows {
		if m.ofMilestone[i] {
			continue
		}
		for _, w := range m.milestones.of(milestone.words) {
			all = append(all, posting{w, int32(i)})
		}
	}
	slices.SortFunc(all, func(a, b posting) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.milestone, b.milestone))
	})
	return all
}

// allOf are those that have a word.
func allOf(having []posting, word uint32) []posting {
	from, _ := slices.BinarySearchFunc(having, word, func(p posting, word uint32) int { return cmp.Compare(p.word, word) })
	until := from
	for until < len(having) && having[until].word == word && until-from <= mostCommon {
		until++
	}
	return having[from:until]
}

// likeness is how much of words, place and owner agree, from 0 to 1. What one of the two does not say counts
// neither way.
func (m *matching) likeness(row, milestone int32) float32 {
	a, b := m.milestones.rows[milestone], m.rows.rows[row]
	sum, weight := wordsWeight*alike.Overlap(m.milestones.of(a.words), m.rows.of(b.words)), wordsWeight
	for _, side := range []struct {
		a, b   uint32
		weight float64
	}{{a.place, b.place, placeWeight}, {a.within, b.within, placeWeight}, {a.owner, b.owner, ownerWeight}} {
		if side.a == 0 || side.b == 0 {
			continue
		}
		weight += side.weight
		sum += side.weight * alike.Overlap(m.milestones.of(m.milestones.phrases[side.a].words), m.rows.of(m.rows.phrases[side.b].words))
	}
	return float32(math.Round(sum/weight*1e6) / 1e6) // so that what is as much alike is told so, in whatever order it was added up
}
