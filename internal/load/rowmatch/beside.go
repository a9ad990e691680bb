package rowmatch

import "slices"

// Block is what went and what came at one place of a document: milestones that no row is, and rows that are none, between the same
// neighbours.
type Block struct {
	Gone []int32 // milestones, in the order of the plan
	Came []int32 // rows, in the order of the document
}

// mostInBlock bounds the block of which each pair is asked about.
const mostInBlock = 12

// Blocks are the places at which something went or came, by what was matched. Order has the milestones in the order in which they came
// into the plan, which is that of the documents.
func Blocks(milestones, rows *List, found []Match, order []int32) (blocks []Block) {
	rowOf, isMatched := make([]int32, milestones.Len()), make([]bool, rows.Len())
	for i := range rowOf {
		rowOf[i] = -1
	}
	for _, m := range found {
		rowOf[m.Milestone], isMatched[m.Row] = m.Row, true
	}
	last, from := int32(-1), 0 // the row of the neighbour above, and where what is gone since begins
	close := func(until int, next int32) {
		gone := order[from:until]
		if len(gone) == 0 {
			return
		}
		b := Block{Gone: slices.Clone(gone)}
		for row := last + 1; row < next; row++ { // none where the neighbours changed places
			if isMatched[row] {
				break
			}
			b.Came = append(b.Came, row)
		}
		blocks = append(blocks, b)
	}
	for i, milestone := range order {
		row := rowOf[milestone]
		if row < 0 {
			continue
		}
		close(i, row)
		last, from = row, i+1
	}
	close(len(order), int32(rows.Len()))
	return blocks
}

// Asked says whether each of its rows is put to a person as the milestone that stood in its place: as many came as went, and few.
func (b Block) Asked() bool { return len(b.Gone) == len(b.Came) && len(b.Gone) <= mostInBlock }

// Pairs are the rows of blocks that may be the milestones that went there, for a person to say: those of blocks in which as many came
// as went.
func Pairs(milestones, rows *List, blocks []Block) (pairs []Match) {
	m := matching{milestones: milestones, rows: rows}
	for _, b := range blocks {
		if !b.Asked() {
			continue
		}
		for i, milestone := range b.Gone {
			pairs = append(pairs, Match{Row: b.Came[i], Milestone: milestone, Confidence: m.likeness(b.Came[i], milestone), By: Neighbours})
		}
	}
	return pairs
}
