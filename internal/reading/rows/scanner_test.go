package rows

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scanned is what a file comes to: a line for each record.
func scanned(text string) []string {
	s := newScanner(strings.NewReader(text))
	var lines []string
	for {
		rec, err := s.next()
		if err != nil {
			return lines
		}
		line := fmt.Sprintf("%d %q", rec.row, rec.cells)
		for _, f := range rec.faults {
			line += fmt.Sprintf(" %d:%s", f.cell, f.rule)
		}
		lines = append(lines, line)
	}
}

func TestScanner(t *testing.T) {
	large := strings.Repeat("x", MaxCell+1)
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"lines end with LF or CRLF, and the last with neither": {"a,b\r\nc,d\ne,f", []string{`1 ["a" "b"]`, `2 ["c" "d"]`, `3 ["e" "f"]`}},
		"a CR at the very end counts for nothing":              {"a\r", []string{`1 ["a"]`}},
		"a quoted cell holds commas, quotes and lines":         {"\"a,\"\"b\"\"\r\nc\",d\ne,f\n", []string{`1 ["a,\"b\"\nc" "d"]`, `2 ["e" "f"]`}},
		"an empty line is a row of its own":                    {"a\n\nb\n", []string{`1 ["a"]`, `2 [""]`, `3 ["b"]`}},
		"a stray quote costs its row":                          {"a,b\"c,d\ne,f\n", []string{`1 [] 1:stray-quote`, `2 ["e" "f"]`}},
		"so does one after a closed cell":                      {"\"a\"b,c\ne,f\n", []string{`1 [] 0:stray-quote`, `2 ["e" "f"]`}},
		"an open quote costs its row, not those after it": {
			"a,\"b\nc,d\ne,f\n",
			[]string{`1 [] 1:unclosed-quote`, `2 ["c" "d"]`, `3 ["e" "f"]`},
		},
		"nor where a later quote seems to close it": {
			"a,\"b\nc,\"d\"\ne,f\n",
			[]string{`1 [] 1:unclosed-quote`, `2 ["c" "d"]`, `3 ["e" "f"]`},
		},
		"an open quote in the last row": {"a,b\nc,\"d", []string{`1 ["a" "b"]`, `2 [] 1:unclosed-quote`}},
		"what is too far behind an open quote is said to be lost": {
			"a,\"b\n" + strings.Repeat("c,d\n", lookBack),
			[]string{`1 [] 1:unclosed-quote`},
		},
		"a cell that is too large costs its row": {
			"a," + large + "\n\"" + large + "\",b\nc,d\n",
			[]string{fmt.Sprintf(`1 ["a" %q] 1:cell-too-large`, large[1:]), fmt.Sprintf(`2 [%q "b"] 0:cell-too-large`, large[1:]), `3 ["c" "d"]`},
		},
		"a zero byte and another encoding are no cells": {"a\x00,b\xe9\n", []string{`1 ["a\x00" "b\xe9"] 0:nul-byte 1:wrong-encoding`}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, scanned(test.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A long cell is read through, not kept.
func TestScannerKeepsLittle(t *testing.T) {
	s := newScanner(io.MultiReader(strings.NewReader(`a,"`), io.LimitReader(endless('x'), 10<<20), strings.NewReader("\",c\nd,e,f\n")))
	rec, err := s.next()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(rec.cells[1]); got > MaxCell {
		t.Errorf("kept %d bytes of the cell, want %d at the most", got, MaxCell)
	}
	if rec.count != 3 || len(rec.faults) != 1 || rec.faults[0].rule != "cell-too-large" {
		t.Errorf("got %d cells and %v, want 3 and cell-too-large", rec.count, rec.faults)
	}
	if rec, _ := s.next(); !cmp.Equal(rec.cells, []string{"d", "e", "f"}) {
		t.Errorf("the row after it is %q", rec.cells)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// Where encoding/csv finds nothing wrong, both read the same; rows only ever count up; nothing that is
// kept is larger than it may be.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "a,\"b\n\"\"c\",d\r\n", "\"a\nb,\"c\"\n\n", "a\"b\n", "\"", "\r\n,\r", "a,\"b\nc,\"d\"\n", "a;b\n\"c;\";d\n", "\t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newScanner(strings.NewReader(text))
		var got [][]string
		clean := true
		for last := 0; ; {
			rec, err := s.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if rec.row <= last {
				t.Fatalf("row %d after row %d", rec.row, last)
			}
			last = rec.row
			for _, c := range rec.cells {
				if len(c) > MaxCell {
					t.Fatalf("a cell of %d bytes was kept", len(c))
				}
			}
			if !cmp.Equal(rec.cells, []string{""}) {
				got = append(got, rec.cells)
			}
			for _, fault := range rec.faults {
				clean = clean && (fault.rule == "nul-byte" || fault.rule == "wrong-encoding")
			}
		}
		strict := csv.NewReader(strings.NewReader(text))
		strict.FieldsPerRecord, strict.Comma = -1, rune(s.comma)
		want, err := strict.ReadAll()
		if (err == nil) != clean && len(text) < MaxCell {
			t.Fatalf("encoding/csv says %v, and we found it clean: %v", err, clean)
		}
		if err == nil && clean && !cmp.Equal(want, got) && !quotedNothing(want, got) {
			t.Fatal(cmp.Diff(want, got))
		}
	})
}

// quotedNothing says whether the difference is only in rows of one empty cell: encoding/csv keeps one
// that is written in quotes, and such a row says nothing.
func quotedNothing(want, got [][]string) bool {
	var kept [][]string
	for _, row := range want {
		if !cmp.Equal(row, []string{""}) {
			kept = append(kept, row)
		}
	}
	return cmp.Equal(kept, got)
}
