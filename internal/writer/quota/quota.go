// Package quota counts what was accepted of each caller and for each plan, and says what is more than may be. It counts
// what the ledger holds, commit by commit, so that a restart changes nothing; and beside it what is accepted and not
// durable yet.
package quota

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
)

// Rules that a request breaks, in the words of domain.Refusal's Rule.
const (
	RuleCallerDay = "quota-caller-day"
	RuleCaller    = "quota-caller"
	RulePlanDay   = "quota-plan-day"
	RulePlan      = "quota-plan"
)

// Charge is what a request adds to the ledger, or is about to.
type Charge struct {
	Actor  string // a party id
	Plan   string
	Day    int64 // since 1970
	Events uint64
	Bytes  uint64 // of the entry and its events
	OfPlan uint64 // bytes of the events alone
}

// DayOf is the day of a time in microseconds since 1970.
func DayOf(recordedAt int64) int64 {
	return time.UnixMicro(recordedAt).UTC().Unix() / int64((24 * time.Hour).Seconds())
}

// use is what was accepted. Of the day it is that of day, and of no other.
type use struct {
	events, bytes       uint64
	day                 int64
	dayEvents, dayBytes uint64
	// What is accepted and not durable yet: in all, and of the day.
	pendingEvents, pendingBytes       uint64
	dayPendingEvents, dayPendingBytes uint64
}

// Usage is what was accepted of everybody. It is safe for concurrent use.
type Usage struct {
	mu      sync.Mutex
	commit  uint64             // the last one that was counted; guarded by mu
	callers map[string]*use    // by party id; guarded by mu
	plans   map[string]*use    // guarded by mu
	highest map[string]highest // by rule; guarded by mu
}

// highest is the greatest part of a limit that anybody has used.
type highest struct {
	day  int64
	part float64
}

// New counts nothing yet.
func New() *Usage {
	return &Usage{callers: map[string]*use{}, plans: map[string]*use{}, highest: map[string]highest{}}
}

// entryBytes is what an accepted request takes of the ledger beside its id and its events, at the most.
const entryBytes = 128

// Commit counts a commit that is in the ledger. One that was counted already is passed over. Nothing of the commit is kept.
func (u *Usage) Commit(c *eventstore.Commit) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.Number <= u.commit {
		return
	}
	u.commit = c.Number
	var plan, actor string // of the last ones, which are most often those of the next, too
	var ofPlan, ofActor *use
	for i := range c.Entries {
		e := &c.Entries[i]
		day, size := DayOf(e.RecordedAt), uint64(entryBytes+len(e.Request))
		for j := range e.Records {
			r := &e.Records[j]
			n := uint64(len(r.Bytes))
			size += n
			if ofPlan == nil || r.Plan != plan {
				plan, ofPlan = r.Plan, of(u.plans, r.Plan)
			}
			ofPlan.add(day, 1, n)
		}
		if ofActor == nil || e.Actor != actor {
			actor, ofActor = e.Actor, of(u.callers, e.Actor)
		}
		ofActor.add(day, uint64(len(e.Records)), size)
	}
}

func of(all map[string]*use, key string) *use {
	if found, ok := all[key]; ok {
		return found
	}
	found := &use{}
	all[strings.Clone(key)] = found // the commit's memory is used again
	return found
}

func (u *use) add(day int64, events, bytes uint64) {
	u.begin(day)
	u.events, u.bytes = u.events+events, u.bytes+bytes
	if day == u.day {
		u.dayEvents, u.dayBytes = u.dayEvents+events, u.dayBytes+bytes
	}
}

// take counts what is accepted on the day that has begun.
func (u *use) take(events, bytes uint64) {
	u.pendingEvents, u.pendingBytes = u.pendingEvents+events, u.pendingBytes+bytes
	u.dayPendingEvents, u.dayPendingBytes = u.dayPendingEvents+events, u.dayPendingBytes+bytes
}

// give takes back what take counted on a day.
func (u *use) give(day int64, events, bytes uint64) {
	u.pendingEvents, u.pendingBytes = u.pendingEvents-events, u.pendingBytes-bytes
	if day == u.day {
		u.dayPendingEvents, u.dayPendingBytes = u.dayPendingEvents-events, u.dayPendingBytes-bytes
	}
}

// begin begins a day. The ledger's time never goes back.
func (u *use) begin(day int64) {
	if day > u.day {
		u.day, u.dayEvents, u.dayBytes, u.dayPendingEvents, u.dayPendingBytes = day, 0, 0, 0, 0
	}
}

// Exceeded says which limit a request is beyond.
type Exceeded struct {
	Rule     string
	Sentence string
	// Day says that there is room again on the next day.
	Day bool
}

func (e *Exceeded) Error() string { return e.Sentence }

// Take counts a request that is being accepted, unless it is beyond a limit: then the error is *Exceeded, and nothing is counted.
// What was counted is given back when the request is in the ledger, or is dropped.
func (u *Usage) Take(c Charge, caller, plan access.Limits) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	ofCaller, ofPlan := of(u.callers, c.Actor), of(u.plans, c.Plan)
	ofCaller.begin(c.Day)
	ofPlan.begin(c.Day)
	if err := u.check(c, ofCaller, caller, RuleCaller, RuleCallerDay, "You", c.Events, c.Bytes); err != nil {
		return err
	}
	if err := u.check(c, ofPlan, plan, RulePlan, RulePlanDay, "", c.Events, c.OfPlan); err != nil {
		return err
	}
	ofCaller.take(c.Events, c.Bytes)
	ofPlan.take(c.Events, c.OfPlan)
	return nil
}

// Give gives back what Take counted.
func (u *Usage) Give(charges []Charge) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, c := range charges {
		of(u.callers, c.Actor).give(c.Day, c.Events, c.Bytes)
		of(u.plans, c.Plan).give(c.Day, c.Events, c.OfPlan)
	}
}

// check compares one who has some with its limits; who is empty for the plan of the charge. The caller holds mu.
func (u *Usage) check(c Charge, has *use, l access.Limits, inAll, aDay, who string, events, bytes uint64) error {
	for _, one := range []struct {
		rule, what      string
		had, more, most uint64
		day             bool
	}{
		{aDay, "events", has.dayEvents + has.dayPendingEvents, events, l.EventsADay, true},
		{aDay, "bytes", has.dayBytes + has.dayPendingBytes, bytes, l.BytesADay, true},
		{inAll, "events", has.events + has.pendingEvents, events, l.Events, false},
		{inAll, "bytes", has.bytes + has.pendingBytes, bytes, l.Bytes, false},
	} {
		if one.most == 0 {
			continue
		}
		if one.had+one.more > one.most {
			u.note(one.rule, c.Day, 1)
			if who == "" {
				who = fmt.Sprintf("Plan %q", c.Plan)
			}
			return &Exceeded{Rule: one.rule, Day: one.day, Sentence: sentence(who, one.what, one.had, one.more, one.most, one.day)}
		}
		u.note(one.rule, c.Day, float64(one.had+one.more)/float64(one.most))
	}
	return nil
}

func sentence(who, what string, had, more, most uint64, day bool) string {
	has := "has"
	if who == "You" {
		has = "have"
	}
	if day {
		return fmt.Sprintf("%s %s %d %s of today, and this request has %d: at most %d are accepted on one day of UTC. Send it again tomorrow, or ask whoever keeps the server's credentials file for a larger quota.",
			who, has, had, what, more, most)
	}
	return fmt.Sprintf("%s %s %d %s, and this request has %d: at most %d are accepted. Ask whoever keeps the server's credentials file for a larger quota.", who, has, had, what, more, most)
}

func (u *Usage) note(rule string, day int64, part float64) {
	if was := u.highest[rule]; day > was.day || part > was.part {
		u.highest[rule] = highest{day, part}
	}
}

// Highest is the greatest part of its limits, from 0 to 1, that any caller or plan has used by what it stated last, by what the
// limit is of: "caller-day", "caller", "plan-day" and "plan". Of the
// limits of a day it is that of the last day on which something was stated, and of the others too.
func (u *Usage) Highest() map[string]float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	parts := map[string]float64{}
	for _, rule := range []string{RuleCallerDay, RuleCaller, RulePlanDay, RulePlan} {
		parts[strings.TrimPrefix(rule, "quota-")] = u.highest[rule].part
	}
	return parts
}
