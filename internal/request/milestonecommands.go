package request

import (
	"slices"
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// milestoneCommand reads the commands that say what a milestone is, whose, and how it stands. False: it is none of
// them.
func (r *reader) milestoneCommand(stated *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := stated.GetCommand().(type) {
	case *milepostv1.Command_MilestoneAdded:
		r.path, c.Ref = r.path+".milestone_added", m.MilestoneAdded.GetRef()
		c.OfMilestone = milestone.Add{
			Ref: c.Ref, Title: m.MilestoneAdded.GetTitle(), Workstream: m.MilestoneAdded.GetWorkstream(),
			Attributes: attributes(m.MilestoneAdded.GetAttributes()),
		}
	case *milepostv1.Command_MilestoneAmended:
		r.path, c.Ref = r.path+".milestone_amended", m.MilestoneAmended.GetRef()
		c.OfMilestone = milestone.Amend{
			Ref: c.Ref, Title: m.MilestoneAmended.Title, Workstream: m.MilestoneAmended.Workstream,
			Attributes: attributes(m.MilestoneAmended.GetAttributes()), AllowMissing: m.MilestoneAmended.GetAllowMissing(),
		}
	case *milepostv1.Command_ReferenceChanged:
		r.path, c.Ref = r.path+".reference_changed", m.ReferenceChanged.GetRef()
		c.OfMilestone = milestone.ChangeReference{To: m.ReferenceChanged.GetNewRef(), Reason: m.ReferenceChanged.GetReason()}
	case *milepostv1.Command_OwnerChanged:
		r.path, c.Ref = r.path+".owner_changed", m.OwnerChanged.GetRef()
		c.OfMilestone = r.ownerChanged(m.OwnerChanged)
	case *milepostv1.Command_ProgressReported:
		r.path, c.Ref = r.path+".progress_reported", m.ProgressReported.GetRef()
		progress := milestone.ReportProgress{
			Status: m.ProgressReported.GetStatus(), Words: m.ProgressReported.GetWords(), NextSteps: m.ProgressReported.GetNextSteps(),
		}
		if p := m.ProgressReported.Percent; p != nil {
			percent := int(*p)
			progress.Percent = &percent
		}
		c.OfMilestone = progress
	case *milepostv1.Command_ConfidenceAssessed:
		r.path, c.Ref = r.path+".confidence_assessed", m.ConfidenceAssessed.GetRef()
		c.OfMilestone = milestone.AssessConfidence{
			Scheme: m.ConfidenceAssessed.GetScheme(), Value: m.ConfidenceAssessed.GetValue(), Reason: m.ConfidenceAssessed.GetReason(),
		}
	default:
		return false, nil
	}
	return true, err
}

func attributes(m map[string]string) []milestone.Attribute {
	list := make([]milestone.Attribute, 0, len(m))
	for name, value := range m {
		list = append(list, milestone.Attribute{Name: name, Value: value})
	}
	slices.SortFunc(list, func(a, b milestone.Attribute) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// ownerChanged is read but for its parties: what stands in their place only says whether there is one.
func (r *reader) ownerChanged(m *milepostv1.OwnerChanged) milestone.Command {
	return milestone.ChangeOwner{
		To: milestone.Party(strings.TrimSpace(m.GetOwner())), Reason: m.GetReason(), Effective: r.day("effective", m.GetEffective()),
	}
}

// resolveOwners puts parties where an OwnerChanged has names.
func (r *reader) resolveOwners(c *Command, m *milepostv1.OwnerChanged, party func(name string) (string, error)) error {
	if change, ok := c.OfMilestone.(milestone.ChangeOwner); ok {
		return r.resolveChange(c, m, change, party)
	}
	return nil
}

func (r *reader) resolveChange(c *Command, m *milepostv1.OwnerChanged, change milestone.ChangeOwner, party func(name string) (string, error)) error {
	r.path = c.path
	for _, side := range []struct {
		field, name string
		id          *milestone.Party
	}{{"from", m.GetFrom(), &change.From}, {"owner", m.GetOwner(), &change.To}} {
		if strings.TrimSpace(side.name) == "" {
			continue
		}
		id, err := party(side.name)
		if err != nil {
			if err := r.keep(err, side.field); err != nil {
				return err
			}
		}
		*side.id = milestone.Party(id)
	}
	c.OfMilestone = change
	return nil
}
