package rowmatch

import (
	"cmp"
	"slices"

	"milepost.dev/domain/alike"
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

// List is the rows of a document, or the milestones of a plan, as far as they are compared. It keeps digests of their
// words and no text, about 70 bytes for a row of eight words, so that a document of a hundred thousand rows takes some
// megabytes. Two words, or two texts, whose digests are the same are taken for the same; in a document of that length the
// chance is one in a thousand million. The zero List is empty. It is not safe for concurrent use.
type List struct {
	rows    []compact
	words   []uint32          // of every title and phrase, one after the other
	phrases []phrase          // phrases[0] is the empty one
	known   map[uint64]uint32 // where a phrase stands, by its digest
	former  []keyed           // rows by digests of references that they went by before
	rank    []int32           // the place of each row in its document; nil where that is the order of the list
}

// compact is a row by its digests.
type compact struct {
	ref, title           uint64 // digests of the whole text; 0 where it has no words
	words                span   // of the title, those that say something, in order of digest and each once
	place, within, owner uint32 // phrases, which many rows have in common
	given                bool
}

// phrase is the name of a place, a scheme or an owner.
type phrase struct {
	digest uint64 // 0 of the empty one
	words  span   // in order of digest
}

// span is a stretch of a list's words.
type span struct{ from, n uint32 }

// Len is how many rows there are.
func (l *List) Len() int { return len(l.rows) }

// Add takes a row behind the others.
func (l *List) Add(r Row) {
	all := alike.Split(r.Title)
	l.rows = append(l.rows, compact{
		ref: alike.DigestAll(r.Ref), title: alike.DigestAll(all...), words: l.keep(alike.Significant(all), true),
		place: l.phrase(r.Place), within: l.phrase(r.Within), owner: l.phrase(r.Owner), given: r.RefGiven,
	})
}

// AddFormerRef says of the row that was added last by which reference it went before.
func (l *List) AddFormerRef(ref string) {
	l.former = append(l.former, keyed{alike.DigestAll(ref), int32(len(l.rows) - 1)})
}

// SetWithin says of a row that is there already in which scheme and deliverable it is.
func (l *List) SetWithin(row int, text string) { l.rows[row].within = l.phrase(text) }

// SetOrder says in which order the rows stood in their document: order has where each stands in the list.
func (l *List) SetOrder(order []int32) {
	l.rank = make([]int32, len(order))
	for place, row := range order {
		l.rank[row] = int32(place)
	}
}

func (l *List) placeOf(row int32) int32 {
	if l.rank == nil {
		return row
	}
	return l.rank[row]
}

func (l *List) of(s span) []uint32 { return l.words[s.from : s.from+s.n] }

// keep stores words, in order of digest.
func (l *List) keep(words []string, once bool) span {
	s := span{from: uint32(len(l.words))}
	for _, w := range words {
		l.words = append(l.words, alike.Digest(w))
	}
	added := l.words[s.from:]
	slices.Sort(added)
	if once {
		added = slices.Compact(added)
		l.words = l.words[:int(s.from)+len(added)]
	}
	s.n = uint32(len(added))
	return s
}

func (l *List) phrase(text string) uint32 {
	if l.known == nil {
		l.known, l.phrases = map[uint64]uint32{0: 0}, []phrase{{}}
	}
	words := alike.Split(text)
	digest := alike.DigestAll(words...)
	at, ok := l.known[digest]
	if !ok {
		at = uint32(len(l.phrases))
		l.known[digest] = at
		l.phrases = append(l.phrases, phrase{digest, l.keep(words, false)})
	}
	return at
}

// keyOf is the digest of digests.
func keyOf(parts ...uint64) uint64 {
	h := uint64(14695981039346656037)
	for _, p := range parts {
		h = (h ^ p) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return h
}

// keyed is a row under a key.
type keyed struct {
	key uint64
	row int32
}

// groups are the rows that are not taken with their keys, in order of key and of their place in the document. Key 0 is none.
func (l *List) groups(taken []bool, key func(*compact) uint64) []keyed {
	all := make([]keyed, 0, len(l.rows))
	for i := range l.rows {
		if taken[i] {
			continue
		}
		if k := key(&l.rows[i]); k != 0 {
			all = append(all, keyed{k, int32(i)})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(l.placeOf(a.row), l.placeOf(b.row)))
	})
	return all
}

// unique are the rows whose key no other has, of those that are not taken, in order of key.
func (l *List) unique(taken []bool, key func(*compact) uint64) []keyed {
	all := l.groups(taken, key)
	one := all[:0]
	for from := 0; from < len(all); {
		until := from + 1
		for until < len(all) && all[until].key == all[from].key {
			until++
		}
		if until == from+1 {
			one = append(one, all[from])
		}
		from = until
	}
	return one
}
