package browsertest

import (
	"bytes"
	"os"
	"path"
	"strings"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/load"
	"milepost.dev/internal/node"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// published is a server with five plans as their offices wrote them, damage included, and their ids.
func published(t *testing.T) (*node.Node, []string) {
	t.Helper()
	names := []string{"worcestershire.txt", "leicestershire.txt", "wolverhampton.txt", "dorset.txt", "buckinghamshire.txt"}
	texts := map[string][]byte{}
	for _, name := range names {
		texts[name] = sharedtest.Read(t, "plans/"+name) // which says where they are absent
	}
	dated, err := civil.Parse("2017-03-31")
	if err != nil {
		t.Fatal(err)
	}
	n := start(t, node.Config{})
	server := dial(t, n)
	stream := server.Push(t.Context())
	defer stream.Close()
	var plans []string
	for _, name := range names {
		plan := name[:len(name)-len(path.Ext(name))]
		if _, err := (load.Load{Service: server, Stream: stream, Plan: plan}).Run(t.Context(), bytes.NewReader(texts[name]), documents.Options{Name: name, Settings: dates.Settings{Dated: dated}}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		plans = append(plans, plan)
	}
	return n, plans
}

// firstMilestone is the address of the page of the first milestone of a list; empty where there is none.
const firstMilestone = `document.querySelector("#rows .title")?.href ?? ""`

// planPages are the pages of every plan.
var planPages = []string{"", "/milestones", "/changes", "/trend", "/timeline", "/owners", "/review", "/funding", "/measures", "/decisions"}

// Plans as offices wrote them are for everybody too.
func TestPublishedPlansAreForEverybody(t *testing.T) {
	b := open(t)
	n, plans := published(t)
	at := "http://" + n.HTTPAddr()
	sights := []string{at + "/", at + "/plans/worcestershire?as_at=2018-03-31"}
	for i, plan := range plans {
		of := planPages
		if i > 0 {
			of = []string{"", "/milestones", "/timeline", "/review", "/funding"} // what their own words and money are on
		}
		for _, page := range of {
			sights = append(sights, at+"/plans/"+plan+page)
		}
		b.visit(at + "/plans/" + plan + "/milestones")
		if first := ask[string](b, firstMilestone); first != "" {
			sights = append(sights, first)
		}
	}
	b.forEverybody(sights...)
	b.nothingWrong(n.HTTPAddr())
}

// A plan of hostile words, and a server on which nothing was said yet, are for everybody too.
func TestHostileAndEmptyServersAreForEverybody(t *testing.T) {
	b := open(t)
	n, none := start(t, node.Config{}), start(t, node.Config{})
	hostile(t, dial(t, n))
	server := dial(t, n)
	submitTo(t, server, "bare", "begin", registered("Nothing but a name"))
	sights := []string{"http://" + n.HTTPAddr() + "/", "http://" + none.HTTPAddr() + "/", "http://" + none.HTTPAddr() + "/plans/nowhere"}
	for _, page := range hostilePages {
		sights = append(sights, "http://"+n.HTTPAddr()+"/plans/hostile"+page)
	}
	for _, page := range planPages {
		sights = append(sights, "http://"+n.HTTPAddr()+"/plans/bare"+page)
	}
	b.forEverybody(sights...)
	b.nothingWrong(n.HTTPAddr(), none.HTTPAddr())
}

// forEverybody has axe-core look at pages: at all that they hold in light, and at their colours in dark and forced; and none is wider than a
// window of 1280, 390 or 320.
func (b *browser) forEverybody(sights ...string) {
	b.t.Helper()
	script, err := os.ReadFile("testdata/axe-core-4.14.1.min.js")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, sight := range sights {
		b.look(1280, "light")
		b.visit(sight)
		ask[int](b, string(script)+";0")
		for _, scheme := range []string{"light", "dark", "forced"} {
			b.look(1280, scheme)
			for _, f := range b.axe(scheme != "light") {
				b.t.Errorf("%s, %s: %v", sight, scheme, f)
			}
		}
		for _, width := range []int64{1280, 390, 320} {
			b.look(width, "light")
			if over := ask[[]string](b, wider); len(over) > 0 {
				b.t.Errorf("%s is wider than %d: %s", sight, width, strings.Join(over[:min(3, len(over))], "\n"))
			}
			if scrolls := ask[int](b, `document.documentElement.scrollWidth - innerWidth`); scrolls > 1 {
				b.t.Errorf("%s scrolls %d pixels aside at %d", sight, scrolls, width)
			}
		}
	}
}
