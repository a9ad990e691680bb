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

// Each thing that two lines may have in common is enough where nothing nearer is, and only where it is the only one on both sides.
func TestWhatIsEnoughToBeTheSame(t *testing.T) {
	was := Line{Scheme: "Hubs", Fund: "Estates fund", Start: "2017", Basis: "capital", Amount: "5.00 GBP", Name: "for the hub"}
	other := Line{Scheme: "Workforce", Fund: "Training fund", Start: "2019", Basis: "revenue", Amount: "7.00 GBP", Name: "for the audit"}
	for name, test := range map[string]struct {
		told Line
		same bool
	}{
		"the amount is another":                          {Line{"Hubs", "Estates fund", "2017", "", "capital", "6.00 GBP", "for the hub"}, true},
		"the words are others":                           {Line{"Hubs", "Estates fund", "2017", "", "capital", "5.00 GBP", "a grant"}, true},
		"scheme, words and amount alone":                 {Line{"Hubs", "Board", "2020", "", "revenue", "5.00 GBP", "for the hub"}, true},
		"scheme and words alone":                         {Line{"Hubs", "Board", "2020", "", "revenue", "9.00 GBP", "for the hub"}, true},
		"fund, period and words alone":                   {Line{"Clinics", "Estates fund", "2017", "", "capital", "9.00 GBP", "for the hub"}, true},
		"scheme, fund and period alone":                  {Line{"Hubs", "Estates fund", "2017", "", "capital", "9.00 GBP", "a grant"}, true},
		"fund, period and amount alone":                  {Line{"Clinics", "Estates fund", "2017", "", "capital", "5.00 GBP", "a grant"}, true},
		"the amount alone":                               {Line{"Clinics", "Board", "2020", "", "revenue", "5.00 GBP", "a grant"}, false},
		"the words alone":                                {Line{"Clinics", "Board", "2020", "", "revenue", "9.00 GBP", "for the hub"}, false},
		"the scheme alone":                               {Line{"Hubs", "Board", "2020", "", "revenue", "9.00 GBP", "a grant"}, false},
		"the end of the period is another, and the rest": {Line{"Clinics", "Estates fund", "2017", "2018", "capital", "5.00 GBP", "a grant"}, false},
	} {
		want := []int{-1}
		if test.same {
			want = []int{0}
		}
		if got := Lines([]Line{was, other}, []Line{test.told}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	// Two that have as much in common with one are both new, and one is never two.
	half := Line{Scheme: "Hubs", Name: "for the hub"}
	a, b := half, half
	a.Fund, b.Fund = "Board", "Council"
	if got := Lines([]Line{was}, []Line{a, b}); !slices.Equal(got, []int{-1, -1}) {
		t.Errorf("two are told with the words of one: %v", got)
	}
	if got := Lines([]Line{was}, []Line{was, was}); !slices.Equal(got, []int{0, -1}) {
		t.Errorf("one is told twice: %v", got)
	}
}

func TestANameIsShort(t *testing.T) {
	if got := Name("word word word word word word word word word word word word word word word word word word"); len(got) > maxName || len(got) < maxName/2 {
		t.Errorf("a name of %d bytes", len(got))
	}
}

// Each of the nearer levels decides where the farther ones cannot, or would say otherwise.
func TestWhatIsNearerDecides(t *testing.T) {
	of := func(scheme, fund, period, amount, name string) Line {
		return Line{Scheme: scheme, Fund: fund, Start: period, Basis: "capital", Amount: amount, Name: name}
	}
	five, seven := of("Hubs", "Board", "2017", "5.00 GBP", "for the hub"), of("Hubs", "Board", "2017", "7.00 GBP", "for the hub")
	for name, test := range map[string]struct {
		known, told []Line
		want        []int
	}{
		"all that they say, in another order": {[]Line{five, seven}, []Line{seven, five}, []int{1, 0}},
		"all but the amounts, in their order": {
			[]Line{five, seven},
			[]Line{of("Hubs", "Board", "2017", "6.00 GBP", "for the hub"), of("Hubs", "Board", "2017", "8.00 GBP", "for the hub")},
			[]int{0, 1},
		},
		"all but the words, where others have the fund, the period and the amount": {
			[]Line{five, seven, of("Clinics", "Board", "2017", "5.00 GBP", "for the clinic"), of("Clinics", "Board", "2017", "9.00 GBP", "for the clinic")},
			[]Line{
				of("Clinics", "Board", "2017", "9.00 GBP", "a"), of("Clinics", "Board", "2017", "5.00 GBP", "b"),
				of("Hubs", "Board", "2017", "7.00 GBP", "c"), of("Hubs", "Board", "2017", "5.00 GBP", "d"),
			},
			[]int{3, 2, 1, 0},
		},
		"scheme, words and amount, where several have the scheme and the words": {
			[]Line{five, seven},
			[]Line{of("Hubs", "Council", "2018", "7.00 GBP", "for the hub"), of("Hubs", "Trust", "2019", "5.00 GBP", "for the hub")},
			[]int{1, 0},
		},
		"no words are no words in common": {
			[]Line{of("Hubs", "Board", "2017", "5.00 GBP", "")},
			[]Line{{Scheme: "Hubs", Fund: "Council", Start: "2018", Basis: "revenue", Amount: "9.00 GBP"}},
			[]int{-1},
		},
	} {
		if got := Lines(test.known, test.told); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
