package documents

import (
	"strings"
	"unicode"
)

// openers are the verbs that an action in a plan begins with.
var openers = map[string]bool{
	"accelerate": true, "achieve": true, "act": true, "actively": true, "adapt": true, "add": true, "address": true,
	"adopt": true, "advertise": true, "agree": true, "align": true, "analyse": true, "appoint": true, "approve": true,
	"arrange": true, "assess": true, "assist": true, "assure": true, "attend": true, "attract": true, "audit": true,
	"await": true, "award": true, "begin": true, "benchmark": true, "bid": true, "boost": true, "brief": true,
	"bring": true, "build": true, "business-case": true, "capture": true, "carry": true, "cascade": true,
	"change": true, "check": true, "clarify": true, "close": true, "co-design": true, "co-locate": true,
	"co-ordinate": true, "collaborate": true, "collate": true, "collect": true, "commence": true, "commission": true,
	"commit": true, "communicate": true, "compile": true, "complete": true, "conduct": true, "confirm": true,
	"consider": true, "consolidate": true, "consult": true, "continually": true, "continue": true, "contract": true,
	"contribute": true, "convene": true, "coordinate": true, "create": true, "define": true, "deliver": true,
	"demonstrate": true, "deploy": true, "design": true, "determine": true, "develop": true, "devise": true,
	"disseminate": true, "distribute": true, "draft": true, "drive": true, "educate": true, "embed": true,
	"embeds": true, "employ": true, "enable": true, "encourage": true, "engage": true, "engagment": true,
	"enhance": true, "enlist": true, "ensure": true, "enter": true, "establish": true, "evaluate": true,
	"evidence": true, "examine": true, "expand": true, "explore": true, "extend": true, "facilitate": true,
	"finalise": true, "finalize": true, "focus": true, "formalise": true, "formulate": true, "fund": true,
	"further": true, "gain": true, "gather": true, "generate": true, "go": true, "hold": true, "host": true,
	"identify": true, "implement": true, "improve": true, "include": true, "increase": true, "influence": true,
	"inform": true, "initiate": true, "install": true, "instigate": true, "integrate": true, "introduce": true,
	"invest": true, "investigate": true, "invite": true, "involve": true, "issue": true, "join": true,
	"jointly": true, "keep": true, "launch": true, "lead": true, "learn": true, "liaise": true, "link": true,
	"lobby": true, "maintain": true, "make": true, "manage": true, "map": true, "market": true, "maximise": true,
	"maximises": true, "maximize": true, "measure": true, "meet": true, "mentor": true, "migrate": true,
	"minimise": true, "mobilise": true, "mobilize": true, "model": true, "monitor": true, "move": true,
	"negotiate": true, "obtain": true, "offer": true, "open": true, "optimise": true, "optimize": true,
	"organise": true, "outline": true, "oversee": true, "participate": true, "pilot": true, "plan": true,
	"prepare": true, "present": true, "prevent": true, "prioritise": true, "proactively": true, "procure": true,
	"produce": true, "progress": true, "promote": true, "propose": true, "provide": true, "publicise": true,
	"publish": true, "purchase": true, "put": true, "raise": true, "re-commission": true, "re-procure": true,
	"re-procurement": true, "re-tender": true, "realise": true, "recommend": true, "recruit": true, "redesign": true,
	"reduce": true, "refine": true, "refresh": true, "refurbish": true, "release": true, "relocate": true,
	"remove": true, "renew": true, "replace": true, "report": true, "reprocure": true, "request": true,
	"research": true, "resolve": true, "respond": true, "retain": true, "review": true, "revise": true, "roll": true,
	"rollout": true, "run": true, "scope": true, "secure": true, "seek": true, "select": true, "send": true,
	"set": true, "share": true, "shift": true, "sign": true, "signpost": true, "simplify": true, "socialise": true,
	"source": true, "specify": true, "sponsor": true, "standardise": true, "start": true, "streamline": true,
	"strengthen": true, "sub-contract": true, "submit": true, "support": true, "survey": true, "sustain": true,
	"tackle": true, "target": true, "tender": true, "test": true, "track": true, "train": true, "transfer": true,
	"transform": true, "transition": true, "trial": true, "understand": true, "undertake": true, "update": true,
	"upgrade": true, "use": true, "utilise": true, "utilize": true, "validate": true, "visit": true, "widen": true,
	"work": true, "write": true,
}

// nominals open an action as a noun: "Procurement of", "Roll out of". Most are known by their ending.
var nominals = map[string]bool{
	"analysis": true, "appraisal": true, "approval": true, "audit": true, "closure": true, "delivery": true,
	"end": true, "engagement": true, "engagment": true, "go-live": true, "handover": true, "kick-off": true,
	"launch": true, "number": true, "numbers": true, "output": true, "outputs": true, "recruitment": true, "redesign": true, "review": true,
	"roll": true, "rollout": true, "set-up": true, "sign-off": true, "start": true,
}

// joining words never end an action: what follows them belongs to it.
var joining = map[string]bool{
	"&": true, "a": true, "about": true, "across": true, "additional": true, "after": true, "against": true,
	"all": true, "an": true, "and": true, "any": true, "approved": true, "are": true, "as": true, "at": true,
	"be": true, "before": true, "between": true, "both": true, "by": true, "can": true, "clear": true, "cross": true,
	"current": true, "during": true, "e.g": true, "each": true, "eg": true, "every": true, "existing": true,
	"five": true, "for": true, "four": true, "from": true, "further": true, "i.e": true, "ie": true, "if": true,
	"in": true, "inc": true, "incl": true, "including": true, "individual": true, "into": true, "is": true,
	"its": true, "key": true, "least": true, "less": true, "local": true, "main": true, "may": true, "more": true,
	"most": true, "national": true, "new": true, "no": true, "not": true, "of": true, "on": true, "one": true,
	"onto": true, "or": true, "other": true, "our": true, "over": true, "per": true, "plus": true, "potential": true,
	"regarding": true, "regional": true, "robust": true, "six": true, "specific": true, "such": true, "than": true,
	"that": true, "the": true, "their": true, "these": true, "this": true, "those": true, "three": true,
	"through": true, "throughout": true, "to": true, "towards": true, "two": true, "under": true, "until": true,
	"upon": true, "using": true, "versus": true, "via": true, "vs": true, "was": true, "were": true, "when": true,
	"where": true, "which": true, "who": true, "whose": true, "wide": true, "wider": true, "will": true, "with": true,
	"within": true, "would": true,
}

// abbreviations end with a full stop that ends no sentence.
var abbreviations = map[string]bool{
	"approx.": true, "cf.": true, "dept.": true, "dr.": true, "e.g.": true, "eg.": true, "etc.": true, "fig.": true,
	"i.e.": true, "ie.": true, "inc.": true, "incl.": true, "mr.": true, "mrs.": true, "ms.": true, "no.": true,
	"nos.": true, "pt.": true, "ref.": true, "st.": true, "v.": true, "ver.": true, "vol.": true, "vs.": true,
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
	case len(w) > 4 && hasEnding(w, "ing"):
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
