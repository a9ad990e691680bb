package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// A server that is told to stop says on standard error what became of the calls under way.
func TestServeSaysWhatBecameOfTheCalls(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var errs bytes.Buffer
	stderr := writer(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte(`"msg":"serving"`)) {
			stop()
		}
		return errs.Write(p)
	})
	status := Main(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"}, nil, &bytes.Buffer{}, stderr, func(string) string { return "" })
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	last := lines[len(lines)-1]
	for _, want := range []string{`"msg":"stopped"`, `"calls_under_way":0`, `"answered":0`, `"cut_off":0`} {
		if status != statusOK || !strings.Contains(last, want) {
			t.Errorf("status %d, and the last line is %s; want %s in it", status, last, want)
		}
	}
}
