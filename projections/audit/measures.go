package audit

import (
	"encoding/hex"
	"strconv"

	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// measures adds what is measured: what it is, what it is to come to by when, and what it was.
func measures(v map[string]string, all []measure.Measure) {
	for _, m := range all {
		name := "measure " + m.Measure
		v[name] = told(m.Kind.String()+": "+m.Words, m.Unit, m.Scale, m.Component)
		for _, t := range m.Targets {
			v[name+" by "+t.By.Text] = t.Value
		}
		for _, value := range m.Values {
			v[name+" on "+value.Day.String()] = told(value.Value, value.Words)
		}
	}
}

// furtherDates adds the dates that are no delivery dates.
func furtherDates(v map[string]string, all []milestone.FurtherDate) {
	for _, d := range all {
		v["date of "+d.Label] = d.Date.Text
	}
}

// parts adds what a plan consists of, and what was read into it.
func parts(v map[string]string, s plan.State) {
	for _, c := range s.Components {
		name := c.Kind.String() + " " + c.Name
		v[name] = "in the plan"
		v[name+" within"], v[name+" deadline"] = c.Within, c.Deadline.Text
		if c.SlipDays() != 0 {
			v[name+" deadline days from the first"] = strconv.Itoa(c.SlipDays())
		}
	}
	for _, d := range s.Documents {
		v["document sha256:"+hex.EncodeToString(d.SHA256[:])] = told(d.Document, d.Mapping)
	}
	measures(v, s.Measures)
}
