package words

import (
	"strings"
	"testing"
)

func TestDatesAndNumbersAsPeopleWriteThem(t *testing.T) {
	for got, want := range map[string]string{
		Day("2025-03-01"): "1 Mar 2025", Day("TBC"): "TBC", Day(""): "",
		Time("2025-03-01T23:59:59.9Z"): "1 Mar 2025, 23:59 UTC", Time("soon"): "soon",
		Signed(3): "+3", Signed(-3): "−3", Signed(0): "0",
		Many(1, "day", "days"): "1 day", Many(0, "day", "days"): "0 days",
		Listed([]string{"a", "b", "c"}): "a, b and c", Listed([]string{"a"}): "a",
		Spaced("IssueRaised"): "issue raised",
	} {
		if strings.ReplaceAll(got, "\u00a0", " ") != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
