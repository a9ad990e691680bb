package wire

import (
	"encoding/hex"
	"slices"
	"strconv"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/corrections"
)

// Correction is one correction of statements about one milestone.
func Correction(r corrections.Row, names Names) *milepostv1.Correction {
	ref, id, of := "", "", ""
	if r.Milestone != nil {
		ref, id, of = r.Milestone.Ref, projections.FormatID(r.Milestone.ID), r.Milestone.Plan
	}
	in := inWords(r.Known, of, names)
	m := &milepostv1.Correction{
		Position: r.Position, Ref: ref, Milestone: id, Targets: r.Targets,
		Kind: r.Kind.String(), Of: r.Of.String(), State: r.State, ReadAs: in.ReadAs(r.Corrected),
		Actor: names.Display(r.Known.Actor(r.By)), RecordedAt: recordedAt(r.Known.RecordedAt(r.Position)),
		Reason: r.Reason, Evidence: r.Evidence, AgeDays: int32(r.AgeDays), CountsFrom: r.Counts, Over: r.Over, Days: known32(r.Days),
	}
	if actor, speaker := r.Known.Teller(r.By.By); actor != speaker {
		m.OnBehalfOf = names.Display(r.Known.Kept(speaker))
	}
	if r.Import != [16]byte{} {
		m.ImportId = hex.EncodeToString(r.Import[:])
	}
	if len(r.Was) > 0 {
		m.AsAt = r.Was[0].AsAt.String()
		m.Was = in.Says(r.Was[0].Event)
		if more := len(r.Was) - 1; more > 0 {
			m.Was = strconv.Itoa(len(r.Was)) + " statements"
		}
	}
	if r.Decided != 0 {
		m.DecidedBy, m.DecidedAt = names.Display(r.Known.Actor(r.Decider)), recordedAt(r.Known.RecordedAt(r.Decided))
		m.DecidedReason, m.ByProposer = corrections.Decided(r.Decider.Event)
	}
	return m
}

// inWords tells parties and milestones of a plan as people know them.
func inWords(v projections.View, plan string, names Names) corrections.Names {
	return corrections.Names{
		Party: func(p milestone.Party) string { return names.Display(string(p)) },
		Ref: func(id milestone.ID) string {
			if p, ok := v.Plan(plan); ok {
				if m, ok := p.FindID(id); ok {
					return m.Ref
				}
			}
			return projections.FormatID(id)
		},
	}
}

// correctionsOf are what the corrections of a plan come to.
func correctionsOf(m *milepostv1.Plan, t corrections.Total, names Names) {
	m.Corrections, m.CorrectionDays, m.CorrectionsPending = int32(t.Counts), int32(t.Days), int32(t.Pending)
	for _, by := range t.By {
		m.CorrectedBy = append(m.CorrectedBy, names.Display(by))
	}
	slices.Sort(m.CorrectedBy)
}
