package rows

import (
	"fmt"
	"regexp"
	"strconv"

	"milepost.dev/internal/reading/dates"
)

// inNumbers is a date in numbers alone.
var inNumbers = regexp.MustCompile(`\b(\d{1,2})([/.-])(\d{1,2})([/.-])(\d{4}|\d\d)\b`)

// Ordered is what a return has in dates of numbers alone.
type Ordered struct {
	// Doubtful is how many rows have a date that can be read day first and month first, where nothing tells; Example is the first.
	Doubtful int
	Example  string
}

// Order gives the dates of a whole return one order of day and month, column by column: a cell that can only have been written
// in one order, or that has a weekday beside it, proves it for its column, and for a column without any proof where no other
// column proves something else. Cells of a proven order are written as ISO where the plan would read them otherwise; usual is the
// order that it reads them in, and OrderUnsaid where it does not say.
func Order(all []Row, usual dates.Order) (o Ordered) {
	proofs := map[string]*[2]bool{} // by column: the day comes first, the month does
	for _, column := range []string{AsAt, DeliveryDate, ActualDate} {
		proofs[column] = &[2]bool{}
	}
	for _, row := range all {
		for _, c := range row.Cells {
			if found := proofs[c.Column]; found != nil {
				if order, proved := dates.Proves(written(c)); proved {
					found[order-dates.DayFirst] = true
				}
			}
		}
	}
	proven := map[string]dates.Order{}
	common, mixed := [2]bool{}, map[string]bool{}
	for column, found := range proofs {
		switch {
		case found[0] && found[1]:
			mixed[column] = true
		case found[0]:
			proven[column], common[0] = dates.DayFirst, true
		case found[1]:
			proven[column], common[1] = dates.MonthFirst, true
		}
	}
	for column := range proofs {
		if _, is := proven[column]; is || mixed[column] || common[0] == common[1] {
			continue
		}
		proven[column] = dates.DayFirst
		if common[1] {
			proven[column] = dates.MonthFirst
		}
	}
	for _, row := range all {
		doubtful := false
		for i, c := range row.Cells {
			if proofs[c.Column] == nil {
				continue
			}
			if order := proven[c.Column]; order != dates.OrderUnsaid {
				row.Cells[i] = c.inOrder(order, usual)
				continue
			}
			if c.Column == AsAt && usual == dates.MonthFirst {
				row.Cells[i] = c.inOrder(usual, dates.DayFirst)
				continue
			}
			if usual == dates.OrderUnsaid && eitherOrder(written(c)) {
				if o.Example == "" {
					o.Example = written(c)
				}
				doubtful = true
			}
		}
		if doubtful {
			o.Doubtful++
		}
	}
	return o
}

// written is a cell as the return has it.
func written(c Cell) string {
	if c.written != "" {
		return c.written
	}
	return c.Value
}

// inOrder is a cell whose dates have an order, with its dates in ISO where they would be read in another.
func (c Cell) inOrder(order, usual dates.Order) Cell {
	read := usual
	if read == dates.OrderUnsaid || c.Column == AsAt { // an as_at day was read day first
		read = dates.DayFirst
	}
	if order == read {
		return c
	}
	c.Value = inNumbers.ReplaceAllStringFunc(written(c), func(date string) string {
		at := inNumbers.FindStringSubmatch(date)
		day, _ := strconv.Atoi(at[1])
		month, _ := strconv.Atoi(at[3])
		year, _ := strconv.Atoi(at[5])
		if order == dates.MonthFirst {
			day, month = month, day
		}
		if len(at[5]) == 2 {
			year += 2000
		}
		if iso := fmt.Sprintf("%04d-%02d-%02d", year, month, day); isDay(iso) && at[2] == at[4] {
			return iso
		}
		return date
	})
	return c
}

// eitherOrder says whether the dates of a text can be read day first and month first, and are others each time.
func eitherOrder(text string) bool {
	at := inNumbers.FindStringSubmatch(text)
	if at == nil {
		return false
	}
	if _, proved := dates.Proves(text); proved {
		return false
	}
	a, _ := strconv.Atoi(at[1])
	b, _ := strconv.Atoi(at[3])
	return a != b && a >= 1 && a <= 12 && b >= 1 && b <= 12
}
