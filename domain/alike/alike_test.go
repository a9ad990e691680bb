package alike_test

import (
	"testing"

	"milepost.dev/domain/alike"
)

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"The health hub opens", "Health-hub opens!", 1},
		{"The health hub opens", "The health hub opens in Redditch", 6.0 / 7},
		{"Hub live", "Staff are trained", 0},
		{"of the", "of the", 1},
		{"", "", 0},
		{"Hub live", "", 0},
	} {
		if got := alike.Overlap(alike.Of(c.a), alike.Of(c.b)); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}
