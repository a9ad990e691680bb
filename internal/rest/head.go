package rest

import (
	"context"
	"net/http"
)

// getOf is the GET that a HEAD asks about. The server itself leaves out the body; what a stream would send on ends with
// its first bytes.
func getOf(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	asked := r.WithContext(ctx)
	asked.Method = http.MethodGet
	return &headersOnly{ResponseWriter: w, end: cancel}, asked, cancel
}

// headersOnly ends a request once its answer has begun.
type headersOnly struct {
	http.ResponseWriter
	end context.CancelFunc
}

// Write takes what would have been sent.
func (h *headersOnly) Write(b []byte) (int, error) {
	n, err := h.ResponseWriter.Write(b)
	h.end()
	return n, err
}

// Unwrap is for http.ResponseController.
func (h *headersOnly) Unwrap() http.ResponseWriter { return h.ResponseWriter }
