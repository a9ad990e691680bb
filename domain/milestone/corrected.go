package milestone

import (
	"milepost.dev/domain/correction"
	"milepost.dev/domain/measure"
)

// AsRead returns what statements are read as: those that were corrected as what they should have said, at their own as-at day and
// position, or left out; and without the corrections themselves. If the event that added the milestone is read as never said,
// there never was one, and nothing is left. The statements MUST be in order of position: a correction counts among those that
// are given.
//
// By returns the number of who told a statement, told by somebody on behalf of another party.
func AsRead(statements []Statement, by func(told uint32, speaker Party) uint32) []Statement {
	log, n := Corrections(statements)
	if n == 0 {
		return statements
	}
	read := log.Read()
	if len(statements) > 0 {
		if c := read[statements[0].Position]; c != nil && c.Removes() {
			return nil
		}
	}
	list := make([]Statement, 0, len(statements)-n)
	for _, s := range statements {
		if _, ok := s.Event.(correction.Event); ok {
			continue
		}
		if c := read[s.Position]; c != nil {
			if c.Removes() {
				continue
			}
			if c.Replacement != nil {
				s.Event, s.Read = c.Replacement, nil
			}
			if c.Speaker != "" {
				s.By = by(s.By, Party(c.Speaker))
			}
		}
		list = append(list, s)
	}
	return list
}

// Corrections are those of a milestone's statements, and the number of events about them.
func Corrections(statements []Statement) (log correction.Log, events int) {
	for i := range statements {
		if e, ok := statements[i].Event.(correction.Event); ok {
			log.Take(correction.Placed{Position: statements[i].Position, Event: e})
			events++
		}
	}
	return log, events
}

// Correctable says whether an event may be corrected: one that a reporter stated, and that is neither a correction nor a change of
// reference. Another reference is mended by changing it again: who was given it in an answer finds the milestone by it for ever.
func Correctable(e Event) bool {
	switch e.(type) {
	case correction.Event, ReferenceChanged:
		return false
	}
	return true
}

// OneKind says whether an event may be read in the place of another one: it states the same kind of fact.
func OneKind(a, b Event) bool {
	if _, ok := Stated(a); ok {
		_, ok = Stated(b)
		return ok
	}
	if isActual(a) {
		return isActual(b)
	}
	if _, ok := a.(measure.Event); ok {
		_, ok = b.(measure.Event)
		return ok
	}
	return a.EventName() == b.EventName()
}

func isActual(e Event) bool {
	switch e.(type) {
	case Achieved, AchievementRestated:
		return true
	}
	return false
}
