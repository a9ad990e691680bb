package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"

	"milepost.dev/internal/web/page"
)

// send sends a whole answer, compressed where the browser takes it so and it gains by it. Nothing with a secret is sent by this: how far an
// answer shrinks tells about what is in it, where a stranger can have something put beside the secret.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	if kind := h.Get("Content-Type"); len(body) > 1024 && page.TakesGzip(r) && (strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "image/svg")) {
		h.Set("Content-Encoding", "gzip")
		body = compressed(body)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a browser that went away is not worth a word
}

func compressed(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // into memory
	_ = w.Close()
	return out.Bytes()
}
