package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Limits are how much may be accepted of one caller, or for one plan. Events are those of the ledger, and bytes what they take of
// it. A day is one of UTC, by the clock of the ledger. Where a limit is 0 there is none.
type Limits struct {
	EventsADay, BytesADay uint64
	Events, Bytes         uint64 // since the ledger began
}

// The limits of who has no others: an office that states every milestone of a hundred plans anew on one day stays below
// them.
var (
	defaultOfCaller = Limits{EventsADay: 1_000_000, BytesADay: 512 << 20, Events: 10_000_000, Bytes: 8 << 30}
	defaultOfPlan   = Limits{EventsADay: 250_000, BytesADay: 256 << 20, Events: 2_500_000, Bytes: 2 << 30}
)

// Quotas are the limits that a credentials file sets. Of nil there are none.
type Quotas struct {
	caller, plan Limits
	plans        map[string]Limits
}

// OfPlan are the limits of a plan.
func (q *Quotas) OfPlan(id string) Limits {
	if q == nil {
		return Limits{}
	}
	if l, ok := q.plans[id]; ok {
		return l
	}
	return q.plan
}

// Quotas are the limits of the file.
func (c *Credentials) Quotas() *Quotas { return c.quotas }

// The limits of a credentials file stand under "quotas", and those of one entry under its "quota":
//
//	"quotas": {
//	  "caller": {"events_a_day": 50000, "bytes_a_day": 104857600},    of each caller
//	  "plan": {"events": "none"},                                     of each plan
//	  "plans": {"hub": {"events_a_day": 1000000}}                     of this one
//	},
//	"tokens": [{"quota": {"events_a_day": 500000}, ...}]
//
// What is left out is as usual or, of a plan under "plans" and of an entry, as it is for all. "none" is no limit.
type quotasFile struct {
	Caller json.RawMessage            `json:"caller"`
	Plan   json.RawMessage            `json:"plan"`
	Plans  map[string]json.RawMessage `json:"plans"`
}

type limitsFile struct {
	EventsADay *limit `json:"events_a_day"`
	BytesADay  *limit `json:"bytes_a_day"`
	Events     *limit `json:"events"`
	Bytes      *limit `json:"bytes"`
}

// limit is a whole number from 1, or "none".
type limit uint64

// UnmarshalJSON reads a limit.
func (l *limit) UnmarshalJSON(data []byte) error {
	if string(data) == `"none"` {
		*l = 0
		return nil
	}
	var n uint64
	if err := json.Unmarshal(data, &n); err != nil || n == 0 {
		return fmt.Errorf(`%s is not a limit: write a whole number from 1, or "none"`, data)
	}
	*l = limit(n)
	return nil
}

// readQuotas reads what stands under "quotas"; nothing is the usual limits.
func readQuotas(raw json.RawMessage) (*Quotas, error) {
	q := &Quotas{caller: defaultOfCaller, plan: defaultOfPlan, plans: map[string]Limits{}}
	if raw == nil {
		return q, nil
	}
	var f quotasFile
	if err := strictly(raw, &f, 2); err != nil {
		return nil, err
	}
	var errs []error
	read := func(where string, raw json.RawMessage, usual Limits) Limits {
		l, err := readLimits(raw, usual)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
		return l
	}
	q.caller = read("caller", f.Caller, q.caller)
	q.plan = read("plan", f.Plan, q.plan)
	for _, id := range slices.Sorted(maps.Keys(f.Plans)) {
		q.plans[id] = read(fmt.Sprintf("plans: %q", id), f.Plans[id], q.plan)
	}
	return q, errors.Join(errs...)
}

// readLimits reads limits, those that are left out as usual.
func readLimits(raw json.RawMessage, usual Limits) (Limits, error) {
	if raw == nil {
		return usual, nil
	}
	if bytes.Equal(raw, []byte("null")) {
		return usual, errors.New("null is not limits: leave them out")
	}
	var f limitsFile
	if err := strictly(raw, &f, 1); err != nil {
		return usual, err
	}
	for _, one := range []struct {
		from *limit
		to   *uint64
	}{{f.EventsADay, &usual.EventsADay}, {f.BytesADay, &usual.BytesADay}, {f.Events, &usual.Events}, {f.Bytes, &usual.Bytes}} {
		if one.from != nil {
			*one.to = uint64(*one.from)
		}
	}
	return usual, nil
}
