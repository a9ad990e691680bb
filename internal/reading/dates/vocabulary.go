package dates

import "milepost.dev/domain/period"

// role is what a word can do in a delivery date. A word may have several roles: "may" is a month, and
// tells of what is to come.
type role uint64

const (
	wMonth      role = 1 << iota // n: 1 to 12
	wSeason                      // n: 1 spring to 4 winter
	wThird                       // early, mid, late; n: 1 to 3
	wQuarter                     // q, quarter
	wHalf                        // h, half
	wFinancial                   // FY, financial
	wYear                        // year, yr, y
	wOrdinal                     // st, nd, rd, th after a number
	wNumeral                     // one, two; n: its value
	wRank                        // first, second; n: its value
	wWeekday                     // n: 1 Monday to 7 Sunday
	wUnit                        // day, week, month, year, with which durations are told; n: a unit
	wRepeats                     // monthly, weekly; n: a row of recurrences
	wEach                        // each, every
	wBy                          // by, before
	wUntil                       // until, till
	wTo                          // to
	wEnd                         // end, close
	wBegin                       // start, beginning, of a period
	wFrom                        // from, since
	wStarts                      // starting, commenced, begin
	wOnwards                     // onwards, an arrow
	wDuring                      // during, throughout, over
	wDue                         // due, for, planned
	wIn                          // in, at, on
	wAnd                         // and, &
	wBetween                     // between
	wAfter                       // after, beyond, post
	wArticle                     // the, a, this
	wFiller                      // of, period, month
	wOngoing                     // ongoing, current, continuous
	wUnknown                     // TBC, TBD
	wDoubt                       // possibly, perhaps
	wAbout                       // about, circa
	wExpected                    // expected, anticipated
	wPast                        // submitted, completed
	wFuture                      // will, to be
	wAdjective                   // extended, enhanced: ends like a past, and is none
	wEdition                     // framework: numbers after it name an edition
	wCalled                      // phase, wave: a number after it is its name
	wCounted                     // practices, patients: a number before it counts them
	wVague                       // shortly, recently
	wWait                        // when, once, awaiting
	wNext                        // next, last: with a unit it needs today's date
	wHoliday                     // Christmas, Easter
	wBeen                        // has been: after it a past is told
	wWas                         // was, were
	wIntent                      // plan, aim: before "to" they tell of what is to come, and else are things
	wImperative                  // complete: a past only where nothing is asked to be completed
)

// entry is what the vocabulary says of a word.
type entry struct {
	role role
	n    int8
}

// The units in which durations are told.
const (
	unitMinute int8 = iota + 1
	unitDay
	unitWeek
	unitMonth
	unitYear
)

// recurrence is how often something comes back, as RFC 5545 writes it (rules 13 and 23).
type recurrence struct {
	rule   string
	review string
}

const (
	everyDay int8 = iota + 1
	everyWeek
	everyFortnight
	everyMonth
	everyTwoMonths
	everyTwoWeeks
	everyQuarter
	everyHalfYear
	everyYear
	nowAndThen
	twoWays
)

var recurrences = [...]recurrence{
	everyDay:       {rule: "FREQ=DAILY"},
	everyWeek:      {rule: "FREQ=WEEKLY"},
	everyFortnight: {rule: "FREQ=WEEKLY;INTERVAL=2"},
	everyMonth:     {rule: "FREQ=MONTHLY"},
	everyTwoMonths: {rule: "FREQ=MONTHLY;INTERVAL=2", review: period.Ambiguous}, // or twice a month
	everyTwoWeeks:  {rule: "FREQ=WEEKLY;INTERVAL=2", review: period.Ambiguous},  // or twice a week
	everyQuarter:   {rule: "FREQ=MONTHLY;INTERVAL=3"},
	everyHalfYear:  {rule: "FREQ=MONTHLY;INTERVAL=6"},
	everyYear:      {rule: "FREQ=YEARLY"},
	nowAndThen:     {review: period.NoFrequency},
	twoWays:        {rule: "FREQ=YEARLY;INTERVAL=2", review: period.Ambiguous}, // or twice a year
}

var weekdays = [...]string{1: "MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// lexicon is every word that decides something. Words of one role stand together in groups.
var lexicon = func() map[string]entry {
	words := map[string]entry{}
	for _, g := range groups {
		start := 0
		for i := 0; i <= len(g.words); i++ {
			if i < len(g.words) && g.words[i] != ' ' && g.words[i] != '\n' && g.words[i] != '\t' {
				continue
			}
			if word := g.words[start:i]; word != "" {
				e := words[word]
				e.role |= g.role
				if g.n != 0 {
					e.n = g.n
				}
				words[word] = e
			}
			start = i + 1
		}
	}
	return words
}()

func (e entry) has(r role) bool { return e.role&r != 0 }

// group is words that do the same.
type group struct {
	role  role
	n     int8
	words string
}

var groups = [...]group{
	{wMonth, 1, "january jan"},
	{wMonth, 2, "february feb"},
	{wMonth, 3, "march mar"},
	{wMonth, 4, "april apr"},
	{wMonth, 5, "may"},
	{wMonth, 6, "june jun"},
	{wMonth, 7, "july jul"},
	{wMonth, 8, "august aug"},
	{wMonth, 9, "september sept sep"},
	{wMonth, 10, "october oct"},
	{wMonth, 11, "november nov"},
	{wMonth, 12, "december dec"},

	{wSeason, 1, "spring"},
	{wSeason, 2, "summer"},
	{wSeason, 3, "autumn"},
	{wSeason, 4, "winter"},

	{wThird, 1, "early"},
	{wThird, 2, "mid middle midway halfway"},
	{wThird, 3, "late latter"},

	{wQuarter, 0, "q qtr quarter quarters qtrs qs"},
	{wHalf, 0, "h half"},
	{wFinancial, 0, "fy financial fiscal"},
	{wYear, 0, "year yr y years yrs"},
	{wOrdinal, 0, "st nd rd th"},

	{wNumeral, 1, "one"},
	{wNumeral, 2, "two"},
	{wNumeral, 3, "three"},
	{wNumeral, 4, "four"},
	{wNumeral, 5, "five"},
	{wNumeral, 6, "six"},
	{wNumeral, 7, "seven"},
	{wNumeral, 8, "eight"},
	{wNumeral, 9, "nine"},
	{wNumeral, 10, "ten"},
	{wNumeral, 12, "twelve"},
	{wNumeral, 18, "eighteen"},
	{wRank, 1, "first"},
	{wRank, 2, "second"},
	{wRank, 3, "third"},
	{wRank, 4, "fourth"},

	{wWeekday, 1, "monday mondays mon"},
	{wWeekday, 2, "tuesday tuesdays tue tues"},
	{wWeekday, 3, "wednesday wednesdays wed weds"},
	{wWeekday, 4, "thursday thursdays thu thur thurs"},
	{wWeekday, 5, "friday fridays fri"},
	{wWeekday, 6, "saturday saturdays sat"},
	{wWeekday, 7, "sunday sundays sun"},

	{wUnit, unitMinute, "minute minutes mins hour hours hrs"},
	{wUnit, unitDay, "day days"},
	{wUnit, unitWeek, "week weeks wk wks fortnight fortnights"},
	{wUnit, unitMonth, "month months mth mths"},
	{wUnit, unitYear, "year years yr yrs decade decades"},

	{wRepeats, everyDay, "daily"},
	{wRepeats, everyWeek, "weekly"},
	{wRepeats, everyFortnight, "fortnightly"},
	{wRepeats, everyMonth, "monthly"},
	{wRepeats, everyTwoMonths, "bimonthly"},
	{wRepeats, everyTwoWeeks, "biweekly"},
	{wRepeats, everyQuarter, "quarterly"},
	{wRepeats, everyHalfYear, "halfyearly sixmonthly"},
	{wRepeats, everyYear, "yearly annually annual"},
	{wRepeats, nowAndThen, "periodically periodic regularly intermittently occasionally termly halftermly"},
	{wRepeats, twoWays, "biannual biannually biennial biennially"},
	{wEach, 0, "each every"},

	{wBy, 0, "by before"},
	{wUntil, 0, "until till til untill"},
	{wTo, 0, "to"},
	{wEnd, 0, "end close ends ending finish finishes finishing eoy eoq eom"},
	{wBegin, 0, "start beginning"},
	{wFrom, 0, "from since wef"},
	{wStarts, 0, `start starts starting started commence commences commencing commenced commencement
		begin begins beginning began begun`},
	{wOnwards, 0, "onwards onward >> thereafter"},
	{wDuring, 0, "during throughout through over"},
	{wDue, 0, "due for planned scheduled timetabled deadline programmed"},
	{wIn, 0, "in on at within"},
	{wAnd, 0, "and"},
	{wBetween, 0, "between"},
	{wAfter, 0, "after beyond post"},
	{wArticle, 0, "the a an this our its their"},
	{wFiller, 0, "of month period calendar both only say i e ie"},

	{wOngoing, 0, "ongoing current currently continuous continuously continual continually"},
	{wUnknown, 0, "tbc tbd tba"},
	{wDoubt, 0, "possibly possible perhaps maybe tentatively tentative provisionally provisional potentially probably likely hopefully"},
	{wAbout, 0, "est about around approximately approx circa c ca roughly"},
	{wExpected, 0, `expected expect expects expectation anticipated anticipate anticipates anticipating
		estimated`},

	{wPast, 0, `submitted announced completed closed undertaken assumed launched published appointed awarded
		approved signed delivered achieved held agreed issued received presented finalised finalized drafted
		introduced installed recruited procured implemented established adopted distributed hosted attended obtained
		given made took met opened merged migrated transferred done finished ended concluded granted sent
		secured confirmed ratified endorsed accepted rejected cancelled circulated collected conducted created
		decided ended formed found identified met mobilised moved notified paid passed produced ran
		recommended released reported resolved rolled said selected tested told trained updated used
		visited voted went won wrote written worked saw grew fell rose led reached carried
		occurred happened tendered gained joined left built rebuilt bought chosen drawn driven kept laid sold
		shown spent stood taken undergone`},
	{wPast | wImperative, 0, "complete"},
	{wFuture, 0, `will shall should would could may might must can be being going
		intend intends intended propose proposes if not yet subject awaiting await pending
		expected expects expect anticipated anticipates anticipate due planned scheduled proposed
		potential continue ensure`},
	{wIntent, 0, "plan plans aim aims target targets hope hopes need needs"},
	{wBeen, 0, "been had"},
	{wWas, 0, "was were"},
	{wAdjective, 0, `extended enhanced integrated improved coordinated ordinated planned proposed based related
		increased reduced combined dedicated shared limited advanced named detailed required needed need registered
		salaried fenced unplanned supported qualified licensed unscheduled retained accelerated continued united
		specialised aligned expected anticipated scheduled estimated agreed commissioned developed emerging
		capitated adjusted directed deed speed feed seed indeed exceed proceed succeed bed led red need weed
		hundred missed delayed postponed slipped deferred rescheduled unchanged interested dated revised reviewed attached compared underpinned associated linked`},
	{wEdition, 0, "framework edition handbook version guidance specification spec standard standards"},
	{wCalled, 0, `phase wave cohort level tier step stage part appendix section group version annex table page
		pages objective chapter item priority workstream programme tranche no number ref paper band class type
		option round lot site schedule row line figure fig question milestone task gateway recommendation sprint iteration`},
	{wCounted, 0, `patients patient people practices practice staff appointments population gps nurses hours
		attendees members places posts schemes projects trainees pharmacists sessions visits bids sites hubs hub
		clinics localities wte fte people's percent`},
	{wVague, 0, `shortly soon imminent imminently recent recently asap immediate immediately previously tomorrow now
		today`},
	{wWait, 0, "when once awaiting following pending upon dependent subject"},
	{wNext, 0, "next last coming following previous this within"},
	{wHoliday, 0, "christmas xmas easter ramadan diwali"},
}

// commonWords are near a month or a word of time, and are none of them (rule 7: the only close one).
var commonWords = func() map[string]bool {
	words := map[string]bool{}
	for _, word := range [...]string{
		"act", "age", "ago", "air", "all", "and", "any", "app", "apps", "are", "ban", "bar", "batch", "bay", "bet", "but",
		"can", "car", "care", "cat", "catch", "commerce", "comment", "compete", "complex", "content", "cut", "date",
		"day", "deck", "den", "did", "die", "dog", "duly", "each", "ear", "eye", "fact", "fan", "far", "fully", "fun",
		"gap", "get", "got", "gun", "has", "her", "hub", "hut", "inspected", "its", "jam", "jar", "job", "joint", "jun",
		"lap", "law", "lay", "let", "lot", "lunch", "man", "map", "match", "max", "met", "much", "new", "non", "not",
		"now", "nor", "off", "one", "only", "our", "out", "own", "pan", "parch", "part", "patch", "pay", "per", "plan",
		"ran", "raw", "ray", "reach", "ruling", "run", "rule", "sad", "sap", "say", "sea", "sec", "section", "see", "sent",
		"sex", "six", "star", "state", "stated", "stating", "staying", "step", "such", "sum", "sun", "tax",
		"team", "the", "tune", "use", "van", "via", "war", "was", "watch", "way", "web", "week", "weekday", "wet", "who",
		"why", "yet", "you", "charted", "staring", "daring", "current", "currency", "content", "restarted", "enduring",
		"bid", "aid", "rid", "lid", "kid", "mind", "kind", "send", "lend", "bend", "tend", "fund", "band", "hand", "land", "need", "head", "read", "lead",
		"hall", "calf", "hold", "held", "self", "shelf", "unit", "site", "mild", "build", "bed", "red", "ends", "rate", "rates", "later", "latest", "earlier", "earliest", "gate", "gates", "lane", "lake", "plate", "nearly", "alter", "latent", "frog", "lately", "dates", "life", "face", "incomplete", "complement", "compile", "compare", "accepted", "respected", "completes", "completing", "weakly", "months", "search", "arch", "larch", "marsh",
		"mark", "marked", "mary", "may", "men", "make", "jane", "june", "junk", "jury", "july", "bury", "apron", "trial",
		"until", "august", "gust", "sector", "doctor", "factor", "member", "members", "number", "remember", "octave",
		"wards", "toward", "towards", "upward", "inwards", "awards", "award", "forward", "onboard", "strand", "stand",
		"tender", "september", "order", "older", "under", "other", "code", "nod", "sat", "sit", "seat", "rep", "dep",
		"sprint", "sprints", "string", "strings", "gp", "mar", "par", "tar", "for", "fob", "deb", "nov", "novel", "now", "cost", "port", "post", "past",
	} {
		words[word] = true
	}
	return words
}()
