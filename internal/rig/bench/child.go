package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"milepost.dev/internal/access/localtoken"
)

// child is a server in a process of its own.
type child struct {
	*server
	cmd     *exec.Cmd
	address string        // of its API
	site    string        // the address of its pages
	took    time.Duration // from its start to its readiness
	read    chan struct{} // closed when its log has ended
}

// readyWithin bounds how long a start may take.
const readyWithin = 15 * time.Minute

// serve starts a server on a directory and waits until it answers.
func (b *bench) serve(ctx context.Context, dir string, flags ...string) (*child, error) {
	args := append(append([]string{}, b.Serve[1:]...), "--data", dir, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--drain", "30s")
	args = append(args, flags...)
	return start(exec.CommandContext(ctx, b.Serve[0], args...), func(address string) (string, error) {
		token, _, err := localtoken.Find(b.State, address)
		return token, err
	})
}

// serveEcho starts an echo likewise.
func (b *bench) serveEcho(ctx context.Context, kind string) (*child, error) {
	args := append(append([]string{}, b.Echo[1:]...), kind)
	return start(exec.CommandContext(ctx, b.Echo[0], args...), func(string) (string, error) { return echoToken, nil })
}

// start starts a server that says on standard error where it serves.
func start(cmd *exec.Cmd, tokenAt func(address string) (string, error)) (*child, error) {
	c := &child{cmd: cmd, read: make(chan struct{})}
	log, err := c.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	started := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	serving, said := make(chan [2]string, 1), make(chan string, 1)
	go func() {
		defer close(c.read)
		var last string
		for lines := bufio.NewScanner(log); lines.Scan(); {
			last = lines.Text()
			var line struct{ Msg, GRPC, HTTP string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == servingLine {
				serving <- [2]string{line.GRPC, line.HTTP}
			}
		}
		said <- last
	}()
	select {
	case at := <-serving:
		c.took, c.address, c.site = time.Since(started), at[0], at[1]
		token, err := tokenAt(c.address)
		if err != nil {
			return nil, errors.Join(err, c.end(os.Kill))
		}
		conns, err := connect(c.address, token)
		c.server = &server{
			conns: conns, look: c.metrics, cpu: func() time.Duration { return cpuOf(c.cmd.Process.Pid) }, close: func() error { return nil },
		}
		return c, err
	case last := <-said:
		return nil, errors.Join(fmt.Errorf("bench: the server did not start: %s", last), c.cmd.Wait())
	case <-time.After(readyWithin):
		return nil, errors.Join(errors.New("bench: the server was not ready in time"), c.end(os.Kill))
	}
}

// servingLine is what a server logs when it answers.
const servingLine = "serving"

// asServer is the server, whose Close ends the process.
func (c *child) asServer(end func() error) *server {
	s := *c.server
	conns := s.conns
	s.conns, s.close = conns, end
	c.server = nil // so that end does not close it once more
	return &s
}

// metrics is what the process says of itself.
func (c *child) metrics(ctx context.Context) (state, error) {
	first, err := askMetrics(ctx, c.site)
	if err != nil {
		return state{}, err
	}
	second, err := askMetrics(ctx, c.site)
	second.asking = second.objects - first.objects
	return second, err
}

// askMetrics reads the counts of a server.
func askMetrics(ctx context.Context, site string) (s state, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+site+"/metrics", nil)
	if err != nil {
		return s, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return s, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		into := map[string]*uint64{
			"milepost_ledger_position": &s.position, "milepost_commit_records_count": &s.commits,
			mallocsMetric: &s.objects, bytesMetric: &s.bytes,
		}[name]
		if into == nil {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return s, fmt.Errorf("bench: %s is %q", name, value)
		}
		*into = uint64(n)
	}
	if s.objects == 0 {
		return s, fmt.Errorf("bench: %s/metrics says nothing of memory", site)
	}
	return s, nil
}

// What a Go process tells of what it allocated, by the names that its metrics have.
const (
	mallocsMetric = "go_memstats_mallocs_total"
	bytesMetric   = "go_memstats_alloc_bytes_total"
)

// end ends the process by a signal, and waits for it.
func (c *child) end(with os.Signal) error {
	var errs []error
	if c.server != nil {
		errs = append(errs, c.server.Close())
	}
	errs = append(errs, c.cmd.Process.Signal(with))
	<-c.read
	var exit *exec.ExitError
	if err := c.cmd.Wait(); err != nil && (with != os.Kill || !errors.As(err, &exit)) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c *child) stop() error { return c.end(syscall.SIGTERM) }
func (c *child) kill() error { return c.end(os.Kill) }

// rss is the memory that the process takes, in bytes; 0 where the system does not tell.
func (c *child) rss() int64 { return memoryOf(c.cmd.Process.Pid, "VmRSS:") }

// memoryOf is what the system tells of a process's memory, in bytes: "VmRSS:" is what it takes now, "VmHWM:" the most that
// it took. 0 where the system does not tell.
func memoryOf(pid int, which string) int64 {
	return 1024 * procField(fmt.Sprintf("/proc/%d/status", pid), which)
}

// written is how many bytes the process had written to disks; 0 where the system does not tell.
func (c *child) written() int64 {
	return procField(fmt.Sprintf("/proc/%d/io", c.cmd.Process.Pid), "write_bytes:")
}

// procField is the number behind a word at the beginning of a line.
func procField(path, word string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == word {
			n, _ := strconv.ParseInt(fields[1], 10, 64) // 0 where it is no number
			return n
		}
	}
	return 0
}
