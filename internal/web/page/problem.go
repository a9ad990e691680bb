package page

import (
	"errors"
	"net/http"

	"milepost.dev/internal/client"
)

// Problem is why there is no page, in words for the visitor. It is an error.
type Problem struct {
	Status          int // of HTTP
	Title, Sentence string
	Again           bool // the page may be there in a moment
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Sentence }

// broken is what a visitor is told of anything that only the log explains.
func broken() *Problem {
	return &Problem{Status: http.StatusInternalServerError, Title: "The page could not be made", Sentence: "Something is wrong with this server. Whoever runs it finds the reason in its log."}
}

// ProblemOf is what an error means to somebody who looks at a page. The status of an error that only the log
// explains is 500.
func ProblemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok:
		return broken()
	case e.Code == "UNAUTHENTICATED":
		return &Problem{Status: http.StatusUnauthorized, Title: "Sign in again", Sentence: "The token that you signed in with is not known any more."}
	case e.Kind == client.Denied:
		return &Problem{Status: http.StatusForbidden, Title: "You may not see this", Sentence: e.Message}
	case e.Code == "NOT_FOUND":
		return &Problem{Status: http.StatusNotFound, Title: "There is nothing here", Sentence: e.Message}
	case e.Kind == client.Refused:
		return &Problem{Status: http.StatusBadRequest, Title: "This cannot be answered", Sentence: e.Message}
	case e.Kind == client.Unanswered:
		return &Problem{Status: http.StatusServiceUnavailable, Title: "No answer at the moment", Sentence: "The server is starting, closing, or very busy. This page tries again by itself.", Again: true}
	}
	return broken()
}
