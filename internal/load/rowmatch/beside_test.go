package rowmatch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func titled(titles string) *List {
	l := &List{}
	for _, t := range strings.Fields(titles) {
		l.Add(Row{Title: t})
	}
	return l
}

// What went and what came between the same neighbours is one block, and where as many came as went each is asked about.
func TestWhatWentAndWhatCameAtOnePlace(t *testing.T) {
	for name, test := range map[string]struct {
		before, now string
		pairs       string // row=milestone
		gone        int
	}{
		"nothing":                          {"a b c", "a b c", "", 0},
		"one is reworded":                  {"a b c", "a x c", "1=1", 1},
		"two are reworded":                 {"a b c d", "a x y d", "1=1 2=2", 2},
		"the first and the last":           {"a b c", "x b y", "0=0 2=2", 2},
		"one went":                         {"a b c", "a c", "", 1},
		"one came":                         {"a c", "a b c", "", 0},
		"two came where one went":          {"a b c", "a x y c", "", 1},
		"one came elsewhere":               {"a b c d", "a c x d", "", 1},
		"neighbours changed places":        {"a b c", "c x a", "", 1},
		"a row on top, and one reworded":   {"a b c", "x a y c", "2=1", 1},
		"everything is other":              {"a b", "x y", "0=0 1=1", 2},
		"something that is matched beside": {"a b c d", "a x d c", "1=1", 1},
	} {
		before, now := titled(test.before), titled(test.now)
		order := make([]int32, before.Len())
		for i := range order {
			order[i] = int32(i)
		}
		blocks := Blocks(before, now, Rows(before, now, nil), order)
		gone := 0
		for _, b := range blocks {
			gone += len(b.Gone)
		}
		var pairs []string
		for _, p := range Pairs(before, now, blocks) {
			if p.Sure {
				t.Errorf("%s: %v is sure", name, p)
			}
			pairs = append(pairs, string(rune('0'+p.Row))+"="+string(rune('0'+p.Milestone)))
		}
		slices.Sort(pairs)
		if strings.Join(pairs, " ") != test.pairs || gone != test.gone {
			t.Errorf("%s: %q, %d gone", name, pairs, gone)
		}
	}
}

// A whole page that went is told, and nobody is asked about each of its rows.
func TestOfMuchThatWentNobodyIsAskedRowByRow(t *testing.T) {
	for rows, want := range map[int]int{12: 12, 13: 0} {
		before, now := &List{}, &List{}
		order := make([]int32, rows)
		for i := range rows {
			before.Add(Row{Title: fmt.Sprint("before", i)})
			now.Add(Row{Title: fmt.Sprint("now", i)})
			order[i] = int32(i)
		}
		blocks := Blocks(before, now, nil, order)
		if pairs := Pairs(before, now, blocks); len(pairs) != want || len(blocks) != 1 {
			t.Errorf("%d rows: %d pairs in %d blocks, want %d in 1", rows, len(pairs), len(blocks), want)
		}
	}
}
