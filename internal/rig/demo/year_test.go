package demo

import (
	"reflect"
	"testing"
)

func TestTheYearIsInOrderAndTheSameForASeed(t *testing.T) {
	year := Year(Seed)
	if !reflect.DeepEqual(year, Year(Seed)) {
		t.Fatal("the same seed gives another year")
	}
	if year[0].At.Before(Begins()) {
		t.Errorf("the year begins on %s, and its first beat is on %s", Begins(), year[0].At)
	}
	returns, pushes := map[string]int{}, map[string]int{}
	for i, beat := range year {
		if i > 0 && beat.At.Before(year[i-1].At) {
			t.Errorf("beat %d is on %s, after one on %s", i, beat.At, year[i-1].At)
		}
		if beat.Ref == "" {
			returns[beat.Plan.ID]++
			continue
		}
		pushes[beat.Plan.ID]++
		row := rows(beat.Return.CSV)[0]
		if row[colRef] != beat.Ref || row[colAsAt] != beat.At.Format("2006-01-02") || row[colActual] > row[colAsAt] {
			t.Errorf("on %s the project tool says %q", beat.At, row)
		}
	}
	for _, p := range Programmes() {
		if returns[p.ID] != months || pushes[p.ID] < 5 {
			t.Errorf("%s has %d returns and %d pushes", p.ID, returns[p.ID], pushes[p.ID])
		}
	}
	t.Log(len(year), "beats;", pushes)
}
