package documents

import (
	"strings"
	"unicode"
)

// joint is a place between two words of a text, where an action may end and the next one begin.
type joint struct {
	before, w   word
	next        string // the word behind w
	first       rune   // of w
	opens       int    // how much w opens actions, as opensAction counts
	ends        bool   // the word before can end a phrase that is written in small letters
	phraseEnded bool   // a phrase can have ended before w
}

// weightRule says how surely an action begins at a joint. The first rule that fits counts.
type weightRule struct {
	// text has a bar before the word where the rule counts.
	text   string
	weight int
	fits   func(j joint) bool
}

// markRules see what the writer put between two actions, and what cannot begin one. They look at letters and signs alone.
var markRules = []weightRule{
	{"Open the hub |• Hire a nurse", byMark, func(j joint) bool {
		return isBullet(j.w.text) && j.next != "" || startsWithBullet(j.w.text)
	}},
	{"Open the hub\n|Hire a nurse", byMark, func(j joint) bool {
		return j.w.newLine && (unicode.IsUpper(j.first) || unicode.IsDigit(j.first)) && !leadsOn(j.before.text)
	}},
	{"Open the hub (see |Hire below)", 0, func(j joint) bool { return j.w.inside }},
	{"Open the hub and |Hire a nurse", 0, func(j joint) bool {
		return isBullet(j.before.text) || leadsOn(j.before.text) && !endsSentence(j.before.text)
	}},
	{"Open the hub. |It has room for forty", 0, func(j joint) bool {
		return endsSentence(j.before.text) && refersBack[strings.ToLower(bare(j.w.text))]
	}},
	{"Open the hub. |Hire a nurse", bySentence, func(j joint) bool {
		return endsSentence(j.before.text) && (unicode.IsUpper(j.first) || unicode.IsDigit(j.first) && startsUpper(j.next))
	}},
	{"local implementation |10 High impact areas", byCapital, func(j joint) bool { return j.counts() && !isAcronym(j.next) }},
	{"local implementation |10 GP practices", byName, func(j joint) bool { return j.counts() }},
	{"local plan |10 places", 0, func(j joint) bool { return unicode.IsDigit(j.first) }},
	{"local plan |places", 0, func(j joint) bool { return !unicode.IsUpper(j.first) }},
	{"Release v2.1 |Rollout", 0, func(j joint) bool {
		return versioned.MatchString(strings.ToLower(j.before.text)) || versioned.MatchString(strings.ToLower(j.w.text))
	}},
}

// wordRules see whether the word with a capital at a joint opens an action, and whether the words before it had ended.
var wordRules = []weightRule{
	{"they install |EPS v2 across", byName, func(j joint) bool {
		return j.isPlainAcronym() && versioned.MatchString(strings.ToLower(j.next))
	}},
	{"roll out the service |EPS across", byGuess, func(j joint) bool { return j.isPlainAcronym() && j.ends }},
	{"roll out the Service |EPS across", 0, joint.isPlainAcronym},
	{"open the hub |Recruit a nurse", byVerb, func(j joint) bool { return j.opens == 3 && j.phraseEnded }},
	{"open the hub |Recruitment of nurses", byNoun, func(j joint) bool { return j.opens == 2 && j.phraseEnded }},
	{"open the hub |Training nurses", byNoun, func(j joint) bool { return j.opens >= 1 && j.phraseEnded && startsLower(j.next) }},
	{"open the Hub |Recruit a nurse", byCapital, func(j joint) bool {
		return startsLower(j.next) && (j.opens == 3 || j.opens == 1 && (hasEnding(strings.ToLower(j.w.text), "ed") || j.next == "the" || j.next == "a"))
	}},
	{"open the hub |Nurse is hired", byCapital, func(j joint) bool { return j.ends && (startsLower(j.next) || j.opens >= 1) }},
	{"open the hubs |Nurse Bank", byCapital, func(j joint) bool { return j.ends && plural(j.before.text) }},
	{"open the Hubs |Training Bank", byName, func(j joint) bool {
		return j.opens >= 1 && (plural(j.before.text) || j.opens == 1 && startsLower(j.next))
	}},
	{"by 31/03/2017 |Nurse is hired", byCapital, func(j joint) bool {
		return j.phraseEnded && isNumber(bare(j.before.text)) && startsLower(j.next)
	}},
	{"open the CHEST |Nurse visits them", byName, func(j joint) bool {
		return isAcronym(j.before.text) && startsLower(j.next) && !leadsOn(j.next) && !joining[strings.ToLower(j.w.text)]
	}},
	{"open the hub |Nurse Bank", byName, func(j joint) bool { return j.ends }},
	{"open the shared |Nurse Bank", byName, func(j joint) bool {
		return j.phraseEnded && startsLower(j.before.text) && !hasEnding(j.before.text, "ing") && !openers[strings.ToLower(j.before.text)]
	}},
	{"open the Hubs |Nurse Bank", byGuess, func(j joint) bool { return plural(j.before.text) }},
}

// weigh says how surely an action begins with word i.
func (p phrase) weigh(i int) int {
	return p.ruleAt(i).weight
}

// ruleAt is the rule that fits before word i, or none.
func (p phrase) ruleAt(i int) weightRule {
	j := joint{before: p.words[i-1], w: p.words[i]}
	if i+1 < len(p.words) {
		j.next = p.words[i+1].text
	}
	j.first = firstRune(j.w.text)
	for _, rule := range markRules {
		if rule.fits(j) {
			return rule
		}
	}
	j.opens = j.opensHere()
	j.ends, j.phraseEnded = startsLower(j.before.text) && !qualifies(j.before.text), p.endedAt(i, j)
	if j.opens == 3 && nominalUse(j.w.text) && startsUpper(j.next) && !plural(j.before.text) {
		j.opens = 0 // "4 locality Access Hubs"
	}
	for _, rule := range wordRules {
		if rule.fits(j) {
			return rule
		}
	}
	return weightRule{}
}

// opensHere says how much the word of a joint opens actions. A verb after a capital may be part of a name: "Quality Review panel".
func (j joint) opensHere() int {
	opens := opensAction(j.w.text, j.next)
	if opens == 3 && startsUpper(j.before.text) && !isAcronym(j.before.text) && nominalUse(j.w.text) && !(hasEnding(j.next, "ly") && plural(j.before.text)) {
		return 0
	}
	return opens
}

// endedAt says whether a phrase can have ended before word i: not with a name in capitals, nor with the number of something.
func (p phrase) endedAt(i int, j joint) bool {
	number := isNumber(bare(j.before.text))
	if number && j.opens < 2 && i > 1 && (counted[strings.ToLower(p.words[i-2].text)] || !strings.Contains(j.before.text, "/") && len(j.before.text) < 4) {
		return false
	}
	return startsLower(j.before.text) || isAcronym(j.before.text) || number || strings.HasSuffix(j.before.text, ")")
}

// counts says whether a number at a joint counts what follows, and nothing before it: "wave 1" is one thing.
func (j joint) counts() bool {
	return unicode.IsDigit(j.first) && !isNumber(bare(j.before.text)) && startsLower(j.before.text) && startsUpper(j.next) &&
		isNumber(j.w.text) && !counted[strings.ToLower(j.before.text)]
}

// isPlainAcronym says whether the word is in capitals and opens nothing.
func (j joint) isPlainAcronym() bool { return isAcronym(j.w.text) && j.opens == 0 }
