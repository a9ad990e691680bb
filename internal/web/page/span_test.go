package page

import (
	"testing"
	"testing/quick"
	"time"

	"milepost.dev/internal/web/words"
)

// A period has the days from the first of its beginning to the last of its end, however either is written.
func TestAPeriodHasItsDays(t *testing.T) {
	layouts := []string{time.DateOnly, "2006-01", "2006", ""}
	if err := quick.Check(func(from, to, at uint16, how uint8) bool {
		day := func(n uint16) time.Time { return time.Date(2020, 1, 1+int(n)%2500, 0, 0, 0, 0, time.UTC) }
		s := span{day(from).Format(layouts[how%4]), day(to).Format(layouts[how/4%4])}
		if s == (span{}) {
			return true
		}
		first := s.from + "-01-01"[min(len("-01-01"), max(0, len(s.from)-4)):]
		last := lastDay(s.to)
		iso := day(at).Format(time.DateOnly)
		want := (s.from == "" || iso >= first) && (s.to == "" || iso <= last)
		return s.has(iso) == want && !s.has("") && (s.to == "") == (last == "")
	}, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]bool{"2026-02-28": true, "2026-02-29": false, "2026-2-28": false, "": false, "TBC": false, "2026-02": false, "not a day ": false, "2026-02-28 ": false} {
		if words.IsDay(text) != want || (words.Day(text) != text) != want {
			t.Errorf("%q is a day: %v", text, words.IsDay(text))
		}
	}
}
