package dates

import (
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// lasting reads the duration of what starts: "for two years starting 2018/19" (rule 19). It answers the last
// day, or no date.
func (r *reader) lasting(first civil.Date, m *marks, it *item) civil.Date {
	i := m.left - 1
	for r.at(i).has(wFiller) || r.at(i).is(',') {
		i--
	}
	if t := r.at(i); t.has(wUnit) && t.n >= unitWeek {
		k := i - 1
		if r.at(k).is('-') {
			k--
		}
		if n := r.at(k); n.class == digits && n.digitsOf() < 3 || n.has(wNumeral) {
			for j := k - 1; j >= k-3 && j >= 0; j-- {
				if word := r.at(j).word; word == "for" || word == "over" || word == "lasting" {
					r.used(j, i)
					return plus(first, count(n), t.n)
				}
				if !r.at(j).has(wArticle | wNext) {
					break
				}
			}
		}
	}
	if t := r.at(m.right); t.word == "for" || t.word == "over" || t.word == "lasting" {
		k := m.right + 1
		for r.at(k).has(wArticle) {
			k++
		}
		n, unit := r.at(k), r.at(k+1)
		if unit.is('-') {
			unit = r.at(k + 2)
		}
		if (n.class == digits && n.digitsOf() < 3 || n.has(wNumeral)) && unit.has(wUnit) && unit.n >= unitWeek {
			r.used(m.right, k+1)
			m.right = k + 2
			return plus(first, count(n), unit.n)
		}
	}
	return 0
}

// plus is the last day of a duration that begins on a day.
func plus(first civil.Date, n int, unit int8) civil.Date {
	switch unit {
	case unitWeek:
		return first.AddDays(7*n - 1)
	case unitYear:
		n *= 12
	}
	month := int(first.Month()) - 1 + n
	next, ok := civil.Of(first.Year()+month/12, time.Month(month%12+1), first.Day())
	if !ok {
		return 0
	}
	return next.AddDays(-1)
}

// mostNouns is how many words may stand between a duration and the start of what lasts so long: "2 year improvement
// incentive scheme".
const mostNouns = 3

// lastsSome reads the duration that what starts is named by: "a three-year programme starting in April", "6 month pilot
// from June" (rule 19). It answers the last day, or no date. Where no thing is named a person is asked: "3 months from
// April" may end or begin then.
func (r *reader) lastsSome(first civil.Date, i int) civil.Date {
	for thing := i; i >= 0 && i >= thing-mostNouns; i-- {
		t := r.at(i)
		if t.has(wUnit) && t.n >= unitWeek {
			return r.namedDuration(first, i, thing)
		}
		if t.class != letter || t.role&^(wCalled|wCounted|wAdjective|wIntent) != 0 {
			return 0
		}
	}
	return 0
}

func (r *reader) namedDuration(first civil.Date, unit, thing int) civil.Date {
	if !r.isDuration(unit) {
		return 0
	}
	k := unit - 1
	for r.at(k).is('-') {
		k--
	}
	before, n := r.at(k-1), r.at(k)
	switch {
	case before.has(wEach):
		return 0
	case n.class != digits && !n.has(wNumeral), before.is('-'), before.has(wTo|wWait|wBy|wAfter|wRank|wNext) && !before.has(wArticle), before.word == "than", before.word == "least", r.at(unit+1).word == "old":
		r.put(period.Ambiguous)
		return 0
	}
	switch {
	case unit == thing:
		r.put(period.Ambiguous)
	case !lastingThings[r.at(thing).word]: // "18 week standard from June" measures something
		r.put(period.Ambiguous)
		return 0
	}
	return plus(first, count(n), r.at(unit).n)
}

// lastingThings are named by how long they last: "12 month pilot".
var lastingThings = map[string]bool{
	"programme": true, "program": true, "pilot": true, "project": true, "contract": true, "scheme": true, "trial": true, "period": true, "plan": true,
	"strategy": true, "agreement": true, "lease": true, "extension": true, "consultation": true, "campaign": true, "phase": true, "placement": true,
	"post": true, "posts": true, "secondment": true, "fellowship": true, "licence": true, "deal": true, "framework": true, "mobilisation": true,
	"transition": true, "construction": true, "build": true, "works": true, "evaluation": true, "study": true, "training": true, "course": true,
	"rollout": true, "procurement": true, "investment": true, "funding": true, "initiative": true, "programmes": true, "pilots": true, "contracts": true,
	"appointment": true, "term": true, "cycle": true, "implementation": true, "test": true, "experiment": true, "partnership": true, "arrangement": true,
}
