package period

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

func day(t testing.TB, iso string) civil.Date {
	t.Helper()
	if iso == "" {
		return 0
	}
	d, err := civil.Parse(iso)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReadISO(t *testing.T) {
	for _, c := range []struct{ text, start, end, edtf string }{
		{"2017-03-31", "2017-03-31", "2017-03-31", "2017-03-31"},
		{"2017-03", "2017-03-01", "2017-03-31", "2017-03"},
		{"2016-02", "2016-02-01", "2016-02-29", "2016-02"},
		{"2017-Q1", "2017-01-01", "2017-03-31", "2017-01/2017-03"},
		{"2017-q4", "2017-10-01", "2017-12-31", "2017-10/2017-12"},
		{"2017", "2017-01-01", "2017-12-31", "2017"},
		{"  2017-03\t", "2017-03-01", "2017-03-31", "2017-03"},
		{"9999", "9999-01-01", "9999-12-31", "9999"},
		{"0001", "0001-01-01", "0001-12-31", "0001"},
	} {
		d, err := ReadISO(c.text)
		if err != nil {
			t.Errorf("ReadISO(%q): %v", c.text, err)
			continue
		}
		want := []Reading{{Kind: In, Start: day(t, c.start), End: day(t, c.end), Due: day(t, c.end)}}
		if d.Text != c.text || !slices.Equal(d.Readings, want) || d.Review != nil {
			t.Errorf("ReadISO(%q) = %+v", c.text, d)
		}
		if d.EDTF() != c.edtf {
			t.Errorf("%q is written %q, want %q", c.text, d.EDTF(), c.edtf)
		}
		if d.Due() != day(t, c.end) || d.Start() != day(t, c.start) || d.End() != day(t, c.end) || d.IsUnread() || d.IsNotYetKnown() || d.IsZero() {
			t.Errorf("ReadISO(%q) says otherwise of itself", c.text)
		}
	}
}

func TestReadISONotYetKnown(t *testing.T) {
	for _, text := range []string{"TBC", "tbd", " Tbc ", "to be confirmed", "To Be Determined", "TO BE AGREED"} {
		d, err := ReadISO(text)
		if err != nil || !d.IsNotYetKnown() || d.IsUnread() || d.IsZero() || d.Due() != 0 || d.Text != text || d.EDTF() != "" {
			t.Errorf("ReadISO(%q) = %+v, %v", text, d, err)
		}
	}
}

func TestReadISORefuses(t *testing.T) {
	for text, rule := range map[string]string{
		"":                               civil.RuleNotISO,
		" ":                              civil.RuleNotISO,
		"January 45 2014":                civil.RuleNotISO,
		"mid 2019":                       civil.RuleNotISO,
		"201":                            civil.RuleNotISO,
		"20170":                          civil.RuleNotISO,
		"2017-3":                         civil.RuleNotISO,
		"2017-Qx":                        civil.RuleNotISO,
		"2017-xx":                        civil.RuleNotISO,
		"2017-03-xx":                     civil.RuleNotISO,
		"2017/03/31":                     civil.RuleNotISO,
		"2017-03/31":                     civil.RuleNotISO,
		"2017-03?":                       civil.RuleNotISO,
		"tbx":                            civil.RuleNotISO,
		"2019-09-38":                     civil.RuleImpossible,
		"2017-02-30":                     civil.RuleImpossible,
		"2017-03-00":                     civil.RuleImpossible,
		"2017-13":                        civil.RuleImpossible,
		"2017-00":                        civil.RuleImpossible,
		"2017-Q5":                        civil.RuleImpossible,
		"2017-Q0":                        civil.RuleImpossible,
		"0000":                           civil.RuleImpossible,
		strings.Repeat("2", MaxText+1):   RuleTooLong,
		strings.Repeat(" ", 999) + "TBC": RuleTooLong,
	} {
		var r *domain.Refusal
		d, err := ReadISO(text)
		if !errors.As(err, &r) || r.Rule != rule || r.Class != domain.Invalid || r.Field != "" || !d.IsZero() {
			t.Errorf("ReadISO(%.40q) = %+v, %v, want rule %s", text, d, err, rule)
		}
	}
}

// A day is read the same as it is made, whichever it is.
func TestOfDay(t *testing.T) {
	for day := civil.Date(1); day <= civil.Last; day++ {
		want, err := ReadISO(day.String())
		got := OfDay(day)
		if err != nil || got.Text != want.Text || !slices.Equal(got.Readings, want.Readings) || got.Review != nil || want.Review != nil {
			t.Fatalf("%s is made %+v and read %+v, %v", day, got, want, err)
		}
	}
	if got := OfDay(0); !got.SameReading(Keep("")) || !slices.Equal(got.Review, []string{Unreadable}) {
		t.Errorf("no day is made %+v", got)
	}
}

// ISODays finds the days of exactly what ReadISO reads as a date.
func TestISODays(t *testing.T) {
	for _, text := range []string{"2017-03-31", "2017-03", "2017-Q1", "2017-q4", "2017", " 2017", "TBC", "", "2017-02-30", "2017-13", "mid 2019", "0000"} {
		d, err := ReadISO(text)
		first, last, ok := ISODays(text)
		if want := err == nil && d.Due() != 0 && strings.TrimSpace(text) == text; ok != want || ok && (first != d.Start() || last != d.End()) {
			t.Errorf("%q is %s..%s, %v, and read %+v, %v", text, first, last, ok, d, err)
		}
	}
}

func TestSameReading(t *testing.T) {
	read := func(text string) Delivery {
		d, err := ReadISO(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if !read("2017-03").SameReading(read(" 2017-03 ")) || !read("TBC").SameReading(read("tbd")) {
		t.Error("other words with the same reading are not the same")
	}
	if !Keep("banana").SameReading(Keep("banana")) || Keep("banana").SameReading(Keep("apple")) || Keep("TBC").SameReading(read("TBC")) {
		t.Error("words that were not read are the same as the same words only")
	}
}

// Several readings are in force only where they agree.
func TestDueOfSeveral(t *testing.T) {
	march, june := day(t, "2017-03-31"), day(t, "2017-06-30")
	for _, c := range []struct {
		dues []civil.Date
		want civil.Date
	}{
		{nil, 0},
		{[]civil.Date{0}, 0},
		{[]civil.Date{march}, march},
		{[]civil.Date{0, march, 0}, march},
		{[]civil.Date{march, march}, march},
		{[]civil.Date{march, june}, 0},
		{[]civil.Date{march, june, march}, 0},
	} {
		var d Delivery
		for _, due := range c.dues {
			d.Readings = append(d.Readings, Reading{Kind: By, End: due, Due: due})
		}
		if got := d.Due(); got != c.want {
			t.Errorf("due of %v is %s, want %s", c.dues, got, c.want)
		}
	}
}

func TestEDTF(t *testing.T) {
	for _, c := range []struct {
		kind                   Kind
		start, end, due, marks string
		want                   string
	}{
		{In, "2017-03-01", "2017-03-31", "", "?", "2017-03?"},
		{In, "2017-03-01", "2017-03-31", "", "~", "2017-03~"},
		{In, "2017-03-01", "2017-03-31", "", "~?", "2017-03%"},
		{In, "2017-07-01", "2017-09-30", "", "", "2017-07/2017-09"},
		{In, "2017-08-01", "2017-11-30", "", "~", "2017-08~/2017-11~"},
		{In, "2016-04-01", "2017-03-31", "", "", "2016-04/2017-03"},
		{In, "2017-03-11", "2017-03-20", "", "~", "2017-03-11~/2017-03-20~"},
		{By, "", "2017-03-31", "2017-03-31", "", "../2017-03-31"},
		{From, "2017-04-01", "", "2017-04-30", "", "2017-04/.."},
		{From, "2017-04-17", "", "2017-04-17", "?", "2017-04-17?/.."},
		{From, "2017-07-01", "", "2017-09-30", "", "2017-07-01/.."},
		{From, "2017-04-02", "", "", "", "2017-04-02/.."},
		{During, "2017-01-01", "2017-12-31", "2017-12-31", "", "2017-01/2017-12"},
		{During, "2017-03-01", "2017-03-31", "2017-03-31", "", "2017-03/2017-03"},
		{Recurring, "", "2017-09-30", "", "", "../2017-09-30"},
		{Done, "2017-03-01", "2017-03-31", "", "", "2017-03"},
		{Ongoing, "", "", "", "", ""},
		{Unknown, "", "", "", "~?", ""},
	} {
		r := Reading{
			Kind: c.kind, Start: day(t, c.start), End: day(t, c.end), Due: day(t, c.due),
			Approx: strings.Contains(c.marks, "~"), Uncertain: strings.Contains(c.marks, "?"),
		}
		if got := r.EDTF(); got != c.want {
			t.Errorf("%s %s..%s is written %q, want %q", c.kind, c.start, c.end, got, c.want)
		}
	}
	month := func(first, last string) Reading {
		return Reading{Kind: In, Start: day(t, first), End: day(t, last), Due: day(t, last)}
	}
	two := Delivery{Readings: []Reading{month("2017-03-01", "2017-03-31"), {Kind: Ongoing}, month("2018-04-01", "2018-04-30")}}
	if got := two.EDTF(); got != "{2017-03,2018-04}" {
		t.Errorf("two dates are written %q", got)
	}
}

func TestKindString(t *testing.T) {
	for k, want := range map[Kind]string{In: "in", Recurring: "recurring", Unknown: "unknown", 0: "", 99: ""} {
		if k.String() != want {
			t.Errorf("Kind(%d) is %q, want %q", k, k, want)
		}
	}
}

func BenchmarkReadISO(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadISO("2017-03-31"); err != nil {
			b.Fatal(err)
		}
	}
}
