package projections

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
)

// Speaker is the number under which the book has the party that a statement was told for, by the number of who told it.
func (b *Book) Speaker(by uint32) uint32 { return b.speaker(by) }

// FiguresAnew are the figures of a milestone, worked out of all its statements.
func (v View) FiguresAnew(m *Milestone, asAt civil.Date) figures.Figures { return v.figures(m, asAt) }
