package headings

import (
	"testing"

	"milepost.dev/domain/civil"
)

func TestDated(t *testing.T) {
	for _, c := range []struct {
		text string
		want Field // Unread where it is no date
		says bool  // it says which version it is
	}{
		{"Forecast (Jan)", Date, true},
		{"Forecast Apr 2017", Date, true},
		{"Forecast date - 31/03/2017", Date, true},
		{"Q2 return", Date, true},
		{"Jan-17 forecast", Date, true},
		{"Due date 2", Date, true},
		{"Revised end", Finish, false},
		{"New date", Date, false},
		{"Revised target 2", Date, true},
		{"Original target", Further, false},
		{"Original due date", Further, false},
		{"Actual finish", Actual, false},
		{"Actual start", Further, false},
		{"Baseline finish", Further, false},
		{"Latest update", Unread, false},
		{"Return on investment", Unread, false},
		{"Step 2", Unread, false},
		{"Revised scope", Unread, false},
	} {
		f, v, ok := Dated(c.text)
		if !ok {
			f = Unread
		}
		if exact, is := Exact(Key(c.text)); is {
			f = exact
		}
		if f != c.want || (v != Version{}) != c.says {
			t.Errorf("%q is of %q, and its version is %v", c.text, f, v)
		}
	}
}

func TestNewest(t *testing.T) {
	for _, c := range []struct {
		headings []string
		want     int // -1: nobody can tell
	}{
		{[]string{"Forecast (Jan)", "Forecast (Apr)", "Forecast (Jul)"}, 2},
		{[]string{"Forecast (Oct)", "Forecast (Jan)"}, 1},
		{[]string{"Forecast (Jul)", "Forecast (Apr)", "Forecast (Jan)"}, 0},
		{[]string{"Q3 return", "Q4 return", "Q1 return"}, 2},
		{[]string{"Q3 return", "Q2 return", "Q1 return"}, 0},
		{[]string{"Forecast (Jan 2018)", "Forecast (Oct 2017)", "Forecast (Apr 2018)"}, 2},
		{[]string{"Forecast 1", "Forecast 3", "Forecast 2"}, 1},
		{[]string{"Forecast 31/01/2018", "Forecast 30/04/2017"}, 0},
		{[]string{"Forecast (Jan)", "Forecast (Apr)", "Forecast (Feb)"}, -1},
		{[]string{"Forecast (Jan)", "Forecast 2"}, -1},
		{[]string{"Forecast", "Forecast (Jan)"}, -1},
		{[]string{"Forecast (Jan)", "Forecast (Jan)"}, -1},
		{nil, -1},
	} {
		var versions []Version
		for _, h := range c.headings {
			_, v, _ := Dated(h)
			versions = append(versions, v)
		}
		got, ok := Newest(versions)
		if !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("of %q the newest is %d, want %d", c.headings, got, c.want)
		}
	}
}

func TestAsAt(t *testing.T) {
	for _, c := range []struct{ heading, dated, want string }{
		{"Forecast (Jan)", "2018-04-30", "2018-01-31"},
		{"Forecast (Apr)", "2018-04-12", "2018-04-12"},
		{"Forecast (Oct)", "2018-04-30", "2017-10-31"},
		{"Forecast (Oct 2016)", "", "2016-10-31"},
		{"Forecast 31/01/2018", "2018-04-30", "2018-01-31"},
		{"Q1 return", "2018-04-30", ""},
		{"Forecast (Jan)", "", ""},
	} {
		var dated civil.Date
		if c.dated != "" {
			var err error
			if dated, err = civil.Parse(c.dated); err != nil {
				t.Fatal(err)
			}
		}
		_, v, _ := Dated(c.heading)
		if got := v.AsAt(dated).String(); got != c.want {
			t.Errorf("%q in a document of %q speaks for %q, want %q", c.heading, c.dated, got, c.want)
		}
	}
}
