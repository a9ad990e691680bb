package quantities_test

import (
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/internal/reading/quantities"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][2]string{
		"95%":                           {"95", "%"},
		"95 %":                          {"95", "%"},
		"99.50%":                        {"99.5", "%"},
		"80% of referrals":              {"80", "%"},
		"100% take up of the contract":  {"100", "%"},
		"12 per cent":                   {"12", "%"},
		"1,300":                         {"1300", ""},
		"12.5":                          {"12.5", ""},
		"-0.250":                        {"-0.25", ""},
		"000":                           {"0", ""},
		"10 desks":                      {"10", "desks"},
		"1,400 visitors a week":         {"1400", "visitors a week"},
		"£62,250":                       {"62250", "GBP"},
		"£1.5m":                         {"1500000", "GBP"},
		"£820k":                         {"820000", "GBP"},
		"4 of 5":                        {},
		"29 out of 31":                  {},
		"fewer than 20":                 {},
		">150/90":                       {},
		"95%+":                          {},
		"95% or more":                   {},
		"45%-50%":                       {},
		"45% to 50%":                    {},
		"15 - 25 practices":             {},
		"24/7":                          {},
		"6.1, 6.2":                      {},
		"£5 for each of them":           {},
		"5 m":                           {},
		"3 by March":                    {},
		"":                              {},
		"none":                          {},
		"10 desks in the rooms for all": {},
		"3) We begin next year":         {},
		"12 months":                     {"12", "months"},
	} {
		if number, unit := quantities.Read(value); string(number) != want[0] || unit != want[1] {
			t.Errorf("%q is %q in %q, want %q", value, number, unit, want)
		}
	}
}

// Whatever stands there, a number has the one form in which the ledger keeps it, and a unit is short.
func TestWhatIsReadCanBeKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[£$-]?[0-9,.]{0,9} ?[%kma ]{0,3}[a-z ]{0,12}`)).Draw(t, "value")
		number, unit := quantities.Read(value)
		if !number.Valid() || len(unit) > quantities.MaxUnit || number == "" && unit != "" {
			t.Fatalf("%q is %q in %q", value, number, unit)
		}
	})
}
