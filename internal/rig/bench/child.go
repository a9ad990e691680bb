package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
const readyWithin = 5 * time.Minute

// serve starts a server on a directory and waits until it answers.
func (b *bench) serve(ctx context.Context, dir string, flags ...string) (*child, error) {
	args := append(append([]string{}, b.Serve[1:]...), "--data", dir, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--drain", "30s")
	args = append(args, flags...)
	c := &child{cmd: exec.CommandContext(ctx, b.Serve[0], args...), read: make(chan struct{})}
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
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				serving <- [2]string{line.GRPC, line.HTTP}
			}
		}
		said <- last
	}()
	select {
	case at := <-serving:
		address := at[0]
		c.took, c.address, c.site = time.Since(started), address, at[1]
		token, _, err := localtoken.Find(b.State, address)
		if err != nil {
			return nil, errors.Join(err, c.end(os.Kill))
		}
		conns, err := connect(address, token)
		c.server = &server{conns: conns, close: func() error { return nil }}
		return c, err
	case last := <-said:
		return nil, errors.Join(fmt.Errorf("bench: the server did not start: %s", last), c.cmd.Wait())
	case <-time.After(readyWithin):
		return nil, errors.Join(errors.New("bench: the server was not ready in time"), c.end(os.Kill))
	}
}

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
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == which {
			kib, _ := strconv.ParseInt(fields[1], 10, 64) // 0 where it is no number
			return kib * 1024
		}
	}
	return 0
}
