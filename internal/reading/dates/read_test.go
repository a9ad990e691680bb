package dates

import (
	"slices"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
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

func TestReadKeepsWords(t *testing.T) {
	for _, text := range []string{"", "January 45 2014", "\xff", strings.Repeat("x", 5000)} {
		d := Read(text, Settings{})
		if d.Text != text || !d.IsUnread() || d.IsNotYetKnown() || d.IsZero() || d.Due() != 0 || !slices.Equal(d.Review, []string{period.Unreadable}) {
			t.Errorf("Read(%.40q) = %+v", text, d)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"2017-03-31", "2017-03", "2017-Q1", "2017", "TBC", "2019-09-38", "", "\xff", "２０１７"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := Read(text, Settings{})
		if d.Text != text || len(d.Readings) == 0 {
			t.Fatalf("Read(%q) lost words or reading: %+v", text, d)
		}
		if d.IsUnread() {
			return
		}
		// What was read can be written by its first and last day, and reads the same again.
		if r := d.Readings[0]; r.Kind == period.In && (r.Start == 0 || r.End < r.Start || r.Due != r.End) {
			t.Fatalf("Read(%q) = %+v", text, r)
		}
		if again := Read(strings.TrimSpace(text), Settings{}); !again.SameReading(d) {
			t.Fatalf("Read(%q) and without its spaces are %+v and %+v", text, d, again)
		}
	})
}
