package load

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/documents"
)

// Questions of one kind about one column are asked together: fifty next steps without a year are one question about how the column is
// written, and not fifty.

// together are the questions that wait for the end of the document, in the order in which they came up.
type together struct {
	all    []*group
	steps  set              // cells of which the steps were stated
	before []*pb.ReviewItem // what was asked so before, settled or not
	asked  set              // texts of cells: one that several rows share is asked about once
}

// group is a question about several milestones. It is raised about the first of them.
type group struct {
	ref, reason, field, says, source string
	texts                            []string // the words
	refs                             []string // of the milestones that they are of
}

// add keeps a question. The cell names where its words stand; empty where no other row can share them.
func (t *together) add(ref, reason, field, says, text, cell, source string) {
	if cell != "" && !t.asked.add(cell+"\x00"+text) {
		return
	}
	for _, g := range t.all {
		if g.field == field && g.says == says { // under the reason that came up first

			g.texts, g.refs = append(g.texts, text), append(g.refs, ref)
			return
		}
	}
	t.all = append(t.all, &group{ref, reason, field, says, source, []string{text}, []string{ref}})
}

// raised is the question.
func (g *group) raised() *pb.ReviewRaised {
	text, says := g.texts[0], g.says
	if n := len(g.texts); n > 1 {
		var of []string
		for i, text := range g.texts {
			of = append(of, g.refs[i]+": "+text)
		}
		text = strings.Join(of, "; ")
		says += " It is asked once for all places of the document where it is so."
	}
	return &pb.ReviewRaised{Ref: g.ref, Reason: g.reason, Field: g.field, Text: fit(text, maxWords), Says: fit(says, maxWords)}
}

// within says whether an item asks, or asked, about all of it: what is in doubt no more need not be taken out of a question.
func (g *group) within(item *pb.ReviewItem) bool {
	return slices.Contains(askedTogether, item.GetReason()) && item.GetField() == g.field && !slices.ContainsFunc(g.texts, func(text string) bool { return !strings.Contains(item.GetText(), text) })
}

// lookUpQuestions looks up what earlier versions of the document asked about together.
func (r *run) lookUpQuestions(ctx context.Context, known existing) error {
	if known.GetPlanResponse == nil {
		return nil
	}
	for _, reason := range askedTogether {
		for item, err := range r.Service.Review(ctx, &pb.ListReviewRequest{Plan: r.Plan, Reason: reason, All: true, PageSize: largePage}).Items {
			if err != nil {
				return err
			}
			r.together.before = append(r.together.before, item)
		}
	}
	return nil
}

// askTogether raises the questions that waited for the end of the document.
func (s *sender) askTogether() error {
	for _, g := range s.together.all {
		if slices.ContainsFunc(s.together.before, g.within) {
			continue
		}
		c := s.command(g.source, &pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: g.raised()}})
		if err := s.give([]*pb.Command{c}, 0, 0); err != nil {
			return err
		}
	}
	return nil
}

// waits says whether a question about a row is asked together with those of other rows.
func waits(d documents.Doubt) bool {
	return d.Field == documents.Title && slices.Contains(askedTogether, d.Reason)
}

// askedTogether are the reasons for which the words of several titles are asked about once: dates that stand in them beside those of their
// rows, and beginnings that a scan lost.
var askedTogether = []string{documents.DateInWords, period.Contradicts, documents.Damaged}

// cellOf names the place of a value.
func cellOf(v documents.Value) string {
	if len(v.From) == 0 {
		return ""
	}
	return fmt.Sprintf("%s\x00%d\x00%d", v.From[0].Sheet, v.From[0].Row, v.From[0].Column)
}
