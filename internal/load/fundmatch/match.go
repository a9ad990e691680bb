// Package fundmatch finds out which sums of the next version of a document are which funding lines of a plan: by scheme, fund, period
// and words, and never by where they stand. It is pure.
package fundmatch

import (
	"strings"
	"unicode"

	"milepost.dev/domain/alike"
)

// Line is what is compared of a funding line. What is empty was not said.
type Line struct {
	Scheme, Fund string
	Start, End   string // the ISO days that it is for
	Basis        string // what the amount is an amount of
	Amount       string // in decimal, with its currency
	// Name is its words, as Name makes them; of a line of the plan, of its reference.
	Name string
}

type level struct {
	ordered bool
	key     func(l Line) []string // none where the line says too little
}

// levels are what two lines have in common to be the same, what is surest first. Where ordered, several that are alike are taken in
// their order; else only those that are the only ones with it on both sides.
var levels = []level{
	{true, func(l Line) []string { return withName(l, l.Scheme, l.Fund, l.period(), l.Basis, l.Amount) }},
	{true, func(l Line) []string { return withName(l, l.Scheme, l.Fund, l.period(), l.Basis) }},
	{false, func(l Line) []string { return withAmount(l, l.Scheme, l.Fund, l.period(), l.Basis) }},
	{false, func(l Line) []string { return withName(l, l.Scheme, l.Amount) }},
	{false, func(l Line) []string { return withName(l, l.Scheme) }},
	{false, func(l Line) []string { return withName(l, l.Fund, l.period(), l.Basis) }},
	{false, func(l Line) []string { return []string{l.Scheme, l.Fund, l.period(), l.Basis} }},
	{false, func(l Line) []string { return withAmount(l, l.Fund, l.period(), l.Basis) }},
	{false, func(l Line) []string { // its fund has another name
		if l.Scheme == "" || l.Start+l.End == "" {
			return nil
		}
		return withAmount(l, l.Scheme, l.period(), l.Basis)
	}},
}

// elsewhere are what two lines have in common to be the same although one is of a milestone and the other of a scheme.
var elsewhere = []level{
	{false, func(l Line) []string { return withName(l, l.Fund, l.period(), l.Basis, l.Amount) }},
	{false, func(l Line) []string { return withName(l, withAmount(l, l.Fund)...) }},
	{false, func(l Line) []string {
		if l.Fund == "" || l.Start+l.End == "" {
			return nil
		}
		return withAmount(l, l.Fund, l.period(), l.Basis)
	}},
}

func (l Line) period() string { return l.Start + "/" + l.End }

func withName(l Line, parts ...string) []string {
	if l.Name == "" || parts == nil {
		return nil
	}
	return append(parts, "words", l.Name)
}

func withAmount(l Line, parts ...string) []string {
	if l.Amount == "" {
		return nil
	}
	return append(parts, "amount", l.Amount)
}

// Lines matches the lines that a document tells with those that are known. It returns for each that is told where it stands among the
// known, and -1 for a new one.
func Lines(known, told []Line) []int { return lines(known, told, levels) }

// Elsewhere matches lines that are told of a scheme with those that are known of milestones, or the other way round: a sum belongs to a
// milestone where its cell stands beside that one alone, and to the scheme as soon as another row stands there. As Lines it returns for
// each that is told where it stands among the known, and -1.
func Elsewhere(known, told []Line) []int { return lines(known, told, elsewhere) }

func lines(known, told []Line, levels []level) []int {
	of := make([]int, len(told))
	for i := range of {
		of[i] = -1
	}
	taken := make([]bool, len(known))
	for _, level := range levels {
		left, there := map[uint64][]int{}, map[uint64][]int{}
		for i, l := range known {
			if k := digest(level.key(l)); !taken[i] && k != 0 {
				left[k] = append(left[k], i)
			}
		}
		for i, l := range told {
			if k := digest(level.key(l)); of[i] < 0 && k != 0 {
				there[k] = append(there[k], i)
			}
		}
		for k, rows := range there {
			same := left[k]
			if !level.ordered && (len(rows) != 1 || len(same) != 1) {
				continue
			}
			for n := range min(len(rows), len(same)) {
				of[rows[n]], taken[same[n]] = same[n], true
			}
		}
	}
	return of
}

// digest is that of the words of texts; 0 of none.
func digest(texts []string) uint64 {
	if texts == nil {
		return 0
	}
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = strings.Join(alike.Split(t), " ")
	}
	return alike.DigestAll(append(all, "line")...)
}

// maxName bounds a name in bytes.
const maxName = 80

// Name is a short name of a sum: its words without the numbers, which change from one version to the next.
func Name(texts ...string) string {
	var kept []string
	length := 0
	for _, word := range strings.Fields(strings.Join(texts, " ")) {
		if strings.ContainsFunc(word, unicode.IsDigit) || !strings.ContainsFunc(word, unicode.IsLetter) {
			continue
		}
		if length += len(word) + 1; length > maxName {
			break
		}
		kept = append(kept, word)
	}
	return strings.Join(kept, " ")
}
