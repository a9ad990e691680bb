package request

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// lifeCommand reads the commands about a milestone's life: begun, met, put off, given up, open again. False: it is none
// of them.
func (r *reader) lifeCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_MilestoneStarted:
		r.path, c.Ref = r.path+".milestone_started", m.MilestoneStarted.GetRef()
		c.OfMilestone = milestone.Start{Start: said(m.MilestoneStarted.GetStartDate()), Words: m.MilestoneStarted.GetWords()}
	case *milepostv1.Command_AchievementRestated:
		r.path, c.Ref = r.path+".achievement_restated", m.AchievementRestated.GetRef()
		restate := milestone.RestateAchievement{
			Actual: said(m.AchievementRestated.GetActualDate()), Words: m.AchievementRestated.GetWords(),
		}
		restate.From, err = r.due("from", m.AchievementRestated.GetFrom())
		c.OfMilestone = restate
	case *milepostv1.Command_MilestoneReopened:
		r.path, c.Ref = r.path+".milestone_reopened", m.MilestoneReopened.GetRef()
		c.OfMilestone = milestone.Reopen{Reason: m.MilestoneReopened.GetReason()}
	case *milepostv1.Command_MilestonePutOnHold:
		r.path, c.Ref = r.path+".milestone_put_on_hold", m.MilestonePutOnHold.GetRef()
		c.OfMilestone = milestone.Hold{Reason: m.MilestonePutOnHold.GetReason()}
	case *milepostv1.Command_MilestoneResumed:
		r.path, c.Ref = r.path+".milestone_resumed", m.MilestoneResumed.GetRef()
		c.OfMilestone = milestone.Resume{Reason: m.MilestoneResumed.GetReason()}
	case *milepostv1.Command_MilestoneCancelled:
		r.path, c.Ref = r.path+".milestone_cancelled", m.MilestoneCancelled.GetRef()
		c.OfMilestone = milestone.Cancel{Reason: m.MilestoneCancelled.GetReason()}
	case *milepostv1.Command_MilestoneNotReported:
		r.path, c.Ref = r.path+".milestone_not_reported", m.MilestoneNotReported.GetRef()
		c.OfMilestone = milestone.LeaveOut{Return: m.MilestoneNotReported.GetReturn()}
	default:
		return false, nil
	}
	return true, err
}
