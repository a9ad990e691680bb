// Package rawpublish publishes to JetStream as one usually does, a message and a flush at a time. It is what
// milepost's own rate is measured beside, and is part of no server.
package rawpublish

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
)

// Result is what publishing came to.
type Result struct {
	Times []time.Duration // of each message, from its sending to its acknowledgement
	Took  time.Duration   // in all
}

// Run publishes messages of so many bytes by so many publishers at once, for a while, to a stream in an empty
// directory on a server that flushes each before it answers.
func Run(ctx context.Context, dir string, publishers, bytes int, d time.Duration) (Result, error) {
	server, err := natsd.NewServer(&natsd.Options{
		ServerName: "publish", DontListen: true, NoSigs: true, JetStream: true, StoreDir: dir, SyncAlways: true,
		JetStreamMaxStore: 1 << 60, JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		return Result{}, err
	}
	defer func() {
		server.Shutdown()
		server.WaitForShutdown()
	}()
	server.Start()
	if !server.ReadyForConnections(10 * time.Second) {
		return Result{}, errors.New("rawpublish: the server did not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(server))
	if err != nil {
		return Result{}, fmt.Errorf("rawpublish: %w", err)
	}
	defer conn.Close()
	js, err := natsjs.New(conn)
	if err != nil {
		return Result{}, fmt.Errorf("rawpublish: %w", err)
	}
	if _, err := js.CreateStream(ctx, natsjs.StreamConfig{Name: "RAW", Subjects: []string{"raw"}, Storage: natsjs.FileStorage}); err != nil {
		return Result{}, fmt.Errorf("rawpublish: %w", err)
	}
	var (
		mu      sync.Mutex
		result  Result
		failed  error
		running sync.WaitGroup
	)
	started := time.Now()
	for range publishers {
		running.Go(func() {
			var times []time.Duration
			var err error
			for data := make([]byte, bytes); time.Since(started) < d && err == nil; {
				sent := time.Now()
				_, err = js.Publish(ctx, "raw", data)
				times = append(times, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			result.Times, failed = append(result.Times, times...), errors.Join(failed, err)
		})
	}
	running.Wait()
	result.Took = time.Since(started)
	return result, failed
}
