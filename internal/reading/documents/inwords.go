package documents

import (
	"regexp"
	"strings"
	"unicode"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

const monthNames = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`

// dateInWords finds a date that words around it mark as one: "by 31 March 2018", "due in 17/18". What stands there
// without such a word ("the 17/18 plans") is a name more often than a date.
var dateInWords = regexp.MustCompile(`(?i)\b(?:(?:to be |be |is |been |was |were )?(?:completed?|submitted|launched|implemented|in place|live|due|planned|scheduled|starting|start(?:s|ed)?|commenc(?:e|es|ed|ing)|formed|held|ready|rollout|effective) )?(?:due (?:in|by|for|on|end)|due|by(?: the end of)?|before|no later than|not later than|until|from|starting|starts?|commencing|to commence|in|during|throughout|as of|effective from|on|formed|held)\s+` +
	`((?:the )?(?:end of |end |early |mid |late |spring |summer |autumn |winter |start of )?(?:of )?(?:` +
	`\d{1,2}(?: ?(?:st|nd|rd|th))? (?:of )?` + monthNames + `,? ?(?:20\d\d|\d\d)?|` +
	monthNames + ` ?'?(?:20\d\d(?:/\d\d)?|\d\d)|\d{1,2}[./]\d{1,2}[./]\d{2,4}|Q[1-4](?: (?:of )?(?:20)?\d\d(?:[/-]\d\d)?)?|(?:20)?\d\d[/-]\d\d(?:\d\d)?|20\d\d))` +
	`(?:\b|$)(?: onwards)?`)

// What is said where an action and its row name two dates: of the one in the words, and of a date that stands beside several such actions.
const (
	OtherInWords  = "The words of the action name another date than its row; both are kept."
	OneDateBeside = "One date stands beside several actions, and the words of one of them name another: which of them it is of cannot be told."
)

// datesInWords looks for a date in the words of an action. It stands beside the date of the row, with its label, and
// where it is another one a person is asked.
func (r *calendar) datesInWords(m *Milestone) {
	if !mayHoldDate(m.Title.Text) {
		return
	}
	settings := r.settings
	if len(m.Dates) == 1 && m.Dates[0].Start != 0 && m.Dates[0].End != 0 { // a quarter without a year is one of the row's period
		settings.Dated = middle(m.Dates[0])
	}
	for _, at := range dateInWords.FindAllStringIndex(m.Title.Text, 3) {
		text := m.Title.Text[at[0]:at[1]]
		d := dates.ReadWords(text, settings)
		for _, reading := range d.Readings {
			if reading.Start == 0 && reading.End == 0 || covered(m.Dates, reading) {
				continue
			}
			reading.Label = inWords
			m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
			says := OtherInWords
			if len(m.Date.Text) == 0 {
				says = "The date stands only in the words of the action."
			}
			reason := DateInWords
			if contradicts(m.Dates[:len(m.Dates)-1], reading) {
				reason = period.Contradicts
			}
			m.doubt(reason, Title, text, says)
		}
	}
}

// covered says whether a reading is among those of the row.
func covered(readings []period.Reading, in period.Reading) bool {
	for _, d := range readings {
		if d.Start == in.Start && d.End == in.End || d.Start == in.Start && d.Kind == in.Kind || d.Due != 0 && d.Due == in.Due && (d.Start == in.Start || in.Start == 0) {
			return true
		}
	}
	return false
}

// contradicts says whether what a row promises and what its words say cannot both hold.
func contradicts(readings []period.Reading, in period.Reading) bool {
	for _, d := range readings {
		if d.End != 0 && in.Start != 0 && d.End.Before(in.Start) || d.Start != 0 && in.End != 0 && in.End.Before(d.Start) {
			return true
		}
	}
	return false
}

// dateAnywhere finds whatever in a note looks like a date. In a table without a column of dates it dates nothing, but it is told.
var dateAnywhere = regexp.MustCompile(`(?i)\b(?:\d{1,2}(?:st|nd|rd|th)? ` + monthNames + `\b|` + monthNames + ` (?:20)?\d\d\b|` +
	`(?:in|by|end|early|mid|late|from|due|since|until|before|at|started|developed) (?:of )?` + monthNames + `\b|` +
	`(?:20)?\d\d/\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|(?:in|by|throughout|during|over|of) 20\d\d\b|financial years? (?:20)?\d\d[/-](?:20)?\d\d\b)`)

// middle is the day in the middle of a period: of the dates without a year, those inside it are nearest to it.
func middle(d period.Reading) civil.Date { return d.Start.AddDays(d.Start.DaysUntil(d.End) / 2) }

// mayHoldDate says, at little cost, whether there is anything in a text that looks like a year: most texts have nothing,
// and need no closer look.
func mayHoldDate(text string) bool {
	digits := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < '0' || c > '9' {
			digits = 0
			continue
		}
		digits++
		switch {
		case digits == 1 && i > 0 && (text[i-1] == 'Q' || text[i-1] == 'q'):
			return true
		case digits == 2 && i+1 < len(text) && (text[i+1] == '/' || text[i+1] == '-' || text[i+1] == '.'):
			return true
		case digits == 2 && monthBefore(text[:i-1]):
			return true
		case digits == 4 && text[i-3] == '2' && text[i-2] == '0':
			return true
		}
	}
	return false
}

// monthBefore says whether a text ends as "March " does, or "31 Mar-".
func monthBefore(text string) bool {
	text = strings.TrimRight(text, " '-")
	word := text[strings.LastIndexFunc(text, func(c rune) bool { return !unicode.IsLetter(c) })+1:]
	return len(word) >= 3 && strings.Contains("jan feb mar apr may jun jul aug sep oct nov dec", strings.ToLower(word[:3]))
}
