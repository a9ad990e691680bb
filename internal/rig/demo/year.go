package demo

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"
	"time"
)

// Beat is one thing that happens in the district's year: a return, or a single fact that a system pushed before
// the return that will repeat it.
type Beat struct {
	// At is when it is sent, by the demonstration's own clock.
	At   time.Time
	Plan Programme
	// Return is the file that is sent: a whole return, or one row.
	Return Return
	// Ref is the milestone of a single row; empty for a return.
	Ref string
}

// Begins is when the year begins.
func Begins() time.Time { return time.Date(2024, time.April, 30, 8, 0, 0, 0, time.UTC) }

// What a return's columns are, by number.
const (
	colAsAt, colRef, colOwner, colDate, colActual, colReason, colSource = 0, 1, 4, 5, 6, 10, 11
)

// Year is all that happens in it, in order. The same seed gives the same year.
//
// Of what changed between two returns, two in three were pushed on some day between by the project office's own
// tool; the return says them once more.
func Year(seed uint64) []Beat {
	var year []Beat
	for i, p := range Programmes() {
		c := new(chance(seed + uint64(i) + 1))
		before := map[string][]string{}
		for _, r := range p.Returns(seed + uint64(i)) {
			asAt, _ := time.Parse(time.DateOnly, r.AsAt)
			year = append(year, Beat{At: asAt.Add(time.Duration(14+i) * time.Hour), Plan: p, Return: r})
			for _, row := range rows(r.CSV) {
				was := before[row[colRef]]
				before[row[colRef]] = row
				if was == nil || was[colDate] == row[colDate] && was[colActual] == row[colActual] && was[colOwner] == row[colOwner] || c.IntN(3) == 0 {
					continue
				}
				day := asAt.AddDate(0, 0, -1-c.IntN(22))
				if actual, ok := lastDay(row[colActual]); ok && !day.After(actual) {
					day = actual.AddDate(0, 0, 1)
				}
				if day.Before(asAt) {
					year = append(year, pushed(p, was, row, day.Add(time.Duration(9*60+c.IntN(420))*time.Minute)))
				}
			}
		}
	}
	slices.SortStableFunc(year, func(a, b Beat) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Ref, b.Ref)) })
	return year
}

// pushed is what changed in a row of a return, as the project tool had it before.
func pushed(p Programme, was, row []string, at time.Time) Beat {
	early := make([]string, len(header))
	early[colRef] = row[colRef]
	for _, col := range []int{colOwner, colDate, colActual, colReason} {
		if row[col] != was[col] {
			early[col] = row[col]
		}
	}
	if early[colDate] != "" {
		early[colReason] = row[colReason] // the same reason may hold again
	}
	early[colAsAt], early[colSource] = at.Format(time.DateOnly), "Project tool"
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	if err := out.WriteAll([][]string{header, early}); err != nil {
		panic(err) // unreachable: a buffer takes everything
	}
	return Beat{At: at, Plan: p, Ref: row[colRef], Return: Return{AsAt: early[colAsAt], CSV: file.Bytes()}}
}
