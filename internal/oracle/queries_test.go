package oracle_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/oracle"
)

// asked notes which calls are made over a connection.
type asked struct {
	grpc.ClientConnInterface
	mu    sync.Mutex
	calls map[string]bool // guarded by mu
}

func (a *asked) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	a.mu.Lock()
	a.calls[method[strings.LastIndexByte(method, '/')+1:]] = true
	a.mu.Unlock()
	return a.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
}

// A check compares every answer that there is: a call that it passes over could say anything.
func TestEveryQueryIsAsked(t *testing.T) {
	conn := &asked{ClientConnInterface: serve(t), calls: map[string]bool{}}
	report, err := oracle.NewServer(conn).Check(t.Context(), time.Now(), nil)
	if err != nil || report.Different > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	queries := milepostv1.File_milepost_v1_query_proto.Services().ByName("QueryService").Methods()
	for i := range queries.Len() {
		if name := string(queries.Get(i).Name()); !conn.calls[name] {
			t.Errorf("%s is not compared", name)
		}
	}
}
