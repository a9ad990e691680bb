package documents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A cell may hold several actions. What parts them, in a good document, is a bullet, a line break or a full
// stop; in a text taken out of a PDF the line breaks are gone, and all that is left is a capital where no
// capital is due. Each such place gets a weight, and the weights decide what is evident.
const (
	byMark     = 9 // a bullet, a line of its own
	bySentence = 8
	byVerb     = 7 // a verb that opens actions, with a capital in the middle of a sentence
	byNoun     = 6 // a noun that does
	byCapital  = 5 // any capital after a word that ends a phrase
	evident    = byCapital
	byName     = 4 // a capital that may be a name's
	byGuess    = 3
)

// cut is a place where a text may be parted: before the word of this number.
type cut struct{ before, weight int }

// phrase is a text as words, each with the place where it begins.
type phrase struct {
	text  string
	words []word
}

type word struct {
	text     string
	from, to int
	newLine  bool // a line break stands before it
	inside   bool // of brackets
}

func phraseOf(text string) phrase {
	p := phrase{text: text}
	depth, newLine, from := 0, false, -1
	end := func(to int) {
		if from >= 0 {
			w := word{text: text[from:to], from: from, to: to, newLine: newLine, inside: depth > 0}
			depth = max(0, depth+strings.Count(w.text, "(")-strings.Count(w.text, ")"))
			p.words = append(p.words, w)
			from, newLine = -1, false
		}
	}
	for i, c := range text {
		switch {
		case c == '\n':
			end(i)
			newLine = true
		case c == ' ':
			end(i)
		case from < 0:
			from = i
		}
	}
	end(len(text))
	if depth > 0 { // a bracket that is never closed holds nothing
		for i := range p.words {
			p.words[i].inside = false
		}
	}
	return p
}

// cuts lists where the text may be parted.
func (p phrase) cuts() (found []cut) {
	colon := false
	for i := 1; i < len(p.words); i++ {
		before := p.words[i-1]
		if endsSentence(before.text) {
			colon = false
		}
		if strings.HasSuffix(before.text, ":") {
			colon = true
		}
		weight := p.weigh(i)
		if colon && weight == byName { // a list that a colon opened runs on
			weight = 0
		}
		if weight > 0 {
			found = append(found, cut{i, weight})
		}
	}
	if p.lists(found) {
		for i, c := range found {
			if plural(p.words[c.before-1].text) {
				found[i].weight = max(c.weight, byCapital)
			}
		}
	}
	return found
}

// lists says whether a text only lists things, each in a few words with capitals: "Practice Nurses Care Navigators Care
// Home Visits". Then each ends with its plural.
func (p phrase) lists(cuts []cut) bool {
	from, plurals := 0, 0
	for _, c := range cuts {
		if c.weight >= bySentence {
			return false
		}
		if !plural(p.words[c.before-1].text) {
			continue
		}
		if c.before-from > 6 {
			return false
		}
		from = c.before
		plurals++
	}
	return plurals >= 3 && len(p.words)-from <= 6
}

// refersBack are words with which a sentence goes on about the one before it.
var refersBack = map[string]bool{
	"he": true, "her": true, "his": true, "it": true, "its": true, "she": true, "that": true, "their": true, "there": true, "these": true,
	"they": true, "this": true, "those": true, "which": true,
}

// counted are words that a number follows: "wave 1", "phase 2".
var counted = map[string]bool{
	"band": true, "chapter": true, "cohort": true, "group": true, "hub": true, "level": true, "phase": true,
	"practice": true, "release": true, "section": true, "stage": true, "step": true, "tier": true, "version": true,
	"wave": true, "year": true,
}

// qualifies says whether a word in small letters belongs to the name after it: "based Clinical Tutor".
func qualifies(w string) bool {
	w = strings.ToLower(bare(w))
	return hasEnding(w, "ed", "al", "ic", "ive", "ary", "able", "ing") || joining[w] || openers[w] && !nominalUse(w) || versioned.MatchString(w)
}

var versioned = regexp.MustCompile(`^v\.?\d`)

// nominalUse is a verb after a capital that is more likely part of a name: "Quality Review panel".
func nominalUse(w string) bool {
	switch strings.ToLower(bare(w)) {
	case "access", "plan", "programme", "review", "support", "lead", "model", "research", "report", "test", "audit", "market", "work", "transfer", "change", "business-case", "contract", "fund", "use", "set", "source", "practice", "survey", "design", "focus", "target", "trial", "start", "offer", "issue", "link", "host", "run", "shift", "transition", "transform", "check", "hold", "share", "release", "update", "brief", "map", "measure", "open", "present", "progress", "pilot", "train", "track":
		return true
	}
	return false
}

func endsSentence(w string) bool {
	w = strings.TrimRight(w, ")'’”\"")
	if strings.HasSuffix(w, ";") {
		return true
	}
	return len(w) > 2 && strings.HasSuffix(w, ".") && !abbreviations[strings.ToLower(strings.TrimLeft(w, "("))]
}

// leadsOn says whether a phrase cannot end with a word.
func leadsOn(w string) bool {
	last := w[len(w)-1]
	if last == ',' || last == ':' || last == '/' || last == '(' || last == '-' || last == '+' {
		return true
	}
	return isDash(w) || hasEnding(w, "–", "—") || joining[strings.ToLower(w)] || isAcross(strings.ToLower(w))
}

// isAcross says whether a word is one of the longer joining ones with two letters swapped: "acorss".
func isAcross(w string) bool {
	for _, long := range []string{"across", "within", "between", "through", "including", "against", "towards"} {
		if len(w) == len(long) && w != long && distance([]rune(w), []rune(long)) == 1 {
			return true
		}
	}
	return false
}

func isDash(w string) bool {
	return w == "-" || w == "–" || w == "—" || w == "/" || w == "+" || w == "|"
}

func isBullet(w string) bool {
	switch w {
	case "•", "*", "·", "●", "▪", "◦", "‣", "○", "\uf0b7", "\uf0a7", "➢", "»":
		return true
	}
	return false
}

func startsWithBullet(w string) bool {
	c := firstRune(w)
	return len(w) > len(string(c)) && isBullet(string(c)) && c != '·'
}

func firstRune(s string) rune {
	for _, c := range strings.TrimLeft(s, "'\"“‘(") {
		return c
	}
	return 0
}

func startsUpper(s string) bool { return unicode.IsUpper(firstRune(s)) }
func startsLower(s string) bool { return unicode.IsLower(firstRune(s)) }

// isAcronym says whether a word is written in capitals: "CCGs", "IM&T", "ELR".
func isAcronym(w string) bool {
	upper := 0
	letters := []rune(strings.TrimSuffix(bare(w), "s"))
	for _, c := range letters {
		if unicode.IsUpper(c) {
			upper++
		}
	}
	return upper >= 2 && upper*2 > len(letters)
}

func isNumber(w string) bool {
	if w == "" {
		return false
	}
	return !strings.ContainsFunc(w, func(c rune) bool { return !unicode.IsDigit(c) && c != '.' && c != '/' && c != ',' })
}

func plural(w string) bool {
	w = bare(w)
	return len(w) > 3 && strings.HasSuffix(w, "s") && !hasEnding(w, "ss", "us")
}

// parted is the text cut at every place of at least a weight, without cuts that would leave a piece too short
// to be an action.
func (p phrase) parted(cuts []cut, least int) []string {
	chosen := slices.DeleteFunc(slices.Clone(cuts), func(c cut) bool { return c.weight < least })
	for again := true; again; {
		again = false
		edges := append([]int{0}, beginnings(chosen)...)
		edges = append(edges, len(p.words))
		for i := 0; i+1 < len(edges); i++ {
			weakest := -1
			for _, k := range []int{i - 1, i} { // the cuts at both ends of piece i
				if k >= 0 && k < len(chosen) && chosen[k].weight < bySentence && (weakest < 0 || chosen[k].weight < chosen[weakest].weight) {
					weakest = k
				}
			}
			if edges[i+1]-edges[i] < 2 && weakest >= 0 {
				chosen, again = slices.Delete(chosen, weakest, weakest+1), true
				break
			}
		}
	}
	var parts []string
	from := 0
	for _, at := range append(beginnings(chosen), len(p.words)) {
		if part := trimPart(p.slice(from, at)); part != "" {
			parts = append(parts, part)
		}
		from = at
	}
	return parts
}

func beginnings(cuts []cut) (at []int) {
	for _, c := range cuts {
		at = append(at, c.before)
	}
	return at
}

func (p phrase) slice(from, to int) string {
	if from >= to {
		return ""
	}
	return p.text[p.words[from].from:p.words[to-1].to]
}

// trimPart is a part without the bullet before it.
func trimPart(part string) string {
	return strings.TrimSpace(strings.TrimLeftFunc(part, func(c rune) bool {
		return c == ' ' || c == '\n' || c == '-' || c == '–' || isBullet(string(c))
	}))
}

// isHeadingOfList says whether a part only announces those after it: "Individual practice level actions", "Cohort 2".
func isHeadingOfList(part string) bool {
	if endsSentence(part) {
		return false
	}
	if strings.HasSuffix(part, ":") {
		return len(strings.Fields(part)) <= 8
	}
	fields := strings.Fields(strings.ToLower(part))
	if len(fields) > 9 || len(fields) < 2 || opensAction(fields[0], fields[1]) == 3 && !nominalUse(fields[0]) {
		return false
	}
	last := bare(fields[len(fields)-1])
	if len(fields) <= 5 && joining[fields[0]] && startsUpper(part) {
		return true // "In its delivery"
	}
	if last == "level" || last == "actions" && len(fields) > 1 {
		return true
	}
	return len(fields) <= 4 && isNumber(last) && counted[bare(fields[len(fields)-2])]
}
