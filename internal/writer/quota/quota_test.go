package quota_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/writer/quota"
)

// Whatever is accepted, made durable or dropped, in whatever order, and whenever the server starts anew: of nobody, and for no plan, is
// more accepted than may be, on a day and in all; and nothing is refused for which there was room.
func TestNobodyIsBeyondALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) access.Limits {
			most := rapid.Uint64Range(0, 30)
			return access.Limits{EventsADay: most.Draw(t, name+" a day"), Events: 2 * most.Draw(t, name)}
		}
		caller, plan := draw("caller"), draw("plan")
		u := quota.New()
		var ledger []*eventstore.Commit
		var pending []quota.Charge
		day := int64(20_000)
		type of struct {
			who string
			day int64
		}
		had, all := map[of]uint64{}, map[string]uint64{} // pending ones too
		add := func(c quota.Charge, sign int) {
			for _, who := range []string{"c" + c.Actor, "p" + c.Plan} {
				had[of{who, c.Day}] += uint64(sign) * c.Events
				all[who] += uint64(sign) * c.Events
			}
		}
		settle := func() {
			c := &eventstore.Commit{Number: uint64(len(ledger) + 1)}
			for _, p := range pending {
				e := eventstore.Entry{Actor: p.Actor, Request: "r", RecordedAt: p.Day * 86_400_000_000}
				for range p.Events {
					e.Records = append(e.Records, eventstore.Record{Plan: p.Plan, Bytes: make([]byte, 10)})
				}
				c.Entries = append(c.Entries, e)
			}
			ledger = append(ledger, c)
			u.Commit(c)
			u.Give(pending)
			pending = nil
		}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				day++
			case 1:
				settle()
			case 2: // an append that failed
				for _, p := range pending {
					add(p, -1)
				}
				u.Give(pending)
				pending = nil
			case 3: // a restart
				settle()
				u = quota.New()
				for range 2 { // read again from the beginning
					for _, c := range ledger {
						u.Commit(c)
					}
				}
			default:
				c := quota.Charge{
					Actor: fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "actor")), Plan: fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "plan")),
					Day: day, Events: rapid.Uint64Range(0, 5).Draw(t, "events"),
				}
				room := true
				for who, l := range map[string]access.Limits{"c" + c.Actor: caller, "p" + c.Plan: plan} {
					room = room && (l.EventsADay == 0 || had[of{who, day}]+c.Events <= l.EventsADay) && (l.Events == 0 || all[who]+c.Events <= l.Events)
				}
				err := u.Take(c, caller, plan)
				if (err == nil) != room {
					t.Fatalf("%+v of %v and %v, with room: %t, is answered %v", c, had, all, room, err)
				}
				if exceeded, ok := errors.AsType[*quota.Exceeded](err); err != nil && (!ok || exceeded.Rule == "" || len(exceeded.Sentence) < 60) {
					t.Fatalf("%#v", err)
				}
				if err == nil {
					pending = append(pending, c)
					add(c, 1)
				}
			}
		}
	})
}
