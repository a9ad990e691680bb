package clustered

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// process is a process that may be killed, paused and run again.
type process struct {
	name string
	args []string
	env  []string
	dir  string // where what it says is kept, in NAME.log

	said   int64 // bytes of the log before it was run last
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended
}

// run starts it, unless it runs.
func (p *process) run() error {
	if p.cmd != nil {
		return nil
	}
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	if info, err := log.Stat(); err == nil {
		p.said = info.Size()
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL} // it must not outlive the harness
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	exited := make(chan struct{})
	p.cmd, p.exited = cmd, exited
	go func() { // ends with the process
		defer close(exited)
		_ = cmd.Wait() // how it ended is in its log
	}()
	return nil
}

func (p *process) signal(s syscall.Signal) {
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

func (p *process) pause()  { p.signal(syscall.SIGSTOP) }
func (p *process) resume() { p.signal(syscall.SIGCONT) }

// kill ends it at once, as a crash does.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	p.signal(syscall.SIGKILL)
	<-p.exited
	p.cmd = nil
}

// stop asks it to end.
func (p *process) stop(ctx context.Context) error {
	if p.cmd == nil {
		return nil
	}
	p.signal(syscall.SIGTERM)
	select {
	case <-p.exited:
		p.cmd = nil
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("%s did not stop when it was asked to", p.name)
	}
}

// logFile is where everything is that it said.
func (p *process) logFile() string { return filepath.Join(p.dir, p.name+".log") }

// ended says whether it was run and has left by itself.
func (p *process) ended() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// says is what it said since it was run last.
func (p *process) says() string {
	text, err := os.ReadFile(p.logFile())
	if err != nil || int64(len(text)) < p.said {
		return ""
	}
	return string(text[p.said:])
}
