package writer

import (
	"slices"

	"milepost.dev/domain/decide"
)

// mostRuns is how many runs of imports are remembered. Of one that is forgotten a person is asked once more.
const mostRuns = 64

// runs remembers what a person was asked for the runs of imports that were accepted last, the newest at the end.
type runs struct {
	ids []string
	of  []decide.Asked
}

// asked is what was asked for a run so far.
func (r *runs) asked(id string) decide.Asked {
	if i := slices.Index(r.ids, id); id != "" && i >= 0 {
		return r.of[i].Again()
	}
	return decide.Asked{}
}

// keep remembers what a request of a run asked.
func (r *runs) keep(id string, a decide.Asked) {
	switch i := slices.Index(r.ids, id); {
	case id == "" || a.Again() == (decide.Asked{}):
	case i >= 0:
		r.of[i] = a
	default:
		if len(r.ids) == mostRuns {
			r.ids, r.of = slices.Delete(r.ids, 0, 1), slices.Delete(r.of, 0, 1)
		}
		r.ids, r.of = append(r.ids, id), append(r.of, a)
	}
}
