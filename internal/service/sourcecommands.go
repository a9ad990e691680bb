package service

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// sourceCommand reads the commands about documents that a milestone was read from. False: it is none of them.
func (r *reader) sourceCommand(m *milepostv1.Command, c *command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_MilestoneSourced:
		r.path, c.ref = r.path+".milestone_sourced", m.MilestoneSourced.GetRef()
		c.ofMilestone = r.sourced(m.MilestoneSourced)
	default:
		return false, nil
	}
	return true, nil
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
