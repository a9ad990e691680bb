package owners_test

import (
	"slices"
	"testing"

	"milepost.dev/internal/reading/owners"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"CCG / Federation":           {"CCG", "Federation"},
		"Trusts/ practices":          {"Trusts", "practices"},
		"CCG, practices":             {"CCG", "practices"},
		"Ada Holt & Ben Fisher":      {"Ada Holt", "Ben Fisher"},
		"Dr Ada Holt and Ben Fisher": {"Dr Ada Holt", "Ben Fisher"},
		"CCG and LMC":                {"CCG", "LMC"},
		"Estates; Finance; Ada Holt": {"Estates", "Finance", "Ada Holt"},
		"CCG/Steering Group, practices, Trusts/ Alliances.": {"CCG", "Steering Group", "practices", "Trusts", "Alliances"},
		"CCG / CCG":                           nil,
		"Estates office":                      nil,
		"Health and Social Care Board":        nil,
		"Primary Care and Community Services": nil,
		"Estates & Facilities Department":     nil,
		"Holt, Ada":                           nil,
		"Director of Finance, NHS England":    nil,
		"Brackwater Builders, Ltd":            nil,
		"Trusts (supported by the CCG/LMC)":   nil,
		"n/a":                                 nil,
		"and/or the practices":                nil,
		"IM&T Group":                          nil,
		"Team 17/18":                          nil,
		"":                                    nil,
	} {
		if got := owners.Named(text); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func FuzzNamed(f *testing.F) {
	f.Add("CCG / Federation, Ada Holt & Ben Fisher; x")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range owners.Named(text) {
			if len(name) < 2 || len(name) > owners.MaxName {
				t.Errorf("%q names %q", text, name)
			}
		}
	})
}
