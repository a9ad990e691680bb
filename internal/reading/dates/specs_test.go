package dates

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

var update = flag.Bool("update", false, "write the specs in testdata/words again")

// specSettings are those of every spec in testdata/words.
func specSettings(t testing.TB) Settings {
	return Settings{PlanStart: day(t, "2017-04-01"), PlanEnd: day(t, "2019-03-31"), Dated: day(t, "2017-09-15")}
}

// Each spec in testdata/words holds what is read by one rule: a text, its readings, and why a person looks. The
// settings are a plan of 2017-04-01 to 2019-03-31 and a document of 2017-09-15.
func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/words/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no specs", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for line := range strings.Lines(string(data)) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasPrefix(line, "#") {
					fmt.Fprintln(&out, line)
					continue
				}
				text, _, _ := strings.Cut(line, " | ")
				got := strings.TrimRight(text+" | "+notation(ReadWords(text, specSettings(t)), true), " ")
				fmt.Fprintln(&out, got)
				if got != line && !*update {
					t.Errorf("reads\n  %s\nwant\n  %s", got, line)
				}
			}
			if *update {
				if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// Every ISO form is read as it is in a return. Only a month that can be financial years as well is put to a
// person (rule 18).
func TestWordsReadISO(t *testing.T) {
	check := func(text string) {
		want, err := period.ReadISO(text)
		got := ReadWords(text, Settings{})
		switch {
		case len(text) == len("2017-03") && text[4] == '-' && yearsOrMonth(text):
			if !slices.Equal(got.Review, []string{period.Ambiguous}) && err == nil {
				t.Errorf("%s can be read in two ways, and is read %s", text, notation(got, true))
			}
		case err != nil:
			if got.Readings[0].Kind != period.Unknown || !slices.Equal(got.Review, []string{period.Unreadable}) {
				t.Errorf("%s is no date, and is read %s", text, notation(got, true))
			}
		case notation(got, true) != notation(want, true):
			t.Errorf("%s is read %s, want %s", text, notation(got, true), notation(want, true))
		}
	}
	for year := 1990; year < 2060; year++ {
		check(fmt.Sprintf("%04d", year))
		for quarter := range 6 {
			check(fmt.Sprintf("%04d-Q%d", year, quarter))
		}
		for month := range 14 {
			if month > 0 && month < 13 {
				check(fmt.Sprintf("%04d-%02d", year, month))
			}
			for _, d := range []int{0, 1, 15, 28, 29, 30, 31, 32} {
				check(fmt.Sprintf("%04d-%02d-%02d", year, month, d))
			}
		}
	}
	for _, text := range []string{"TBC", "tbd", "to be agreed", "to be confirmed", "to be determined"} {
		check(text)
	}
}

// A day that is written in any way that people use reads as that day.
func TestEveryDayInEveryFormat(t *testing.T) {
	formats := []string{
		"2006-01-02", "2006/01/02", "02/01/2006", "2/1/2006", "02/01/06", "2/1/06", "02.01.2006", "2.1.06", "02-01-2006",
		"2 January 2006", "02 January 2006", "2 Jan 2006", "2 Jan 06", "2-Jan-06", "2-Jan-2006", "2Jan2006", "2January 2006",
		"Monday 2 January 2006", "Monday, 2 January 2006", "January 2, 2006", "2 January, 2006", "2 Jan. 2006",
		"2 of January 2006", "the 2 January 2006", " 2 January 2006. ", "(2 January 2006)", "2 Jan '06", "on 2 January 2006",
	}
	first, last := day(t, "2010-01-01"), day(t, "2039-12-31")
	for d := first; d <= last; d += 3 {
		at := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
		for k, format := range append(formats, "2"+suffix(d.Day())+" January 2006", "2 "+suffix(d.Day())+" Jan 2006", "January 2"+suffix(d.Day())+" 2006") {
			if k > 5 && int(d)%7 != k%7 {
				continue
			}
			text := at.Format(format)
			if int(d)%5 == 0 {
				text = strings.ToUpper(text)
			}
			got := ReadWords(text, Settings{})
			want := period.Reading{Kind: period.In, Start: d, End: d, Due: d}
			if strings.HasPrefix(format, "the ") {
				got.Readings[0].Label = ""
			}
			if len(got.Readings) != 1 || got.Readings[0] != want || got.Review != nil {
				t.Fatalf("%q is read %s", text, notation(got, true))
			}
		}
	}
}

func suffix(day int) string {
	switch {
	case day%10 == 1 && day != 11:
		return "st"
	case day%10 == 2 && day != 12:
		return "nd"
	case day%10 == 3 && day != 13:
		return "rd"
	}
	return "th"
}

// Months in every spelling, and every quarter and year, read as what they are.
func TestEveryMonthInEveryFormat(t *testing.T) {
	for year := 2013; year < 2040; year++ {
		for month := time.January; month <= time.December; month++ {
			first, _ := civil.Of(year, month, 1)
			for _, format := range []string{
				"January 2006", "Jan 2006", "Jan 06", "January 06", "Jan-06", "Jan-2006", "January-06", "Jan '06",
				"Jan. 2006", "January, 2006", "January of 2006", "Jan06", "January2006", "in January 2006", "(January 2006)", "January 2006.",
			} {
				text := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format(format)
				switch year % 3 {
				case 0:
					text = strings.ToUpper(text)
				case 1:
					text = strings.ToLower(text)
				}
				got := ReadWords(text, Settings{})
				if want := (period.Reading{Kind: period.In, Start: first, End: first.EndOfMonth(), Due: first.EndOfMonth()}); len(got.Readings) != 1 || got.Readings[0] != want || got.Review != nil {
					t.Fatalf("%q is read %s", text, notation(got, true))
				}
			}
		}
	}
}

// Whatever is written is read the same again, keeps its words, and does not mind spaces around them.
func TestAnyText(t *testing.T) {
	var texts []string
	for _, file := range []string{"several", "qualifiers", "not-dates", "rule10-ranges", "rule12-tense", "rule13-recurring", "rule19-ongoing"} {
		data, err := os.ReadFile("testdata/words/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			text, _, _ := strings.Cut(line, " | ")
			texts = append(texts, text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text") + rapid.SampledFrom([]string{"", " ", "; ", " and ", " to "}).Draw(t, "joint") + rapid.SampledFrom(texts).Draw(t, "more")
		for range rapid.IntRange(0, 4).Draw(t, "bytes") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			text = text[:at] + string([]byte{rapid.Byte().Draw(t, "byte")}) + text[at:]
		}
		consistent(t, text)
	})
}

type failer interface{ Fatalf(string, ...any) }

func consistent(t failer, text string) {
	from, _ := civil.Of(2017, 4, 1)
	to, _ := civil.Of(2019, 3, 31)
	for _, s := range []Settings{{}, {PlanStart: from, PlanEnd: to}, {Dated: to}, {PlanStart: 1, PlanEnd: civil.Last, Dated: civil.Last}, {Dated: 1}} {
		d := ReadWords(text, s)
		if d.Text != text {
			t.Fatalf("%q lost its words: %q", text, d.Text)
		}
		if again := ReadWords(text, s); notation(again, true) != notation(d, true) {
			t.Fatalf("%q is read %s and %s", text, notation(d, true), notation(again, true))
		}
		if spaced := ReadWords(" \t"+text+"\n ", s); notation(spaced, true) != notation(d, true) {
			t.Fatalf("%q is read %s, and with spaces around it %s", text, notation(d, true), notation(spaced, true))
		}
		if !slices.IsSorted(d.Review) || len(slices.Compact(slices.Clone(d.Review))) != len(d.Review) {
			t.Fatalf("%q has the reasons %v", text, d.Review)
		}
		if len(d.Readings) == 0 && len(d.Review) > 0 {
			t.Fatalf("%q has reasons and no reading: %v", text, d.Review)
		}
		if (len(d.Readings) > 1) != slices.Contains(d.Review, period.SeveralDates) {
			t.Fatalf("%q has %d readings: %v", text, len(d.Readings), d.Review)
		}
		for _, r := range d.Readings {
			wellFormed(t, text, r, d)
		}
	}
}

// wellFormed holds what the convention says of each kind.
func wellFormed(t failer, text string, r period.Reading, d period.Delivery) {
	ok := true
	switch r.Kind {
	case period.In, period.During:
		ok = r.Start != 0 && r.End != 0 && r.Due == r.End
	case period.By:
		ok = r.Start == 0 && r.End != 0 && r.Due == r.End
	case period.From:
		ok = r.Start != 0 && r.End == 0 || r.Start == 0 && r.Due == 0 // after the last day there is
	case period.Ongoing, period.Unknown:
		ok = r.Start == 0 && r.End == 0 && r.Due == 0
	case period.Recurring, period.Done:
		ok = r.Due == 0
	default:
		ok = false
	}
	ok = ok && (r.RRule == "" || r.Kind == period.Recurring) && (r.RRule != "" || r.Kind != period.Recurring || slices.Contains(d.Review, period.NoFrequency))
	if r.Start != 0 && r.End != 0 && r.Start > r.End {
		ok = ok && slices.Contains(d.Review, period.Contradicts)
	}
	if !ok {
		t.Fatalf("%q is read as %+v, %v", text, r, d.Review)
	}
	_ = r.EDTF()
}

func FuzzReadWords(f *testing.F) {
	for _, s := range []string{
		"Q2 17/18", "By30th june 2018", "Monthly to June 2018", "24/7", "8 aqril 17", "\xff", "", "2016→", "Year 9999", "99/99/99",
		"each each", "from to until by", "1 1 1 1 1/1/1/1", "９", "Q9 0000/00", "for 99 years starting 9999",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { consistent(t, text) })
}

// A long text takes as long as its length says.
func TestLongText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"March", "17", "18", "to", "and", "/", "-", "submitted", "monthly", "ongoing", "by", "the", "xyzzy", "Q3", "2017/18", ","}
	var b strings.Builder
	for b.Len() < 100_000 {
		b.WriteString(words[random.IntN(len(words))])
		b.WriteByte(' ')
	}
	consistent(t, b.String())
}

func BenchmarkReadWords(b *testing.B) {
	s := specSettings(b)
	for _, text := range []string{"Q2 17/18", "by 31st March 2018", "Harbour lights on April 17 17/18 onwards", "Evaluation to be completed by the Foundation and submitted in March 2018"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ReadWords(text, s)
			}
		})
	}
}
