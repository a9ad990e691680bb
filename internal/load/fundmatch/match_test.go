package fundmatch

import (
	"slices"
	"testing"
)

func line(scheme, fund, period, amount, words string) Line {
	return Line{Scheme: scheme, Fund: fund, Start: period, Amount: amount, Name: Name(words)}
}

var hub = []Line{
	line("Hubs", "Estates fund", "2017", "132000.00 GBP", "£132,000 from the estates fund"),
	line("Hubs", "Estates fund", "2018", "600903.00 GBP", "£600,903 from the estates fund"),
	line("Hubs", "", "", "", "TBC"),
	line("Workforce", "", "", "14000.00 GBP", "£14k for the audit"),
	line("Workforce", "", "", "14000.00 GBP", "£14k for the audit"),
}

func TestMoneyIsMatchedByWhatItIsAndNotByItsPlace(t *testing.T) {
	edited := func(edit func(l []Line) []Line) []Line { return edit(slices.Clone(hub)) }
	for name, test := range map[string]struct {
		told []Line
		want []int
	}{
		"the same": {hub, []int{0, 1, 2, 3, 4}},
		"one on top": {edited(func(l []Line) []Line {
			return append([]Line{line("Access", "Access fund", "2017", "5.00 GBP", "£5")}, l...)
		}), []int{-1, 0, 1, 2, 3, 4}},
		"turned round": {edited(func(l []Line) []Line { slices.Reverse(l[:3]); return l }), []int{2, 1, 0, 3, 4}},
		"one is gone":  {edited(func(l []Line) []Line { return l[1:] }), []int{1, 2, 3, 4}},
		"one has another amount": {edited(func(l []Line) []Line {
			l[0].Amount = "150000.00 GBP"
			return l
		}), []int{0, 1, 2, 3, 4}},
		"one is reworded": {edited(func(l []Line) []Line { l[0].Name = "grant of the estates board"; return l }), []int{0, 1, 2, 3, 4}},
		"a scheme has another name": {edited(func(l []Line) []Line {
			l[0].Scheme, l[1].Scheme = "Health hubs", "Health hubs"
			return l
		}), []int{0, 1, 2, 3, 4}},
		"one of two that are the same is gone": {edited(func(l []Line) []Line { return l[:4] }), []int{0, 1, 2, 3}},
	} {
		if got := Lines(hub, test.told); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// A reference that an older version made of a line's number has no words, and is matched by all else.
func TestLinesOfWhichOnlyThePlaceWasKept(t *testing.T) {
	known := slices.Clone(hub[:2])
	for i, ref := range []string{"L12", "L13.2"} {
		known[i].Name = Name(ref)
	}
	if got := Lines(known, []Line{hub[1], hub[0]}); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("matched as %v", got)
	}
}

func TestANameHasNoNumbers(t *testing.T) {
	for words, want := range map[string]string{
		"£820k (2016/20) for econsultation £14k (2017) for workforce audit": "for econsultation for workforce audit",
		"£500,000": "",
		"L12":      "",
	} {
		if got := Name(words); got != want {
			t.Errorf("%q is called %q", words, got)
		}
	}
}
