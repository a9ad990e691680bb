package clustered

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// process is a process that may be killed, paused and run again.
type process struct {
	name string
	args []string
	env  []string
	log  *os.File

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
	cmd.Stdout, cmd.Stderr = p.log, p.log
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
