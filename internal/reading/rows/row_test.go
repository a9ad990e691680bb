package rows

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readRows reads a return, and fails the test where the header is not readable.
func readRows(t *testing.T, text string, isoDates bool) (rows []Row, refused []string) {
	t.Helper()
	r, err := Open(strings.NewReader(text), isoDates)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, bad, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, refused
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range bad {
			column := "-"
			if r.Column != nil {
				column = *r.Column
			}
			refused = append(refused, column+" "+r.Rule)
		}
		if len(bad) == 0 {
			rows = append(rows, row)
		}
	}
}

func TestRefusedRows(t *testing.T) {
	const header = "as_at,ref,delivery_date,actual_date,percent,scheme,\n"
	for row, want := range map[string][]string{
		"2017-01-31,A,2017-Q1,2017-01-30,50%,x,\n":            nil,
		"2017-01-31,A,TBC,,100,,\n":                           nil,
		",,,,,,\n":                                            nil, // an empty row says nothing
		"2017-01-31,,2017-03,,,,\n":                           {"ref ref-missing"},
		"2017-01-31, ,2017-03,,,,\n":                          {"ref ref-missing"},
		",A,,,,,\n":                                           {"as_at as-at-not-iso"},
		"31/01/2017,A,,,,,\n":                                 {"as_at as-at-not-iso"},
		"2017-02-29,A,,,,,\n":                                 {"as_at as-at-not-iso"},
		"2017-01,,mid 2019,soon,101,,\n":                      {"ref ref-missing", "as_at as-at-not-iso", "percent percent-not-a-number", "delivery_date date-not-iso", "actual_date date-not-iso"},
		"2017-01-31,A,2019-09-38,2017-02-30,-1,,\n":           {"percent percent-not-a-number", "delivery_date date-impossible", "actual_date date-impossible"},
		"2017-01-31,A,,TBC,12.5,,\n":                          {"percent percent-not-a-number", "actual_date date-not-iso"},
		"2017-01-31,A,\n":                                     {"- ragged-row"},
		"2017-01-31,A,,,,,,\n":                                {"- ragged-row"},
		"2017-01-31,A,,,,,note\n":                             {"- column-unnamed"},
		"2017-01-31,A,\"2017,,,,\n":                           {"delivery_date unclosed-quote"},
		"2017-01-31,A,,,,é caf\xe9,\n":                        {"scheme wrong-encoding"},
		"2017-01-31,A,,,,\x00,\n":                             {"scheme nul-byte"},
		"2017-01-31," + strings.Repeat("A", 10<<20) + ",,,,,": {"ref cell-too-large"},
	} {
		_, refused := readRows(t, header+row, true)
		if diff := cmp.Diff(want, refused); diff != "" {
			t.Errorf("%.80q: %s", row, diff)
		}
	}
}

func TestWordsAreSentWithoutISODates(t *testing.T) {
	rows, refused := readRows(t, "as_at,ref,delivery_date,actual_date\n2017-01-31,A,mid 2019,24th January\n", false)
	if len(rows) != 1 || refused != nil {
		t.Errorf("got %v and %v, want a row", rows, refused)
	}
}
