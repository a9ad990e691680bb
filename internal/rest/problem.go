package rest

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"milepost.dev/internal/access"
	"milepost.dev/internal/output"
)

// errorDomain is the domain of milepost's own rules.
const errorDomain = "milepost.dev"

// Rules of HTTP itself. The others are those of the API.
const (
	ruleNotProtected  = "http-not-protected"
	ruleForeignHost   = "host-foreign"
	ruleCrossOrigin   = "cross-origin"
	ruleContentType   = "content-type"
	ruleTooLarge      = "body-too-large"
	ruleTooMany       = "too-many-requests"
	ruleTooManyBytes  = "too-many-bytes"
	ruleMalformed     = "request-malformed"
	ruleParameter     = "parameter-unknown"
	ruleContradiction = "path-contradicted"
	rulePath          = "path-unknown"
	ruleMethod        = "method-not-allowed"
	ruleDeadline      = "deadline-exceeded"
	ruleClosing       = "closing"
	ruleStarting      = "starting"
	ruleNone          = "no-rule"
)

// problem is an error as it is told over HTTP.
type problem struct {
	Status     int // of HTTP; follows from the code where 0
	Code       codes.Code
	Rule       string
	Field      string
	Sentence   string
	Violations []violation
	Details    map[string]string // both sides of a stale one, the position that it was decided at
	RetryAfter time.Duration
	Closes     bool // the connection
}

// violation is one field that broke a rule.
type violation struct {
	Field    string `json:"field"`
	Rule     string `json:"rule"`
	Sentence string `json:"sentence"`
}

// problemOf tells what a call came to.
func problemOf(err error) *problem {
	s := status.Convert(err)
	p := &problem{Code: s.Code(), Sentence: s.Message()}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			p.Rule, p.Details = d.GetReason(), d.GetMetadata()
			p.Field = p.Details["field"]
			delete(p.Details, "field")
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				p.Violations = append(p.Violations, violation{v.GetField(), v.GetReason(), v.GetDescription()})
			}
		case *errdetails.RetryInfo:
			p.RetryAfter = d.GetRetryDelay().AsDuration()
		}
	}
	if p.Rule != "" {
		return p
	}
	// It never reached the server's own code.
	switch p.Code {
	case codes.InvalidArgument:
		p.Rule, p.Sentence = ruleMalformed, "The request cannot be read: "+strings.ReplaceAll(p.Sentence, "\u00a0", " ")+"."
	case codes.DeadlineExceeded:
		p.Rule, p.Sentence = ruleDeadline, "The time for this request ran out. Send the very same again; who watches asks again with the last position as `after`."
	case codes.Unavailable, codes.Canceled:
		p.Code, p.Rule, p.RetryAfter = codes.Unavailable, ruleClosing, 2*time.Second
		p.Sentence = "The server is closing. Send the very same again when it is back."
	default:
		p.Rule = ruleNone
	}
	return p
}

func noSuchCall(r *http.Request, status int) *problem {
	if status == http.StatusMethodNotAllowed {
		return &problem{Code: codes.Unimplemented, Status: status, Rule: ruleMethod, Sentence: r.Method + " is not for this path. /v1/openapi.json says what is."}
	}
	return &problem{Code: codes.NotFound, Rule: rulePath, Sentence: "There is nothing at this path. /v1/openapi.json lists what there is."}
}

// crowded is told to a caller whose share of the connections is taken.
func crowded() *problem {
	return &problem{Code: codes.Unavailable, Rule: ruleTooMany, RetryAfter: 5 * time.Second, Closes: true, Sentence: "More connections are open than this server serves for one caller, and it did not look at this request. Send the very same again in a moment, over as few connections as will do."}
}

// Starting answers for a server that reads its ledger still.
func Starting(w http.ResponseWriter, _ *http.Request) {
	p := problem{Code: codes.Unavailable, Rule: ruleStarting, RetryAfter: time.Second, Sentence: "The ledger is being read and proved. Send the very same again in a moment; /readyz says how far it is."}
	p.write(w)
}

// Unauthenticated answers whoever is turned away before anything else is looked at.
func Unauthenticated(w http.ResponseWriter, err *access.Unauthenticated) {
	p := problem{Code: codes.Unauthenticated, Rule: err.Rule, Sentence: err.Sentence}
	p.write(w)
}

func (p *problem) status() int {
	if p.Status != 0 {
		return p.Status
	}
	return runtime.HTTPStatusFromCode(p.Code)
}

// MarshalJSON is what clients read. Its fields stay as they are.
func (p *problem) MarshalJSON() ([]byte, error) {
	type told struct {
		Status       int               `json:"status"`
		Code         string            `json:"code"`
		Rule         string            `json:"rule"`
		Field        string            `json:"field,omitempty"`
		Sentence     string            `json:"sentence"`
		Violations   []violation       `json:"violations,omitempty"`
		Details      map[string]string `json:"details,omitempty"`
		RetryAfterMS int64             `json:"retry_after_ms,omitempty"`
	}
	return json.Marshal(map[string]told{"error": {
		p.status(), code.Code(p.Code).String(), p.Rule, p.Field, p.Sentence, p.Violations, p.Details, p.RetryAfter.Milliseconds(),
	}})
}

func (p *problem) write(w http.ResponseWriter) {
	body, err := json.Marshal(p)
	if err != nil { // of strings and numbers
		http.Error(w, "the error cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Del("Trailer")
	w.Header().Del("Transfer-Encoding")
	w.Header().Set("Content-Type", "application/json")
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	if p.Code == codes.Unauthenticated {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if p.Closes {
		w.Header().Set("Connection", "close")
	}
	w.WriteHeader(p.status())
	_, _ = w.Write(append(output.Escaped(body), '\n'))
}
