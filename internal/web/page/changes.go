package page

import (
	"strconv"
)

// changesView is what changed in a plan, newest first, in sentences.
type changesView struct {
	Head    planHead
	Net     *comparedView // nil where there is no earlier return, or on an earlier part of the sentences
	Files   []fileLink
	Batches []batch
	Earlier string // the address of what came before; empty where nothing did
	Newest  string // the address of the newest; empty where this is it
}

// paramBefore is the position that the changes shown come before.
const paramBefore = "before"

// changesPage is how many events one page tells.
const changesPage = 400

// changes shows what changed in a plan.
func changes(a *asking) (heading, any, error) {
	p, err := a.open("/changes")
	if err != nil {
		return heading{}, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	view := changesView{Head: p.head, Files: a.files("csv", "xlsx", "json")}
	upTo := a.spoken.GetPosition()
	if before, err := strconv.ParseUint(a.query.Get(paramBefore), 10, 64); err == nil && before > 0 {
		upTo = min(upTo, before-1)
		view.Newest = a.with(paramBefore, "")
	}
	if view.Newest == "" {
		if view.Net, err = a.compared(p); err != nil {
			return p.heading, nil, err
		}
	}
	events, next, err := a.events(a.plan, upTo, changesPage)
	if err != nil {
		return p.heading, nil, err
	}
	if next > 0 {
		view.Earlier = a.with(paramBefore, strconv.FormatUint(next, 10))
	}
	view.Batches = a.batches(a.plan, events, titlesOf(milestones))
	return p.heading, view, nil
}
