package rows

import (
	"errors"
	"io"
	"strings"
	"testing"

	"milepost.dev/internal/reading/dates"
)

// A column of a return has one order of day and month. Each line has the as_at day and the delivery date of the rows, and what
// becomes of them.
func TestAColumnHasOneOrder(t *testing.T) {
	for _, test := range []struct {
		name, file, want string
		usual            dates.Order
		doubtful         int
	}{
		{"a cell proves month first", "2019-01-31,04/15/2019 2019-01-31,03/04/2019", "2019-01-31,2019-04-15 2019-01-31,2019-03-04", 0, 0},
		{"a cell proves day first, as is usual", "2019-01-31,15/04/2019 2019-01-31,03/04/2019", "2019-01-31,15/04/2019 2019-01-31,03/04/2019", 0, 0},
		{"a cell proves day first in a plan that has the month first", "2019-01-31,15/04/2019 2019-01-31,03/04/2019", "2019-01-31,2019-04-15 2019-01-31,2019-04-03", dates.MonthFirst, 0},
		{"nothing proves anything", "2019-01-31,03/04/2019 2019-01-31,2019-04", "2019-01-31,03/04/2019 2019-01-31,2019-04", 0, 1},
		{"nothing proves anything, and the plan says", "2019-01-31,03/04/2019", "2019-01-31,03/04/2019", dates.MonthFirst, 0},
		{"one column proves it for the other", "01/31/2019,03/04/2019 02/03/2019,05/06/2019", "2019-01-31,2019-03-04 2019-02-03,2019-05-06", 0, 0},
		{"the plan's order holds for the day of a row", "02/03/2019,TBC", "2019-02-03,TBC", dates.MonthFirst, 0},
		{"cells prove both", "2019-01-31,15/04/2019 2019-01-31,04/15/2019 2019-01-31,03/04/2019", "2019-01-31,15/04/2019 2019-01-31,04/15/2019 2019-01-31,03/04/2019", 0, 1},
		{"words around a date", "2019-01-31,04/15/2019 2019-01-31,by 03/04/2019", "2019-01-31,2019-04-15 2019-01-31,by 2019-03-04", 0, 0},
	} {
		in, err := Open(strings.NewReader("as_at,delivery_date,ref\n"+strings.Join(strings.Fields(strings.ReplaceAll(test.file, "by ", "by_")), ",R\n")+",R\n"), false)
		if err != nil {
			t.Fatal(err)
		}
		var all []Row
		for {
			row, refused, err := in.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(refused) > 0 {
				t.Fatal(test.name, err, refused)
			}
			for i := range row.Cells {
				row.Cells[i].Value = strings.ReplaceAll(row.Cells[i].Value, "_", " ")
			}
			all = append(all, row)
		}
		o := Order(all, test.usual)
		var got []string
		for _, row := range all {
			got = append(got, row.Value(AsAt)+","+row.Value(DeliveryDate))
		}
		if strings.Join(got, " ") != test.want || o.Doubtful != test.doubtful {
			t.Errorf("%s: %s, %d in doubt", test.name, strings.Join(got, " "), o.Doubtful)
		}
	}
}
