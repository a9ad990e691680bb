package documents

// similarity is 1 for equal texts and 0 for texts that share nothing: the part of the longer one that need not be
// changed to make the other.
func similarity(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 {
		return 1
	}
	if longest > 400 { // bounded: a cell is never compared letter by letter beyond this
		x, y = x[:min(len(x), 400)], y[:min(len(y), 400)]
		longest = 400
	}
	return 1 - float64(distance(x, y))/float64(longest)
}

// distance counts the letters that are put in, left out, changed, or swapped with their neighbour (Damerau and
// Levenshtein, in its restricted form).
func distance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(now[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
