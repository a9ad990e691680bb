package web

import (
	"crypto/subtle"
	"net/http"

	"milepost.dev/internal/web/page"
)

// maxDecision bounds a form on which something is decided: bytes. A proposal names up to 900 milestones.
const maxDecision = 512 << 10

// form shows a form to a visitor.
func (s *Site) form(f page.Form) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.showForm(w, r, f, http.StatusOK, page.Entry{})
	})
}

func (s *Site) showForm(w http.ResponseWriter, r *http.Request, f page.Form, status int, e page.Entry) {
	e.Proof = s.proof(r)
	made, err := s.pages.MakeForm(r.Context(), f, page.QuestionOf(r), e)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, r, status, made, page.Around{})
}

var errForged = &page.Problem{
	Status: http.StatusForbidden, Title: "This form was not made for you here",
	Sentence: "Nothing was recorded. You may have signed in again since the form was opened, or another site sent it. Open the form again, and send it from there.",
}

// decide takes a form that a visitor filled in, where it was made for that visitor, and leads on with another address, so that
// reloading the page sends nothing again. What the API refuses is shown with the form, in the API's own words.
func (s *Site) decide(f page.Form) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxDecision)
		if err := r.ParseForm(); err != nil {
			s.fail(w, r, &page.Problem{Status: http.StatusBadRequest, Title: "This form cannot be read", Sentence: "Nothing was recorded. Open the form again, and send it from there."})
			return
		}
		if subtle.ConstantTimeCompare([]byte(r.PostForm.Get(page.FieldProof)), []byte(s.proof(r))) != 1 {
			s.fail(w, r, errForged)
			return
		}
		to, err := s.pages.Decide(r.Context(), f, page.QuestionOf(r), r.PostForm)
		if err == nil {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		problem, status, again := page.RefusalOf(err)
		e := page.Entry{Values: r.PostForm, Problem: problem, Proof: s.proof(r)}
		made, wrong := s.pages.MakeForm(r.Context(), f, page.QuestionOf(r), e)
		if !again || wrong != nil { // what it is about is not there, or may not be seen: the first error says so
			s.fail(w, r, err)
			return
		}
		s.answer(w, r, status, made, page.Around{})
	})
}

// proof is what a form of this visitor has inside, and a form that another site made has not: of the session or, where visitors have none, of
// the process. A page of another site can read neither.
func (s *Site) proof(r *http.Request) string {
	if found := s.sessions.find(s.cookie(r)); found != nil {
		return found.proof
	}
	return s.ownProof
}
