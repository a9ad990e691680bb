package page

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// settleView is one thing that a person is asked about a milestone, with the answers that there are.
type settleView struct {
	fields
	doubt
	Doubt    doubt  // the same, by its own name
	Field    string // what a correction is about, in words
	Now      date   // the milestone's date as it stands
	Revision uint64 // of the milestone, which the answer is given about
	State    string
	Open     bool
	Cancels  bool // the visitor may state facts too, and so that it is no milestone
}

// settlePath is the address of the form that settles an item.
func settlePath(plan, ref, id, item string) string {
	return milestonePath(plan, ref, id) + "/review/" + segment(item)
}

// settling shows an item and asks what it comes to.
func settling(a *asking, f fields) (heading, any, error) {
	p, f, err := a.form(f, "In doubt", reviews, "a reviewer, who did not state what is asked about")
	if err != nil {
		return heading{}, nil, err
	}
	items, err := all(a, a.api.Review(a, &pb.ListReviewRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	for _, i := range items {
		if i.GetItem() != a.item {
			continue
		}
		m, err := a.api.Milestone(a, &pb.GetMilestoneRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt()})
		if err != nil {
			return p.heading, nil, err
		}
		s := m.GetStatus()
		can, err := a.may()
		if err != nil {
			return p.heading, nil, err
		}
		v := settleView{
			fields: f, doubt: a.doubt(i), Doubt: a.doubt(i), Field: plainly(i.GetField()), Now: forecast(s), Revision: s.GetRevision(),
			State: i.GetState(), Open: i.GetState() == "open", Cancels: can.Report,
		}
		return p.heading, v, nil
	}
	return p.heading, nil, &Problem{Status: http.StatusNotFound, Title: "Nobody is asked about this", Sentence: "The milestone has no such item. The page “In doubt” lists those that there are."}
}

// settlement is the answer to an item.
func settlement(a *asking, v url.Values) ([]*pb.Command, error) {
	m := &pb.ReviewSettled{Ref: cmp.Or(v.Get("ref"), a.milestone), Item: a.item, Reason: strings.TrimSpace(v.Get("reason"))}
	said := &pb.Command{AsAt: v.Get("as_at"), Command: &pb.Command_ReviewSettled{ReviewSettled: m}}
	if revision, err := strconv.ParseUint(v.Get("revision"), 10, 64); err == nil {
		said.ExpectedRevision = &revision
	}
	commands, value := []*pb.Command{said}, strings.TrimSpace(v.Get("value"))
	switch v.Get("outcome") {
	case "accept":
		m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED
	case "reject":
		m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_REJECTED
	case "correct":
		m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_CORRECTED
		switch {
		case value == "":
			return nil, unfilled("Write what it is.")
		case v.Get("field") == "delivery_date":
			m.DeliveryDate = value
		case v.Get("field") == "owner":
			m.Owner = value
		default:
			m.Text = value // the API says which fields that corrects
		}
	case "several":
		m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_SPLIT
		if v.Get("field") == "delivery_date" {
			m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_PAIRED
		}
		parts, err := partsOf(v.Get("parts"), m.Outcome == pb.ReviewOutcome_REVIEW_OUTCOME_PAIRED)
		if err != nil {
			return nil, err
		}
		m.Parts = parts
	case "drop":
		m.Outcome = pb.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED
		commands = append(commands, &pb.Command{AsAt: v.Get("as_at"), Command: &pb.Command_MilestoneCancelled{
			MilestoneCancelled: &pb.MilestoneCancelled{Ref: m.GetRef(), Reason: cmp.Or(m.GetReason(), "It is no milestone.")},
		}})
	default:
		return nil, unfilled("Choose what it comes to.")
	}
	return commands, nil
}

// partsOf reads the milestones that one becomes, or that several dates belong to: one a line, its reference, =, and its words or its date.
func partsOf(text string, dates bool) ([]*pb.ReviewPart, error) {
	var parts []*pb.ReviewPart
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		ref, said, ok := strings.Cut(line, "=")
		if ref, said = strings.TrimSpace(ref), strings.TrimSpace(said); !ok || ref == "" || said == "" {
			return nil, unfilled(fmt.Sprintf("%q cannot be read. Write a reference, =, and what belongs to it, each milestone on a line of its own.", line))
		}
		part := &pb.ReviewPart{Ref: ref, Title: said}
		if dates {
			part = &pb.ReviewPart{Ref: ref, DeliveryDate: said}
		}
		parts = append(parts, part)
	}
	return parts, nil
}
