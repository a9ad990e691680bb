package sums

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/rig/sharedtest"
)

func settings() dates.Settings {
	from, _ := civil.Of(2017, 4, 1)
	to, _ := civil.Of(2019, 3, 31)
	return dates.Settings{PlanStart: from, PlanEnd: to}
}

// notation writes a reading on one line: "1250000.00 GBP total (ETTF) 2017-04-01..2019-03-31 recurs".
func notation(r Reading) string {
	var parts []string
	if r.Amount.IsZero() {
		parts = append(parts, "promise")
	} else {
		parts = append(parts, r.Amount.String(), r.Amount.Currency, r.Basis.String())
	}
	if r.Fund != "" {
		parts = append(parts, "("+r.Fund+")")
	}
	if r.Start != 0 || r.End != 0 {
		parts = append(parts, r.Start.String()+".."+r.End.String())
	}
	return strings.Join(append(parts, [...]string{"", "recurs", "once"}[r.Recurrent]), " ")
}

func all(readings []Reading) string {
	var parts []string
	for _, r := range readings {
		parts = append(parts, strings.TrimSpace(notation(r)))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "; ")
}

// Every example of the convention reads as it says.
func TestConventionExamples(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(sharedtest.Read(t, "conventions/money-examples.tsv")), "\n"), "\n")
	right := 0
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		var examples []struct {
			Amount, Currency, Basis, Start, End *string
			Fund                                string
			Recurrent                           *bool
		}
		if err := json.Unmarshal([]byte(cells[3]), &examples); err != nil {
			t.Fatal(err)
		}
		var want []Reading
		for _, e := range examples {
			r := Reading{Fund: e.Fund}
			if e.Amount != nil {
				a, err := money.Parse(*e.Amount, *e.Currency)
				if err != nil {
					t.Fatal(err)
				}
				r.Amount = a
				for r.Basis = money.Unstated; r.Basis < money.UpTo && r.Basis.String() != *e.Basis; r.Basis++ {
				}
			}
			for into, text := range map[*civil.Date]*string{&r.Start: e.Start, &r.End: e.End} {
				if text != nil {
					d, err := civil.Parse(*text)
					if err != nil {
						t.Fatal(err)
					}
					*into = d
				}
			}
			if e.Recurrent != nil && *e.Recurrent {
				r.Recurrent = money.Recurs
			} else if e.Recurrent != nil {
				r.Recurrent = money.Once
			}
			want = append(want, r)
		}
		got, review := Read(cells[0], settings())
		if all(got) != all(want) {
			t.Errorf("%s:%s %q reads\n  %s | %s\nwant\n  %s", cells[1], cells[2], cells[0], all(got), strings.Join(review, ","), all(want))
			continue
		}
		right++
	}
	t.Logf("%d of %d examples read as written", right, len(lines)-1)
}

var update = flag.Bool("update", false, "write the specs in testdata/read again")

// Each spec in testdata/read holds what is read by one rule: a text, its readings, and why a person looks.
func TestSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no specs", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			for line := range strings.Lines(string(data)) {
				line = strings.TrimSuffix(line, "\n")
				text, _, _ := strings.Cut(line, " | ")
				readings, review := Read(text, settings())
				got := strings.TrimRight(text+" | "+all(readings)+" | "+strings.Join(review, ","), " ")
				fmt.Fprintln(&out, got)
				if got != line && !*update {
					t.Errorf("reads\n  %s\nwant\n  %s", got, line)
				}
			}
			if *update {
				if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// An amount reads as itself however it is written.
func TestEveryAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pounds := rapid.Int64Range(1, 9_999).Draw(t, "pounds")
		for text, want := range map[string]string{
			fmt.Sprintf("£%d", pounds):                                   fmt.Sprintf("%d.00", pounds),
			fmt.Sprintf("£%d.25", pounds):                                fmt.Sprintf("%d.25", pounds),
			fmt.Sprintf("£%d,000", pounds%999+1):                         fmt.Sprintf("%d000.00", pounds%999+1),
			fmt.Sprintf("£%dk", pounds):                                  fmt.Sprintf("%d000.00", pounds),
			fmt.Sprintf("£%d K", pounds):                                 fmt.Sprintf("%d000.00", pounds),
			fmt.Sprintf("%dk", pounds):                                   fmt.Sprintf("%d000.00", pounds),
			fmt.Sprintf("£%d.5m", pounds):                                fmt.Sprintf("%d500000.00", pounds),
			fmt.Sprintf("%d,5 m", pounds):                                fmt.Sprintf("%d500000.00", pounds),
			fmt.Sprintf("GBP %d million", pounds):                        fmt.Sprintf("%d000000.00", pounds),
			fmt.Sprintf("Harbour lights £%d for quays in 17/18", pounds): fmt.Sprintf("%d.00", pounds),
		} {
			got, review := Read(text, settings())
			if len(got) != 1 || got[0].Amount.String() != want || len(review) > 0 {
				t.Fatalf("%q is read %s | %v, want %s", text, all(got), review, want)
			}
		}
	})
}

// A long text takes as long as its length says.
func TestLongText(t *testing.T) {
	for _, words := range [][]string{
		{"Fund", "and"},
		{"Harbour"},
		{"£1"},
		{"£1k", "-"},
		{"harbour", "and", "road", "Fund", "works"},
		{"Fund", "and", "£20k", "for", "17/18", "(BCF)", "TBC", ".", "up", "to", "grant", "per", "head", "March", "from", "NHSE", "1O"},
	} {
		text := strings.Repeat(strings.Join(words, " ")+" ", 30_000/len(words))
		readings, review := Read(text, settings())
		if again, _ := Read(text, settings()); len(again) != len(readings) {
			t.Errorf("%v is read in %d ways and %d, %v", words, len(readings), len(again), review)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"ETTF £1,250,000 17/18 & 18/19", "F1 4m", "\xff£", "", "ETTF bid bids fund (BCF)", "£9999999999999999999bn", "Fund and Fund and", "TBC.; £1", "1 per head", "B  fund",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		readings, review := Read(text, settings())
		again, reviewAgain := Read(" "+text+"\n", settings())
		if all(readings) != all(again) || !slices.Equal(review, reviewAgain) {
			t.Fatalf("%q is read %s %v, and with spaces around it %s %v", text, all(readings), review, all(again), reviewAgain)
		}
		for _, r := range readings {
			if r.Amount.IsZero() != (r.Basis == money.Unstated) || r.Amount.Sign() < 0 {
				t.Fatalf("%q is read %+v", text, r)
			}
			if r.Fund != "" && !strings.Contains(strings.Join(strings.Fields(text), " "), r.Fund) {
				t.Fatalf("%q names no %q", text, r.Fund)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := settings()
	b.ReportAllocs()
	for b.Loop() {
		Read("ETTF £1,250,000 17/18 & 18/19", s)
	}
}
