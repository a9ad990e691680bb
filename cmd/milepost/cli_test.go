package main

import (
	"bytes"
	"context"
	"testing"
)

func TestStoppedByHand(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	stopping := writer(func(p []byte) (int, error) { stop(); return out.Write(p) })
	status := Main(ctx, []string{"demo", "--pace", "1h"}, nil, stopping, &errs, func(string) string { return "" })
	if status != statusUnanswered || errs.String() != "milepost: stopped before its end\n" {
		t.Errorf("status %d, %q", status, errs.String())
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
