package clustered

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// led is what a server tells of the ledger's stream.
type led struct {
	Leader   string `json:"leader"`
	Replicas []struct {
		Current bool `json:"current"`
		Offline bool `json:"offline"`
	} `json:"replicas"`
}

// stream asks a server about the ledger's stream; nothing where it does not answer.
func (w *World) stream(ctx context.Context, i int) (of led) {
	var told struct {
		Accounts []struct {
			Streams []struct {
				Name    string `json:"name"`
				Cluster led    `json:"cluster"`
			} `json:"stream_detail"`
		} `json:"account_details"`
	}
	if s := w.servers[i]; s.cmd == nil || get(ctx, "http://"+s.monitor+"/jsz?streams=1", &told) != nil {
		return of
	}
	for _, a := range told.Accounts {
		for _, stream := range a.Streams {
			if stream.Name == "MILEPOST_LEDGER" {
				return stream.Cluster
			}
		}
	}
	return of
}

// leader is the server that leads the ledger's stream; -1 where none answers that it does.
func (w *World) leader(ctx context.Context) int {
	for i := range w.servers {
		if w.stream(ctx, i).Leader == fmt.Sprint("n", i) {
			return i
		}
	}
	return -1
}

// replicas is how many servers have everything that the leader has, beside it.
func (w *World) replicas(ctx context.Context) (current int) {
	i := w.leader(ctx)
	if i < 0 {
		return 0
	}
	for _, r := range w.stream(ctx, i).Replicas {
		if r.Current && !r.Offline {
			current++
		}
	}
	return current
}

// told is what a node tells at /readyz.
type told struct {
	Commands, Ledger struct {
		State string `json:"state"`
	}
	Node struct {
		Role string `json:"role"`
	} `json:"node"`
}

func (t told) ready() bool { return t.Node.Role != "" }

// tells asks a node; nothing where it does not answer.
func (n *node) tells(ctx context.Context) (t told) {
	if n.cmd != nil {
		_ = get(ctx, "http://"+n.http+"/readyz", &t)
	}
	return t
}

// writer is the node that writes; -1 where none says so.
func (w *World) writer(ctx context.Context) int {
	for i, n := range w.nodes {
		if n.tells(ctx).Node.Role == "writing" {
			return i
		}
	}
	return -1
}

func get(ctx context.Context, address string, into any) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	return json.NewDecoder(io.LimitReader(response.Body, 4<<20)).Decode(into)
}
