package dates

// The passes that mend a text replace tokens from left to right. What they leave out is a gap in r.tokens that goes along with
// them, so that a text with something to mend in every word takes no more than linear time. at and count do not see the gap.

// edit puts tokens into the place of n tokens from i on.
func (r *reader) edit(i, n int, with ...token) {
	r.moveGap(i)
	r.gapEnd += n
	if missing := len(with) - (r.gapEnd - r.gapAt); missing > 0 {
		tail := r.tokens[r.gapEnd:]
		room := missing + len(r.tokens)/2
		grown := make([]token, len(r.tokens)+room)
		copy(grown, r.tokens[:r.gapAt])
		copy(grown[r.gapEnd+room:], tail)
		r.tokens, r.gapEnd = grown, r.gapEnd+room
	}
	r.gapAt += copy(r.tokens[r.gapAt:], with)
}

// moveGap makes the gap begin at a token.
func (r *reader) moveGap(i int) {
	switch {
	case r.gapAt == r.gapEnd:
		r.gapAt, r.gapEnd = i, i
	case i < r.gapAt:
		n := r.gapAt - i
		copy(r.tokens[r.gapEnd-n:], r.tokens[i:r.gapAt])
		r.gapAt, r.gapEnd = i, r.gapEnd-n
	case i > r.gapAt:
		n := copy(r.tokens[r.gapAt:], r.tokens[r.gapEnd:r.gapEnd+i-r.gapAt])
		r.gapAt, r.gapEnd = i, r.gapEnd+n
	}
}

// closeGap ends a pass: r.tokens holds no more than the tokens.
func (r *reader) closeGap() {
	if r.gapAt < r.gapEnd {
		r.tokens = append(r.tokens[:r.gapAt], r.tokens[r.gapEnd:]...)
	}
	r.gapAt, r.gapEnd = 0, 0
}

// count is how many tokens there are.
func (r *reader) count() int { return len(r.tokens) - (r.gapEnd - r.gapAt) }
