package page

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/web/words"
)

// Form is a page on which a visitor states or decides something. It shows what the decision is about, is not kept up to date while
// somebody fills it in, and sends with the decision what it showed: what was read is what is decided. Whether the visitor may decide, the API says.
type Form struct {
	Path     string // the pattern of its address, as http.ServeMux has it; it is read with GET and sent with POST
	template string
	view     func(*asking, fields) (heading, any, error)
	// commands are what the fields come to. They are made of the address and the fields alone: what they are about may be unknown to
	// the visitor, and the API is the one that says so.
	commands func(*asking, url.Values) ([]*pb.Command, error)
	back     string // the page of the plan that the visitor goes back to, by the last part of its address
}

var forms = []Form{
	{"/plans/{plan}/milestones/{milestone}/review/{item}", "settle.html", settling, settlement, "/review"},
	{"/plans/{plan}/decisions/propose", "propose.html", proposing, proposed, "/decisions"},
	{"/plans/{plan}/decisions/baselines/{item}", "proposal.html", decidingProposal, proposalDecided, "/decisions"},
	{"/plans/{plan}/decisions/corrections/{item}", "correction.html", decidingCorrection, correctionDecided, "/decisions"},
	{"/plans/{plan}/decisions/history/{item}", "history.html", acceptingHistory, historyAccepted, "/decisions"},
}

// Forms are all forms that there are.
func Forms() []Form { return slices.Clone(forms) }

// Entry is a form as it is shown: with what was filled in, and why that was not accepted.
type Entry struct {
	// Proof shows, when the form comes back, that it was made for this visitor. It is sent in the field FieldProof.
	Proof string
	// Values are the fields as they were sent; nil for a form that nobody filled in yet.
	Values url.Values
	// Problem says why they were not accepted; empty where they were not sent.
	Problem string
}

// The fields that every form has.
const (
	FieldProof = "proof"
	fieldKnown = "known" // the position that the form was made from
)

// fields are what every form shows.
type fields struct {
	Entry
	Action, Back string
	Known        uint64
	May          bool   // the visitor has the role that it takes
	Takes        string // that role, in words
	Who          string // as whom the decision is recorded
}

// Filled is what was filled into a field, or else what it begins with.
func (f fields) Filled(name, begins string) string {
	if f.Values.Has(name) {
		return f.Values.Get(name)
	}
	return begins
}

// Chosen says whether a choice of a field was made.
func (f fields) Chosen(name, value string) bool { return slices.Contains(f.Values[name], value) }

// MakeForm makes the page of a form, as the visitor of the context (As).
func (p *Pages) MakeForm(ctx context.Context, f Form, q Question, e Entry) (*Page, error) {
	ctx, cancel := context.WithTimeout(ctx, madeWithin)
	defer cancel()
	q.query = url.Values{} // of today, and as it is known now: nothing else can be decided about
	a := &asking{Context: ctx, Pages: p, Question: q}
	h, view, err := f.view(a, fields{Entry: e, Action: q.path, Back: planPath(q.plan) + f.back})
	if err != nil {
		return nil, err
	}
	return p.draw(f.template, layout{heading: h, View: view, secret: true})
}

// Decide states what a form comes to, as the visitor of the context, and answers with the address to go on to. Sent twice it is stated once.
func (p *Pages) Decide(ctx context.Context, f Form, q Question, sent url.Values) (to string, err error) {
	ctx, cancel := context.WithTimeout(ctx, madeWithin)
	defer cancel()
	a := &asking{Context: ctx, Pages: p, Question: q}
	commands, err := f.commands(a, sent)
	if err != nil {
		return "", err
	}
	answer, err := p.api.Submit(ctx, &pb.SubmitRequest{RequestId: requestID(q, sent), Plan: q.plan, Commands: commands})
	if err != nil {
		return "", err
	}
	return address(planPath(q.plan)+f.back, url.Values{paramDone: {strconv.FormatUint(answer.GetReceipt().GetPosition(), 10)}}), nil
}

// requestID is the same for the same decision about what was known at a position: a form that is sent twice states it once, and one that is
// filled in again after something else was said is another request.
func requestID(q Question, sent url.Values) string {
	said := url.Values{}
	for name, values := range sent {
		if name != FieldProof {
			said[name] = values
		}
	}
	sum := sha256.Sum256([]byte(q.path + "?" + said.Encode()))
	return "page-1-" + hex.EncodeToString(sum[:])
}

// RefusalOf is why a form was not accepted, for the visitor who sent it, with the status that says so. It is false for an error after which
// the form cannot be shown again.
func RefusalOf(err error) (sentence string, status int, ok bool) {
	if found, is := errors.AsType[*Problem](err); is {
		return found.Sentence, found.Status, true
	}
	e, is := errors.AsType[*client.Error](err)
	switch {
	case !is:
		return "", 0, false
	case e.Code == "ABORTED":
		return "Something else was said meanwhile, and nothing was recorded: " + e.Message + ". Below it is as it stands now.", http.StatusConflict, true
	case e.Kind == client.Denied && e.Code != "UNAUTHENTICATED":
		return e.Message, http.StatusForbidden, true
	case e.Kind == client.Refused:
		return e.Message, http.StatusUnprocessableEntity, true
	case e.Kind == client.Unanswered:
		return "The server gave no answer. Send it again: it is recorded once.", http.StatusServiceUnavailable, true
	}
	return "", 0, false
}

// unfilled says what is missing in a form.
func unfilled(sentence string) error {
	return &Problem{Status: http.StatusUnprocessableEntity, Title: "Something is missing", Sentence: sentence}
}

// paramDone is the position at which a form was recorded, on the page that it leads back to.
const paramDone = "done"

// notice says what a form came to, as the ledger has it.
type notice struct{ Said, Href string }

// done is what the form came to that led here; nil where none did.
func (a *asking) done() (*notice, error) {
	position, err := strconv.ParseUint(a.query.Get(paramDone), 10, 64)
	if err != nil || position == 0 || position > a.spoken.GetPosition() {
		return nil, nil
	}
	e, err := a.firstAfter(position - 1)
	if err != nil || e.GetPosition() != position {
		return nil, err
	}
	_, said := told(e)
	return &notice{Said: strings.TrimSpace(e.GetRef()+" "+said) + ", at position " + words.Number(int(position)), Href: a.to(eventPath(a.plan, position))}, nil
}

// roles are what a visitor may do in a plan.
type roles struct {
	Report, Review, Approve bool
	Who                     string
}

// may asks what the visitor may do in the plan of the page.
func (a *asking) may() (roles, error) {
	me, err := a.api.WhoAmI(a)
	if err != nil {
		return roles{}, err
	}
	found := roles{Who: cmp.Or(me.GetDisplayName(), me.GetActor())}
	for _, of := range me.GetRoles() {
		if of.GetPlan() == a.plan || of.GetPlan() == "*" {
			found.Review = found.Review || slices.Contains(of.GetRoles(), "reviewer") || me.GetReportersReview() && slices.Contains(of.GetRoles(), "reporter")
			found.Report = found.Report || slices.Contains(of.GetRoles(), "reporter")
			found.Approve = found.Approve || slices.Contains(of.GetRoles(), "approver")
		}
	}
	return found, nil
}

// form opens the plan that a form is about, and says whether the visitor may fill it in.
func (a *asking) form(f fields, title string, enough func(roles) bool, takes string) (*aPlan, fields, error) {
	p, err := a.open("/form")
	if err != nil {
		return nil, f, err
	}
	p.heading.Title = title + ": " + p.GetName()
	p.Crumbs = append(p.Crumbs, crumb{p.GetName(), planPath(a.plan)})
	can, err := a.may()
	f.May, f.Takes, f.Who, f.Known = enough(can), takes, can.Who, a.spoken.GetPosition()
	return p, f, err
}

func reports(r roles) bool           { return r.Report }
func reviews(r roles) bool           { return r.Review }
func approves(r roles) bool          { return r.Approve }
func reportsOrApproves(r roles) bool { return r.Report || r.Approve }
func reviewsOrApproves(r roles) bool { return r.Review || r.Approve }
