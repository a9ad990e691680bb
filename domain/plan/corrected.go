package plan

import (
	"milepost.dev/domain/correction"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
)

// AsRead returns what statements about a plan are read as: without those that were corrected to nothing, and without the corrections
// themselves. They MUST be in order of position: a correction counts among those that are given.
func AsRead(statements []Statement) []Statement {
	log, n := Corrections(statements)
	if n == 0 {
		return statements
	}
	read := log.Read()
	list := make([]Statement, 0, len(statements))
	for _, s := range statements {
		if _, ok := s.Event.(correction.Event); ok || read[s.Position] != nil {
			continue
		}
		list = append(list, s)
	}
	return list
}

// Corrections are those of a plan's own statements, and the number of events about them.
func Corrections(statements []Statement) (log correction.Log, events int) {
	for i := range statements {
		if e, ok := statements[i].Event.(correction.Event); ok {
			log.Take(correction.Placed{Position: statements[i].Position, Event: e})
			events++
		}
	}
	return log, events
}

// Correctable says whether a statement about a plan may be corrected: what is said of its money, its measures, its parts and its
// documents. What the plan is, and what was decided of it, is stated anew.
func Correctable(e Event) bool {
	switch e.(type) {
	case funding.Event, measure.Event, ComponentStated, DocumentImported, CandidateOffered, DocumentNoted:
		return true
	}
	return false
}
