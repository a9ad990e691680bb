package progress

import "testing"

func TestRead(t *testing.T) {
	all, most := 100.0, 95.0
	for _, c := range []struct {
		status  string
		percent *float64
		want    End
	}{
		{"Complete", nil, Done},
		{"  completed. ", nil, Done},
		{"Closed", nil, Done},
		{"100% complete", nil, Done},
		{"On track", &all, Done},
		{"", &all, Done},
		{"On track", &most, Open},
		{"Not complete", nil, Open},
		{"Complete the draft", nil, Open},
		{"Completed in part", nil, Open},
		{"Cancelled", &all, Cancelled},
		{"No longer required", nil, Cancelled},
		{"", nil, Open},
	} {
		if got := Read(c.status, c.percent); got != c.want {
			t.Errorf("%q says %d, want %d", c.status, got, c.want)
		}
	}
}
