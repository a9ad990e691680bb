package fault

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The page that keeps the counts of every run has one table of runs, which grows, and one of sums, which is
// worked out of it.
const (
	runsBegin, runsEnd = "<!-- runs -->\n", "<!-- /runs -->\n"
	sumsBegin, sumsEnd = "<!-- sums -->\n", "<!-- /sums -->\n"
)

// run is a row of the table of runs: what one campaign did of one fault.
type run struct {
	day                         string
	fault                       string
	first, last                 uint64 // seeds
	times, operations, receipts int
	doubt                       int
}

// Record adds the tallies of one campaign to the page.
func Record(page, day, command string, tallies []Tally) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	runs, err := between(text, runsBegin, runsEnd)
	if err != nil {
		return err
	}
	sums, err := between(text, sumsBegin, sumsEnd)
	if err != nil {
		return err
	}
	added := "\n`" + command + "`\n\n| day | fault | times | seeds | operations | receipts | in doubt |\n|---|---|---:|---|---:|---:|---:|\n"
	for _, r := range byFault(tallies, day) {
		added += fmt.Sprintf("| %s | %s | %d | %d to %d | %d | %d | %d |\n", r.day, r.fault, r.times, r.first, r.last, r.operations, r.receipts, r.doubt)
	}
	grown := string(runs) + added
	table, err := sumsOf(grown)
	if err != nil {
		return err
	}
	text = bytes.Replace(text, append([]byte(sumsBegin), sums...), []byte(sumsBegin+table), 1)
	text = bytes.Replace(text, append([]byte(runsBegin), runs...), []byte(runsBegin+grown), 1)
	return os.WriteFile(page, text, 0o644)
}

func between(text []byte, begin, end string) ([]byte, error) {
	_, after, found := bytes.Cut(text, []byte(begin))
	inside, _, closed := bytes.Cut(after, []byte(end))
	if !found || !closed {
		return nil, fmt.Errorf("the page has no part between %q and %q", begin, end)
	}
	return inside, nil
}

func byFault(tallies []Tally, day string) (runs []run) {
	for _, t := range tallies {
		i := slices.IndexFunc(runs, func(r run) bool { return r.fault == t.Fault })
		if i < 0 {
			i = len(runs)
			runs = append(runs, run{day: day, fault: t.Fault, first: t.Seed, last: t.Seed})
		}
		r := &runs[i]
		r.first, r.last = min(r.first, t.Seed), max(r.last, t.Seed)
		r.times += t.Injected
		r.operations += t.Proof.Operations
		r.receipts += t.Proof.Accepted
		r.doubt += t.Proof.InDoubt
	}
	return runs
}

// sumsOf adds up the rows of all runs, in the order in which the faults are listed.
func sumsOf(runs string) (string, error) {
	sums := map[string]run{}
	for line := range strings.Lines(runs) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 7 || strings.Contains(line, "---") || strings.Contains(line, "| day |") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		s := sums[cells[1]]
		s.fault = cells[1]
		for at, to := range map[int]*int{2: &s.times, 4: &s.operations, 5: &s.receipts, 6: &s.doubt} {
			n, err := strconv.Atoi(cells[at])
			if err != nil {
				return "", fmt.Errorf("a row of runs that no campaign wrote: %q", line)
			}
			*to += n
		}
		sums[cells[1]] = s
	}
	rows := make([]run, 0, len(sums))
	for _, s := range sums {
		rows = append(rows, s)
	}
	listed := All()
	place := func(r run) int { return slices.IndexFunc(listed, func(f Fault) bool { return f.Name == r.fault }) }
	slices.SortFunc(rows, func(a, b run) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.fault, b.fault)) })
	table := "\n| fault | what happens | times | operations | receipts | in doubt, then found out |\n|---|---|---:|---:|---:|---:|\n"
	for _, r := range rows {
		what := ""
		if i := place(r); i >= 0 {
			what = listed[i].What
		}
		table += fmt.Sprintf("| %s | %s | %d | %d | %d | %d |\n", r.fault, what, r.times, r.operations, r.receipts, r.doubt)
	}
	return table + "\n", nil
}
