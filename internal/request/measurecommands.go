package request

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/quantities"
)

// measureCommand reads the commands about what a plan tracks beside milestones and money. False: it is none of them.
func (r *reader) measureCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_ComponentStated:
		s := m.ComponentStated
		r.path += ".component_stated"
		cmd := plan.StateComponent{Name: s.GetName(), Within: s.GetWithin(), Deadline: said(s.GetDeadline()), Reason: s.GetReason()}
		if k := s.GetKind(); k > 0 && k <= milepostv1.ComponentKind_COMPONENT_KIND_DELIVERABLE {
			cmd.Kind = plan.ComponentKind(k) // the two count alike; a test holds them to it
		}
		r.ofPlan(c, cmd)
	case *milepostv1.Command_DocumentImported:
		s := m.DocumentImported
		r.path += ".document_imported"
		cmd := plan.ImportDocument{SHA256: r.digest(s.GetDigest()), Document: s.GetDocument(), Mapping: s.GetMapping()}
		for _, of := range s.GetColumns() {
			cmd.Columns = append(cmd.Columns, plan.DocumentColumn{Sheet: of.GetSheet(), Column: of.GetColumn(), Heading: of.GetHeading(), ReadAs: of.GetReadAs()})
		}
		r.ofPlan(c, cmd)
	case *milepostv1.Command_MeasureDefined:
		s := m.MeasureDefined
		r.path += ".measure_defined"
		cmd := measure.Define{Measure: s.GetMeasure(), Words: s.GetWords(), Unit: s.GetUnit(), Scale: s.GetScale(), Component: s.GetComponent()}
		if k := s.GetKind(); k > 0 && k <= milepostv1.MeasureKind_MEASURE_KIND_READINESS {
			cmd.Kind = measure.Kind(k)
		}
		r.measureOf(c, s.GetRef(), cmd)
	case *milepostv1.Command_MeasureTargeted:
		s := m.MeasureTargeted
		r.path += ".measure_targeted"
		cmd := measure.SetTarget{Measure: s.GetMeasure(), By: said(s.GetBy()), Value: s.GetValue(), Reason: s.GetReason()}
		cmd.Number, cmd.Unit = quantities.Read(cmd.Value)
		r.measureOf(c, s.GetRef(), cmd)
	case *milepostv1.Command_MeasureTaken:
		s := m.MeasureTaken
		r.path += ".measure_taken"
		cmd := measure.Take{Measure: s.GetMeasure(), Value: s.GetValue(), Words: s.GetWords()}
		cmd.Number, cmd.Unit = quantities.Read(cmd.Value)
		r.measureOf(c, s.GetRef(), cmd)
	case *milepostv1.Command_FurtherDateStated:
		s := m.FurtherDateStated
		r.path, c.Ref = r.path+".further_date_stated", s.GetRef()
		c.OfMilestone = milestone.StateFurtherDate{Label: s.GetLabel(), Date: said(s.GetDate()), Reason: s.GetReason()}
	default:
		return false, nil
	}
	return true, nil
}

// measureOf puts a command about a measure where it belongs: to a milestone, or to the plan.
func (r *reader) measureOf(c *Command, ref string, cmd measure.Command) {
	if ref != "" {
		c.Ref, c.OfMilestone = ref, cmd
		return
	}
	r.ofPlan(c, cmd)
}

// ofPlan keeps a command of the plan, and all that is wrong with it.
func (r *reader) ofPlan(c *Command, cmd plan.Command) {
	c.OfPlan = cmd
	for _, refusal := range plan.Check(cmd, plan.Facts{}) {
		r.found = append(r.found, refusal.At(r.path))
	}
}
