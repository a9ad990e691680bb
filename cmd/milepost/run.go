package main

import (
	"encoding/hex"
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
