package rest

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/clock"
	gateway "milepost.dev/internal/rest/milepost/v1"
)

//go:embed openapi.json
var openAPI []byte

// Bounds. Those of the server hold as well: every request is one of its calls.
const (
	maxBody     = 2 << 20          // bytes; a request of 512 KiB is longer as JSON
	maxAtOnce   = 2400             // requests, those that watch among them; a caller's share is half of them, or less
	maxBodies   = 64 << 20         // bytes of all bodies that are read, shared out in the same way
	callWithin  = 30 * time.Second // a call without a stream
	watchWithin = time.Hour        // a stream; who watches on asks again with the last position
	writeWithin = 30 * time.Second // for a client to take some bytes; who does not is cut off
)

// Config is what a handler is made of.
type Config struct {
	Conn grpc.ClientConnInterface // to the server
	// Credentials says that the server asks callers who they are. Where it does not, everybody on this machine
	// may call, and a page in their browser must not.
	Credentials bool
	// Who finds out by its headers who makes a request, before its body is read. It answers a status of the API, or
	// ErrCrowded.
	Who func(r *http.Request) (access.Caller, error)
	// Refused is told of every request that is refused before it comes to a call, but for those that Who refused with a status;
	// nobody is where nil. The context is the request's.
	Refused func(ctx context.Context, r Refusal)
	Clock   clock.Clock // of the machine: connections have deadlines
}

// Handler serves /v1/. It is safe for concurrent use.
type Handler struct {
	config  Config
	calls   http.Handler
	foreign *http.CrossOriginProtection
	open    *places.Places // requests, by caller
	bodies  *places.Places // KiB of bodies that are read, or being answered, by caller
}

// New makes a handler. It does not own the connection.
func New(ctx context.Context, c Config) (*Handler, error) {
	h := &Handler{config: c, foreign: http.NewCrossOriginProtection(), open: places.New(maxAtOnce), bodies: places.New(maxBodies >> 10)}
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, lines{plainJSON()}),
		runtime.WithErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
			h.answer(w, r, problemOf(err))
		}),
		runtime.WithRoutingErrorHandler(func(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int) {
			h.answer(w, r, noSuchCall(r, status))
		}),
		// Nothing of HTTP goes on but the bearer token, which the gateway hands on by itself.
		runtime.WithIncomingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithOutgoingTrailerMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithDisablePathLengthFallback(), // a POST is never taken for a GET
		runtime.WithDisableHTTPMethodOverride(),
	)
	conn := conn{c.Conn}
	if err := errors.Join(
		gateway.RegisterCommandServiceHandlerClient(ctx, mux, milepostv1.NewCommandServiceClient(conn)),
		gateway.RegisterQueryServiceHandlerClient(ctx, mux, milepostv1.NewQueryServiceClient(conn)),
		gateway.RegisterWatchServiceHandlerClient(ctx, mux, milepostv1.NewWatchServiceClient(conn)),
		gateway.RegisterAuditServiceHandlerClient(ctx, mux, milepostv1.NewAuditServiceClient(conn)),
		gateway.RegisterIdentityServiceHandlerClient(ctx, mux, milepostv1.NewIdentityServiceClient(conn)),
	); err != nil {
		return nil, fmt.Errorf("route REST: %w", err)
	}
	h.calls = mux
	return h, nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method == http.MethodHead {
		var end context.CancelFunc
		w, r, end = getOf(w, r)
		defer end()
	}
	r = h.tracked(r)
	if p := h.refuse(r); p != nil {
		h.answer(w, r, p)
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == "/v1/openapi.json" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openAPI)
		return
	}
	leave, p := h.letIn(r)
	if p != nil {
		h.answer(w, r, p)
		return
	}
	defer leave()
	body, p := readBody(w, r)
	if p != nil {
		h.answer(w, r, p)
		return
	}
	ctx := context.WithValue(r.Context(), queryKey{}, r.URL.Query())
	r = r.WithContext(context.WithValue(ctx, bodyKey{}, body))
	r.Body = io.NopCloser(bytes.NewReader(body))
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Time{}) // the request is read; an answer may be long in coming
	h.calls.ServeHTTP(&patient{ResponseWriter: w, connection: connection, clock: h.config.Clock}, r)
}

// letIn finds out who makes a request, and takes its places: one of those that are answered at once, and as many KiB as its
// body may have. Nothing of the body was read by then.
func (h *Handler) letIn(r *http.Request) (leave func(), p *problem) {
	caller, err := h.config.Who(r)
	x := progressOf(r.Context())
	x.caller = caller
	if err != nil {
		x.told = !errors.Is(err, ErrCrowded)
		return nil, unknownCaller(err)
	}
	open, ok := h.open.Take(caller.Name, 1)
	if !ok {
		return nil, &problem{Code: codes.ResourceExhausted, Rule: ruleTooMany, RetryAfter: time.Second, Sentence: fmt.Sprintf(
			"The server answers at most %d requests at once over HTTP, and no caller more than its share of them. It did not look at this one: send the very same again in a moment.", maxAtOnce)}
	}
	size := int64(0)
	if r.Body != nil && r.Body != http.NoBody {
		if size = r.ContentLength; size < 0 || size > maxBody {
			size = maxBody
		}
	}
	body, ok := h.bodies.Take(caller.Name, int(size+1023)>>10)
	if !ok {
		open.Leave()
		return nil, &problem{Code: codes.ResourceExhausted, Rule: ruleTooManyBytes, RetryAfter: time.Second, Sentence: fmt.Sprintf(
			"The server reads at most %d bytes at once over HTTP, and no caller more than its share of them. It did not read this: send the very same again in a moment.", maxBodies)}
	}
	return func() { body.Leave(); open.Leave() }, nil
}

// Places says how the places are used that are shared out among callers, by what they are for.
func (h *Handler) Places() map[string]places.Count {
	return map[string]places.Count{"http-requests": h.open.Count(), "http-body-kib": h.bodies.Count()}
}

// ErrCrowded says that the caller has as many connections as it may.
var ErrCrowded = errors.New("rest: the caller has as many connections as it may")

// unknownCaller is why it is not gone into what is asked.
func unknownCaller(err error) *problem {
	if errors.Is(err, ErrCrowded) {
		return crowded()
	}
	p := problemOf(err)
	p.Closes = p.Code == codes.Unauthenticated
	return p
}

// refuse says why a request is not looked at.
func (h *Handler) refuse(r *http.Request) *problem {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	near := local != nil && access.IsLoopback(local.String())
	switch {
	case !near && (r.TLS == nil || !h.config.Credentials):
		return &problem{Code: codes.PermissionDenied, Rule: ruleNotProtected, Sentence: "This address can be reached from other machines, and it has no TLS or no credentials. " +
			"Ask over gRPC, or from the machine itself, or let whoever runs the server give it both."}
	case !h.config.Credentials && !access.IsLoopback(hostOf(r)):
		// A page from elsewhere whose name was made to point here.
		return &problem{Code: codes.PermissionDenied, Rule: ruleForeignHost, Sentence: "This server answers to localhost and 127.0.0.1 only, because it asks nobody who they are."}
	case h.foreign.Check(r) != nil:
		return &problem{Code: codes.PermissionDenied, Rule: ruleCrossOrigin, Sentence: "A page of another site asked for this. Programs may; pages of other sites may not."}
	}
	if r.Method != http.MethodPost {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &problem{Code: codes.InvalidArgument, Status: http.StatusUnsupportedMediaType, Rule: ruleContentType, Field: "Content-Type", Sentence: `Send JSON, with the header "Content-Type: application/json".`}
	}
	return nil
}

// hostOf is the host that was asked for, with a port.
func hostOf(r *http.Request) string {
	if _, _, err := net.SplitHostPort(r.Host); err == nil {
		return r.Host
	}
	return net.JoinHostPort(r.Host, "80")
}

// readBody reads what was sent, or says that it is too much.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &problem{Code: codes.InvalidArgument, Status: http.StatusRequestEntityTooLarge, Rule: ruleTooLarge, Sentence: fmt.Sprintf(
			"What was sent is more than the %d bytes that are read. Send less at once.", tooLarge.Limit)}
	}
	if err != nil {
		return nil, &problem{Code: codes.InvalidArgument, Rule: ruleMalformed, Sentence: "What was sent broke off before its end. Send the very same again."}
	}
	return body, nil
}

// patient lets an answer take as long as its client takes some bytes of it now and then: the server's own
// deadline is one for the whole.
type patient struct {
	http.ResponseWriter
	connection *http.ResponseController
	clock      clock.Clock
}

// Write gives the client some time more.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.connection.SetWriteDeadline(p.clock.Now().Add(writeWithin))
	return p.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (p *patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }
