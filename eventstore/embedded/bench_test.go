package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
)

// transports opens a log over the connection inside the process, and over TCP on the loopback, which is
// what DESIGN.md compares. With syncing on, a publish is the price of a flush and little else.
func transports(b *testing.B, unsafe bool, run func(b *testing.B, log eventstore.Log)) {
	for _, listen := range []bool{false, true} {
		b.Run(map[bool]string{false: "inside", true: "loopback"}[listen], func(b *testing.B) {
			dir := b.TempDir()
			if err := makeDirs(dir); err != nil {
				b.Fatal(err)
			}
			held, err := Lock(dir)
			if err != nil {
				b.Fatal(err)
			}
			o := Options{UnsafeNoSync: unsafe}
			s := newServer(dir, held, slog.New(slog.DiscardHandler))
			defer s.Close(context.Background())
			so := serverOptions(dir, o)
			if listen {
				so.DontListen, so.Host, so.Port = false, "127.0.0.1", -1
			}
			if err := s.start(b.Context(), so, slog.New(slog.DiscardHandler)); err != nil {
				b.Fatal(err)
			}
			if listen {
				s.conn.Close()
				if s.conn, err = nats.Connect(s.server.ClientURL()); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.openStreams(b.Context(), dir, Summary{}, o); err != nil {
				b.Fatal(err)
			}
			run(b, s.Log())
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, unsafe := range []bool{false, true} {
		for _, size := range []int{1 << 10, 100 << 10} {
			b.Run(fmt.Sprintf("unsynced=%t/%dKiB", unsafe, size>>10), func(b *testing.B) {
				transports(b, unsafe, func(b *testing.B, log eventstore.Log) {
					data := make([]byte, size)
					b.SetBytes(int64(size))
					number := uint64(0)
					for b.Loop() {
						number++
						if err := log.Append(b.Context(), number, data); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
				})
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, size := range []int{256, 1 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			transports(b, true, func(b *testing.B, log eventstore.Log) {
				messages := min(100_000, 200<<20/size)
				fill(b, log, messages, size)
				b.SetBytes(int64(messages * size))
				for b.Loop() {
					if err := log.Read(b.Context(), 1, func(uint64, []byte) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*messages)/b.Elapsed().Seconds(), "msgs/s")
			})
		})
	}
}

func fill(b *testing.B, log eventstore.Log, messages, size int) {
	b.Helper()
	data := make([]byte, size)
	for n := range uint64(messages) {
		if err := log.Append(b.Context(), n+1, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	for _, size := range []int{256, 100 << 10} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			dir := b.TempDir()
			s, err := Open(b.Context(), dir, Options{UnsafeNoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			messages := min(200_000, 200<<20/size)
			fill(b, s.Log(), messages, size)
			if err := s.Close(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(messages * size))
			for b.Loop() {
				if _, err := Inspect(dir, func(uint64, []byte) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*messages)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkVerify is Inspect with a chain over it, for commits of one small record and of fifty.
func BenchmarkVerify(b *testing.B) {
	for _, group := range []int{1, 50} {
		b.Run(fmt.Sprintf("%d records a commit", group), func(b *testing.B) {
			dir := b.TempDir()
			s, err := Open(b.Context(), dir, Options{UnsafeNoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			l, err := eventstore.TakeOver(b.Context(), s.Log(), &eventstore.Chain{}, eventstoretest.Opening(), ignore)
			if err != nil {
				b.Fatal(err)
			}
			const records = 50_000
			payload := strings.Repeat("x", 100)
			for n := 0; n < records; n += group {
				var requests []eventstore.Request
				for i := range group {
					requests = append(requests, eventstoretest.Request(fmt.Sprint(n, "-", i), "p", payload))
				}
				if _, err := l.Append(b.Context(), requests); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(b.Context()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, _, err := Verify(dir, ignore); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*records)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
