package node

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// TestASilentConnectionDelaysNoStop: clients open connections ahead of need. Those over which nothing was asked do not keep a server from
// stopping in the time that it has for what is under way.
func TestASilentConnectionDelaysNoStop(t *testing.T) {
	n, err := Start(t.Context(), Config{
		Data: filepath.Join(t.TempDir(), "data"), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", Metrics: "127.0.0.1:0", User: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	once := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, address := range []string{n.HTTPAddr(), n.MetricsAddr()} {
		for range 2 {
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		answer, err := once.Get("http://" + address + "/healthz") // connections are accepted in order
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second) // http.Server waits for five
	defer cancel()
	if err := n.Close(ctx); err != nil {
		t.Error(err)
	}
}
