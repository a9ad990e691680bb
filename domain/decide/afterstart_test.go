package decide

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// inRequests is a plan whose statements came several to a request.
type inRequests struct {
	known
	began []uint64 // of each position, from 1 on
}

func (w inRequests) Began(position uint64) uint64 {
	if position == 0 || position > uint64(len(w.began)) {
		return position
	}
	return w.began[position-1]
}

// A date that comes after the start of a milestone neither restates its start nor makes a restated one of what was stated before: who
// leaves such dates out is told of each restated start all the same (R2).
func TestADateAfterTheStartRestatesNone(t *testing.T) {
	left, asked := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		day := func(name string) civil.Date {
			return spectext.Day("2017-03-01").AddDays(rapid.IntRange(0, 9).Draw(t, name))
		}
		event := func() milestone.Event {
			due := spectext.Reading(fmt.Sprintf("2018-%02d-01", rapid.IntRange(1, 6).Draw(t, "due")))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				return milestone.Achieved{Actual: due}
			case 1:
				return milestone.Reopened{}
			case 2:
				return milestone.ForecastGiven{Delivery: spectext.Reading("TBC")}
			case 3:
				return milestone.ForecastGiven{Delivery: spectext.Reading("March or May 2018")}
			case 4:
				return milestone.ReviewSettled{Item: milestone.FieldDelivery + ":1", Outcome: milestone.Corrected, Text: "March or May 2018", Value: due.Text}
			}
			return milestone.Slipped{Delivery: due}
		}
		statements := []milestone.Statement{{Position: 1, AsAt: day("added"), Event: milestone.Added{Ref: "A"}}}
		began := []uint64{1}
		for i := range rapid.IntRange(1, 12).Draw(t, "statements") {
			position := uint64(i + 2)
			statements = append(statements, milestone.Statement{Position: position, AsAt: day("as at"), By: uint32(rapid.IntRange(0, 1).Draw(t, "by")), Event: event()})
			from := position
			if rapid.IntRange(0, 2).Draw(t, "together") == 0 {
				from = began[len(began)-1]
			}
			began = append(began, from)
		}
		world := inRequests{known{"A": statements}, began}
		d := decision{world: world, facts: Facts{AsAt: day("day")}}
		next := milestone.Statement{
			Position: uint64(len(statements) + 1), AsAt: d.facts.AsAt, By: uint32(rapid.IntRange(0, 1).Draw(t, "by")),
			Event: milestone.Slipped{Delivery: spectext.Reading(fmt.Sprintf("2018-%02d-01", rapid.IntRange(1, 6).Draw(t, "due")))},
		}
		world.began = append(world.began, rapid.SampledFrom([]uint64{next.Position, began[len(began)-1]}).Draw(t, "request"))
		record := figures.Record{Speaker: func(by uint32) uint32 { return by }, Began: world.Began}
		before := figures.Of(statements, civil.Last, record).StartRestated
		after := figures.Of(append(statements[:len(statements):len(statements)], next), civil.Last, record).StartRestated
		asked++
		if !d.afterStart(told{"A", statements}) {
			return
		}
		left++
		if before != after {
			t.Fatalf("%v, and then %v, restate a start: %v, and then %v", statements, next, before, after)
		}
	})
	if left < asked/10 {
		t.Errorf("of %d dates %d were left out", asked, left)
	}
}
