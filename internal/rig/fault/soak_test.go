package fault

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

func TestASoakIsJudgedByItsEnd(t *testing.T) {
	steady := Sample{Descriptors: 25, Goroutines: 70, Live: 100e6, Latency: 5 * time.Millisecond, Flush: 4 * time.Millisecond}
	with := func(change func(*Sample)) Sample {
		s := steady
		change(&s)
		return s
	}
	for name, test := range map[string]struct {
		end   Sample
		wrong int
	}{
		"as it was":        {steady, 0},
		"descriptors":      {with(func(s *Sample) { s.Descriptors += 6 }), 1},
		"goroutines":       {with(func(s *Sample) { s.Goroutines += 11 }), 1},
		"latency":          {with(func(s *Sample) { s.Latency = 9 * time.Millisecond }), 1},
		"a slower machine": {with(func(s *Sample) { s.Latency, s.Flush = 15*time.Millisecond, 12*time.Millisecond }), 0},
		"memory":           {with(func(s *Sample) { s.Live = 115e6 }), 1},
		"memory, a little": {with(func(s *Sample) { s.Live = 112e6 }), 0},
		"all of it":        {Sample{Descriptors: 99, Goroutines: 999, Live: 1e9, Latency: time.Second}, 4},
	} {
		samples := []Sample{steady, steady, steady, test.end, test.end, test.end}
		if v := judge(samples, test.end, steady); len(v.Wrong) != test.wrong {
			t.Errorf("%s: %q", name, v.Wrong)
		}
	}
	// One epoch in which something else happened is no end.
	if v := judge([]Sample{steady, steady, steady, steady, steady, steady, steady, {Latency: time.Second}, steady}, steady, steady); len(v.Wrong) > 0 {
		t.Errorf("one slow epoch: %q", v.Wrong)
	}
}

func TestSamplesAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "samples")
	var want []Sample
	for i := range 3 {
		s := Sample{Epoch: i, Took: time.Second, Live: 1.5, Latency: time.Millisecond}
		if err := s.Keep(path); err != nil {
			t.Fatal(err)
		}
		want = append(want, s)
	}
	if got, err := Samples(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}
