package request

import (
	"encoding/hex"
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// linkCommand reads the commands about what a milestone has to do with: issues, evidence, other milestones, and the times
// that it is due. False: it is none of them.
func (r *reader) linkCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_IssueRaised:
		r.path, c.Ref = r.path+".issue_raised", m.IssueRaised.GetRef()
		c.OfMilestone = milestone.RaiseIssue{
			Issue: m.IssueRaised.GetIssue(), Words: m.IssueRaised.GetWords(), Severity: m.IssueRaised.GetSeverity(),
		}
	case *milepostv1.Command_IssueClosed:
		r.path, c.Ref = r.path+".issue_closed", m.IssueClosed.GetRef()
		c.OfMilestone = milestone.CloseIssue{Issue: m.IssueClosed.GetIssue(), Words: m.IssueClosed.GetWords()}
	case *milepostv1.Command_EvidenceAttached:
		r.path, c.Ref = r.path+".evidence_attached", m.EvidenceAttached.GetRef()
		c.OfMilestone = milestone.AttachEvidence{
			SHA256: r.digest(m.EvidenceAttached.GetDigest()), MediaType: m.EvidenceAttached.GetMediaType(),
			Location: m.EvidenceAttached.GetLocation(), Words: m.EvidenceAttached.GetWords(),
		}
	case *milepostv1.Command_DependencyLinked:
		r.path, c.Ref = r.path+".dependency_linked", m.DependencyLinked.GetRef()
		c.OfMilestone = milestone.LinkDependency{
			On: m.DependencyLinked.GetOn(), LagDays: int(min(m.DependencyLinked.GetLagDays(), milestone.MaxLag+1)), Reason: m.DependencyLinked.GetReason(),
		}
	case *milepostv1.Command_DependencyUnlinked:
		r.path, c.Ref = r.path+".dependency_unlinked", m.DependencyUnlinked.GetRef()
		c.OfMilestone = milestone.UnlinkDependency{On: m.DependencyUnlinked.GetOn(), Reason: m.DependencyUnlinked.GetReason()}
	case *milepostv1.Command_MilestoneReplaced:
		s := m.MilestoneReplaced
		r.path = r.path + ".milestone_replaced"
		if len(s.GetNew()) > 0 {
			c.Ref = s.GetNew()[0]
		}
		c.OfMilestone = milestone.Replace{Old: s.GetOld(), New: s.GetNew(), Reason: s.GetReason()}
	case *milepostv1.Command_RecurrenceDefined:
		r.path, c.Ref = r.path+".recurrence_defined", m.RecurrenceDefined.GetRef()
		s := m.RecurrenceDefined
		c.OfMilestone = milestone.DefineRecurrence{
			RRule: s.GetRrule(), Start: r.day("start", s.GetStart()), End: r.day("end", s.GetEnd()), Words: s.GetWords(),
		}
	default:
		return false, nil
	}
	return true, nil
}

// digest reads "sha256:" and 64 hexadecimal digits.
func (r *reader) digest(text string) (sum [32]byte) {
	digits, ok := strings.CutPrefix(text, "sha256:")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != len(sum) {
		r.refuse(RuleDigestMalformed, "digest", "%.80q is not the digest of a file. Write sha256: and the 64 hexadecimal digits that sha256sum prints.", text)
		return sum
	}
	return [32]byte(b)
}
