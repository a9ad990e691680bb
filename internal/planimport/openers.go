package planimport

import (
	"strings"
	"unicode"
)

// openers are the verbs that an action in a plan begins with.
var openers = wordSet(`
	accelerate achieve act adapt add address adopt advertise agree align analyse appoint approve arrange
	assess assist assure attend attract audit await award begin benchmark bid boost brief bring build business-case
	capture carry cascade change check clarify close co-design co-locate co-ordinate coordinate collaborate collate collect
	commence commission commit communicate compile complete conduct confirm consider consolidate consult
	continue contract contribute convene create deliver define demonstrate deploy design determine develop devise
	disseminate distribute draft drive educate embed employ enable encourage engage enhance enlist ensure enter
	establish evaluate evidence examine expand explore extend facilitate finalise finalize focus formalise formulate
	fund further gain gather generate go hold host identify implement improve include increase influence inform
	initiate install instigate integrate introduce invest investigate invite involve issue join keep launch lead learn
	liaise link lobby maintain make manage map market maximise maximize measure meet mentor migrate minimise
	mobilise mobilize model monitor move negotiate obtain offer open optimise optimize organise outline oversee
	participate pilot plan prepare present prevent prioritise procure produce progress promote propose provide
	publicise publish purchase put raise re-commission re-procure re-tender realise recommend recruit redesign
	reduce refine refresh refurbish release relocate remove renew replace report request re-procurement reprocure
	research resolve respond retain review revise roll rollout run scope secure seek select send set share shift
	simplify sign signpost socialise source specify sponsor standardise start strengthen streamline submit sub-contract
	support survey sustain tackle target tender test track train transfer transform transition trial understand undertake
	update upgrade use utilise utilize validate visit widen work write
	actively jointly continually proactively maximises embeds engagment`)

// nominals open an action as a noun: "Procurement of", "Roll out of". Most are known by their ending.
var nominals = wordSet(`roll rollout launch review start end engagement engagment go-live kick-off appraisal delivery
	recruitment sign-off set-up analysis audit output outputs output handover closure approval redesign`)

// joining words never end an action: what follows them belongs to it.
var joining = wordSet(`a an the of for and or & in on at to with by via from as into onto across within between through
	throughout under over per that which who whose its their our this these those be is are was were will would
	can may if when where than e.g i.e eg ie inc including incl plus vs versus not no any each every all both
	new existing current three two four five six one local national regional other such further wide wider
	approved using regarding towards against including about after before during until upon is cross
	potential robust key main additional individual specific clear more most least less`)

// abbreviations end with a full stop that ends no sentence.
var abbreviations = wordSet(`e.g. i.e. eg. ie. etc. inc. incl. no. nos. dr. mr. mrs. ms. vs. approx. dept. st. ref. pt. fig. cf. v. ver. vol.`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// opensAction says how surely a word, with the one after it, begins an action; 0 where it does not.
func opensAction(word, next string) int {
	w := strings.ToLower(bare(word))
	following := strings.ToLower(bare(next))
	switch {
	case openers[w]:
		return 3
	case nominals[w] && joining[following]:
		return 2
	case len(w) > 6 && hasEnding(w, "tion", "ment", "sion", "ation", "ance", "isation", "ing") && (following == "of" || following == "and" || following == "for" || following == "to"):
		return 2
	case len(w) > 5 && hasEnding(w, "ing"):
		return 1
	case len(w) > 5 && hasEnding(w, "ed"):
		return 1
	}
	return 0
}

func hasEnding(w string, endings ...string) bool {
	for _, e := range endings {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// bare is a word without the punctuation around it.
func bare(word string) string {
	return strings.TrimFunc(word, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '&' })
}
