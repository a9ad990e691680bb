package figures

import (
	"reflect"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Follow answers what a milestone's figures come to as at one day, after one statement after another: a watch asks it after each
// event. What Of works out of everything that was told, a Follow goes on with. It is for one goroutine.
//
// A statement costs about as much as a few dozen, however many came before it, and one about an earlier day as many more as it
// takes until it makes no difference to those after it. Statements about one day are read together, so many of those cost more,
// and one that changes the first forecast, or settles what words meant, reads everything anew.
type Follow struct {
	at     civil.Date
	record Record

	statements []milestone.Statement
	all        []told // in the order of telling
	begun      beginning

	inTime []told              // the same, in order of as-at day
	named  []told              // those of words, in order of as-at day
	first  map[civil.Date]told // by due day, the first that states it

	points []point    // in order; the first stands before everything
	clean  int        // how many points are right, from the first one on
	newest civil.Date // the last day of which something was told since all of them were
	end    walk       // after all days, where all are
}

// point is where the walk stands before a day.
type point struct {
	day  civil.Date
	next int // the first statement of that day, in inTime
	walk walk
}

// between is how many statements there are between two points, or a day's where it has more.
const between = 32

// NewFollow begins before everything that was told. It asks the record what Of would; it must stay the same but for Tolerances
// and Lines, which Figures is given.
func NewFollow(at civil.Date, r Record) *Follow {
	f := &Follow{at: at, record: r}
	f.restart(nil)
	return f
}

// Add takes in the statements of one request, or several, that follow in order of position. False: one of them ties the milestone to
// others, and only Of knows its figures.
func (f *Follow) Add(statements []milestone.Statement) bool {
	before := len(f.statements)
	f.statements = append(f.statements, statements...)
	fresh, linked := read(nil, f.statements[before:], f.record)
	if linked {
		return false
	}
	if len(fresh) == 0 {
		return true
	}
	for i := range fresh {
		fresh[i].request = f.record.request(fresh[i].statement.Position)
	}
	if slices.ContainsFunc(statements, settles) || len(f.all) > 0 && f.all[len(f.all)-1].request == fresh[0].request {
		all, _ := read(nil, f.statements, f.record)
		f.restart(all)
		return true
	}
	slices.SortStableFunc(fresh, inTelling)
	for _, t := range fresh {
		t.order = int32(len(f.all))
		was := f.begun.start
		f.all = append(f.all, t)
		f.begun.take(f.all)
		f.place(t)
		if now := &f.begun.start; now.known != was.known || now.first.order != was.first.order {
			f.again()
		}
	}
	return true
}

// settles says whether a statement may change what an earlier one is read as.
func settles(s milestone.Statement) bool {
	e, ok := s.Event.(milestone.ReviewSettled)
	return ok && e.Outcome == milestone.Corrected
}

// restart begins anew with everything that was told.
func (f *Follow) restart(all []told) {
	f.all, f.inTime, f.named, f.first = all, nil, nil, map[civil.Date]told{}
	f.begun, f.points = beginning{words: -1}, nil
	for i := range all {
		all[i].request = f.record.request(all[i].statement.Position)
		f.begun.take(all[:i+1])
		f.place(all[i])
	}
	f.again()
}

// again forgets where the walk stood.
func (f *Follow) again() {
	w := walkOf(nil, f.at, f.record, heritage{}, nil)
	w.start = f.begun.start
	f.points, f.clean = append(f.points[:0], point{walk: w}), 1
}

// place puts a statement among the others about days.
func (f *Follow) place(t told) {
	insert(&f.inTime, t)
	after := 1 // the first point, which stands before everything, stays
	for after < len(f.points) && f.points[len(f.points)-after].day > t.asAt {
		f.points[len(f.points)-after].next++
		after++
	}
	f.clean, f.newest = min(f.clean, len(f.points)-after+1), max(f.newest, t.asAt)
	if t.kind == named {
		insert(&f.named, t)
	}
	if first, ok := f.first[t.due]; t.promises() && (!ok || inTime(t, first) < 0) {
		f.first[t.due] = t
	}
}

func insert(all *[]told, t told) {
	at := len(*all)
	if at > 0 && inTime((*all)[at-1], t) > 0 {
		at, _ = slices.BinarySearchFunc(*all, t, inTime)
	}
	*all = slices.Insert(*all, at, t)
}

// walked is where the walk stands after all days. It goes on from the last point that is right, until it stands at a later one as it
// did before: then all that follow are right too.
func (f *Follow) walked() walk {
	at := f.clean - 1 // the point behind it
	w, i := f.points[at].walk.apart(), f.points[at].next
	for i < len(f.inTime) && f.inTime[i].asAt <= f.at {
		day := f.inTime[i].asAt
		switch {
		case at+1 < len(f.points) && f.points[at+1].next == i:
			at++
			if day > f.newest && w.same(&f.points[at].walk) {
				f.clean, f.newest = len(f.points), 0
				return f.end.apart()
			}
			f.points[at].walk = w.apart()
		case i-f.points[at].next >= between:
			at++
			f.points = slices.Insert(f.points, at, point{day, i, w.apart()})
		}
		from := i
		for i < len(f.inTime) && f.inTime[i].asAt == day {
			i++
		}
		w.day(f.inTime[from:i], f.inTime)
	}
	f.clean, f.newest, f.end = len(f.points), 0, w.apart()
	return w
}

// apart is the walk with nothing that another one appends to.
func (w *walk) apart() walk {
	other := *w
	other.shifts, other.laterShifts = slices.Clip(w.shifts), slices.Clip(w.laterShifts)
	return other
}

// same says whether two walks of one milestone stand the same.
func (w *walk) same(other *walk) bool {
	a, b := *w, *other
	a.under, b.under = nil, nil // of the same record
	return reflect.DeepEqual(a, b)
}

// Figures are those of everything that was told.
func (f *Follow) Figures(r Record) (figures Figures) {
	w := f.walked()
	w.comesTo(&figures, f.inTime, &r)
	w.named(f.named, f.since(&w, w.promisedDue(&figures)), &figures)
	return figures
}

// since is what walk.since finds among everything that was told.
func (f *Follow) since(w *walk, due civil.Date) (since *told) {
	if first, ok := f.first[due]; ok && due != 0 && first.asAt <= f.at {
		since = &first
	}
	if doubtful := &w.start.first; due != 0 && doubtful.due == due && doubtful.asAt <= f.at && w.isDoubtful(doubtful) && (since == nil || inTime(*doubtful, *since) < 0) {
		since = doubtful
	}
	return since
}
