package fault

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
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/client"
)

// Launch says how a server process is run.
type Launch struct {
	Binary string
	Data   string
	Env    []string // beside the harness's own
	Limits []string // of the shell's ulimit: "-n 32"
	Args   []string // beside those of every server
	Token  string   // that people send; where empty, the one that the server leaves for its user
	Log    io.Writer
}

// Server is a server process.
type Server struct {
	GRPC, HTTP string // addresses; empty until it serves
	Conn       *grpc.ClientConn

	cmd     *exec.Cmd
	state   string        // where it leaves its token
	token   string        // that people send; written before they are let at it
	http    http.Client   // of those who ask over HTTP
	serving chan struct{} // closed when the addresses are known
	exited  chan struct{} // closed when the process has ended
	err     error         // how it ended; written before exited is closed

	mu   sync.Mutex
	last []string // guarded by mu: what it said last, for an error message
}

// startWithin bounds how long a server may take from its start to serving.
const startWithin = 2 * time.Minute

// stateOf is where the server on a data directory leaves its token.
func stateOf(data string) string { return data + "-state" }

// launch starts a server and does not wait for it to serve.
func launch(l Launch) (*Server, error) {
	args := []string{l.Binary, "serve", "--data", l.Data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--drain", "5s"}
	args = append(args, l.Args...)
	if len(l.Limits) > 0 {
		args = append([]string{"sh", "-c", "ulimit " + strings.Join(l.Limits, " && ulimit ") + " && exec \"$@\"", "sh"}, args...)
	}
	s := &Server{cmd: exec.Command(args[0], args[1:]...), serving: make(chan struct{}), exited: make(chan struct{}), http: http.Client{Transport: &http.Transport{}}}
	s.state, s.token = stateOf(l.Data), l.Token
	s.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+s.state)
	s.cmd.Env = append(s.cmd.Env, l.Env...)
	// It must not outlive the harness, and a kill must reach whatever runs it.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	said, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process, and exited says so
		defer close(s.exited)
		s.read(said, l.Log)
		s.err = s.cmd.Wait()
	}()
	return s, nil
}

// read takes the addresses from the log, and keeps the last lines.
func (s *Server) read(said io.Reader, log io.Writer) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if log != nil {
			fmt.Fprintf(log, "%s\n", lines.Bytes())
		}
		s.mu.Lock()
		s.last = append(s.last[max(0, len(s.last)-9):], lines.Text())
		s.mu.Unlock()
		var line struct{ Msg, GRPC, HTTP string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			s.GRPC, s.HTTP = line.GRPC, line.HTTP
			close(s.serving)
		}
	}
	_, _ = io.Copy(io.Discard, said)
}

// Start starts a server and waits until it serves. One that ends instead answers *Refused.
func Start(ctx context.Context, l Launch) (*Server, error) {
	s, err := launch(l)
	if err != nil {
		return nil, err
	}
	return s, s.ready(ctx)
}

// Refused is a server that would not start.
type Refused struct {
	Status int
	Said   string
}

func (r *Refused) Error() string {
	return fmt.Sprintf("the server left with status %d: %s", r.Status, r.Said)
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	select {
	case <-s.serving:
	case <-s.exited:
		select {
		case <-s.serving: // it served, and is gone again
		default:
		}
		return &Refused{Status: s.cmd.ProcessState.ExitCode(), Said: s.Said()}
	case <-ctx.Done():
		s.Kill()
		return fmt.Errorf("the server did not serve within %s: %s", startWithin, s.Said())
	}
	if s.token == "" {
		state, err := localtoken.Dir(func(name string) string { return map[string]string{"XDG_STATE_HOME": s.state}[name] })
		if err == nil {
			s.token, _, err = localtoken.Find(state, s.GRPC)
		}
		if err != nil {
			return err
		}
	}
	var err error
	s.Conn, err = s.Dial(s.token)
	return err
}

// Dial connects to the server, as whoever has the token. The caller closes the connection.
func (s *Server) Dial(token string) (*grpc.ClientConn, error) {
	return grpc.NewClient(s.GRPC, client.WithToken(token), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
}

// Said is what the process said last.
func (s *Server) Said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.last, "\n")
}

func (s *Server) signal(sig syscall.Signal) { _ = syscall.Kill(-s.cmd.Process.Pid, sig) }

// Kill ends the process at once, as a crash does, and waits until it is gone.
func (s *Server) Kill() {
	s.signal(syscall.SIGKILL)
	s.gone()
}

// Stop asks the process to end, and answers how it did.
func (s *Server) Stop(ctx context.Context) error {
	s.signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-ctx.Done():
		s.Kill()
		return errors.New("the server did not stop when it was asked to")
	}
	s.gone()
	if s.err != nil {
		return fmt.Errorf("the server stopped badly: %w: %s", s.err, s.Said())
	}
	return nil
}

func (s *Server) gone() {
	<-s.exited
	s.http.CloseIdleConnections()
	if s.Conn != nil {
		s.Conn.Close()
	}
}
