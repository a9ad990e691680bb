package live

import (
	"context"
	"hash/crc32"
	"net/http"
	"strconv"
	"sync"
	"time"

	"milepost.dev/internal/web/page"
)

// Prefix begins the address of every page's stream; the page's own address follows.
const Prefix = "/live"

const contentType = "text/event-stream; charset=utf-8"

// writtenWithin is how long a browser may take to take a frame. One that does not read is given up: it comes
// back by itself, and is shown the newest frame then.
const writtenWithin = 15 * time.Second

// Stream answers with the frames of one kind of page, as server-sent events. The id of an event is the position that
// its frame was made from. It is asked under the address of the page (page.QuestionOf), with the visitor in the
// context (page.As).
//
// A browser says which position it shows ("after", or Last-Event-ID when it comes back by itself) and a digest of
// it ("made"), and is sent another frame or nothing: no change is missed, and none is shown twice. Of a frame that follows another in the same
// stream it is sent the parts that changed. The digest is for
// what the position does not tell: another version of the page, or a ledger that was restored, in which the same
// position holds something else.
func (s *Screens) Stream(k page.Kind) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.stream(k, w, r) })
}

func (s *Screens) stream(k page.Kind, w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	shows, _ := strconv.ParseUint(query.Get("after"), 10, 64)
	if last, err := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		shows = last
	}
	made := query.Get("made")
	query.Del("after")
	query.Del("made")
	r.URL.RawQuery = query.Encode()

	q := page.QuestionOf(r)
	key := screenKey{token: page.TokenOf(r.Context()), address: q.Address()}
	sc, err := s.look(key, func(ctx context.Context, sc *screen) error {
		return s.keep(page.As(ctx, key.token), sc, k, q)
	})
	if err != nil {
		s.refuse(w, err)
		return
	}
	defer s.leave(key, sc)
	first, err := sc.first(r.Context())
	if err != nil {
		s.refuse(w, err)
		return
	}
	if r.Method == http.MethodHead { // what a GET would begin with, and no stream
		w.Header().Set("Content-Type", contentType)
		return
	}
	out := &eventWriter{w: w, control: http.NewResponseController(w), screens: s, deflated: page.TakesGzip(r)}
	defer context.AfterFunc(s.ctx, out.stop)()
	if err := out.begin(); err != nil {
		return
	}
	if first.Position == shows && (made == "" || made == first.Digest) {
		out.sent = first // the browser has it already
		if made != "" {
			out.base = first
		}
	}
	out.run(r.Context(), sc)
}

// first waits for a frame.
func (sc *screen) first(ctx context.Context) (*shot, error) {
	for {
		newest, moved, err := sc.see()
		if err != nil || newest != nil {
			return newest, err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// refuse answers a stream with a status, for which no browser needs words.
func (s *Screens) refuse(w http.ResponseWriter, err error) {
	found := page.ProblemOf(err)
	if found.Status == http.StatusInternalServerError {
		s.Log.Error("a page could not be kept up to date", "err", err)
	}
	w.Header().Set("Retry-After", "2")
	http.Error(w, found.Sentence, found.Status)
}

// eventWriter writes the events of one stream. It belongs to the stream's goroutine, but for what mu guards.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	screens *Screens
	sent    *shot // what the browser shows; nil where that is not known
	base    *shot // the frame that the browser shows byte for byte, which a later one may refer to; nil where that is not known

	deflated       bool   // the browser takes compressed events
	checksum, size uint32 // of all that was sent, before it was deflated

	mu      sync.Mutex
	stopped bool // guarded by mu, as the deadline is
}

// greeting begins a stream: a browser that loses it comes back after a second.
var greeting = []byte("retry: 1000\nevent: beat\ndata:\n\n")

func (e *eventWriter) begin() error {
	// The bounds of a page, within which it is asked for and sent, are not those of a stream: it goes on for
	// as long as somebody looks.
	if err := e.control.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	e.w.Header().Set("Content-Type", contentType)
	e.w.Header().Set("X-Accel-Buffering", "no") // a proxy must not wait for more
	e.w.Header().Set("Vary", "Accept-Encoding")
	if !e.deflated {
		e.w.WriteHeader(http.StatusOK)
		return e.write(packed{greeting, greeting})
	}
	e.w.Header().Set("Content-Encoding", "gzip")
	e.w.WriteHeader(http.StatusOK)
	if err := e.write(packed{nil, gzipHeader}); err != nil {
		return err
	}
	return e.write(e.screens.packer.pack(greeting, true))
}

// run sends each frame that the browser does not show yet, and a beat where there is none: a browser that hears
// nothing for long takes the connection for dead.
func (e *eventWriter) run(ctx context.Context, sc *screen) {
	beat := time.NewTicker(e.screens.Beat)
	defer beat.Stop()
	alive := e.screens.packer.pack([]byte("event: beat\ndata:\n\n"), e.deflated)
	for {
		newest, moved, err := sc.see()
		if err != nil {
			e.finish() // the browser comes back, and is told why there is no page
			return
		}
		if e.sent == nil || !e.sent.Shows(newest.Frame) {
			if e.write(newest.event(e.base, e.deflated)) != nil {
				return
			}
			e.sent, e.base = newest, newest
		}
		select {
		case <-moved:
		case <-beat.C:
			if e.write(alive) != nil {
				return
			}
		case <-ctx.Done():
			e.finish()
			return
		}
	}
}

// finish ends what was compressed as it has to end, so that what stands between does not take it for cut off.
func (e *eventWriter) finish() {
	if e.deflated {
		_ = e.write(packed{nil, gzipFooter(e.checksum, e.size)}) // who is gone needs none
	}
}

func (e *eventWriter) write(p packed) error {
	e.mu.Lock()
	if e.stopped {
		e.mu.Unlock()
		return errClosing
	}
	err := e.control.SetWriteDeadline(e.screens.Wall.Now().Add(writtenWithin))
	e.mu.Unlock()
	if err != nil {
		return err
	}
	e.checksum, e.size = crc32.Update(e.checksum, crc32.IEEETable, p.text), e.size+uint32(len(p.text))
	if _, err := e.w.Write(p.sent); err != nil {
		return err
	}
	return e.control.Flush()
}

// stop ends a write that waits for a browser which does not read. The server closes, and waits for nobody.
func (e *eventWriter) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopped = true
	_ = e.control.SetWriteDeadline(e.screens.Wall.Now()) // where it cannot be set there is no write to end
}
