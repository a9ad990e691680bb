package rest

import (
	"context"
	"net/http"
	"time"

	"google.golang.org/grpc/codes"

	"milepost.dev/internal/access"
)

// Refusal is a request that came to no call of the server, so that the server cannot tell of it.
type Refusal struct {
	Caller access.Caller // the zero Caller where nobody found out who it is
	Code   codes.Code
	Rule   string
	Took   time.Duration
}

// progress is how far a request has come. It belongs to the goroutine of the request.
type progress struct {
	started time.Time
	caller  access.Caller
	told    bool // the server knows of it, and tells what comes of it
}

type progressKey struct{}

// tracked gives a request its progress.
func (h *Handler) tracked(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), progressKey{}, &progress{started: h.config.Clock.Now()}))
}

// progressOf is that of a request's context.
func progressOf(ctx context.Context) *progress {
	if p, ok := ctx.Value(progressKey{}).(*progress); ok {
		return p
	}
	return &progress{told: true}
}

// answer writes a problem, and tells of it unless the server does.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, p *problem) {
	if x := progressOf(r.Context()); !x.told && h.config.Refused != nil {
		x.told = true
		h.config.Refused(r.Context(), Refusal{x.caller, p.Code, p.Rule, h.config.Clock.Now().Sub(x.started)})
	}
	p.write(w)
}
