package changes

import (
	"cmp"
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Said is a statement that was made between two answers.
type Said struct {
	Event        string
	AsAt         civil.Date
	Position     uint64
	Actor, Party string // party ids, raw
	Reason       string
	RecordedAt   int64 // microseconds since 1970
}

// said are the statements about a milestone that the later answer goes by and the earlier one does not, but for those of dates and
// those that no change is made of.
func (c *comparison) said(m *projections.Milestone) (list []Said) {
	for _, s := range c.now.Statements(m) {
		if s.AsAt.After(c.is.AsAt) || s.Position <= c.then.Position && !s.AsAt.After(c.was.AsAt) || !tells(s.Event) {
			continue
		}
		_, speaker := c.now.Teller(s.By)
		list = append(list, Said{
			Event: s.Event.EventName(), AsAt: s.AsAt, Position: s.Position, Actor: c.now.Actor(s), Party: c.now.Kept(speaker),
			Reason: domain.Why(s.Event), RecordedAt: c.now.RecordedAt(s.Position),
		})
	}
	slices.SortStableFunc(list, func(a, b Said) int { return cmp.Compare(a.AsAt, b.AsAt) }) // they were in order of position
	return list
}

// tells says whether a kind of change other than of dates may follow from an event.
func tells(e milestone.Event) bool {
	switch e.(type) {
	case milestone.Added, milestone.Amended, milestone.ReferenceChanged, milestone.OwnerChanged, milestone.ConfidenceAssessed,
		milestone.Started, milestone.Achieved, milestone.AchievementRestated, milestone.Reopened, milestone.Held, milestone.Resumed,
		milestone.Cancelled, milestone.Replaced, milestone.ElsewhereReplaced, funding.Event:
		return true
	}
	return false
}
