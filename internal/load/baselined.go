package load

import (
	"regexp"
	"slices"

	pb "milepost.dev/api/milepost/v1"
)

// Baselined is a date under a heading of the document that calls it a baseline. It moves nothing, and is no baseline before somebody approves it.
type Baselined struct {
	Ref, Label string
	Date       string // a day, a month, a quarter or a year as in ISO 8601
}

var (
	baselineHeading = regexp.MustCompile(`(?i)\bbaselined?\b`)
	startHeading    = regexp.MustCompile(`(?i)\bstart(s|ed|ing)?\b`) // what is promised is the end
)

// baselined keeps the dates of a row that its document calls baselines: of several of them the first.
func (s *sender) baselined(commands []*pb.Command) {
	i := slices.IndexFunc(commands, func(c *pb.Command) bool {
		label := c.GetFurtherDateStated().GetLabel()
		return baselineHeading.MatchString(label) && !startHeading.MatchString(label)
	})
	if i < 0 {
		return
	}
	d := commands[i].GetFurtherDateStated()
	s.baselines = append(s.baselines, Baselined{Ref: d.GetRef(), Label: d.GetLabel(), Date: d.GetDate()})
}
