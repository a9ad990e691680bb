package main

import (
	"encoding/hex"
	"fmt"
	"io"

	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
)

// newRun names one run of push or import, so that all that it stated can be named later.
func newRun() (string, error) {
	var id [eventstore.ImportSize]byte
	if _, err := io.ReadFull(clock.Entropy(), id[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(id[:]), nil
}

// undoes says how to undo a run by its id; nothing where it stated nothing.
func (inv *invocation) undoes(run, plan string) {
	if run != "" {
		complain(inv.stderr, fmt.Sprintf("to undo all of it: milepost correct --plan %s --import %s", plan, run))
	}
}
