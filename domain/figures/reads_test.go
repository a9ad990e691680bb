package figures_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
)

// passedOver are events that figures do not go by.
var passedOver = []milestone.Event{
	milestone.OwnerChanged{To: "x", Effective: firstDay},
	milestone.ProgressReported{Status: "done", Words: "finished"},
	milestone.ConfidenceAssessed{Scheme: "RAG", Value: "red"},
	milestone.IssueRaised{},
	milestone.IssueClosed{},
	milestone.EvidenceAttached{},
	milestone.DependencyLinked{},
	milestone.DependencyUnlinked{},
	milestone.RecurrenceDefined{},
	milestone.FurtherDateStated{Label: "start"},
	milestone.Sourced{},
	milestone.ReviewRaised{},
	milestone.NotReported{},
	milestone.Amended{},
	funding.Advanced{Stage: funding.Bid},
	measure.Taken{},
}

// TestWhatFiguresDoNotReadChangesNothing: whoever leaves those events out gets the same figures and the same rows.
func TestWhatFiguresDoNotReadChangesNothing(t *testing.T) {
	for _, e := range passedOver {
		if Reads(e) {
			t.Errorf("%s is read", e.EventName())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		h := histories(12).Draw(t, "history")
		at := firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "at"))
		var few, all []milestone.Statement
		for _, s := range h.statements {
			if Reads(s.Event) {
				few = append(few, s)
			}
			all = append(all, s)
			for range rapid.IntRange(0, 2).Draw(t, "others") {
				other := s
				other.AsAt = firstDay.AddDays(rapid.IntRange(0, 60).Draw(t, "day"))
				other.Event = rapid.SampledFrom(passedOver).Draw(t, "other")
				all = append(all, other)
			}
		}
		f, rows := Rows(all, at, h.record())
		got, gotRows := Rows(few, at, h.record())
		if f != got || !cmp.Equal(rows, gotRows, cmp.AllowUnexported(Row{})) {
			t.Fatalf("as at %s\n%s\n%+v\n%+v\nand without the others\n%+v\n%+v", at, h, f, rows, got, gotRows)
		}
	})
}
