package demo

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReturnsAreTheSameForASeed(t *testing.T) {
	if diff := cmp.Diff(Returns(Seed), Returns(Seed)); diff != "" {
		t.Error(diff)
	}
	if bytes.Equal(Returns(Seed)[11].CSV, Returns(Seed + 1)[11].CSV) {
		t.Error("another seed gives the same returns")
	}
}

// The year shows everything that a return can say.
func TestTheYearHasEverything(t *testing.T) {
	returns := Returns(Seed)
	if len(returns) != months || returns[0].AsAt != "2024-04-30" || returns[11].AsAt != "2025-03-31" {
		t.Fatalf("there are %d returns, from %s", len(returns), returns[0].AsAt)
	}
	seen := map[string]int{}
	last := map[string][]string{}
	for _, r := range returns {
		rows, err := csv.NewReader(bytes.NewReader(r.CSV)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 61 {
			t.Fatalf("%s has %d rows, want a header and 60", r.AsAt, len(rows))
		}
		for _, row := range rows[1:] {
			ref, owner, date, actual := row[1], row[4], row[5], row[6]
			due, dated := lastDay(date)
			if was := last[ref]; was != nil {
				before, wasDated := lastDay(was[5])
				switch {
				case dated && wasDated && due.After(before):
					seen["slip"]++
				case dated && wasDated && due.Before(before):
					seen["recovery"]++
				case dated && wasDated && date != was[5]:
					seen["said more precisely"]++
				case !dated && date != was[5]:
					seen["to be confirmed"] += strings.Count(date, "TBC")
					seen["words"] += 1 - strings.Count(date, "TBC")
				}
				if owner != was[4] {
					seen["owner"]++
				}
				if actual != was[6] {
					seen["achieved"]++
				}
			}
			if actual > r.AsAt {
				t.Errorf("%s: %s was achieved on %s", r.AsAt, ref, actual)
			}
			last[ref] = row
		}
	}
	t.Log(seen)
	for what, least := range map[string]int{
		"slip": 25, "recovery": 5, "said more precisely": 3, "to be confirmed": 3, "words": 1, "owner": 3, "achieved": 15,
	} {
		if seen[what] < least {
			t.Errorf("%s: %d times in the year, want %d", what, seen[what], least)
		}
	}
}
