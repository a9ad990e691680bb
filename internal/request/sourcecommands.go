package request

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// sourceCommand reads the commands about documents that a milestone was read from. False: it is none of them.
func (r *reader) sourceCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_MilestoneSourced:
		r.path, c.Ref = r.path+".milestone_sourced", m.MilestoneSourced.GetRef()
		c.OfMilestone = r.sourced(m.MilestoneSourced)
	case *milepostv1.Command_ReviewRaised:
		s := m.ReviewRaised
		r.path, c.Ref = r.path+".review_raised", s.GetRef()
		c.OfMilestone = milestone.RaiseReview{
			Item: s.GetItem(), Reason: s.GetReason(), Field: s.GetField(), Text: s.GetText(), Says: s.GetSays(), Proposed: s.GetProposed(),
		}
	case *milepostv1.Command_ReviewSettled:
		r.path, c.Ref = r.path+".review_settled", m.ReviewSettled.GetRef()
		c.OfMilestone = settlement(m.ReviewSettled)
	case *milepostv1.Command_CandidateOffered:
		r.path += ".candidate_offered"
		r.ofPlan(c, r.candidate(m.CandidateOffered))
	case *milepostv1.Command_CandidateSettled:
		s := m.CandidateSettled
		r.path += ".candidate_settled"
		cmd := plan.SettleCandidate{Candidate: s.GetCandidate(), Ref: s.GetRef(), Reason: s.GetReason()}
		if o := s.GetOutcome(); o > 0 && o <= milepostv1.CandidateOutcome_CANDIDATE_OUTCOME_DROPPED {
			cmd.Outcome = plan.CandidateOutcome(o) // the two count alike
		}
		r.ofPlan(c, cmd)
	case *milepostv1.Command_DocumentNoted:
		r.path += ".document_noted"
		r.ofPlan(c, r.noted(m.DocumentNoted))
	default:
		return false, nil
	}
	return true, nil
}

func (r *reader) noted(m *milepostv1.DocumentNoted) plan.NoteDocument {
	cmd := plan.NoteDocument{Note: m.GetNote(), Kind: m.GetKind(), Words: m.GetWords(), Heading: m.GetHeading(), Document: m.GetDocument()}
	if cell := m.GetCell(); cell != nil {
		cmd.Cell = milestone.DocumentCell{SHA256: r.digest(m.GetDigest()), Sheet: m.GetSheet(), Row: int(cell.GetRow()), Column: int(cell.GetColumn()), Text: cell.GetText()}
	}
	return cmd
}

func (r *reader) candidate(m *milepostv1.CandidateOffered) plan.OfferCandidate {
	cmd := plan.OfferCandidate{
		Candidate: m.GetCandidate(), Title: m.GetTitle(), Date: m.GetDeliveryDate(), ReadAs: m.GetReadAs(), Workstream: m.GetWorkstream(),
		Says: m.GetSays(), Document: m.GetDocument(),
	}
	if cell := m.GetCell(); cell != nil {
		cmd.Cell = milestone.DocumentCell{SHA256: r.digest(m.GetDigest()), Sheet: m.GetSheet(), Row: int(cell.GetRow()), Column: int(cell.GetColumn()), Text: cell.GetText()}
	}
	return cmd
}

func (r *reader) sourced(m *milepostv1.MilestoneSourced) milestone.StateSource {
	s := milestone.StateSource{SHA256: r.digest(m.GetDigest()), Document: m.GetDocument(), Sheet: m.GetSheet()}
	for _, cell := range m.GetCells() {
		s.Cells = append(s.Cells, milestone.Cell{
			Field: cell.GetField(), Heading: cell.GetHeading(), Row: int(cell.GetRow()), Column: int(cell.GetColumn()), Text: cell.GetText(),
		})
	}
	return s
}
