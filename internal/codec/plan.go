package codec

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

// planEvents are what a plan is, what it consists of, and what was read into it.
var planEvents = []*entry{
	planEvent(ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED,
		func(w *writer, e plan.Registered) *ledgerv1.PlanRegistered {
			return &ledgerv1.PlanRegistered{
				Name: e.Name, PeriodStart: e.PeriodStart.Number(), PeriodEnd: e.PeriodEnd.Number(),
				Quarters: w.quarters(e.Quarters), TimeZone: e.TimeZone, RatingSchemes: w.schemes(e.RatingSchemes),
				Conventions: w.conventions(e.Conventions),
			}
		},
		func(r *reader, m *ledgerv1.PlanRegistered) plan.Registered {
			return plan.Registered{
				Name: m.Name, PeriodStart: r.day(m.PeriodStart), PeriodEnd: r.day(m.PeriodEnd),
				Quarters: r.quarters(m.Quarters), TimeZone: m.TimeZone, RatingSchemes: r.schemes(m.RatingSchemes),
				Conventions: r.conventions(m.Conventions),
			}
		},
		plan.Registered{
			Name: "Herefordshire and Worcestershire", PeriodStart: day("2017-04-01"), PeriodEnd: day("2019-03-31"),
			Quarters: plan.Financial, TimeZone: "Europe/London",
		}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_HISTORY_ACCEPTED,
		func(_ *writer, e plan.HistoryAccepted) *ledgerv1.HistoryAccepted {
			return &ledgerv1.HistoryAccepted{FromPosition: e.From, ToPosition: e.To, Reason: e.Reason}
		},
		func(_ *reader, m *ledgerv1.HistoryAccepted) plan.HistoryAccepted {
			return plan.HistoryAccepted{From: m.FromPosition, To: m.ToPosition, Reason: m.Reason}
		},
		plan.HistoryAccepted{From: 17, To: 42, Reason: "the board's paper of 2016 has these dates"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED,
		func(w *writer, e plan.Revised) *ledgerv1.PlanRevised {
			m := &ledgerv1.PlanRevised{
				Name: e.Name, PeriodStart: number(e.PeriodStart), PeriodEnd: number(e.PeriodEnd),
				TimeZone: e.TimeZone, RatingSchemes: w.schemes(e.RatingSchemes), Reason: e.Reason,
				Conventions: w.conventions(e.Conventions),
			}
			if e.Quarters != nil {
				m.Quarters = w.quarters(*e.Quarters).Enum()
			}
			return m
		},
		func(r *reader, m *ledgerv1.PlanRevised) plan.Revised {
			e := plan.Revised{
				Name: m.Name, PeriodStart: r.optionalDay(m.PeriodStart), PeriodEnd: r.optionalDay(m.PeriodEnd),
				TimeZone: m.TimeZone, RatingSchemes: r.schemes(m.RatingSchemes), Reason: m.Reason,
				Conventions: r.conventions(m.Conventions),
			}
			if m.Quarters != nil {
				e.Quarters = ptr(r.quarters(*m.Quarters))
			}
			return e
		},
		plan.Revised{
			Name: ptr("Herefordshire and Worcestershire"), PeriodStart: ptr(day("2017-04-01")), PeriodEnd: ptr(day("")),
			Quarters: ptr(plan.Financial), TimeZone: ptr("Europe/Paris"), Reason: "the partnership grew",
			RatingSchemes: []rating.Scheme{{Name: "RAG", Values: []rating.Value{{Value: "Red", Grade: rating.Red, Meaning: "off track"}, {Value: "Complete"}}}},
		}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_PLAN_CLOSED,
		func(w *writer, e plan.Closed) *ledgerv1.PlanClosed {
			return &ledgerv1.PlanClosed{Reason: e.Reason, By: w.party(e.By)}
		},
		func(r *reader, m *ledgerv1.PlanClosed) plan.Closed {
			return plan.Closed{Reason: m.Reason, By: r.party(m.By)}
		},
		plan.Closed{Reason: "the programme ended", By: partyOf("\x01")}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_PLAN_REOPENED,
		func(_ *writer, e plan.Reopened) *ledgerv1.PlanReopened {
			return &ledgerv1.PlanReopened{Reason: e.Reason}
		},
		func(_ *reader, m *ledgerv1.PlanReopened) plan.Reopened { return plan.Reopened{Reason: m.Reason} },
		plan.Reopened{Reason: "a second phase"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_PARTIES_MERGED,
		func(w *writer, e plan.PartiesMerged) *ledgerv1.PartiesMerged {
			m := &ledgerv1.PartiesMerged{Kept: w.party(e.Kept), Reason: e.Reason}
			for _, p := range e.Merged {
				m.Merged = append(m.Merged, w.party(p))
			}
			return m
		},
		func(r *reader, m *ledgerv1.PartiesMerged) plan.PartiesMerged {
			e := plan.PartiesMerged{Kept: r.party(m.Kept), Reason: m.Reason}
			for _, p := range m.Merged {
				e.Merged = append(e.Merged, r.party(p))
			}
			return e
		},
		plan.PartiesMerged{Kept: partyOf("\x01"), Merged: []milestone.Party{partyOf("\x02"), partyOf("\xfe")}, Reason: "one office"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_ROLE_GRANTED,
		func(w *writer, e plan.RoleGranted) *ledgerv1.RoleGranted {
			return &ledgerv1.RoleGranted{Holder: w.party(e.Holder), Plan: e.Of, Role: e.Role, Until: e.Until.Number(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.RoleGranted) plan.RoleGranted {
			return plan.RoleGranted{Holder: r.party(m.Holder), Of: m.Plan, Role: m.Role, Until: r.day(m.Until), Reason: m.Reason}
		},
		plan.RoleGranted{Holder: partyOf("\x01"), Of: "hubs", Role: "reporter", Until: day("2027-03-31"), Reason: "the new office"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_ROLE_WITHDRAWN,
		func(w *writer, e plan.RoleWithdrawn) *ledgerv1.RoleWithdrawn {
			return &ledgerv1.RoleWithdrawn{Holder: w.party(e.Holder), Plan: e.Of, Role: e.Role, Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.RoleWithdrawn) plan.RoleWithdrawn {
			return plan.RoleWithdrawn{Holder: r.party(m.Holder), Of: m.Plan, Role: m.Role, Reason: m.Reason}
		},
		plan.RoleWithdrawn{Holder: partyOf("\x01"), Of: "*", Role: "auditor", Reason: "they left"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_TO_BE_FORGOTTEN,
		func(w *writer, e plan.ToBeForgotten) *ledgerv1.ToBeForgotten {
			return &ledgerv1.ToBeForgotten{Party: w.party(e.Party), Actor: w.party(e.Actor), Person: w.party(e.Person), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ToBeForgotten) plan.ToBeForgotten {
			return plan.ToBeForgotten{Party: r.party(m.Party), Actor: r.party(m.Actor), Person: r.party(m.Person), Reason: m.Reason}
		},
		plan.ToBeForgotten{Party: partyOf("\x01"), Actor: partyOf("\x02"), Person: partyOf("\xfe"), Reason: "they asked for it"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_EPOCH_BEGUN,
		func(w *writer, e plan.EpochBegun) *ledgerv1.EpochBegun {
			m := &ledgerv1.EpochBegun{Key: e.Key[:], RetiresRequestKey: e.RetiresRequestKey, Actor: w.party(e.Actor), Reason: e.Reason}
			for _, p := range e.Forgotten {
				m.Forgotten = append(m.Forgotten, w.party(p))
			}
			return m
		},
		func(r *reader, m *ledgerv1.EpochBegun) plan.EpochBegun {
			e := plan.EpochBegun{Key: r.epoch(m.Key), RetiresRequestKey: m.RetiresRequestKey, Actor: r.party(m.Actor), Reason: m.Reason}
			for _, p := range m.Forgotten {
				e.Forgotten = append(e.Forgotten, r.party(p))
			}
			return e
		},
		plan.EpochBegun{
			Key: [16]byte{0: 1, 15: 0xff}, Forgotten: []milestone.Party{partyOf("\x01"), partyOf("\x02")}, RetiresRequestKey: true,
			Actor: partyOf("\xfe"), Reason: "they asked for it",
		}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_EPOCH_COMPLETE,
		func(_ *writer, e plan.EpochComplete) *ledgerv1.EpochComplete {
			return &ledgerv1.EpochComplete{Key: e.Key[:]}
		},
		func(r *reader, m *ledgerv1.EpochComplete) plan.EpochComplete {
			return plan.EpochComplete{Key: r.epoch(m.Key)}
		},
		plan.EpochComplete{Key: [16]byte{0: 1, 15: 0xff}}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED,
		func(w *writer, e plan.ComponentStated) *ledgerv1.ComponentStated {
			return &ledgerv1.ComponentStated{
				Kind: w.componentKind(e.Kind), Name: e.Name, Within: e.Within, Deadline: w.optionalDelivery(e.Deadline), Reason: e.Reason,
			}
		},
		func(r *reader, m *ledgerv1.ComponentStated) plan.ComponentStated {
			return plan.ComponentStated{
				Kind: r.componentKind(m.Kind), Name: m.Name, Within: m.Within, Deadline: r.optionalDelivery(m.Deadline), Reason: m.Reason,
			}
		},
		plan.ComponentStated{
			Kind: plan.Scheme, Name: "GP IT", Within: "Digital", Reason: "the supplier is late",
			Deadline: within("2018-06", "2018-06-01", "2018-06-30"),
		}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED,
		func(w *writer, e plan.DocumentImported) *ledgerv1.DocumentImported {
			return &ledgerv1.DocumentImported{Sha256: e.SHA256[:], Document: e.Document, Mapping: e.Mapping, Columns: w.columns(e.Columns)}
		},
		func(r *reader, m *ledgerv1.DocumentImported) plan.DocumentImported {
			return plan.DocumentImported{SHA256: r.sha256(m.Sha256), Document: m.Document, Mapping: m.Mapping, Columns: r.columns(m.Columns)}
		},
		plan.DocumentImported{SHA256: [32]byte{0: 1, 31: 0xff}, Document: "plan-2017.xlsx", Mapping: "header_row: 4"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_CANDIDATE_OFFERED,
		func(w *writer, e plan.CandidateOffered) *ledgerv1.CandidateOffered {
			return &ledgerv1.CandidateOffered{
				Candidate: e.Candidate, Title: e.Title, DeliveryDate: e.Date, ReadAs: e.ReadAs, Workstream: e.Workstream, Says: e.Says,
				Document: e.Document, Cell: w.cell(e.Cell),
			}
		},
		func(r *reader, m *ledgerv1.CandidateOffered) plan.CandidateOffered {
			return plan.CandidateOffered{
				Candidate: m.Candidate, Title: m.Title, Date: m.DeliveryDate, ReadAs: m.ReadAs, Workstream: m.Workstream, Says: m.Says,
				Document: m.Document, Cell: r.cell(m.Cell),
			}
		},
		plan.CandidateOffered{
			Candidate: "C1a2b3c", Title: "The hub will open by June 2018", Date: "by June 2018", ReadAs: "../2018-06-30", Workstream: "Estates",
			Says: "It names a date.", Document: "plan-2017.txt", Cell: milestone.DocumentCell{SHA256: [32]byte{0: 1, 31: 0xff}, Sheet: "Notes", Row: 12, Column: 1, Text: "The hub will open by June 2018."},
		}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_CANDIDATE_SETTLED,
		func(w *writer, e plan.CandidateSettled) *ledgerv1.CandidateSettled {
			if e.Outcome != plan.CandidateAccepted && e.Outcome != plan.CandidateDropped { // the two count alike
				w.fail("there is no outcome %d of a candidate", e.Outcome)
			}
			return &ledgerv1.CandidateSettled{Candidate: e.Candidate, Outcome: ledgerv1.CandidateOutcome(e.Outcome), Ref: e.Ref, Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.CandidateSettled) plan.CandidateSettled {
			if m.Outcome != ledgerv1.CandidateOutcome_CANDIDATE_OUTCOME_ACCEPTED && m.Outcome != ledgerv1.CandidateOutcome_CANDIDATE_OUTCOME_DROPPED {
				r.fail(fmt.Errorf("there is no outcome %d of a candidate", m.Outcome))
			}
			return plan.CandidateSettled{Candidate: m.Candidate, Outcome: plan.CandidateOutcome(m.Outcome), Ref: m.Ref, Reason: m.Reason}
		},
		plan.CandidateSettled{Candidate: "C1a2b3c", Outcome: plan.CandidateAccepted, Ref: "HUB-1", Reason: "the board promised it"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_DOCUMENT_NOTED,
		func(w *writer, e plan.DocumentNoted) *ledgerv1.DocumentNoted {
			return &ledgerv1.DocumentNoted{Note: e.Note, Kind: e.Kind, Words: e.Words, Heading: e.Heading, Document: e.Document, Cell: w.cell(e.Cell)}
		},
		func(r *reader, m *ledgerv1.DocumentNoted) plan.DocumentNoted {
			return plan.DocumentNoted{Note: m.Note, Kind: m.Kind, Words: m.Words, Heading: m.Heading, Document: m.Document, Cell: r.cell(m.Cell)}
		},
		plan.DocumentNoted{
			Note: "N1a2b3c", Kind: "risk", Words: "The builder may have no steel", Heading: "Risks", Document: "plan-2017.txt",
			Cell: milestone.DocumentCell{SHA256: [32]byte{0: 1, 31: 0xff}, Sheet: "Notes", Row: 12, Column: 1, Text: "The builder may have no steel."},
		}),
}

// epoch reads the id of a key.
func (r *reader) epoch(b []byte) (id [16]byte) {
	if len(b) != len(id) {
		r.fail(fmt.Errorf("the id of a key has %d bytes and not %d", len(id), len(b)))
		return id
	}
	return [16]byte(b)
}

func (w *writer) componentKind(k plan.ComponentKind) ledgerv1.ComponentKind {
	if k < plan.Workstream || k > plan.Deliverable { // the two count alike; a test holds them to it
		w.fail("there is no kind of component %d", k)
	}
	return ledgerv1.ComponentKind(k)
}

func (r *reader) componentKind(k ledgerv1.ComponentKind) plan.ComponentKind {
	if k < ledgerv1.ComponentKind_COMPONENT_KIND_WORKSTREAM || k > ledgerv1.ComponentKind_COMPONENT_KIND_DELIVERABLE {
		r.fail(fmt.Errorf("there is no kind of component %d", k))
	}
	return plan.ComponentKind(k)
}

func number(d *civil.Date) *int32 {
	if d == nil {
		return nil
	}
	return proto.Int32(d.Number())
}

func (w *writer) quarters(q plan.Quarters) ledgerv1.PlanRegistered_Quarters {
	if q > plan.Financial {
		w.fail("there are no quarters %d", q)
	}
	return ledgerv1.PlanRegistered_Quarters(q)
}

func (w *writer) schemes(schemes []rating.Scheme) (ms []*ledgerv1.RatingScheme) {
	for _, s := range schemes {
		m := &ledgerv1.RatingScheme{Name: s.Name}
		for _, v := range s.Values {
			if !v.Grade.Valid() { // the two count alike; a test holds them to it
				w.fail("there is no common rating %d", v.Grade)
			}
			m.Values = append(m.Values, &ledgerv1.RatingValue{Value: v.Value, Common: ledgerv1.RatingValue_Common(v.Grade), Meaning: v.Meaning})
		}
		ms = append(ms, m)
	}
	return ms
}

func (r *reader) optionalDay(n *int32) *civil.Date {
	if n == nil {
		return nil
	}
	d := r.day(*n)
	return &d
}

func (r *reader) quarters(q ledgerv1.PlanRegistered_Quarters) plan.Quarters {
	if q < ledgerv1.PlanRegistered_QUARTERS_UNSPECIFIED || q > ledgerv1.PlanRegistered_QUARTERS_FINANCIAL {
		r.fail(fmt.Errorf("there are no quarters %d", q))
	}
	return plan.Quarters(q)
}

func (r *reader) schemes(ms []*ledgerv1.RatingScheme) (schemes []rating.Scheme) {
	for _, m := range ms {
		s := rating.Scheme{Name: m.Name}
		for _, v := range m.Values {
			if v.Common < 0 || v.Common > ledgerv1.RatingValue_COMMON_GREEN {
				r.fail(fmt.Errorf("there is no common rating %d", v.Common))
			}
			s.Values = append(s.Values, rating.Value{Value: v.Value, Grade: rating.Grade(v.Common), Meaning: v.Meaning})
		}
		schemes = append(schemes, s)
	}
	return schemes
}
