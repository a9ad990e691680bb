package node

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Wait returns when the node cannot go on, with the reason, or nil once it was closed.
func (n *Node) Wait() error {
	if n.Forked() != nil {
		select {
		case err := <-n.failed:
			return err
		case <-n.closed:
			return nil
		}
	}
	select {
	case err := <-n.failed:
		return err
	case <-n.roles.ended:
		return n.why(n.roles.err)
	case <-n.store.Lost():
		return n.store.Failure()
	case <-n.closed:
		return nil
	}
}

// Drained says what became of the calls that were under way when the node was closed.
type Drained struct {
	Calls  int // that were under way; a watch is one
	CutOff int // of them, when the time was over. Their callers send the same again
}

// Drained is known when Close has returned.
func (n *Node) Drained() Drained { return n.drained }

// Close lets no more calls in, waits for those under way until ctx ends, makes durable what was taken,
// saves the fold, and shuts the store down. It says what it could not do. When ctx ends it returns, whatever
// the disk does: the process is to end then. It may be called more than once.
func (n *Node) Close(ctx context.Context) error {
	n.once.Do(func() {
		defer close(n.closed)
		n.err = n.close(ctx)
	})
	<-n.closed
	return n.err
}

func (n *Node) close(ctx context.Context) error {
	n.closing.Store(true)
	close(n.stopped)
	var errs []error
	if site := n.site.Load(); site != nil {
		errs = append(errs, site.Close(ctx)) // what watches for browsers is a call under way, and has no end of its own
	}
	if n.server != nil {
		n.drained.Calls, n.drained.CutOff = n.server.Stop(ctx)
	}
	if n.pages != nil {
		n.silent.close()
		errs = append(errs, n.pages.Shutdown(ctx))
	}
	if n.gauges != nil {
		errs = append(errs, n.gauges.close(ctx))
	}
	if n.own != nil {
		errs = append(errs, n.own.Close())
	}
	for _, l := range []net.Listener{n.grpc, n.http} {
		if l != nil {
			l.Close() // for those that were never served; the others are closed already
		}
	}
	n.serving.Wait()
	errs = append(errs, n.removeLocalToken())
	if n.callers.issuer != nil {
		n.callers.issuer.Close()
	}
	if err := within(ctx, func() error { n.watching.Wait(); return nil }); err != nil {
		errs = append(errs, fmt.Errorf("the credentials or the TLS files are still being read: %w", err))
	}
	switch {
	case n.roles != nil:
		if err := within(ctx, n.roles.close); err != nil {
			errs = append(errs, fmt.Errorf("not everything that was taken was brought to its end: %w", err))
		}
	case n.replica != nil:
		errs = append(errs, n.replica.Close(false))
	}
	if n.member != nil {
		n.member.close()
	}
	if n.accessLog != nil {
		errs = append(errs, n.accessLog.Close())
	}
	if n.store != nil {
		if err := n.store.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("the store is still shutting down: %w", err))
		}
	}
	return errors.Join(errs...)
}

// within returns when f has, or when ctx ends; then f goes on until the process ends, which is soon.
func within(ctx context.Context, f func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- f() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select { // it may have ended in time after all
	case err := <-ended:
		return err
	default:
		return ctx.Err()
	}
}
