// Package rowmatch finds out which rows of the next version of a document are which milestones of a plan: by
// reference, else by words, place and owner. It is pure. It decides what is sure, says how sure it is of the
// rest, and never gives two rows the same milestone.
package rowmatch

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Row is what is compared of a row, or of a milestone.
type Row struct {
	Ref      string // the reference that the plan knows it by, or that the document would give it
	RefGiven bool   // the document itself has the reference; of a milestone it says nothing
	Title    string
	Place    string // the workstream
	Within   string // the scheme and the deliverable; may be empty where nobody looked
	Owner    string
}

// Match is a row and the milestone that it is, or may be.
type Match struct {
	Row, Milestone int // where they stand in the lists
	// Confidence is from 0 to 1: how much of words, place and owner agree.
	Confidence float64
	// Sure: nobody has to be asked.
	Sure bool
	// By is "reference", "words" where nothing else was compared, or "words, place and owner".
	By string
}

// The weights of what is compared, and where it begins to count.
const (
	wordsWeight = 0.7
	placeWeight = 0.15
	ownerWeight = 0.15

	sureFrom   = 0.75 // a row that is so much like a milestone is that milestone,
	clearBy    = 0.1  // if no other comes as close as this
	askFrom    = 0.5  // below it is another one
	sameRef    = 0.3  // a reference whose words have changed more than this may have been given to something else
	rareWords  = 6    // of each row, by which what is like it is found
	mostCommon = 400  // a word that so many milestones have finds nothing
)

// Rows matches rows with milestones. The matches are in order of row, and a row or milestone that is in none
// of them is new or was left out.
func Rows(milestones, rows []Row) []Match {
	m := matching{milestones: prepare(milestones), rows: prepare(rows)}
	m.ofRow, m.ofMilestone = make([]bool, len(rows)), make([]bool, len(milestones))
	m.byReference()
	m.bySameWords()
	m.byLikeness()
	slices.SortFunc(m.found, func(a, b Match) int { return cmp.Compare(a.Row, b.Row) })
	return m.found
}

type matching struct {
	milestones, rows   []prepared
	ofRow, ofMilestone []bool // taken
	found              []Match
}

// prepared is a row with its words in order, each once.
type prepared struct {
	Row
	words                []string
	title                string // as people would say that it is the same
	place, within, owner string
}

func prepare(rows []Row) []prepared {
	list := make([]prepared, len(rows))
	for i, r := range rows {
		list[i] = prepared{Row: r, words: significant(r.Title), title: plain(r.Title), place: plain(r.Place), within: plain(r.Within), owner: plain(r.Owner)}
	}
	return list
}

// plain is a text without what people write differently without meaning it: case, spaces and punctuation.
func plain(text string) string { return strings.Join(split(text), " ") }

func split(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// significant are the words of a text that say something, in order, each once. Where none does, all of them.
func significant(text string) []string {
	all := split(text)
	some := slices.DeleteFunc(slices.Clone(all), func(w string) bool {
		switch w {
		case "a", "an", "and", "as", "at", "be", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "will", "with":
			return true
		}
		return false
	})
	if len(some) == 0 {
		some = all
	}
	slices.Sort(some)
	return slices.Compact(some)
}

func (m *matching) take(row, milestone int, confidence float64, sure bool, by string) {
	m.ofRow[row], m.ofMilestone[milestone] = true, true
	m.found = append(m.found, Match{Row: row, Milestone: milestone, Confidence: confidence, Sure: sure, By: by})
}

// byReference matches what the document itself gives a reference. One that two rows have is of no use.
func (m *matching) byReference() {
	milestones := unique(m.milestones, m.ofMilestone, func(p prepared) string { return p.Ref })
	rows := unique(m.rows, m.ofRow, func(p prepared) string {
		if !p.RefGiven {
			return ""
		}
		return p.Ref
	})
	for ref, row := range rows {
		if at, ok := milestones[ref]; ok && row >= 0 && at >= 0 {
			like := likeness(m.milestones[at], m.rows[row])
			m.take(row, at, like, overlap(m.milestones[at].words, m.rows[row].words) >= sameRef, "reference")
		}
	}
}

// unique is where each key stands that only one of those has that are not taken, -1 where several have it. The
// empty key is none.
func unique(list []prepared, taken []bool, key func(prepared) string) map[string]int {
	at := map[string]int{}
	for i, p := range list {
		k := key(p)
		if taken[i] || k == "" {
			continue
		}
		if _, again := at[k]; again {
			at[k] = -1
		} else {
			at[k] = i
		}
	}
	return at
}

// bySameWords matches what has the very same words: in the same place of the document, then in the same
// scheme, in the same workstream, and anywhere.
func (m *matching) bySameWords() {
	for _, key := range []func(prepared) string{
		func(p prepared) string { return p.title + "\x00" + p.place + "\x00" + p.Ref },
		func(p prepared) string { return p.title + "\x00" + p.place + "\x00" + p.within },
		func(p prepared) string { return p.title + "\x00" + p.place },
		func(p prepared) string { return p.title },
	} {
		milestones, rows := unique(m.milestones, m.ofMilestone, key), unique(m.rows, m.ofRow, key)
		for k, row := range rows {
			if at, ok := milestones[k]; ok && row >= 0 && at >= 0 && m.rows[row].title != "" {
				like := likeness(m.milestones[at], m.rows[row])
				m.take(row, at, like, true, by(m.milestones[at], m.rows[row]))
			}
		}
	}
}

// candidate is a row and a milestone that are alike.
type candidate struct {
	row, milestone int
	like           float64
}

// byLikeness matches what is left, what is most alike first. Where a row is about as much like another
// milestone, or a milestone like another row, a person is asked.
func (m *matching) byLikeness() {
	all := m.candidates()
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.like, b.like), cmp.Compare(m.rows[a.row].title, m.rows[b.row].title),
			cmp.Compare(m.milestones[a.milestone].Ref, m.milestones[b.milestone].Ref), cmp.Compare(a.row, b.row))
	})
	rivals := map[[2]int][]float64{} // what else each side is like
	for _, c := range all {
		row, milestone := [2]int{0, c.row}, [2]int{1, c.milestone}
		rivals[row], rivals[milestone] = append(rivals[row], c.like), append(rivals[milestone], c.like)
	}
	for _, c := range all {
		if m.ofRow[c.row] || m.ofMilestone[c.milestone] {
			continue
		}
		clear := isClear(rivals[[2]int{0, c.row}], c.like) && isClear(rivals[[2]int{1, c.milestone}], c.like)
		m.take(c.row, c.milestone, c.like, c.like >= sureFrom && clear, by(m.milestones[c.milestone], m.rows[c.row]))
	}
}

// isClear says whether one of them is the best by enough.
func isClear(likes []float64, best float64) bool {
	close := 0
	for _, l := range likes {
		if l > best-clearBy {
			close++
		}
	}
	return close <= 1
}

// candidates are the pairs that are alike enough to ask about. Those that share none of their rarer words are
// not compared: a plan of a hundred thousand rows would have ten thousand million pairs.
func (m *matching) candidates() (all []candidate) {
	having := map[string][]int{}
	for i, p := range m.milestones {
		if m.ofMilestone[i] {
			continue
		}
		for _, w := range p.words {
			having[w] = append(having[w], i)
		}
	}
	for row, p := range m.rows {
		if m.ofRow[row] {
			continue
		}
		words := slices.Clone(p.words)
		slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(having[a]), len(having[b])) })
		seen := map[int]bool{}
		used := 0
		for _, w := range words {
			if n := len(having[w]); n == 0 || n > mostCommon {
				continue
			}
			if used++; used > rareWords {
				break
			}
			for _, at := range having[w] {
				if seen[at] {
					continue
				}
				seen[at] = true
				if like := likeness(m.milestones[at], p); like >= askFrom {
					all = append(all, candidate{row, at, like})
				}
			}
		}
	}
	return all
}

// likeness is how much of words, place and owner agree, from 0 to 1. What one of the two does not say counts
// neither way.
func likeness(a, b prepared) float64 {
	sum, weight := wordsWeight*overlap(a.words, b.words), wordsWeight
	for _, side := range []struct {
		a, b   string
		weight float64
	}{{a.place, b.place, placeWeight}, {a.within, b.within, placeWeight}, {a.owner, b.owner, ownerWeight}} {
		if side.a == "" || side.b == "" {
			continue
		}
		weight += side.weight
		sum += side.weight * overlap(strings.Fields(side.a), strings.Fields(side.b))
	}
	return sum / weight
}

// by is what was compared.
func by(a, b prepared) string {
	if (a.place == "" || b.place == "") && (a.owner == "" || b.owner == "") {
		return "words"
	}
	return "words, place and owner"
}

// overlap is the share of words that two texts have in common (the Dice coefficient), from 0 to 1.
func overlap(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	common := 0
	in := make(map[string]int, len(a))
	for _, w := range a {
		in[w]++
	}
	for _, w := range b {
		if in[w] > 0 {
			in[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}
