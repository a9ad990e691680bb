package projections

import "sort"

// Commits is how many commits have been applied: the number of the last one.
func (b *Book) Commits() uint64 { return uint64(len(b.commits.all())) }

// FirstOf returns the position of the first record of a commit or, where it has none, of the next one to
// come. False: the commit has not been applied.
func (b *Book) FirstOf(commit uint64) (uint64, bool) {
	firsts := b.commits.all()
	if commit == 0 || commit > uint64(len(firsts)) {
		return 0, false
	}
	return firsts[commit-1], true
}

// CommitOf returns the number of the commit that holds a position. The position must have been applied.
func (b *Book) CommitOf(position uint64) uint64 {
	firsts := b.commits.all()
	return uint64(sort.Search(len(firsts), func(i int) bool { return firsts[i] > position }))
}
