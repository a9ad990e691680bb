package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
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
	serverMicros    float64 // of the server alone; 0 where it is in this process
	objects, bytes  float64 // that the server allocated for an event; likewise
}

func micros(cpu time.Duration, events int) float64 {
	return float64(cpu) / float64(time.Microsecond) / float64(max(events, 1))
}

// load is how much is asked of a server: for a while, or until so many were sent where that is not 0.
type load struct {
	callers  int // or streams
	together int // requests in a message of a stream; one where 0
	d        time.Duration
	most     int
}

// meter is where everything stood when a measurement began.
type meter struct {
	of        *server
	state     state
	cpu, side time.Duration
	started   time.Time
}

func (s *server) begin(ctx context.Context) (*meter, error) {
	at, err := s.look(ctx)
	m := &meter{of: s, state: at}
	if s.cpu != nil {
		m.side = s.cpu()
	}
	m.cpu, m.started = cpuTime(), time.Now()
	return m, err
}

// end is what was measured since, of so many events.
func (m *meter) end(ctx context.Context, times []time.Duration, events int) (measured, error) {
	took, cpu := time.Since(m.started), cpuTime()-m.cpu
	var side time.Duration
	if m.of.cpu != nil {
		side = m.of.cpu() - m.side
	}
	now, err := m.of.look(ctx)
	r := measured{
		events: events, perS: float64(events) / took.Seconds(), p50: quantile(times, 0.5), p99: quantile(times, 0.99),
		cpuMicros: micros(cpu+side, events), serverMicros: micros(side, events),
	}
	if said := now.position - m.state.position; said > 0 {
		r.flushesPerEvent = float64(now.commits-m.state.commits) / float64(said)
	}
	if now.objects > 0 && events > 0 {
		r.objects = (float64(now.objects-m.state.objects) - 2*float64(now.asking)) / float64(events)
		r.bytes = float64(now.bytes-m.state.bytes) / float64(events)
	}
	return r, err
}

// single has so many callers state facts one at a time.
func single(ctx context.Context, s *server, l load, next func(caller int) *said) (measured, error) {
	var (
		mu      sync.Mutex
		times   []time.Duration
		failed  error
		sent    atomic.Int64
		running sync.WaitGroup
	)
	m, err := s.begin(ctx)
	if err != nil {
		return measured{}, err
	}
	more := func() bool {
		if l.most > 0 {
			return sent.Add(1) <= int64(l.most)
		}
		return time.Since(m.started) < l.d
	}
	for caller := range l.callers {
		running.Go(func() {
			commands, says := s.commands(caller), next(caller)
			var mine []time.Duration
			var err error
			for err == nil && more() {
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
	r, err := m.end(ctx, times, len(times))
	return r, errors.Join(failed, err)
}

// pushed has so many streams push facts, as fast as the server takes them.
func pushed(ctx context.Context, s *server, l load, next func(stream int) func() *pb.SubmitRequest) (measured, error) {
	var (
		mu       sync.Mutex
		answered int
		failed   error
		running  sync.WaitGroup
	)
	m, err := s.begin(ctx)
	if err != nil {
		return measured{}, err
	}
	for i := range l.callers {
		running.Go(func() {
			n, err := pushOne(ctx, s.commands(i), max(1, l.together), next(i), func(sent int) bool {
				if l.most > 0 {
					return sent < l.most/l.callers
				}
				return time.Since(m.started) < l.d
			})
			mu.Lock()
			defer mu.Unlock()
			answered, failed = answered+n, errors.Join(failed, err)
		})
	}
	running.Wait()
	r, err := m.end(ctx, nil, answered)
	return r, errors.Join(failed, err)
}

// pushOne is one stream. It returns how many requests led to an event.
func pushOne(ctx context.Context, commands pb.CommandServiceClient, together int, next func() *pb.SubmitRequest, more func(sent int) bool) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := commands.Push(ctx)
	if err != nil {
		return 0, err
	}
	sent := make(chan error, 1)
	go func() {
		for n := 0; more(n); {
			m := &pb.PushRequest{Request: next()}
			for n++; n%together != 0 && more(n); n++ {
				m.More = append(m.More, next())
			}
			if err := stream.Send(m); err != nil {
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
		if err == nil {
			var n int
			n, err = accepted(m)
			answered += n
		}
		if err != nil {
			cancel()
			return answered, errors.Join(err, <-sent)
		}
	}
}

// accepted is how many of the answers in a message name an event. A refusal is an error.
func accepted(m *pb.PushResponse) (n int, err error) {
	for i := -1; i < len(m.GetMore()); i++ {
		one := m
		if i >= 0 {
			one = m.GetMore()[i]
		}
		if one.GetAccepted() == nil {
			return n, fmt.Errorf("bench: request %s was refused: %s", one.GetRequestId(), one.GetRefused().GetMessage())
		}
		if len(one.GetAccepted().GetReceipt().GetEvents()) > 0 {
			n++
		}
	}
	return n, nil
}
