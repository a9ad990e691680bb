package grpcserver

import milepostv1 "milepost.dev/api/milepost/v1"

// isAbout notes which plan a message of a call is about: the first one, of a stream of many.
func (c *call) isAbout(message any) {
	if push, ok := message.(*milepostv1.PushRequest); ok {
		message = push.GetRequest()
	}
	m, ok := message.(interface{ GetPlan() string })
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.plan == "" {
		c.plan = m.GetPlan()
	}
}
