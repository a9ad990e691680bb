package plan

import (
	"errors"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/milestone"
)

// Two persons forget a name: whoever asks and whoever confirms differ in both who they are and who answers for them.
func TestTwoPersonsForget(t *testing.T) {
	told := func(s State, events []Event) State {
		for i, e := range events {
			s = Evolve(s, Statement{Position: uint64(i + 1), Event: e})
		}
		return s
	}
	ann, bob := Facts{Actor: "feed", Person: "ann"}, Facts{Actor: "office", Person: "bob"}
	asked, err := Decide(State{}, AskToForget{Party: "ada", Reason: "why"}, ann)
	if err != nil {
		t.Fatal(err)
	}
	s := told(State{}, asked)
	merged := told(s, []Event{PartiesMerged{Kept: "ann", Merged: []milestone.Party{"anne"}}})
	for _, tt := range []struct {
		what string
		s    State
		cmd  Command
		f    Facts
		rule string // empty: it is accepted
		adds int
	}{
		{"another person confirms", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, bob, "", 1},
		{"the same one", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, ann, RuleForgetAlone, 0},
		{"the same actor of another person", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "feed", Person: "bob"}, RuleForgetAlone, 0},
		{"another actor of the same person", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "office", Person: "ann"}, RuleForgetAlone, 0},
		{"the person as an actor", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "ann", Person: "bob"}, RuleForgetAlone, 0},
		{"the same person under a name that was merged", merged, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "office", Person: "anne"}, RuleForgetAlone, 0},
		{"nobody known", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "office"}, baseline.RulePersonMissing, 0},
		{"a server that knows nobody", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "local:x", Local: true}, baseline.RuleSingleUser, 0},
		{"the one person of a server", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}, Reason: "why"}, Facts{Actor: "feed", Person: "ann", Local: true, SingleUser: true}, "", 1},
		{"nobody asked", s, BeginEpoch{Forgotten: []milestone.Party{"ben"}, Reason: "why"}, bob, RuleForgetNotAsked, 0},
		{"no reason", s, BeginEpoch{Forgotten: []milestone.Party{"ada"}}, bob, RuleForgetReason, 0},
		{"asked again", s, AskToForget{Party: "ada", Reason: "why"}, bob, "", 0},
		{"asked without a person", s, AskToForget{Party: "ben", Reason: "why"}, Facts{Actor: "office"}, baseline.RulePersonMissing, 0},
		{"a key without anybody", s, BeginEpoch{RetiresRequestKey: true, Reason: "why"}, Facts{Actor: "office"}, "", 1},
		{"complete without a beginning", s, CompleteEpoch{Key: [16]byte{1}}, bob, "", 0},
	} {
		events, err := Decide(tt.s, tt.cmd, tt.f)
		rule := ""
		var one *domain.Refusal
		if errors.As(err, &one) {
			rule = one.Rule
		}
		if rule != tt.rule || len(events) != tt.adds {
			t.Errorf("%s: %v, %v", tt.what, events, err)
		}
	}
}

// The last epoch is the one that counts, a party stays forgotten, and a key is retired at the position of what completes it.
func TestEpochsAreTold(t *testing.T) {
	one, two := [16]byte{1}, [16]byte{2}
	var s State
	tell := func(position uint64, e Event) { s = Evolve(s, Statement{Position: position, Event: e}) }
	tell(1, ToBeForgotten{Party: "ada", Actor: "feed"})
	before := s
	tell(2, EpochBegun{Key: one, Forgotten: []milestone.Party{"ada"}})
	if e := s.Epoch(); !e.Begun || e.Complete || e.Key != one || !s.Forgotten("ada") {
		t.Errorf("%+v", e)
	}
	if _, waits := s.ToForget("ada"); waits || before.Forgotten("ada") {
		t.Error("it is still asked for, or an older state has changed")
	}
	tell(3, EpochComplete{Key: two})
	if s.Epoch().Complete {
		t.Error("another key's end completes it")
	}
	tell(4, EpochComplete{Key: one})
	tell(5, EpochBegun{Key: two, RetiresRequestKey: true})
	if s.RequestKeyRetired() != 0 || s.Epoch().Complete {
		t.Error("what was begun is taken for complete")
	}
	tell(6, EpochComplete{Key: two})
	if s.RequestKeyRetired() != 6 || !s.Epoch().Complete || !s.Forgotten("ada") {
		t.Errorf("retired at %d, %+v", s.RequestKeyRetired(), s.Epoch())
	}
}
