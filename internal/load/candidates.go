package load

import (
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/alike"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/documents"
)

// isCandidate says whether a milestone of a document was found in running text, so that it is none until somebody accepts it.
func isCandidate(m *documents.Milestone) bool {
	return slices.ContainsFunc(m.Review, func(d documents.Doubt) bool { return d.Reason == documents.Candidate })
}

// candidate offers a sentence to a person.
func (s *sender) candidate(m *documents.Milestone, t target) *pb.Command {
	above := s.above
	date, _ := s.date(m)
	s.above = above // it stands in no column: no ditto mark means it
	var says []string
	for _, d := range m.Review {
		if d.Says != "" && !slices.Contains(says, d.Says) {
			says = append(says, d.Says)
		}
	}
	if t.maybe != "" {
		says = append(says, fmt.Sprintf("It may be the milestone %s that the plan has.", t.maybe))
	}
	name := candidateName(m.Title.Text)
	if s.offered[name]++; s.offered[name] > 1 {
		name += fmt.Sprint(".", s.offered[name])
	}
	c := &pb.CandidateOffered{
		Candidate: name, Title: fit(m.Title.Text, maxTitle), DeliveryDate: date, ReadAs: fit((period.Delivery{Readings: m.OfDate()}).EDTF(), period.MaxText),
		Workstream: fit(m.Workstream.Text, maxName), Says: fit(strings.Join(says, " "), maxWords),
	}
	if len(m.Title.From) > 0 {
		from := m.Title.From[0]
		c.Digest, c.Document, c.Sheet = s.result.Digest, fit(s.report.Plan.File, maxName), fit(from.Sheet, 200)
		c.Cell = &pb.SourceCell{Row: uint32(max(1, from.Row)), Column: uint32(max(1, from.Column)), Text: fit(from.Text, maxTitle)}
	}
	return s.command(s.sourceOf(m.Sheet, m.Line, target{}), &pb.Command{Command: &pb.Command_CandidateOffered{CandidateOffered: c}})
}

// candidateName is what a sentence is known by in the plan: a digest of its words without its dates, so that the next version of the
// document offers it under the same name, wherever it stands and whatever day it names.
func candidateName(title string) string {
	words := slices.DeleteFunc(alike.Split(title), func(w string) bool {
		return strings.ContainsAny(w, "0123456789") || slices.ContainsFunc(months, func(m string) bool { return w == m || w == m[:3] })
	})
	return "C" + short(digest(words...))
}

// months are the words of a date that are no number.
var months = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
