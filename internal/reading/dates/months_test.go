package dates_test

import (
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/dates"
)

// Months that a plan counts are months of the calendar where it says from which.
func TestCountedMonths(t *testing.T) {
	t.Parallel()
	from, _ := civil.Of(2017, 11, 1)
	for text, want := range map[string]string{
		"month 1":                   "2017-11",
		"Month 6":                   "2018-04",
		"by month 6":                "../2018-04-30",
		"M6":                        "2018-04",
		"M+3":                       "2018-02",
		"by M + 3":                  "../2018-02-28",
		"months 2-3":                "2017-12/2018-01",
		"M2 to M3":                  "2017-12/2018-01",
		"M+1-2":                     "2017-12/2018-01",
		"from month 14":             "2018-12/..",
		"0-6 months":                "2017-11/2018-04",
		"medium term (6-12 months)": "2018-05/2018-10",
		"6 months":                  "",
		"June 2018":                 "2018-06",
	} {
		d := dates.ReadWords(text, dates.Settings{MonthsFrom: from})
		if got := d.EDTF(); got != want && (want != "" || d.Due() != 0) {
			t.Errorf("%q is %q, want %q; %v", text, got, want, d.Review)
		}
		if counts := dates.CountsMonths(text); counts != (want != "" && text != "June 2018") {
			t.Errorf("%q counts months: %v", text, counts)
		}
		if d.Text != text {
			t.Errorf("the words %q became %q", text, d.Text)
		}
	}
	if d := dates.ReadWords("month 6", dates.Settings{}); d.Due() != 0 || len(d.Review) != 1 {
		t.Errorf("without a first month it is %v, %v", d.EDTF(), d.Review)
	}
}
