package lead

import (
	"context"
	"testing"
	"time"
)

// trial is an election whose clock the test sets, and whose answers it gives.
type trial struct {
	*Election
	now              time.Duration
	answers, reaches bool
	paused           bool // whoever is asked takes the question and answers nothing
}

func newTrial() *trial {
	tr := &trial{reaches: true}
	tr.Election = NewElection(ElectionConfig{
		Elapsed: func() time.Duration { return tr.now },
		Chance:  func(most time.Duration) time.Duration { return most / 2 },
		Answers: func(ctx context.Context) bool {
			if tr.paused {
				<-ctx.Done()
			}
			return tr.answers && ctx.Err() == nil
		},
		Reaches: func(ctx context.Context) bool { return tr.reaches && ctx.Err() == nil },
	})
	return tr
}

// after lets time pass, and answers whether it is this process's turn then.
func (tr *trial) after(d time.Duration) bool {
	tr.now += d
	tr.look(context.Background())
	may, _ := tr.May()
	return may
}

// took is after so many take-overs of its own, the last of which was lost.
func (tr *trial) took(times int) *trial {
	tr.after(time.Minute)
	for range times {
		tr.Took()
	}
	tr.Lost()
	return tr
}

func TestAnElection(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*trial) bool
		want bool
	}{
		{"a writer that was heard just now", func(tr *trial) bool { tr.after(3 * time.Second); tr.Heard(1, false); return tr.after(3 * time.Second) }, false},
		{"a silent writer", func(tr *trial) bool { tr.Heard(1, false); return tr.after(4 * time.Second) }, true},
		{"one that is not silent for long enough", func(tr *trial) bool { tr.Heard(1, false); return tr.after(3900 * time.Millisecond) }, false},
		{"one that answers elsewhere", func(tr *trial) bool { tr.answers = true; return tr.after(5 * time.Second) }, false},
		{"one that is paused", func(tr *trial) bool { tr.paused = true; return tr.after(4 * time.Second) }, true},
		{"a store that cannot be reached", func(tr *trial) bool { tr.reaches = false; return tr.after(time.Minute) }, false},
		{"and can again", func(tr *trial) bool {
			tr.reaches = false
			tr.after(time.Minute)
			tr.reaches = true
			return tr.after(time.Millisecond)
		}, true},
		{"one that leaves", func(tr *trial) bool { tr.Heard(1, true); return tr.after(200 * time.Millisecond) }, true},
		{"one that was replaced", func(tr *trial) bool {
			tr.Read(2)
			tr.after(3 * time.Second)
			tr.Heard(1, false)
			return tr.after(time.Second)
		}, true},
		{"a higher term while it writes", func(tr *trial) bool { tr.after(time.Minute); tr.Heard(7, false); may, _ := tr.May(); return may }, false},
		{"its own take-over while it writes", func(tr *trial) bool { tr.after(time.Minute); tr.Read(7); tr.Took(); may, _ := tr.May(); return may }, true},
		{"another took over while this one was about to", func(tr *trial) bool {
			tr.after(time.Minute)
			tr.Read(7)
			return tr.Overtaken()
		}, true},
		{"nobody took over meanwhile", func(tr *trial) bool { tr.Read(7); tr.after(time.Minute); return tr.Overtaken() }, false},
		{"right after it lost", func(tr *trial) bool { tr.after(time.Minute); tr.Lost(); return tr.after(3 * time.Second) }, false},
		{"as patient as before after two take-overs", func(tr *trial) bool { return tr.took(2).after(4 * time.Second) }, true},
		{"twice as patient after three", func(tr *trial) bool { return tr.took(3).after(6900 * time.Millisecond) }, false},
		{"and no more", func(tr *trial) bool { return tr.took(3).after(7 * time.Second) }, true},
		{"as patient as before when that is long ago", func(tr *trial) bool {
			tr.took(9)
			tr.now += 6 * time.Minute
			tr.Lost()
			return tr.after(4 * time.Second)
		}, true},
		{"never more than a minute and a bit", func(tr *trial) bool { return tr.took(20).after(61 * time.Second) }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.do(newTrial()); got != tt.want {
				t.Errorf("it is this process's turn: %v", got)
			}
		})
	}
}

// Whoever waits for a change is woken by it.
func TestAnElectionTells(t *testing.T) {
	tr := newTrial()
	_, changed := tr.May()
	tr.after(time.Minute)
	<-changed
	_, changed = tr.May()
	tr.Lost()
	<-changed
}

// The two questions before a take-over are asked at once: a writer that is paused takes one and answers nothing until its time is over.
func TestBothQuestionsAreAskedAtOnce(t *testing.T) {
	asked := make(chan struct{})
	now := time.Duration(0)
	e := NewElection(ElectionConfig{
		Elapsed: func() time.Duration { return now },
		Chance:  func(time.Duration) time.Duration { return 0 },
		Answers: func(ctx context.Context) bool {
			select {
			case <-asked:
				return true
			case <-ctx.Done():
				return false
			}
		},
		Reaches: func(context.Context) bool { close(asked); return true },
	})
	now = time.Minute
	e.look(t.Context())
	if may, _ := e.May(); may {
		t.Error("the writer would have answered, had the other question not been waited for first")
	}
}
