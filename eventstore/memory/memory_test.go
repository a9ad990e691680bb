package memory_test

import (
	"errors"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
)

func TestLog(t *testing.T) {
	eventstoretest.Run(t, func(*testing.T) eventstore.Log { return memory.New() })
}

func TestKept(t *testing.T) {
	eventstoretest.RunKept(t, func(*testing.T) eventstore.Kept { return memory.NewKept() })
	eventstoretest.RunRevised(t, func(*testing.T) eventstore.Revised { return memory.NewKept() })
}

// TestOutcomes holds each way to fail against what the writer makes of it.
func TestOutcomes(t *testing.T) {
	for _, outcome := range []memory.Outcome{
		memory.LoseRequest, memory.LoseAnswer, memory.Delay, memory.ConflictStored, memory.Conflict,
	} {
		log := memory.New()
		l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), func(*eventstore.Commit) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		failed := false
		log.OnAppend = func(uint64, []byte) memory.Outcome {
			if failed {
				return memory.Deliver
			}
			failed = true
			return outcome
		}
		if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request("r", "p", "x")}); !errors.Is(err, eventstore.ErrUnknown) {
			t.Errorf("outcome %d: %v", outcome, err)
		}
		commit, err := l.Resolve(t.Context())
		if err != nil || commit.Number != 2 || len(log.Messages()) != 2 {
			t.Errorf("outcome %d: %v, and %d commits are stored", outcome, err, len(log.Messages()))
		}
	}
}
