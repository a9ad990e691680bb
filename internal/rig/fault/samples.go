package fault

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Sample is what a soak measured at the end of an epoch, under load.
type Sample struct {
	Epoch, Server int // the number of the epoch, and of the process
	Took          time.Duration
	Position      float64
	Descriptors   float64
	Goroutines    float64
	Resident      float64 // bytes
	Live          float64 // bytes of the heap that the last collection found in use; when everybody has gone, one is made for it
	Operations    int
	Latency       time.Duration // of a command over gRPC: the median
	Slowest       time.Duration // and that of which one in a hundred takes longer
	Flush         time.Duration // what the machine can do meanwhile: some bytes that the harness itself writes and flushes; the median
}

// measure asks a server what it measures of itself.
func measure(ctx context.Context, s *Server) (Sample, error) {
	values, err := s.metrics(ctx)
	return Sample{
		Position: values["milepost_ledger_position"], Descriptors: values["process_open_fds"], Goroutines: values["go_goroutines"],
		Resident: values["process_resident_memory_bytes"],
		Live:     values["go_memstats_next_gc_bytes"] / (1 + values["go_gc_gogc_percent"]/100),
	}, err
}

const (
	// collectedWithin bounds how long a server may take to collect its garbage.
	collectedWithin = time.Minute
	// The store keeps a block of up to 8 MB for ten seconds after it was read.
	restsFor, looks = 16 * time.Second, 4
)

// measureHeld is measure of a server that nobody calls, after a collection of its garbage, and the least of several: what is live then
// is what it holds.
func measureHeld(ctx context.Context, s *Server) (least Sample, err error) {
	for i := range looks {
		sample, err := measureCollected(ctx, s)
		if err != nil {
			return Sample{}, err
		}
		if i == 0 || sample.Live < least.Live {
			least = sample
		}
		select {
		case <-time.After(restsFor / (looks - 1)):
		case <-ctx.Done():
			return Sample{}, ctx.Err()
		}
	}
	return least, nil
}

func measureCollected(ctx context.Context, s *Server) (Sample, error) {
	ctx, cancel := context.WithTimeout(ctx, collectedWithin)
	defer cancel()
	const collections, allocated = "go_gc_duration_seconds_count", "go_memstats_heap_alloc_bytes"
	before, err := s.metrics(ctx)
	if err != nil {
		return Sample{}, err
	}
	s.signal(syscall.SIGUSR1)
	for {
		values, err := s.metrics(ctx)
		if err != nil {
			return Sample{}, fmt.Errorf("wait for a collection: %w", err)
		}
		if values[collections] >= before[collections]+2 {
			sample, err := measure(ctx, s)
			sample.Live = values[allocated]
			return sample, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return Sample{}, fmt.Errorf("wait for a collection: %w", ctx.Err())
		}
	}
}

// metrics are what a server measures of itself, by name, without those that have labels.
func (s *Server) metrics(ctx context.Context) (map[string]float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.HTTP+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := s.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	values := map[string]float64{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			values[name] = value
		}
	}
	if _, ok := values["process_open_fds"]; !ok {
		return nil, fmt.Errorf("the server measures no descriptors: status %d", answer.StatusCode)
	}
	return values, nil
}

// latencies are how long commands over gRPC took whose answer came at once.
func latencies(operations []*Operation) (n int, median, slowest time.Duration) {
	var all []time.Duration
	for _, o := range operations {
		if o.Kind == State && o.Outcome == Accepted && !o.Doubted && o.Caller%3 != 0 {
			all = append(all, o.Returned-o.Called)
		}
	}
	if len(all) == 0 {
		return len(operations), 0, 0
	}
	slices.Sort(all)
	return len(operations), all[len(all)/2], all[len(all)*99/100]
}

// flushes writes some bytes to a file and flushes them, again and again until ctx ends, and returns how long that takes: the median.
func flushes(ctx context.Context, path string, apart time.Duration) (time.Duration, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var all []time.Duration
	for {
		select {
		case <-ctx.Done():
			slices.Sort(all)
			if len(all) == 0 {
				return 0, nil
			}
			return all[len(all)/2], nil
		case <-time.After(apart):
		}
		began := time.Now()
		if _, err := f.WriteAt(make([]byte, 500), 0); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
}

// Samples are those of a file; none where there is no file.
func Samples(path string) (all []Sample, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		var s Sample
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// Keep adds the sample to a file, as a line of JSON.
func (s Sample) Keep(path string) (err error) {
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

func (s Sample) String() string {
	return fmt.Sprintf("epoch %d: position %.0f, %.0f descriptors, %.0f goroutines, %.1f MB resident, %.1f MB live; %d operations, a command in %s, 99 of 100 in %s, a flush of our own in %s",
		s.Epoch, s.Position, s.Descriptors, s.Goroutines, s.Resident/1e6, s.Live/1e6, s.Operations, s.Latency.Round(100*time.Microsecond), s.Slowest.Round(100*time.Microsecond), s.Flush.Round(100*time.Microsecond))
}

// Held is what a server holds that nobody calls.
func (s Sample) Held() string {
	return fmt.Sprintf("position %.0f, %.0f descriptors, %.0f goroutines, %.1f MB resident, %.1f MB live", s.Position, s.Descriptors, s.Goroutines, s.Resident/1e6, s.Live/1e6)
}

// Verdict is what a soak came to: the median of the first third of its epochs, and of the last; and the server when nobody called it
// any more, beside one that was started anew.
type Verdict struct {
	First, Last    Sample
	Settled, Fresh Sample
	Wrong          []string // a sentence each; none where all is as it should be
}

// What may differ between the beginning and the end.
const (
	moreDescriptors = 5
	moreGoroutines  = 10
	slower          = 1.25
	slowerBy        = 2 * time.Millisecond // on top, of a machine that does other things
	unexplained     = 0.10
	unexplainedBy   = 4e6 // bytes, of a heap that is small
)

// judge holds the last third of the samples against the first, and what is live against a server that holds the same.
func judge(samples []Sample, settled, fresh Sample) Verdict {
	third := max(1, len(samples)/3)
	v := Verdict{First: medianOf(samples[:min(third, len(samples))]), Last: medianOf(samples[max(0, len(samples)-third):]), Settled: settled, Fresh: fresh}
	wrong := func(format string, args ...any) { v.Wrong = append(v.Wrong, fmt.Sprintf(format, args...)) }
	if v.Last.Descriptors > v.First.Descriptors+moreDescriptors {
		wrong("%.0f descriptors are open, and %.0f were", v.Last.Descriptors, v.First.Descriptors)
	}
	if v.Last.Goroutines > v.First.Goroutines+moreGoroutines {
		wrong("%.0f goroutines run, and %.0f did", v.Last.Goroutines, v.First.Goroutines)
	}
	// What the machine has become slower by is not the server's.
	machine := max(1, float64(v.Last.Flush)/max(1, float64(v.First.Flush)))
	if float64(v.Last.Latency) > machine*slower*float64(v.First.Latency)+float64(slowerBy) {
		wrong("a command takes %s, and took %s, while a flush of our own takes %s, and took %s", v.Last.Latency, v.First.Latency, v.Last.Flush, v.First.Flush)
	}
	if settled.Live == 0 {
		wrong("what is held was not measured: the run was ended before everybody had gone. Give it more time (-for)")
	}
	if settled.Live > fresh.Live*(1+unexplained)+unexplainedBy {
		wrong("%.1f MB are live when everybody has gone, and a server that was started on the same ledger holds %.1f MB", settled.Live/1e6, fresh.Live/1e6)
	}
	return v
}

func medianOf(samples []Sample) Sample {
	if len(samples) == 0 {
		return Sample{}
	}
	of := func(value func(Sample) float64) float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = value(s)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	middle := samples[len(samples)/2]
	middle.Descriptors = of(func(s Sample) float64 { return s.Descriptors })
	middle.Goroutines = of(func(s Sample) float64 { return s.Goroutines })
	middle.Resident = of(func(s Sample) float64 { return s.Resident })
	middle.Live = of(func(s Sample) float64 { return s.Live })
	middle.Latency = time.Duration(of(func(s Sample) float64 { return float64(s.Latency) }))
	middle.Flush = time.Duration(of(func(s Sample) float64 { return float64(s.Flush) }))
	middle.Slowest = time.Duration(of(func(s Sample) float64 { return float64(s.Slowest) }))
	return middle
}
