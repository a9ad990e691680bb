package decide

import (
	"testing"

	"milepost.dev/domain/milestone"
)

func TestForWhomSomebodyMaySpeak(t *testing.T) {
	names := func(known ...string) func(string) bool {
		return func(party string) bool {
			for _, k := range known {
				if k == party {
					return true
				}
			}
			return false
		}
	}
	for _, c := range []struct {
		why  string
		s    Speaking
		want bool
	}{
		{"nobody else", Speaking{Actor: "ann"}, true},
		{"one's own organisation", Speaking{For: "estates", Actor: "ann", Organisation: "estates"}, true},
		{"oneself", Speaking{For: "ann", Actor: "ann"}, true},
		{"the person who answers for it", Speaking{For: "Ann", Actor: "feed", Person: "Ann"}, true},
		{"another office", Speaking{For: "ccgs", Actor: "ann", Organisation: "estates"}, false},
		{"another office, without an organisation", Speaking{For: "ccgs", Actor: "ann"}, false},
		{"one that the credentials name", Speaking{For: "ccgs", Actor: "ann", May: names("ccgs")}, true},
		{"one that they do not name", Speaking{For: "board", Actor: "ann", May: names("ccgs")}, false},
		{"one that turned out to be one's own", Speaking{For: "estate", Actor: "ann", Organisation: "estates", Kept: func(p string) string {
			if p == "estate" {
				return "estates"
			}
			return p
		}}, true},
		{"where nobody knows who calls", Speaking{For: "ccgs", Actor: "local:ann", Anybody: true}, true},
	} {
		if err := c.s.Check("The party"); (err == nil) != c.want {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestWhatAReporterIsNarrowedTo(t *testing.T) {
	same := func(p milestone.Party) milestone.Party { return p }
	estates := milestone.State{Workstream: "Estates & IT", Owner: "ann", Attributes: []milestone.Attribute{{Name: "Scheme", Value: "Phase 2"}}}
	for _, c := range []struct {
		why  string
		w    Within
		want bool
	}{
		{"its workstream, written otherwise", Within{Workstreams: []string{"Digital", "ESTATES  & IT"}}, true},
		{"another workstream", Within{Workstreams: []string{"Digital"}}, false},
		{"its scheme", Within{Components: []string{"phase 2"}}, true},
		{"its workstream as a component", Within{Components: []string{"Estates & IT"}}, true},
		{"another component", Within{Components: []string{"Phase 1"}}, false},
		{"its owner", Within{Owners: []milestone.Party{"ann"}}, true},
		{"another owner", Within{Owners: []milestone.Party{"bob"}}, false},
		{"its workstream, and another owner", Within{Workstreams: []string{"Estates & IT"}, Owners: []milestone.Party{"bob"}}, false},
	} {
		if got := c.w.Holds(&estates, same); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
	if nobody := (&Within{Owners: []milestone.Party{"ann"}}); nobody.Holds(&milestone.State{}, same) {
		t.Error("a milestone without an owner is somebody's")
	}
}
