package documents

import (
	"slices"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// action is one action of a cell with the dates that belong to it.
type action struct {
	text     string
	dateText string
	dates    []period.Reading
	review   []Doubt
}

// pair parts the actions of a cell and gives each its date. How many dates there are decides where an unpunctuated text
// is parted: of all the ways in which it may be, the surest that has as many actions as dates is taken. Where
// there is none, or where the only one is a guess and the dates differ, nobody can say which date is whose: then
// every action keeps all of them, and a person is asked.
func (r table) pair(text string, parts []string, splits bool, dateText string, d period.Delivery) []action {
	parts, guess := r.part(text, parts, splits, d)
	if len(parts) == 0 {
		return nil
	}
	actions := make([]action, len(parts))
	for i, part := range parts {
		actions[i] = action{text: part, dateText: dateText, dates: d.Readings}
		for _, reason := range d.Review {
			actions[i].review = append(actions[i].review, Doubt{reason, Date, dateText, period.Why(reason)})
		}
	}
	switch {
	case len(d.Readings) < 2:
		return actions
	case allEqual(d.Readings):
		for i := range actions {
			actions[i].dates = d.Readings[:1]
			actions[i].review = drop(actions[i].review, period.SeveralDates)
			if len(parts) == len(d.Readings) {
				actions[i].dateText = r.pieces(dateText, d)[i]
			}
		}
		return actions
	case len(parts) == 1 && isFinishAndStart(d):
		actions[0].review = drop(actions[0].review, period.SeveralDates)
		return actions
	case len(parts) == len(d.Readings) && !guess && !slices.ContainsFunc(d.Readings, func(r period.Reading) bool { return r.Label != "" }):
		pieces := r.pieces(dateText, d)
		for i := range actions {
			actions[i].dateText, actions[i].dates = trimPart(pieces[i]), d.Readings[i:i+1]
			actions[i].review = r.review(pieces[i])
		}
	}
	return actions
}

func (r *calendar) review(dateText string) (doubts []Doubt) {
	for _, reason := range dates.ReadWords(dateText, r.settings).Review {
		doubts = append(doubts, Doubt{reason, Date, dateText, period.Why(reason)})
	}
	return doubts
}

func drop(doubts []Doubt, reason string) []Doubt {
	return slices.DeleteFunc(slices.Clone(doubts), func(d Doubt) bool { return d.Reason == reason })
}

// part parts the actions of a cell. A guess is a parting that only the number of dates speaks for.
func (r *page) part(text string, parts []string, splits bool, d period.Delivery) (_ []string, guess bool) {
	if len(parts) > 0 { // the page itself parts them, or the row is one thing
		return headed(parts), false
	}
	p := phraseOf(text)
	cuts := p.cuts()
	least := evident
	if !splits {
		least = bySentence
	}
	found, n := headed(p.parted(cuts, least)), len(d.Readings)
	switch {
	case n > 1 && len(found) == n:
		return found, false
	case splits && !r.scanned && n < 2:
		// In a cell that somebody typed, a line or a sentence ends where it ends; a capital is a name's.
		return headed(p.parted(cuts, bySentence)), false
	case !splits:
		if marked := headed(p.parted(cuts, byMark)); len(marked) > 1 && len(marked) == n {
			return marked, false
		}
		return []string{trimPart(oneLine(text))}, false
	case n > 1:
		for least := byName; least >= byGuess; least-- {
			if finer := headed(p.parted(cuts, least)); len(finer) == n {
				only := least == byName && len(headed(p.parted(cuts, byGuess))) == n // there is no other place to part it
				return finer, !only || !anySentence(finer)
			}
		}
		// So many dates are of so many actions, or of nearly so many: a person sees them apart, with all the dates.
		if finer := headed(p.parted(cuts, byName)); len(found) < n && len(finer) > n && len(finer) <= n+n/3 {
			return finer, true
		}
	}
	return found, false
}

// anySentence says whether one of the parts ends as a sentence does: then it was written as several.
func anySentence(parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return endsSentence(lastOf(part)) })
}

// headed is the parts without those that only announce the ones after them.
func headed(parts []string) []string {
	kept := parts[:0:0]
	for i, part := range parts {
		if i+1 < len(parts) && isHeadingOfList(part) {
			continue
		}
		kept = append(kept, oneLine(part))
	}
	return kept
}

// allEqual says whether readings promise the same.
func allEqual(readings []period.Reading) bool {
	for _, r := range readings[1:] {
		if r != readings[0] {
			return false
		}
	}
	return true
}

// isFinishAndStart says whether two readings are the finish of one action and, in brackets, its start.
func isFinishAndStart(d period.Delivery) bool {
	if len(d.Readings) != 2 || !strings.HasSuffix(strings.TrimSpace(d.Text), ")") || !strings.Contains(d.Text, "(") {
		return false
	}
	finish, start := d.Readings[0], d.Readings[1]
	return start.Kind == period.From && finish.Kind != period.From && finish.Due != 0 && !finish.Due.Before(start.Start)
}

// pieces cuts the words of several dates where each of them alone reads as it does among the others. Where there
// is no such place every piece is the whole text.
func (r *calendar) pieces(text string, d period.Delivery) []string {
	c := cutter{settings: r.settings, fields: strings.Fields(text), want: d.Readings, doubts: d.Review, failed: map[[2]int]bool{}}
	if pieces, ok := c.from(0, 0); ok {
		return pieces
	}
	whole := make([]string, len(d.Readings))
	for i := range whole {
		whole[i] = text
	}
	return whole
}

// cutter looks for the pieces of a text.
type cutter struct {
	settings dates.Settings
	fields   []string
	want     []period.Reading
	doubts   []string        // those of the whole text: a piece may raise no other
	failed   map[[2]int]bool // no pieces from this word on for the readings from this one on
}

func (c *cutter) from(word, reading int) ([]string, bool) {
	left := len(c.want) - reading
	if left == 0 {
		return nil, word == len(c.fields)
	}
	if c.failed[[2]int{word, reading}] {
		return nil, false
	}
	for to := word + 1; to <= len(c.fields)-left+1; to++ {
		if left == 1 {
			to = len(c.fields)
		}
		piece := strings.Join(c.fields[word:to], " ")
		got := dates.ReadWords(piece, c.settings)
		if len(got.Readings) != 1 || !sameDates(got.Readings[0], c.want[reading]) || !within(got.Review, c.doubts) {
			continue
		}
		if rest, ok := c.from(to, reading+1); ok {
			return append([]string{piece}, rest...), true
		}
	}
	c.failed[[2]int{word, reading}] = true
	return nil, false
}

func within(list, all []string) bool {
	for _, s := range list {
		if !contains(all, s) {
			return false
		}
	}
	return true
}

func sameDates(a, b period.Reading) bool {
	a.Label, b.Label = "", ""
	return a == b
}
