package request

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// dateCommand reads the commands that state when a milestone is delivered, or was. False: it is none of them.
func (r *reader) dateCommand(stated *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := stated.GetCommand().(type) {
	case *milepostv1.Command_DeliveryDateStated:
		r.path, c.Ref = r.path+".delivery_date_stated", m.DeliveryDateStated.GetRef()
		c.OfMilestone = milestone.StateDate{
			Delivery: said(m.DeliveryDateStated.GetDeliveryDate()), Reason: m.DeliveryDateStated.GetReason(),
		}
	case *milepostv1.Command_MilestoneSlipped:
		r.path, c.Ref = r.path+".milestone_slipped", m.MilestoneSlipped.GetRef()
		slip := milestone.Slip{
			Delivery: said(m.MilestoneSlipped.GetDeliveryDate()), Reason: m.MilestoneSlipped.GetReason(),
		}
		slip.From, err = r.due("from", m.MilestoneSlipped.GetFrom())
		c.OfMilestone = slip
	case *milepostv1.Command_MilestoneRecovered:
		r.path, c.Ref = r.path+".milestone_recovered", m.MilestoneRecovered.GetRef()
		recovery := milestone.Recover{
			Delivery: said(m.MilestoneRecovered.GetDeliveryDate()), Reason: m.MilestoneRecovered.GetReason(),
		}
		recovery.From, err = r.due("from", m.MilestoneRecovered.GetFrom())
		c.OfMilestone = recovery
	case *milepostv1.Command_MilestoneAchieved:
		r.path, c.Ref = r.path+".milestone_achieved", m.MilestoneAchieved.GetRef()
		c.OfMilestone = milestone.Achieve{
			Actual: said(m.MilestoneAchieved.GetActualDate()), Words: m.MilestoneAchieved.GetWords(),
		}
	default:
		return false, nil
	}
	return true, err
}

// due reads a date as it is written in ISO, for its last day.
func (r *reader) due(field, text string) (civil.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := period.ReadISO(text)
	if err != nil {
		return 0, r.keep(err, field)
	}
	return d.Due(), nil
}
