package audit

import (
	"encoding/hex"
	"strconv"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
	"milepost.dev/projections/corrections"
)

// Standing is the correction by which an event is read otherwise than it was recorded: what it is read as, who says so, and why.
type Standing struct {
	Position uint64 // 0: it is read as it was recorded
	ReadAs   string
	By       string // party id, raw
	Reason   string
}

// standing finds the correction that holds for an event of a milestone.
func (t *Trail) standing(e projections.Event, of *life) (s Standing) {
	c := of.read[e.Position]
	if c == nil {
		return s
	}
	view := t.Plan.View()
	told, _ := view.StatementRecorded(e.Milestone, c.Position)
	return Standing{Position: c.Position, ReadAs: t.names().ReadAs(c.Corrected), By: view.Actor(told), Reason: c.Reason}
}

// standingOfPlan is standing for an event of the plan itself.
func (t *Trail) standingOfPlan(statements []plan.Statement, position uint64) (s Standing) {
	log, n := plan.Corrections(statements)
	if n == 0 {
		return s
	}
	c := log.Standing(position)
	if c == nil {
		return s
	}
	view := t.Plan.View()
	for _, told := range statements {
		if told.Position == c.Position {
			actor, _ := view.Teller(told.By)
			s = Standing{Position: c.Position, ReadAs: t.names().ReadAs(c.Corrected), By: view.Kept(actor), Reason: c.Reason}
		}
	}
	return s
}

func (t *Trail) names() corrections.Names { return corrections.Names{Party: t.party, Ref: t.ref} }

// correction tells of an event about corrections, beside what it changed.
func (t *Trail) correction(entry *Entry, e correction.Event) {
	switch e := e.(type) {
	case correction.Corrected:
		var positions []string
		for _, target := range e.Targets {
			positions = append(positions, strconv.FormatUint(target, 10))
		}
		entry.After["corrects"] = strings.Join(positions, ", ")
		waits := ""
		if e.Waits {
			waits = "waits for an approver"
		}
		entry.After["correction"] = domain.Listed(e.Kind.String(), "of a "+e.Of.String(), waits)
		if e.Over != 0 {
			entry.After["correction_over"] = strconv.FormatUint(e.Over, 10)
		}
		if e.Import != [16]byte{} {
			entry.After["correction_import"] = hex.EncodeToString(e.Import[:])
		}
		if e.Evidence != "" {
			entry.After["correction_evidence"] = e.Evidence
		}
		entry.After["read_as"] = t.names().ReadAs(e)
	case correction.Approved:
		by := ""
		if e.ByProposer {
			by = " by the proposer"
		}
		entry.After["correction "+strconv.FormatUint(e.Correction, 10)] = "approved" + by
	case correction.Refused:
		entry.After["correction "+strconv.FormatUint(e.Correction, 10)] = "refused"
	}
}
