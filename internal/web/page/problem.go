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

// Moved is where a page is now that once had the address that was asked for. It is an error.
type Moved struct{ To string }

// Error names the address.
func (m *Moved) Error() string { return "the page is at " + m.To }

// refusals are what refusals of the API mean to a visitor, by rule. The API's own sentences are for those who call it:
// they name fields, commands and files, of which a visitor has none.
var refusals = map[string]Problem{
	client.RulePlanUnknown: {
		Title: "There is no such plan", Status: http.StatusNotFound,
		Sentence: "No plan has this address, or it was not known yet at the time that you ask for. The portfolio lists the plans that you may see.",
	},
	"milestone-unknown": {
		Title: "There is no such milestone", Status: http.StatusNotFound,
		Sentence: "The plan has no milestone at this address, or it was not known yet at the time that you ask for.",
	},
	"role-missing": {
		Title: "You may not see this", Status: http.StatusForbidden,
		Sentence: "The token that you signed in with does not give you access to this. The people who run this server can change that.",
	},
	"as-at-not-iso": {
		Title: "This day cannot be read", Status: http.StatusBadRequest,
		Sentence: "Write a day as 2017-03-31, or choose one in the form at the top of a page.",
	},
	"known-at-malformed": {
		Title: "This time cannot be read", Status: http.StatusBadRequest,
		Sentence: "Write a day as 2017-03-31, or a position in the ledger as a number.",
	},
	"known-at-in-future": {
		Title: "This position is still to come", Status: http.StatusBadRequest,
		Sentence: "The ledger has not reached the position that you ask for. Leave it out of the address to see what is known now.",
	},
}

// refusal is the problem of a rule that refusals has.
func refusal(rule string) *Problem {
	p := refusals[rule]
	return &p
}

// ProblemOf is what an error means to somebody who looks at a page. Its status is 500 where only the log explains it.
func ProblemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	broken := &Problem{
		Status: http.StatusInternalServerError, Title: "The page could not be made",
		Sentence: "Something is wrong with this server. The people who run it find the reason in its log.",
	}
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return broken
	}
	if _, told := refusals[e.Rule]; told {
		return refusal(e.Rule)
	}
	switch {
	case e.Code == "UNAUTHENTICATED":
		return &Problem{Status: http.StatusUnauthorized, Title: "Sign in again", Sentence: "This server no longer knows the token that you signed in with."}
	case e.Kind == client.Denied:
		return &Problem{Status: http.StatusForbidden, Title: "You may not see this", Sentence: e.Message}
	case e.Code == "NOT_FOUND":
		return &Problem{Status: http.StatusNotFound, Title: "There is nothing here", Sentence: e.Message}
	case e.Kind == client.Refused:
		return &Problem{Status: http.StatusBadRequest, Title: "This cannot be answered", Sentence: e.Message}
	case e.Kind == client.Unanswered:
		return &Problem{Status: http.StatusServiceUnavailable, Title: "No answer at the moment", Sentence: "The server is starting, closing, or very busy. This page tries again by itself.", Again: true}
	}
	return broken
}
