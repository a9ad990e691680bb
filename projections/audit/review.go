package audit

import (
	"strings"

	"milepost.dev/domain/milestone"
)

// reviewed adds what was put to a person, and what was made of it. What follows from the words in force is told
// once it is settled: until then the words themselves say it.
func reviewed(v map[string]string, s milestone.State) {
	known := s.Known()
	for _, r := range known.Raised {
		v["review "+r.Item] = told("open: "+r.Text, r.Reason+" of "+r.Field, r.Says)
		v["review "+r.Item+" proposed"] = r.Proposed
	}
	for _, i := range s.Items() {
		if i.Settled != 0 {
			v["review "+i.Item] = told(i.Outcome.String()+": "+i.Text, i.Value, strings.Join(i.Into, " and "))
		}
	}
}

func told(first string, more ...string) string {
	for _, m := range more {
		if m != "" {
			first += "; " + m
		}
	}
	return first
}
