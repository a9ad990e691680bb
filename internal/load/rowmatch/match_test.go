package rowmatch

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/alike"
)

var (
	someWords  = rapid.SampledFrom([]string{"hub", "spokes", "open", "phones", "ring", "staff", "hired", "lease", "signed", "plan", "agreed", "by", "the", "board"})
	titles     = rapid.Map(rapid.SliceOfN(someWords, 1, 6), func(words []string) string { return fmt.Sprint(words) })
	places     = rapid.SampledFrom([]string{"", "Access", "Workforce"})
	owners     = rapid.SampledFrom([]string{"", "Estates", "Digital lead"})
	references = rapid.SampledFrom([]string{"A1", "A2", "A3", "L7", "L9"})
)

func someRows() *rapid.Generator[[]Row] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
		return Row{
			Ref: references.Draw(t, "ref"), RefGiven: rapid.Bool().Draw(t, "given"), Title: titles.Draw(t, "title"),
			Place: places.Draw(t, "place"), Within: places.Draw(t, "within"), Owner: owners.Draw(t, "owner"),
		}
	}), 0, 12)
}

func listOf(rows []Row) *List {
	l := &List{}
	for _, r := range rows {
		l.Add(r)
	}
	return l
}

func match(milestones, rows []Row) []Match { return Rows(listOf(milestones), listOf(rows), nil) }

func same(a, b string) bool { return slices.Equal(alike.Split(a), alike.Split(b)) }

// No row is two milestones and no milestone two rows, and a confidence is one.
func TestOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		milestones, rows := someRows().Draw(t, "milestones"), someRows().Draw(t, "rows")
		ofRow, ofMilestone := map[int32]bool{}, map[int32]bool{}
		for _, m := range match(milestones, rows) {
			if ofRow[m.Row] || ofMilestone[m.Milestone] {
				t.Fatalf("%+v comes second", m)
			}
			ofRow[m.Row], ofMilestone[m.Milestone] = true, true
			if m.Confidence < 0 || m.Confidence > 1 || m.By.String() == "" {
				t.Fatalf("%+v", m)
			}
			words := alike.Overlap(alike.Of(milestones[m.Milestone].Title), alike.Of(rows[m.Row].Title))
			if m.By != Reference && m.Confidence < askFrom && words < askFrom && !same(milestones[m.Milestone].Title, rows[m.Row].Title) {
				t.Fatalf("%+v is not worth a question", m)
			}
		}
	})
}

// numbered gives each row a title and a reference of its own, as the rows of a document have.
func numbered(rows []Row) []Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Ref = fmt.Sprint("L", i+1)
		rows[i].RefGiven = false
	}
	return rows
}

// A document is itself, with nobody asked, even where rows of it are alike or the same.
func TestTheSameDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := numbered(someRows().Draw(t, "rows"))
		found := match(rows, rows)
		if len(found) != len(rows) {
			t.Fatalf("%d of %d rows were found again", len(found), len(rows))
		}
		for _, m := range found {
			if m.Row != m.Milestone || !m.Sure {
				t.Fatalf("%+v", m)
			}
		}
	})
}

// distinct are rows with no word in common.
func distinct(n int) (rows []Row) {
	for i := range n {
		rows = append(rows, Row{Ref: fmt.Sprint("L", i+1), Title: fmt.Sprintf("alpha%d beta%d gamma%d delta%d", i, i, i, i), Place: "Access", Owner: "Estates"})
	}
	return rows
}

// Rows that moved to other lines are found by their words, and what is new stays new.
func TestRowsThatMoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "rows")
		milestones := distinct(n)
		moved := rapid.Permutation(milestones).Draw(t, "moved")
		rows := append(slices.Clone(moved), Row{Title: "something that nobody ever planned"})
		for i := range rows {
			rows[i].Ref = fmt.Sprint("L", i+5)
			if i < n && rapid.Bool().Draw(t, "other owner") {
				rows[i].Owner = "Digital"
			}
			if i < n && rapid.Bool().Draw(t, "a word more") {
				rows[i].Title += " epsilon"
			}
		}
		found := match(milestones, rows)
		if len(found) != n {
			t.Fatalf("%d of %d rows were found: %+v", len(found), n, found)
		}
		for _, m := range found {
			if !m.Sure || milestones[m.Milestone].Title != moved[m.Row].Title {
				t.Fatalf("%+v", m)
			}
		}
	})
}

// It does not matter in which order the milestones come, where no two are alike.
func TestOrderIsOfNoAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		milestones := distinct(rapid.IntRange(1, 12).Draw(t, "milestones"))
		rows := distinct(rapid.IntRange(1, 12).Draw(t, "rows"))
		other := rapid.Permutation(milestones).Draw(t, "other order")
		told := func(milestones []Row, found []Match) (lines []string) {
			for _, m := range found {
				lines = append(lines, fmt.Sprint(m.Row, milestones[m.Milestone].Ref, m.Confidence, m.Sure))
			}
			return lines
		}
		if a, b := told(milestones, match(milestones, rows)), told(other, match(other, rows)); !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

func TestMatches(t *testing.T) {
	for name, c := range map[string]struct {
		milestones, rows []Row
		want             []string // "row milestone sure by"
	}{
		"a reference beats words": {
			[]Row{{Ref: "A1", Title: "Hub open"}, {Ref: "A2", Title: "Hub is open to all"}},
			[]Row{{Ref: "A1", RefGiven: true, Title: "Hub is open to all who come"}},
			[]string{"0 0 true reference"},
		},
		"a reference of something else is asked about": {
			[]Row{{Ref: "A1", Title: "Hub open"}},
			[]Row{{Ref: "A1", RefGiven: true, Title: "Phones answered within a minute"}},
			[]string{"0 0 false reference"},
		},
		"a line number is no reference": {
			[]Row{{Ref: "L7", Title: "Hub open"}},
			[]Row{{Ref: "L7", Title: "Phones answered within a minute"}},
			nil,
		},
		"two that are alike are asked about": {
			[]Row{{Ref: "L1", Title: "Recruit nurses in the north hub"}, {Ref: "L2", Title: "Recruit nurses in the south hub"}},
			[]Row{{Ref: "L4", Title: "Recruit nurses in the hub"}},
			[]string{"0 0 false words"},
		},
		"much in common, and not enough to be sure": {
			[]Row{{Ref: "L5", Title: "Open the reading room to the public"}},
			[]Row{{Ref: "L5", Title: "Open the upstairs room"}},
			[]string{"0 0 false words"},
		},
		"reworded, in another place and of another owner": {
			[]Row{{Ref: "L5", Title: "Open the reading room to the public", Place: "North", Owner: "Estates"}},
			[]Row{{Ref: "L5", Title: "Open the upstairs room", Place: "South", Owner: "Library"}},
			[]string{"0 0 false words, place and owner"},
		},
		"little in common": {
			[]Row{{Ref: "L5", Title: "Open the reading room to the public"}},
			[]Row{{Ref: "L5", Title: "Paint the stairs of the reading hall"}},
			nil,
		},
		"the place tells them apart": {
			[]Row{{Ref: "L1", Title: "Recruit nurses", Place: "North"}, {Ref: "L2", Title: "Recruit nurses", Place: "South"}},
			[]Row{{Ref: "L9", Title: "Recruit nurses", Place: "South"}},
			[]string{"0 1 true words, place and owner"},
		},
		"the scheme tells them apart": {
			[]Row{{Ref: "L1", Title: "Building work", Place: "North", Within: "Mill Lane"}, {Ref: "L2", Title: "Building work", Place: "North", Within: "High Street"}},
			[]Row{{Ref: "L8", Title: "Building work", Place: "North", Within: "High Street"}, {Ref: "L9", Title: "Building work", Place: "North", Within: "Mill Lane"}},
			[]string{"0 1 true words, place and owner", "1 0 true words, place and owner"},
		},
		"rows that moved by one line are told apart by their scheme": {
			[]Row{{Ref: "L8", Title: "Building work", Within: "High Street"}, {Ref: "L9", Title: "Building work", Within: "Mill Lane"}},
			[]Row{{Ref: "L9", Title: "Building work", Within: "High Street"}, {Ref: "L10", Title: "Building work", Within: "Mill Lane"}},
			[]string{"0 0 true words", "1 1 true words"},
		},
		"a scheme that nobody looked up": {
			[]Row{{Ref: "L1", Title: "Building work", Place: "North"}},
			[]Row{{Ref: "L8", Title: "Building work", Place: "North", Within: "High Street"}},
			[]string{"0 0 true words, place and owner"},
		},
		"a word misspelt": {
			[]Row{{Ref: "L1", Title: "Business case for the hub agreed by the board", Owner: "Estates"}},
			[]Row{{Ref: "L3", Title: "Business case for the hub agreeed by the board", Owner: "Estates"}},
			[]string{"0 0 true words, place and owner"},
		},
		"a row without words": {[]Row{{Ref: "L1"}}, []Row{{Ref: "L1"}}, nil},
	} {
		var got []string
		for _, m := range match(c.milestones, c.rows) {
			got = append(got, fmt.Sprint(m.Row, " ", m.Milestone, " ", m.Sure, " ", m.By))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q and not %q", name, got, c.want)
		}
	}
}

// Rows that say the very same are taken in the order of the documents, where there are as many as before.
func TestRowsThatSayTheSameStayInTheirOrder(t *testing.T) {
	before, now := titled("a x x b x"), titled("top a x x b x")
	before.SetOrder([]int32{0, 2, 1, 3, 4}) // the plan lists them by reference, and L10 comes before L9
	var got []string
	for _, m := range Rows(before, now, nil) {
		if !m.Sure {
			t.Errorf("%v is not sure", m)
		}
		got = append(got, fmt.Sprint(m.Row, "=", m.Milestone))
	}
	if want := []string{"1=0", "2=2", "3=1", "4=3", "5=4"}; !slices.Equal(got, want) {
		t.Errorf("matched %v, want %v", got, want)
	}
	if found := Rows(titled("a x x b"), titled("a x x x b"), nil); len(found) != 2+2 || found[1].Sure {
		t.Errorf("of three rows that say the same, two are sure to be those of before: %v", found)
	}
}
