package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// measured is what one measurement came to.
type measured struct {
	perS            float64
	events          int
	p50, p99        float64
	flushesPerEvent float64
	cpuMicros       float64 // of callers and server, for an event
}

func micros(cpu time.Duration, events int) float64 {
	return float64(cpu) / float64(time.Microsecond) / float64(max(events, 1))
}

// single has so many callers state facts one at a time, for a while.
func single(ctx context.Context, s *server, callers int, d time.Duration, next func(caller int) *said) (measured, error) {
	var (
		mu      sync.Mutex
		times   []time.Duration
		failed  error
		running sync.WaitGroup
	)
	before := s.stand()
	started, cpu := time.Now(), cpuTime()
	for caller := range callers {
		running.Go(func() {
			commands, says := s.commands(caller), next(caller)
			var mine []time.Duration
			var err error
			for time.Since(started) < d && err == nil {
				m := says.next()
				sent := time.Now()
				var answer *pb.SubmitResponse
				if answer, err = commands.Submit(ctx, m); err == nil && len(answer.GetReceipt().GetEvents()) > 0 {
					mine = append(mine, time.Since(sent)) // two callers may by chance state the same
				}
			}
			mu.Lock()
			defer mu.Unlock()
			times, failed = append(times, mine...), errors.Join(failed, err)
		})
	}
	running.Wait()
	took := time.Since(started)
	return measured{
		cpuMicros: micros(cpuTime()-cpu, len(times)), events: len(times),
		perS: float64(len(times)) / took.Seconds(), p50: quantile(times, 0.5), p99: quantile(times, 0.99),
		flushesPerEvent: before.flushesPerEvent(s),
	}, failed
}

// pushed has so many streams push facts, as fast as the server takes them, for a while or until so many are
// pushed in all where that is not 0.
func pushed(ctx context.Context, s *server, streams, most int, d time.Duration, next func(stream int) func() *pb.SubmitRequest) (measured, error) {
	var (
		mu       sync.Mutex
		answered int
		failed   error
		running  sync.WaitGroup
	)
	before := s.stand()
	started, cpu := time.Now(), cpuTime()
	for i := range streams {
		running.Go(func() {
			n, err := pushOne(ctx, s.commands(i), next(i), func(sent int) bool {
				if most > 0 {
					return sent < most/streams
				}
				return time.Since(started) < d
			})
			mu.Lock()
			defer mu.Unlock()
			answered, failed = answered+n, errors.Join(failed, err)
		})
	}
	running.Wait()
	took := time.Since(started)
	return measured{perS: float64(answered) / took.Seconds(), cpuMicros: micros(cpuTime()-cpu, answered), flushesPerEvent: before.flushesPerEvent(s)}, failed
}

// pushOne is one stream. It returns how many requests led to an event.
func pushOne(ctx context.Context, commands pb.CommandServiceClient, next func() *pb.SubmitRequest, more func(sent int) bool) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := commands.Push(ctx)
	if err != nil {
		return 0, err
	}
	sent := make(chan error, 1)
	go func() {
		for n := 0; more(n); n++ {
			if err := stream.Send(&pb.PushRequest{Request: next()}); err != nil {
				sent <- nil // the receiver has the reason
				return
			}
		}
		sent <- stream.CloseSend()
	}()
	answered := 0
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return answered, <-sent
		}
		if err == nil && m.GetAccepted() == nil {
			err = fmt.Errorf("bench: request %s was refused: %s", m.GetRequestId(), m.GetRefused().GetMessage())
		}
		if err != nil {
			cancel()
			return answered, errors.Join(err, <-sent)
		}
		if len(m.GetAccepted().GetReceipt().GetEvents()) > 0 {
			answered++
		}
	}
}

// stand is where a ledger is.
type stand struct{ commits, position uint64 }

func (s *server) stand() stand {
	if s.ledger == nil {
		return stand{}
	}
	commits, position := s.ledger()
	return stand{commits, position}
}

// flushesPerEvent is how many flushes to the disk there were since, for an event: one a commit.
func (before stand) flushesPerEvent(s *server) float64 {
	now := s.stand()
	if now.position == before.position {
		return 0
	}
	return float64(now.commits-before.commits) / float64(now.position-before.position)
}
