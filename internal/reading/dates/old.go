package dates

import (
	"strings"

	"milepost.dev/domain/period"
)

// oldWords make a date behind them the one that held before: "TBC (was June 2018)", "originally March 2018, now June 2018".
var oldWords = map[string]bool{
	"was": true, "were": true, "previously": true, "previous": true, "prev": true, "formerly": true, "former": true, "originally": true,
	"original": true, "orig": true, "initially": true, "initial": true,
}

// betweenOld are words that may stand between such a word and its date: "original target date: end of June 2018".
var betweenOld = map[string]bool{
	"date": true, "dates": true, "deadline": true, "target": true, "forecast": true, "completion": true, "delivery": true, "be": true, "set": true, "estimate": true,
	"finish": true, "due": true,
}

// newWords stand before the date that holds now.
var newWords = map[string]bool{"now": true, "revised": true, "new": true, "changed": true, "moved": true, "currently": true}

// farthestOld is how many words may stand between a word of oldWords and its date.
const farthestOld = 6

// findOld marks the dates that the words tell to hold no more. A date that is only told of as past ("Phase 1 was June 2017") is
// not one of them: its words go on to say something, where those of an old date begin anew.
func (r *reader) findOld() (old, rest int) {
	for k := range r.items {
		it := &r.items[k]
		begin := 0
		if k > 0 {
			begin = r.items[k-1].to
		}
		if i := r.oldAt(it, begin); i >= 0 && (it.moved || r.opensOld(i, begin) || r.isNow(k+1)) {
			it.old, it.oldFrom = true, i
			old++
		}
	}
	return old, len(r.items) - old
}

// oldAt is where the words begin that make a date the old one; -1 where none do.
func (r *reader) oldAt(it *item, begin int) int {
	for i := it.from - 1; i >= begin && i >= it.from-farthestOld; i-- {
		t := r.at(i)
		switch {
		case oldWords[t.word]:
			for i > begin && (oldWords[r.at(i-1).word] || r.at(i-1).word == "it") {
				i--
			}
			return i
		case t.word == "longer" && r.at(i-1).word == "no":
			return i - 1
		case t.has(wFrom) && r.movedFrom(i):
			it.moved = true
			return r.movedAt(i)
		case t.has(wArticle | wFiller | wDue | wIn | wBy | wEnd | wExpected | wAbout), t.has(wTo) && r.at(i+1).word == "be", betweenOld[t.word], t.is(':'), t.is('-'), t.is('='), t.is('.') && t.glued, t.is('\''), t.is('"'):
		default:
			return -1
		}
	}
	return -1
}

// opensOld says whether what makes a date the old one begins what is said, and tells nothing of a thing that is named before it.
func (r *reader) opensOld(i, begin int) bool {
	before := r.at(i - 1)
	return i <= begin || before.class == sign || before.has(wUnknown) || before.has(wAnd) || r.at(i).word == "previously" || r.at(i).word == "originally" || r.at(i).word == "formerly"
}

// isNow says whether a date is told to be the one that holds now: "was 31/03/25, now 30/06/25".
func (r *reader) isNow(k int) bool {
	if k >= len(r.items) {
		return false
	}
	for i := r.items[k].from - 1; i >= r.items[k-1].to && i >= r.items[k].from-farthestOld; i-- {
		if newWords[r.at(i).word] {
			return true
		}
	}
	return false
}

// leaveOld takes the old dates out of the text, where another date or other words say what holds now. Their words stay, and are
// the label of what is read.
func (r *reader) leaveOld() {
	old, rest := r.findOld()
	switch {
	case old == 0:
		return
	case rest == 0 && old == 1 && r.wasDue(&r.items[0]) && !r.saysUnknown() && !r.beginsDone(): // "Overdue - was due March 2017"
		r.items[0].old = false
		r.put(period.Ambiguous)
		return
	}
	for k := range r.items {
		it := &r.items[k]
		if !it.old {
			continue
		}
		for i := it.from; i < it.to; i++ {
			r.tokens[i].used = false
		}
		if next := r.at(it.to + 1); newWords[next.word] && k+1 < len(r.items) {
			next.used = true
		} else if next := r.at(it.to); newWords[next.word] && k+1 < len(r.items) {
			next.used = true
		}
	}
	if rest == 0 {
		r.onlyOld()
	}
}

// oldBefore is the old date that ends right before a token of what is being read, or nil.
func (r *reader) oldBefore(i int) *item {
	if r.lastOld != nil && r.lastOld.to == i {
		return r.lastOld
	}
	return nil
}

// wasDue says whether a date is one on which something was due, which it still may be.
func (r *reader) wasDue(it *item) bool {
	for i := it.oldFrom + 1; i < it.from; i++ {
		if r.at(i).has(wDue) || r.at(i).has(wExpected) {
			return r.at(it.oldFrom).has(wWas)
		}
	}
	return false
}

// onlyOld reads a text that names no date but old ones: what it says beside them holds ("TBC", "ongoing", "complete"), and where
// that is nothing, a person is asked.
func (r *reader) onlyOld() {
	first, last := &r.items[0], &r.items[len(r.items)-1]
	label := strings.TrimSpace(r.text[r.at(first.oldFrom).at:r.at(last.to-1).end])
	moved := first.moved
	r.items = nil
	f := finding{Reading: period.Reading{Kind: period.Unknown, Label: label}, to: len(r.tokens)}
	switch {
	case r.saysUnknown():
	case r.beginsDone(), !moved && r.toldDone():
		f.Kind = period.Done
	default:
		if r.readTail(0); len(r.found) > 0 {
			return
		}
		r.put(period.Unreadable)
	}
	r.found = append(r.found, f)
}
