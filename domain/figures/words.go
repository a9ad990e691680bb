package figures

import (
	"strings"
	"unicode"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// named follows the words of the milestone itself (R7): a row for each change, and whether it is achieved or overdue under
// other words than those of its promise, which the statement since first made. all is in order of as-at day.
func (w *walk) named(all []told, since *told, f *Figures) {
	title, promised := "", ""
	scope := w.scope()
	for i := range all {
		t := &all[i]
		if t.asAt > w.at {
			break
		}
		if t.kind != named {
			continue
		}
		was := title
		title = words(t.statement.Event, was)
		if since != nil && (t.asAt < since.asAt || t.asAt == since.asAt && (t.order < since.order || t.request == since.request)) {
			promised = title
		}
		if was != "" && !same(was, title) {
			r := Row{Event: eventAmended, AsAt: t.asAt, By: t.speaker, Was: was, Is: title, about: t.statement.Position}
			if scope.waits(t.statement.Position, title) {
				r.Marks |= ScopeWaits
			}
			w.row(r)
		}
	}
	if since != nil && promised != "" {
		f.OtherWords = (f.Finished || f.Met || f.Overdue) && !same(promised, title)
	}
	w.scoped(all, title, f)
}

// promisedDue is the due day now promised; zero where none is.
func (w *walk) promisedDue(f *Figures) civil.Date {
	if w.actuals.met && w.actuals.hasBase && !w.onlyDoubt {
		return w.actuals.base.due // what was dated after it was met promised nothing
	}
	return f.Due
}

// since returns the statement that first stated the due day now promised; nil where none is.
func (w *walk) since(all []told, due civil.Date) *told {
	for i := range all {
		if t := &all[i]; due != 0 && t.due == due && t.asAt <= w.at && (t.promises() || w.isDoubtful(t)) {
			return t
		}
	}
	return nil
}

func words(e milestone.Event, was string) string {
	switch e := e.(type) {
	case milestone.Added:
		if was == "" || e.Title != e.Ref {
			return e.Title
		}
	case milestone.Amended:
		return *e.Title
	}
	return was
}

// SameWords says whether the words of a milestone differ at most in case, spacing, punctuation, hyphenation and line breaks: that
// is no change of them (R7).
func SameWords(a, b string) bool { return same(a, b) }

// same says whether words differ at most in case, spacing, punctuation, hyphenation and line breaks.
func same(a, b string) bool { return a == b || folded(a) == folded(b) }

func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || unicode.IsSymbol(r) {
			return unicode.ToLower(unicode.ToUpper(r))
		}
		return -1
	}, s)
}
