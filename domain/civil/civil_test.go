package civil

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost.dev/domain"
)

func anyDate() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date { return Date(rapid.Int32Range(1, int32(Last)).Draw(t, "date")) })
}

func (d Date) time() time.Time { return time.Date(1, 1, int(d), 0, 0, 0, 0, time.UTC) }

// The standard library's calendar is the oracle, for every day there is.
func TestEveryDay(t *testing.T) {
	day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := Date(1); d <= Last; d++ {
		y, m, dd := day.Date()
		if d.Year() != y || d.Month() != m || d.Day() != dd {
			t.Fatalf("day %d is %d-%d-%d, want %s", d, d.Year(), d.Month(), d.Day(), day.Format(time.DateOnly))
		}
		if back, ok := Of(y, m, dd); !ok || back != d {
			t.Fatalf("Of(%s) = %d, %v, want %d", day.Format(time.DateOnly), back, ok, d)
		}
		day = day.AddDate(0, 0, 1)
	}
	if got := Last.String(); got != "9999-12-31" {
		t.Errorf("the last day is %s", got)
	}
}

func TestWrittenForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "d")
		if want := d.time().Format(time.DateOnly); d.String() != want {
			t.Fatalf("String() = %q, want %q", d, want)
		}
		if back, err := Parse(d.String()); err != nil || back != d {
			t.Fatalf("Parse(%q) = %d, %v", d, back, err)
		}
		if want := fmt.Sprint(d.Number()); want != fmt.Sprintf("%d%02d%02d", d.Year(), d.Month(), d.Day()) {
			t.Fatalf("Number() of %s is %s", d, want)
		}
		if back, ok := FromNumber(d.Number()); !ok || back != d {
			t.Fatalf("FromNumber(%d) = %d, %v", d.Number(), back, ok)
		}
		if back := OfTime(d.time(), time.UTC); back != d {
			t.Fatalf("OfTime = %s, want %s", back, d)
		}
		if end, want := d.EndOfMonth().time(), time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC); !end.Equal(want) {
			t.Fatalf("%s has its month end on %s, want %s", d, end, want)
		}
	})
}

func TestArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate().Draw(t, "d"), rapid.Int().Draw(t, "n")
		sum := d.AddDays(n)
		if inside := n >= 1-int(d) && n <= int(Last-d); inside != !sum.IsZero() {
			t.Fatalf("%s and %d days is %q", d, n, sum)
		}
		if !sum.IsZero() && d.DaysUntil(sum) != n {
			t.Fatalf("%s until %s is %d days, want %d", d, sum, d.DaysUntil(sum), n)
		}
		other := anyDate().Draw(t, "other")
		if d.AddDays(d.DaysUntil(other)) != other {
			t.Fatalf("%s and %d days is not %s", d, d.DaysUntil(other), other)
		}
		if d.Before(other) != d.time().Before(other.time()) || d.After(other) != d.time().After(other.time()) {
			t.Fatalf("%s and %s are in the wrong order", d, other)
		}
	})
}

// No date is before nothing, after nothing, and no days from anything.
func TestNoDate(t *testing.T) {
	var none Date
	some, _ := Of(2017, 3, 31)
	for _, d := range []Date{none, -1, Last + 1} {
		if d.String() != "" || d.Number() != 0 || d.Year() != 0 || d.Month() != 0 || d.Day() != 0 || d.EndOfMonth() != 0 || d.AddDays(1) != 0 {
			t.Errorf("Date(%d) is written as something", int32(d))
		}
	}
	if none.Before(some) || some.After(none) || none.After(some) || some.Before(none) || none.DaysUntil(some) != 0 || some.DaysUntil(none) != 0 {
		t.Error("no date stands in an order with a day")
	}
	if !none.IsZero() || some.IsZero() {
		t.Error("IsZero is wrong")
	}
	if d, ok := FromNumber(0); d != 0 || !ok {
		t.Error("0 is no date, and well written")
	}
}

func TestNoSuchDay(t *testing.T) {
	for _, n := range []int32{1, -20170331, 20170230, 20171301, 20170001, 20170100, 99991232, 100000101, 1 << 30} {
		if d, ok := FromNumber(n); ok {
			t.Errorf("FromNumber(%d) = %s", n, d)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, rule := range map[string]string{
		"":            RuleNotISO,
		"2017":        RuleNotISO,
		"2017-3-31":   RuleNotISO,
		"2017/03/31":  RuleNotISO,
		" 2017-03-31": RuleNotISO,
		"2017-03-31 ": RuleNotISO,
		"+017-03-31":  RuleNotISO,
		"2017-03-3x":  RuleNotISO,
		"12017-03-31": RuleNotISO,
		"2017-02-29":  RuleImpossible,
		"2019-09-38":  RuleImpossible,
		"2017-13-01":  RuleImpossible,
		"2017-00-01":  RuleImpossible,
		"2017-01-00":  RuleImpossible,
		"0000-01-01":  RuleImpossible,
	} {
		var r *domain.Refusal
		if d, err := Parse(text); !errors.As(err, &r) || r.Rule != rule || r.Class != domain.Invalid || d != 0 {
			t.Errorf("Parse(%q) = %s, %v, want rule %s", text, d, err, rule)
		}
	}
	if d, err := Parse("2016-02-29"); err != nil || d.String() != "2016-02-29" {
		t.Errorf("the leap day is %s, %v", d, err)
	}
}

// A day ends in London an hour before it does in UTC, in summer.
func TestOfTimeIsThePlacesDay(t *testing.T) {
	bst := time.FixedZone("BST", 3600)
	at := time.Date(2017, 6, 1, 23, 30, 0, 0, time.UTC)
	if got := OfTime(at, bst).String(); got != "2017-06-02" {
		t.Errorf("the day is %s", got)
	}
	if got := OfTime(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC); got != 0 {
		t.Errorf("a day past the calendar is %d", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2017-03-31", "2017-02-30", "", "TBC", "2017-03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		want, wantErr := time.Parse(time.DateOnly, text)
		if wantErr == nil && want.Year() == 0 {
			return // time has a year 0, the calendar here has none
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("Parse(%q) = %v, time.Parse says %v", text, err, wantErr)
		}
		if err == nil && d.String() != text {
			t.Fatalf("Parse(%q) = %s", text, d)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse("2017-03-31"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	d, _ := Of(2017, 3, 31)
	for b.Loop() {
		_ = d.String()
	}
}
