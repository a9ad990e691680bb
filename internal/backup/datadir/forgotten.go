package datadir

import (
	"encoding/hex"
	"iter"
	"slices"

	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/codec"
)

// forgetting is what the commits of a ledger tell of names that were forgotten.
type forgetting struct{ ids map[string]bool } // in hexadecimal, as names are kept under them

// hear takes in a commit.
func (f *forgetting) hear(c *eventstore.Commit) {
	for i := range c.Records {
		r := &c.Records[i]
		if r.Plan != plan.OfLedger {
			continue
		}
		e, err := codec.Decode(r.Type, r.Payload)
		if err != nil {
			continue // a server that reads it says so
		}
		epoch, ok := e.OfPlan.(plan.EpochBegun)
		if !ok {
			continue
		}
		if f.ids == nil {
			f.ids = map[string]bool{}
		}
		for _, party := range epoch.Forgotten {
			f.ids[hex.EncodeToString([]byte(party))] = true
		}
	}
}

// without are the values but for the names that were forgotten: whoever took them may have read them before the name was erased.
func (f *forgetting) without(values []backup.Value) []backup.Value {
	return slices.DeleteFunc(slices.Clone(values), func(v backup.Value) bool { return f.ids[v.Key] })
}

// raw are the party ids.
func (f *forgetting) raw() iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range f.ids {
			if raw, err := hex.DecodeString(id); err == nil && !yield(string(raw)) {
				return
			}
		}
	}
}
