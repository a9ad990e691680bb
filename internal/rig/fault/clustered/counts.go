package clustered

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"milepost.dev/internal/rig/fault"
)

// The page that shows the sums has them between these.
const sumsBegin, sumsEnd = "<!-- cluster sums -->\n", "<!-- /cluster sums -->\n"

// ShowCounts puts the sums of all counts into the page, and beside them those of the code that was counted last.
func ShowCounts(page string, counts []fault.Count) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(sumsBegin))
	_, after, closed := bytes.Cut(rest, []byte(sumsEnd))
	if !found || !closed {
		return fmt.Errorf("%s has no part between %q and %q", page, sumsBegin, sumsEnd)
	}
	return os.WriteFile(page, slices.Concat(before, []byte(sumsBegin+sums(counts)+sumsEnd), after), 0o644)
}

// sums adds up the counts of each fault, in the order in which faults are listed; one that was never counted is shown as well.
func sums(counts []fault.Count) string {
	digest := ""
	if n := len(counts); n > 0 {
		digest = counts[n-1].Digest
	}
	text := fmt.Sprintf("\nThe code that was counted last has the digest %s.\n\n", digest)
	text += "| fault | what happens | of this code | in all | operations | receipts | in doubt, then found out | broken worlds |\n|---|---|---:|---:|---:|---:|---:|---:|\n"
	for _, f := range All() {
		var now, all, operations, receipts, doubted, broken int
		for _, c := range fault.Of(counts, f.Name) {
			all, operations, receipts, doubted = all+c.Times, operations+c.Operations, receipts+c.Receipts, doubted+c.Doubted
			if c.Digest == digest {
				now += c.Times
			}
			if c.Broken != "" {
				broken++
			}
		}
		text += fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d |\n", f.Name, f.What, now, all, operations, receipts, doubted, broken)
	}
	return text + "\n"
}
