package projections

// Speaker is the number under which the book has the party that a statement was told for, by the number of who told it.
func (b *Book) Speaker(by uint32) uint32 { return b.speaker(by) }
