package storm

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"milepost.dev/internal/rig/hostile"
)

// from is how many addresses the storm comes from: 127.0.0.2 and those behind it.
const from = 8

// held is how many connections the storm keeps open at once, as long as the server lets it.
const held = 4000

// kinds are what somebody without credentials can do over one connection. Each answers how many requests it made. It ends when ctx does, or
// when the server has had enough.
var kinds = []struct {
	name string
	do   func(ctx context.Context, s storm) int
}{
	{"says nothing to gRPC", silent(grpcPlain)},
	{"says nothing behind TLS", silent(grpcTLS)},
	{"says nothing to HTTP", silent(httpPlain)},
	{"announces messages of 589,000 bytes", unfinished},
	{"guesses tokens", calls("/milepost.v1.CommandService/Submit", "authorization", "Bearer milepost_guess")},
	{"calls what is not there", calls("/milepost.v1.None/None", "grpc-timeout", "99999999H")},
	{"watches", calls("/milepost.v1.WatchService/Watch", "grpc-timeout", "99999999H")},
	{"asks for health over gRPC", calls("/grpc.health.v1.Health/Check")},
	{"watches health", calls("/grpc.health.v1.Health/Watch")},
	{"sends bytes that are nothing", noise},
	{"posts 2 MB", post("")},
	{"posts 2 MB with a token", post("Authorization: Bearer milepost_guess\r\n")},
	{"keeps a connection with /healthz", gets("/healthz")},
	{"reads what everybody may", gets("/static/app.css")},
	{"reads what nobody may", gets("/v1/plans")},
	{"reads pages", gets("/plans/hubs")},
	{"reads metrics under another name", gets("/metrics")},
	{"signs in", signIn},
	{"sends headers slowly", slowly},
}

// storm is one connection of it.
type storm struct {
	hostile.From
	to    addresses
	plain hostile.From // without TLS
}

// attack is the process that makes a storm. It writes what it did as JSON.
func attack(args []string) {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19) // on another machine it would take nothing of this one
	connections, err := strconv.Atoi(args[0])
	within, err2 := time.ParseDuration(args[1])
	if err != nil || err2 != nil {
		panic(fmt.Sprint(args, err, err2))
	}
	to := addresses{args[2], args[3]}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var all sync.WaitGroup
	var requests, refused atomic.Int64
	places := make(chan struct{}, held)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	began, opened := time.Now(), 0
	for opened < connections && ctx.Err() == nil {
		<-tick.C
		// The last tenth of the time is for what is under way.
		for due := int(float64(connections) * float64(time.Since(began)) / float64(within*9/10)); opened < min(due, connections); {
			i := opened
			select {
			case places <- struct{}{}:
			case <-ctx.Done(): // the server lets all of them stay
				return
			}
			opened++
			all.Go(func() {
				defer func() { <-places }()
				address := fmt.Sprintf("127.0.0.%d", 2+i%from)
				s := storm{
					hostile.From{Address: address, TLS: &tls.Config{InsecureSkipVerify: true}}, to, hostile.From{Address: address}, //nolint:gosec // a stranger trusts anybody
				}
				if n := kinds[i/from%len(kinds)].do(ctx, s); n < 0 {
					refused.Add(1)
				} else {
					requests.Add(int64(n))
				}
			})
		}
	}
	all.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]int64{"connections": int64(opened), "requests": requests.Load(), "not_connected": refused.Load()})
}

func grpcPlain(ctx context.Context, s storm) (net.Conn, error) { return s.plain.Dial(ctx, s.to.GRPC) }
func grpcTLS(ctx context.Context, s storm) (net.Conn, error)   { return s.Dial(ctx, s.to.GRPC) }
func httpPlain(ctx context.Context, s storm) (net.Conn, error) { return s.plain.Dial(ctx, s.to.HTTP) }

// until reads and drops whatever comes, until the server ends the connection or ctx does.
func until(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	_, _ = io.Copy(io.Discard, conn)
}

func silent(dial func(context.Context, storm) (net.Conn, error)) func(context.Context, storm) int {
	return func(ctx context.Context, s storm) int {
		conn, err := dial(ctx, s)
		if err != nil {
			return -1
		}
		until(ctx, conn)
		return 0
	}
}

// calls begins calls of a method until the connection is ended, a hundred at the most.
func calls(method string, headers ...string) func(context.Context, storm) int {
	return func(ctx context.Context, s storm) int {
		c, err := s.Calls(ctx, s.to.GRPC)
		if err != nil {
			return -1
		}
		defer c.Close()
		defer context.AfterFunc(ctx, func() { c.Close() })()
		n := 0
		for ; n < 100; n++ {
			stream, err := c.Begin(method, headers...)
			if err == nil {
				err = c.Announce(stream, 0, 0)
			}
			if err != nil {
				return n
			}
			if strings.HasSuffix(method, "Watch") && n < 50 {
				continue // which may have no end
			}
			if _, err := c.Next(); err != nil {
				return n
			}
		}
		until(ctx, c)
		return n
	}
}

// unfinished begins calls whose message never ends, all that one connection may have.
func unfinished(ctx context.Context, s storm) int {
	c, err := s.Calls(ctx, s.to.GRPC)
	if err != nil {
		return -1
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	for n := range 1000 {
		stream, err := c.Begin("/milepost.v1.CommandService/Submit")
		if err == nil {
			err = c.Announce(stream, 589_000, 50_000)
		}
		if err != nil {
			return n
		}
	}
	until(ctx, c)
	return 1000
}

func noise(ctx context.Context, s storm) int {
	conn, err := grpcTLS(ctx, s)
	if err != nil {
		return -1
	}
	_, _ = conn.Write(make([]byte, 64<<10))
	until(ctx, conn)
	return 1
}

func post(header string) func(context.Context, storm) int {
	return func(ctx context.Context, s storm) int {
		conn, err := httpPlain(ctx, s)
		if err != nil {
			return -1
		}
		fmt.Fprintf(conn, "POST /v1/plans/hubs:submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%sContent-Length: 2097151\r\n\r\n", header)
		_, _ = conn.Write(make([]byte, 2<<20-2))
		until(ctx, conn)
		return 1
	}
}

// gets asks for a path again and again over one connection, twenty times at the most, and reads no answer before all are asked.
func gets(path string) func(context.Context, storm) int {
	return func(ctx context.Context, s storm) int {
		conn, err := httpPlain(ctx, s)
		if err != nil {
			return -1
		}
		n := 0
		for ; n < 20; n++ {
			if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: evil.example\r\n\r\n"); err != nil {
				break
			}
		}
		until(ctx, conn)
		return n
	}
}

func signIn(ctx context.Context, s storm) int {
	conn, err := httpPlain(ctx, s)
	if err != nil {
		return -1
	}
	body := "token=" + strings.Repeat("x", 60_000)
	fmt.Fprintf(conn, "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	until(ctx, conn)
	return 1
}

// slowly sends one header a second.
func slowly(ctx context.Context, s storm) int {
	conn, err := httpPlain(ctx, s)
	if err != nil {
		return -1
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n"); err != nil {
		return 0
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if _, err := io.WriteString(conn, "X-More: "+strings.Repeat("y", 1000)+"\r\n"); err != nil {
				return 0
			}
		case <-ctx.Done():
			return 0
		}
	}
}
