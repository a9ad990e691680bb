package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"time"
)

// ServeEcho runs an echo, frozen or bare, until ctx ends. It says where on out, as a server says it in its log, and tells over HTTP what
// it allocated.
func ServeEcho(ctx context.Context, kind string, out io.Writer) error {
	g, err := newEcho(kind)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	site, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, l.Close())
	}
	told := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(w, "%s %d\n%s %d\n", mallocsMetric, m.Mallocs, bytesMetric, m.TotalAlloc)
	})}
	ended := make(chan error, 2)
	go func() { ended <- g.Serve(l) }()
	go func() { ended <- told.Serve(site) }()
	fmt.Fprintf(out, `{"msg":%q,"grpc":%q,"http":%q}`+"\n", servingLine, l.Addr(), site.Addr())
	<-ctx.Done()
	g.Stop()
	return errors.Join(told.Close(), ignoreClosed(<-ended), ignoreClosed(<-ended))
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
