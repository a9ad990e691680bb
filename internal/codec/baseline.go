package codec

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
)

// baselineEvents are what was proposed and decided of what is promised.
var baselineEvents = []*entry{
	planEvent(ledgerv1.EventType_EVENT_TYPE_BASELINE_PROPOSED, (*writer).proposed, (*reader).proposed,
		baseline.Proposed{Proposal: "board-2017-06", Item: baseline.Item{
			Milestone: milestone.ID{0: 1, 15: 0x7f}, Dimension: baseline.Date, Replaces: 2, Kind: baseline.External, Reason: "the supplier failed",
			Value: baseline.Value{
				Due: day("2017-12-31"), Text: "by Christmas", Amount: money.Amount{Currency: "GBP", Units: 132000, Nanos: 500000000}, Years: "2017/18",
				Title: "The hub opens", Deliverable: "a building", Measure: "waiting", Target: "18 weeks", Day: day("2018-03-31"),
			},
		}}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_BASELINE_PROPOSAL_CLOSED,
		func(w *writer, e baseline.Closed) *ledgerv1.BaselineProposalClosed {
			return &ledgerv1.BaselineProposalClosed{Proposal: e.Proposal, Count: w.count(e.Count), Sha256: e.SHA256[:]}
		},
		func(r *reader, m *ledgerv1.BaselineProposalClosed) baseline.Closed {
			return baseline.Closed{Proposal: m.Proposal, Count: r.count(m.Count), SHA256: r.sha256(m.Sha256)}
		},
		baseline.Closed{Proposal: "board-2017-06", Count: 17, SHA256: [32]byte{0: 1, 31: 0xff}}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_BASELINE_APPROVED,
		func(_ *writer, e baseline.Approved) *ledgerv1.BaselineDecided { return decided(e.Decision) },
		func(r *reader, m *ledgerv1.BaselineDecided) baseline.Approved {
			return baseline.Approved{Decision: r.decision(m)}
		},
		baseline.Approved{Decision: sampleDecision}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_BASELINE_REFUSED,
		func(_ *writer, e baseline.Refused) *ledgerv1.BaselineDecided { return decided(e.Decision) },
		func(r *reader, m *ledgerv1.BaselineDecided) baseline.Refused {
			return baseline.Refused{Decision: r.decision(m)}
		},
		baseline.Refused{Decision: sampleDecision}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_BASELINE_PROPOSAL_WITHDRAWN,
		func(_ *writer, e baseline.Withdrawn) *ledgerv1.BaselineProposalWithdrawn {
			return &ledgerv1.BaselineProposalWithdrawn{Proposal: e.Proposal, Reason: e.Reason}
		},
		func(_ *reader, m *ledgerv1.BaselineProposalWithdrawn) baseline.Withdrawn {
			return baseline.Withdrawn{Proposal: m.Proposal, Reason: m.Reason}
		},
		baseline.Withdrawn{Proposal: "board-2017-06", Reason: "a figure was missing"}),

	planEvent(ledgerv1.EventType_EVENT_TYPE_TIERS_SET, (*writer).tiersSet, (*reader).tiersSet,
		baseline.TiersSet{Reason: "the board's paper of June", Tiers: []baseline.Tier{
			{
				Name: "SRO", ToleranceDays: ptr(14), ToleranceMoney: money.Amount{Currency: "GBP", Units: 5000},
				MostDays: ptr(30), MostMoney: money.Amount{Currency: "GBP", Units: 10000}, Approvers: []milestone.Party{partyOf("\x01"), partyOf("\xfe")},
			},
			{Name: "Board"},
		}}),
}

var sampleDecision = baseline.Decision{
	Proposal: "board-2017-06", SHA256: [32]byte{0: 1, 31: 0xff}, Body: "Programme board", Minute: "PB-2017-06, item 4", Reason: "agreed as proposed",
}

func (w *writer) proposed(e baseline.Proposed) *ledgerv1.BaselineProposed {
	if !e.Dimension.Valid() || !e.Kind.Valid() { // they count as those of the ledger do; a test holds them to it
		w.fail("there is no dimension %d, or no kind of reason %d", e.Dimension, e.Kind)
	}
	v := e.Value
	return &ledgerv1.BaselineProposed{
		Milestone: e.Milestone[:], Proposal: e.Proposal, Dimension: ledgerv1.BaselineDimension(e.Dimension), Replaces: w.count(e.Replaces),
		Due: v.Due.Number(), Text: v.Text, Amount: w.money(v.Amount), Years: v.Years, Title: v.Title, Deliverable: v.Deliverable,
		Measure: v.Measure, Target: v.Target, Day: v.Day.Number(), ReasonKind: ledgerv1.BaselineReason(e.Kind), Reason: e.Reason,
	}
}

func (r *reader) proposed(m *ledgerv1.BaselineProposed) baseline.Proposed {
	d, k := baseline.Dimension(m.Dimension), baseline.Kind(m.ReasonKind)
	if m.Dimension < 0 || m.Dimension > math.MaxUint8 || !d.Valid() || m.ReasonKind < 0 || m.ReasonKind > math.MaxUint8 || !k.Valid() {
		r.fail(fmt.Errorf("there is no dimension %d, or no kind of reason %d", m.Dimension, m.ReasonKind))
	}
	return baseline.Proposed{Proposal: m.Proposal, Item: baseline.Item{
		Milestone: r.other(m.Milestone), Dimension: d, Replaces: r.count(m.Replaces), Kind: k, Reason: m.Reason,
		Value: baseline.Value{
			Due: r.day(m.Due), Text: m.Text, Amount: r.money(m.Amount), Years: m.Years, Title: m.Title, Deliverable: m.Deliverable,
			Measure: m.Measure, Target: m.Target, Day: r.day(m.Day),
		},
	}}
}

func decided(d baseline.Decision) *ledgerv1.BaselineDecided {
	return &ledgerv1.BaselineDecided{Proposal: d.Proposal, Sha256: d.SHA256[:], Body: d.Body, Minute: d.Minute, Reason: d.Reason}
}

func (r *reader) decision(m *ledgerv1.BaselineDecided) baseline.Decision {
	return baseline.Decision{Proposal: m.Proposal, SHA256: r.sha256(m.Sha256), Body: m.Body, Minute: m.Minute, Reason: m.Reason}
}

func (w *writer) tiersSet(e baseline.TiersSet) *ledgerv1.TiersSet {
	m := &ledgerv1.TiersSet{Reason: e.Reason}
	for _, t := range e.Tiers {
		tier := &ledgerv1.Tier{Name: t.Name, ToleranceMoney: w.money(t.ToleranceMoney), MostMoney: w.money(t.MostMoney)}
		tier.ToleranceDays, tier.MostDays = w.optionalCount(t.ToleranceDays), w.optionalCount(t.MostDays)
		tier.Approvers = w.parties(t.Approvers)
		m.Tiers = append(m.Tiers, tier)
	}
	return m
}

func (r *reader) tiersSet(m *ledgerv1.TiersSet) baseline.TiersSet {
	e := baseline.TiersSet{Reason: m.Reason}
	for _, t := range m.Tiers {
		tier := baseline.Tier{Name: t.Name, ToleranceMoney: r.money(t.ToleranceMoney), MostMoney: r.money(t.MostMoney)}
		tier.ToleranceDays, tier.MostDays = r.optionalCount(t.ToleranceDays), r.optionalCount(t.MostDays)
		tier.Approvers = r.parties(t.Approvers)
		e.Tiers = append(e.Tiers, tier)
	}
	return e
}

func (w *writer) count(n int) uint32 {
	if n < 0 || n > math.MaxInt32 {
		w.fail("%d is not a count", n)
	}
	return uint32(n)
}

func (r *reader) count(n uint32) int {
	if n > math.MaxInt32 {
		r.fail(fmt.Errorf("%d is too large a count", n))
	}
	return int(n)
}

func (w *writer) optionalCount(n *int) *uint32 {
	if n == nil {
		return nil
	}
	return proto.Uint32(w.count(*n))
}

func (r *reader) optionalCount(n *uint32) *int {
	if n == nil {
		return nil
	}
	return ptr(r.count(*n))
}
