package main

import (
	"context"
	"sync"

	"milepost.dev/internal/node/heap"
)

// paced gives a command that runs a server room for its garbage, until stop is called. Where GOGC is set, whoever
// runs it has decided.
func (inv *invocation) paced() (stop func()) {
	if inv.env("GOGC") != "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(inv.ctx)
	var pacing sync.WaitGroup
	pacing.Go(func() { heap.Pace(ctx) })
	return func() {
		cancel()
		pacing.Wait()
	}
}
