package web_test

import (
	"bytes"
	"path"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/load"
	"milepost.dev/internal/node"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// Every number opens exactly the rows that it counts: of five published plans as their offices wrote them, damage included.
func TestEveryNumberOfPublishedPlans(t *testing.T) {
	names := []string{"worcestershire.txt", "leicestershire.txt", "wolverhampton.txt", "dorset.txt", "buckinghamshire.txt", "buckinghamshire-register.csv"}
	texts := map[string][]byte{}
	for _, name := range names {
		texts[name] = sharedtest.Read(t, "plans/"+name) // which says where they are absent
	}
	dated, err := civil.Parse("2017-03-31")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, node.Config{})
	stream := s.server.Push(t.Context())
	defer stream.Close()
	c := &crawler{served: s, rows: map[string]int{}}
	for _, name := range names {
		plan := name[:len(name)-len(path.Ext(name))]
		result, err := load.Load{Service: s.server, Stream: stream, Plan: plan}.Run(t.Context(), bytes.NewReader(texts[name]), documents.Options{Name: name, Settings: dates.Settings{Dated: dated}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		before := c.checked
		for _, page := range pagesOfAPlan {
			c.page("/plans/" + plan + page)
		}
		c.page("/plans/" + plan + "?as_at=2017-12-31")
		c.changes("/plans/" + plan + "/changes?since=2017-01-31")
		c.matchesTheAPI(plan)
		t.Logf("%s: %d kinds of event, %d numbers", name, len(result.Events), c.checked-before)
		if c.checked == before {
			t.Errorf("%s: no number was followed", name)
		}
	}
	c.page("/")
}
