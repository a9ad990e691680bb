package milestone_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

var historyBegins, _ = civil.Parse("2017-01-02")

// anything is an event that changes something of a state, some of it for good and some of it until the next one.
func anything(t *rapid.T) Event {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return Amended{Attributes: []Attribute{{Name: pick("name", "risk", "board", "tier"), Value: pick("value", "low", "high")}}}
	case 1:
		return OwnerChanged{To: Party(pick("owner", "ann", "bob"))}
	case 2:
		return ProgressReported{Status: pick("status", "on track", "late", "")}
	case 3:
		return IssueRaised{Issue: pick("issue", "I1", "I2", "I3")}
	case 4:
		return NotReported{}
	default:
		d, err := period.ReadISO(pick("date", "2017-03", "2017-06-30", "2017", "2018-01-15"))
		if err != nil {
			d = period.Keep("TBC")
		}
		return Slipped{Delivery: d}
	}
}

// TestHistoryIsTheFoldOfAllStatements: whatever was told in whatever order, a history says of every day what a fold from
// the first statement says, and goes on saying it when it was extended.
func TestHistoryIsTheFoldOfAllStatements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var told List
		histories := []*History{{}}
		day, most := 0, rapid.IntRange(1, 400).Draw(t, "statements")
		late := rapid.IntRange(0, 9).Draw(t, "late of ten")
		for len(told) < most {
			for range rapid.IntRange(1, 60).Draw(t, "together") {
				asAt := day
				if rapid.IntRange(0, 9).Draw(t, "is late") < late {
					asAt = rapid.IntRange(0, day).Draw(t, "day")
				} else {
					day += rapid.IntRange(0, 2).Draw(t, "days")
					asAt = day
				}
				told = append(told, Statement{Position: uint64(len(told) + 1), AsAt: historyBegins.AddDays(asAt), Event: anything(t)})
			}
			histories = append(histories, histories[len(histories)-1].Extend(len(told), told))
		}
		for _, h := range histories {
			known := told[:h.Len()]
			if want := FoldAsAt(known, civil.Last); !reflect.DeepEqual(*h.Newest(), want) {
				t.Fatalf("of %d statements the newest is\n%+v\nand not\n%+v", h.Len(), *h.Newest(), want)
			}
			for range 5 {
				on := historyBegins.AddDays(rapid.IntRange(-1, day+1).Draw(t, "asked"))
				if got, want := h.At(on, told), FoldAsAt(known, on); !reflect.DeepEqual(got, want) {
					t.Fatalf("of %d statements on %s it is\n%+v\nand not\n%+v", h.Len(), on, got, want)
				}
			}
		}
	})
}
