package page

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// sentence is one change as a director would tell it.
type sentence struct {
	Position uint64
	Tone     string // how it is marked: "late", "early", "met", "unknown" or "plain"
	Ref      string // empty for what is about the plan
	Title    string
	Href     string
	Said     string // what happened, in words that follow the title
	Reason   string
	NoReason bool // a reason was expected, and none was given
}

// batch is what one reporter said for one day; mostly it is a return.
type batch struct {
	ID        string // of its first event, so that it stays the same while it grows
	AsAt      string
	By        string
	Source    string
	Recorded  string
	newest    uint64 // the position of its last event
	Sentences []sentence
	More      string   // how many sentences are left out here; empty for none
	Plan      *crumb   // the plan, on a page of several plans
	plan      string   // its id, likewise
	Quiet     []string // what is counted: "41 dates said again as before"
}

// quiet are the kinds of event that a batch counts, rather than tells one by one, where it has many of them.
var quiet = map[string]struct{ one, more string }{
	"ForecastReconfirmed": {"date said again as before", "dates said again as before"},
	"ProgressReported":    {"report of progress", "reports of progress"},
	"MilestoneAdded":      {"milestone added", "milestones added"},
	"ForecastGiven":       {"first date", "first dates"},
	"ForecastAwaited":     {"date not known yet", "dates not known yet"},
	"ForecastRestated":    {"date said more or less precisely", "dates said more or less precisely"},
	"FundingConfirmed":    {"sum confirmed", "sums confirmed"},
	"OwnerChanged":        {"owner named", "owners named"},
	"MilestoneAmended":    {"milestone in other words", "milestones in other words"},
	"ComponentStated":     {"heading of the plan", "headings of the plan"},
	"CandidateOffered":    {"sentence that may be a milestone", "sentences that may be milestones"},
}

// toldUpTo is how many events of a quiet kind a batch still tells one by one.
const toldUpTo = 3

// batches tells events, which are newest first, by who said them and for which day.
func (a *asking) batches(plan string, events []*pb.AuditEntry, titles map[string]string) []batch {
	type key struct{ asAt, by, source string }
	var order []key
	grouped := map[key][]*pb.AuditEntry{}
	for _, e := range events {
		k := key{e.GetAsAt(), saidBy(e), e.GetSource()}
		if grouped[k] == nil {
			order = append(order, k)
		}
		grouped[k] = append(grouped[k], e)
	}
	var told []batch
	for _, k := range order {
		entries := grouped[k]
		last := entries[len(entries)-1]
		b := batch{ID: "b" + last.GetEventId(), AsAt: k.asAt, By: k.by, Source: k.source, Recorded: entries[0].GetRecordedAt(), newest: entries[0].GetPosition()}
		counts := map[string]int{}
		for _, e := range entries {
			counts[e.GetEvent()]++
		}
		for _, e := range entries {
			if _, ok := quiet[e.GetEvent()]; !ok || counts[e.GetEvent()] <= toldUpTo {
				b.Sentences = append(b.Sentences, a.sentence(plan, e, titles))
			}
		}
		for _, event := range slices.Sorted(maps.Keys(counts)) {
			if noun, ok := quiet[event]; ok && counts[event] > toldUpTo {
				b.Quiet = append(b.Quiet, words.Many(counts[event], noun.one, noun.more))
			}
		}
		told = append(told, b)
	}
	return told
}

// digest cuts batches to so many, each with so many sentences, and says how many sentences it left out. Where earlier events were not looked at,
// the last batch may have more of them than it knows.
func digest(batches []batch, most, sentences int, earlier bool) []batch {
	for i := range batches[:min(most, len(batches))] {
		b, more := &batches[i], max(0, len(batches[i].Sentences)-sentences)
		if more > 0 {
			b.Sentences, b.More = b.Sentences[:sentences], words.Many(more, "more change", "more changes")
		}
		if !earlier || i < len(batches)-1 {
			continue
		}
		b.More = "perhaps earlier changes"
		if more > 0 {
			b.More = "at least " + words.Many(more, "more change", "more changes")
		}
		for q := range b.Quiet {
			b.Quiet[q] = "at least " + b.Quiet[q]
		}
	}
	return batches[:min(most, len(batches))]
}

func saidBy(e *pb.AuditEntry) string {
	if e.GetOnBehalfOf() == "" {
		return e.GetActor()
	}
	return e.GetActor() + " for " + e.GetOnBehalfOf()
}

func (a *asking) sentence(plan string, e *pb.AuditEntry, titles map[string]string) sentence {
	s := sentence{Position: e.GetPosition(), Tone: "plain", Ref: e.GetRef(), Title: titles[e.GetRef()], Reason: e.GetReason()}
	if s.Ref != "" {
		s.Href = a.to(milestonePath(plan, e.GetRef(), e.GetMilestone()))
		s.Title = cmp.Or(s.Title, s.Ref)
	}
	s.Tone, s.Said = told(e)
	s.NoReason = e.GetNoReason()
	return s
}

// told is what an event did, in words that follow the title of its milestone. An event of a later version is
// told by its own name and by what it changed.
func told(e *pb.AuditEntry) (tone, said string) {
	before, after := e.GetBefore(), e.GetAfter()
	due, was := words.Day(after["forecast"]), words.Day(before["forecast"])
	days := int(e.GetDays())
	from := ""
	if was != "" {
		from = ", from " + was
	}
	switch e.GetEvent() {
	case "MilestoneSlipped":
		return "late", "slipped " + words.Many(days, "day", "days") + from + " to " + due
	case "MilestoneRecovered":
		return "early", "came forward " + words.Many(-days, "day", "days") + from + " to " + due
	case "MilestoneAchieved":
		return "met", "was achieved: " + words.Day(after["actual"])
	case "AchievementRestated":
		return "plain", "was achieved on another day: " + words.Day(after["actual"]) + ", not " + words.Day(before["actual"])
	case "ForecastGiven":
		return "plain", "has a first date, " + due
	case "ForecastWithdrawn":
		if was == "" {
			return "unknown", "still has no date"
		}
		return "unknown", "has no date any more. It was " + was
	case "ForecastAwaited":
		return "unknown", "has no date yet"
	case "DeliveryDateUnread":
		return "unknown", "has a date in words that were not read: “" + after["delivery_date"] + "”"
	case "ForecastReconfirmed":
		return "plain", "keeps its date" // which has not changed, so it is not among what did
	case "ForecastRestated":
		if was != "" && due != "" { // the same words, by other settings of the plan
			return "plain", "keeps its words, which are read as " + due + " now and were read as " + was
		}
		return "plain", "keeps its date, in other words: " + after["delivery_date"]
	case "OwnerChanged":
		if before["owner"] == "" {
			return "plain", "is owned by " + after["owner"]
		}
		return "plain", "passed from " + before["owner"] + " to " + after["owner"]
	case "ProgressReported":
		return "plain", "reported progress" + behind(": ", changed(e))
	case "FundingConfirmed":
		return "plain", "has money confirmed" + behind(": ", changed(e))
	case "MilestoneAdded":
		return "plain", "was added"
	case "PlanRegistered":
		return "plain", "The plan was registered"
	case "ComponentStated":
		return "plain", "The plan has a heading" + behind(": ", changed(e))
	case "CandidateOffered":
		return "unknown", "A sentence of a document may be a milestone" + behind(": ", changed(e))
	case "CandidateSettled":
		return "plain", "A sentence that might be a milestone was settled" + behind(": ", changed(e))
	case "TiersSet":
		return "plain", "It was set who may approve how much" + behind(": ", changed(e))
	case "DocumentImported":
		return "plain", "A document was imported"
	case "MilestoneSourced": // each value with its cell: the milestone's own page has room for that
		return "plain", "was read from a document"
	case "MilestoneReplaced":
		return "plain", replaced(e)
	case "ElsewhereReplaced":
		return "plain", "took the place of a milestone of another plan" + behind(": ", changed(e))
	case "HistoryAccepted":
		return "plain", "has a history that an approver accepted" + behind(": ", changed(e))
	case "MeasureDefined":
		return "plain", "is measured" + behind(": ", changed(e))
	case "FundingIdentified":
		return "plain", "has money identified" + behind(": ", changed(e))
	case "FurtherDateStated":
		return "plain", "has a further date" + behind(": ", changed(e))
	case "ReviewRaised":
		return "unknown", "waits for a person" + behind(": ", changed(e))
	case "ReviewSettled":
		return "plain", "was looked at by a person" + behind(": ", changed(e))
	}
	said = "has news: " + words.Spaced(e.GetEvent())
	if done, ok := strings.CutPrefix(e.GetEvent(), "Milestone"); ok { // MilestonePutOnHold
		said = "was " + words.Spaced(done)
	}
	return "plain", said + behind(": ", changed(e))
}

// replaced says which milestones took the place of others, from the side that the event is about.
func replaced(e *pb.AuditEntry) string {
	var took, gave []string
	for name := range e.GetAfter() {
		if ref, ok := strings.CutPrefix(name, "replaces "); ok && e.GetBefore()[name] == "" {
			took = append(took, ref)
		}
		if ref, ok := strings.CutPrefix(name, "replaced_by "); ok && e.GetBefore()[name] == "" {
			gave = append(gave, ref)
		}
	}
	slices.Sort(took)
	slices.Sort(gave)
	switch {
	case len(took) > 0:
		return "takes the place of " + words.Listed(took)
	case len(gave) > 0:
		return "was replaced by " + words.Listed(gave)
	}
	return "was replaced"
}

// behind puts a list behind a sign, where there is one.
func behind(sign string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return sign + words.Listed(items)
}

// namesOf are the names of the values that an event changed, in order.
func namesOf(e *pb.AuditEntry) []string {
	names := map[string]bool{}
	for name := range e.GetBefore() {
		names[name] = true
	}
	for name := range e.GetAfter() {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// changed is what an event changed: "status from on track to delayed".
func changed(e *pb.AuditEntry) []string {
	var changes []string
	for _, name := range namesOf(e) {
		before, after := words.Day(e.GetBefore()[name]), words.Day(e.GetAfter()[name])
		word := valueName(name)
		switch {
		case before == "":
			changes = append(changes, word+" "+after)
		case after == "":
			changes = append(changes, word+" "+before+" withdrawn")
		default:
			changes = append(changes, word+" from "+before+" to "+after)
		}
	}
	return changes
}
