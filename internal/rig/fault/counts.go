package fault

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Count is what one world came to: a row of the file that keeps them all.
type Count struct {
	Digest  string // of the code that ran (CodeDigest)
	Day     string
	Fault   string
	Shipped bool // the server was the one that everybody gets; else its bounds are shorter and its clock can be set
	Seed    uint64
	Times   int // the fault happened
	Operations, Receipts,
	Doubted int
	Broken string // what was found; empty where nothing was lost, doubled or served damaged
}

const countHead = "digest\tday\tfault\tbinary\tseed\ttimes\toperations\treceipts\tin doubt\tbroken\n"

// Counts are those of a file, in the order in which they were added. There are none where there is no file.
func Counts(path string) (all []Count, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rest, ok := strings.CutPrefix(string(text), countHead)
	if !ok {
		return nil, fmt.Errorf("%s does not begin with the heads of its columns", path)
	}
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 10 {
			return nil, fmt.Errorf("%s: a row has %d columns: %q", path, len(cells), line)
		}
		c := Count{Digest: cells[0], Day: cells[1], Fault: cells[2], Shipped: cells[3] == "shipped", Broken: cells[9]}
		var errs [5]error
		c.Seed, errs[0] = strconv.ParseUint(cells[4], 10, 64)
		for i, to := range []*int{&c.Times, &c.Operations, &c.Receipts, &c.Doubted} {
			*to, errs[i+1] = strconv.Atoi(cells[5+i])
		}
		if err := errors.Join(errs[:]...); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, line, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Keep adds a row to the file. When it returns the row is there, whatever ends the campaign.
func (c Count) Keep(path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	var row []byte
	if info.Size() == 0 {
		row = []byte(countHead)
	}
	binary := "patched"
	if c.Shipped {
		binary = "shipped"
	}
	row = fmt.Appendf(row, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", c.Digest, c.Day, c.Fault, binary, c.Seed, c.Times, c.Operations, c.Receipts, c.Doubted,
		strings.Join(strings.Fields(c.Broken), " "))
	if _, err := f.Write(row); err != nil {
		return err
	}
	return f.Sync()
}

// counted are the trees whose code the counts speak of: what takes a request, keeps it, and finds it again.
var counted = []string{"eventstore", "internal/writer", "internal/replica", "internal/node"}

// CodeDigest stands for the code that the counts speak of, tests aside: 12 hexadecimal digits.
func CodeDigest(root string) (string, error) {
	sum := sha256.New()
	for _, tree := range counted {
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(tree)), func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, path)
			fmt.Fprintf(sum, "%s\x00%d\x00%s", filepath.ToSlash(name), len(text), text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// Of are the counts of one fault.
func Of(counts []Count, name string) (some []Count) {
	for _, c := range counts {
		if c.Fault == name {
			some = append(some, c)
		}
	}
	return some
}

// Age says how many of the faults that were counted ran the code of a digest.
func Age(counts []Count, digest string) (now, before int) {
	for _, c := range counts {
		if c.Digest == digest {
			now += c.Times
		} else {
			before += c.Times
		}
	}
	return now, before
}

// The page that shows the sums has them between these.
const sumsBegin, sumsEnd = "<!-- sums -->\n", "<!-- /sums -->\n"

// Show puts the sums of all counts into the page, and beside them those of the code that was counted last.
func Show(page string, counts []Count) error {
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

// sums adds up the counts of each fault, in the order in which faults are listed: of the code that was counted last, and of all.
func sums(counts []Count) string {
	digest := ""
	if n := len(counts); n > 0 {
		digest = counts[n-1].Digest
	}
	type sum struct {
		fault                                                      string
		now, shipped, times, operations, receipts, doubted, broken int
	}
	var all []sum
	for _, c := range counts {
		i := slices.IndexFunc(all, func(s sum) bool { return s.fault == c.Fault })
		if i < 0 {
			i = len(all)
			all = append(all, sum{fault: c.Fault})
		}
		s := &all[i]
		s.times += c.Times
		s.operations += c.Operations
		s.receipts += c.Receipts
		s.doubted += c.Doubted
		if c.Broken != "" {
			s.broken++
		}
		if c.Digest == digest {
			s.now += c.Times
		}
		if c.Shipped {
			s.shipped += c.Times
		}
	}
	listed := All()
	for _, f := range listed { // one that was never counted is shown as well
		if !slices.ContainsFunc(all, func(s sum) bool { return s.fault == f.Name }) {
			all = append(all, sum{fault: f.Name})
		}
	}
	place := func(s sum) int { return slices.IndexFunc(listed, func(f Fault) bool { return f.Name == s.fault }) }
	slices.SortStableFunc(all, func(a, b sum) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.fault, b.fault)) })
	table := fmt.Sprintf("\nThe code that was counted last has the digest %s.\n\n", digest)
	table += "| fault | what happens | of this code | in all | as shipped | operations | receipts | in doubt, then found out | broken worlds |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n"
	for _, s := range all {
		what := ""
		if i := place(s); i >= 0 {
			what = listed[i].What
		}
		table += fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d | %d |\n", s.fault, what, s.now, s.times, s.shipped, s.operations, s.receipts, s.doubted, s.broken)
	}
	return table + "\n"
}
