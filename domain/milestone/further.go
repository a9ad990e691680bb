package milestone

import "milepost.dev/domain/period"

// further is what most milestones do not have; the zero value where this one has none of it.
func (s *State) further() Further {
	if s.Further == nil {
		return Further{}
	}
	return *s.Further
}

// Started is the date of the start; the zero Delivery where none was stated.
func (s State) Started() period.Delivery { return s.further().Started }

// Ratings are what was said last on each scheme, in order of scheme.
func (s State) Ratings() []Rating { return s.further().Ratings }

// Known is what most milestones do not have; the zero value where this one has none of it.
func (s State) Known() Further { return s.further() }

// OpenIssues is how many issues are open.
func (s State) OpenIssues() (open int) {
	for _, i := range s.further().Issues {
		if i.Closed == 0 {
			open++
		}
	}
	return open
}

// change makes a change to a copy, and leaves what older states hold alone.
func (s *State) change(how func(*Further)) {
	next := s.further()
	how(&next)
	s.Further = &next
}
