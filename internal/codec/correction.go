package codec

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// correctionEvents are about statements that were made by mistake.
var correctionEvents = []*entry{
	sharedEvent(ledgerv1.EventType_EVENT_TYPE_STATEMENT_CORRECTED,
		func(w *writer, e correction.Corrected) *ledgerv1.StatementCorrected {
			m := &ledgerv1.StatementCorrected{
				Milestone: w.milestone(), Targets: e.Targets, Kind: ledgerv1.CorrectionKind(e.Kind), Of: ledgerv1.CorrectionOf(e.Of),
				Over: e.Over, Waits: e.Waits, Reason: e.Reason, Evidence: e.Evidence,
			}
			if e.Import != [16]byte{} {
				m.ImportId = e.Import[:]
			}
			w.corrects(e)
			if e.Speaker != "" {
				m.Speaker = w.party(milestone.Party(e.Speaker))
			}
			return m
		},
		func(r *reader, m *ledgerv1.StatementCorrected) correction.Corrected {
			e := correction.Corrected{
				Targets: m.Targets, Kind: correction.Kind(m.Kind), Of: correction.Of(m.Of), Speaker: correction.Party(r.party(m.Speaker)), Over: m.Over,
				Waits: m.Waits, Reason: m.Reason, Evidence: m.Evidence,
			}
			if len(m.ImportId) > 0 {
				e.Import = [16]byte(r.other(m.ImportId))
			}
			r.corrects(e)
			if m.ReplacementType != 0 {
				e.Replacement = stored{ledgerv1.EventType(m.ReplacementType), m.Replacement}
			}
			return e
		},
		ofMilestone(correction.Corrected{
			Targets: []uint64{7}, Kind: correction.Typing, Of: correction.OfStatement, Over: 9, Speaker: sampleSpeaker(),
			Replacement: milestone.ForecastGiven{Delivery: sampleReplacement(), Reason: "as the board has it"},
			Import:      [16]byte{0: 1, 15: 0x7f}, Waits: true, Reason: "2071 for 2017", Evidence: "https://records.example/42",
		})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_CORRECTION_APPROVED,
		func(w *writer, e correction.Approved) *ledgerv1.CorrectionApproved {
			return &ledgerv1.CorrectionApproved{Milestone: w.milestone(), Correction: e.Correction, Reason: e.Reason, ByProposer: e.ByProposer}
		},
		func(_ *reader, m *ledgerv1.CorrectionApproved) correction.Approved {
			return correction.Approved{Correction: m.Correction, Reason: m.Reason, ByProposer: m.ByProposer}
		},
		ofMilestone(correction.Approved{Correction: 9, Reason: "seen", ByProposer: true})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_CORRECTION_REFUSED,
		func(w *writer, e correction.Refused) *ledgerv1.CorrectionRefused {
			return &ledgerv1.CorrectionRefused{Milestone: w.milestone(), Correction: e.Correction, Reason: e.Reason}
		},
		func(_ *reader, m *ledgerv1.CorrectionRefused) correction.Refused {
			return correction.Refused{Correction: m.Correction, Reason: m.Reason}
		},
		ofMilestone(correction.Refused{Correction: 9, Reason: "the date was honest"})),
}

func sampleSpeaker() correction.Party { return correction.Party(partyOf("\x02")) }

func sampleReplacement() period.Delivery { return within("March 2017", "2017-03-01", "2017-03-31") }

// corrects makes sure that an event is one that can be read again.
func (w *writer) corrects(e correction.Corrected) {
	if err := soundCorrection(e); err != nil {
		w.fail("%v", err)
	}
}

func (r *reader) corrects(e correction.Corrected) {
	if err := soundCorrection(e); err != nil {
		r.fail(err)
	}
}

func soundCorrection(e correction.Corrected) error {
	switch {
	case len(e.Targets) == 0:
		return errors.New("it corrects nothing")
	case e.Kind.String() == "":
		return fmt.Errorf("there is no kind of correction %d", e.Kind)
	case e.Of.String() == "":
		return fmt.Errorf("a correction of %d points at nothing", e.Of)
	}
	return nil
}

// stored is a replacement that was not decoded yet: the table of events, of which this is a part, cannot name what looks into it.
type stored struct {
	t       ledgerv1.EventType
	payload []byte
}

// EventName is none: it never leaves the package.
func (stored) EventName() string { return "" }

// encodeReplacement writes the event that is read in the place of a target, as it would be stored itself.
func (w *writer) encodeReplacement(event named, m proto.Message) {
	e, ok := event.(correction.Corrected)
	if !ok || e.Replacement == nil {
		return
	}
	into, ok := m.(*ledgerv1.StatementCorrected)
	if _, corrects := e.Replacement.(correction.Event); corrects || !ok {
		w.fail("a correction is read in the place of nothing")
		return
	}
	if w.about == aPlan {
		w.fail("a statement about the plan is corrected to nothing else")
		return
	}
	t, payload, err := EncodeMilestone(w.id, e.Replacement)
	if err != nil {
		w.fail("%v", err)
		return
	}
	into.ReplacementType, into.Replacement = int32(t), payload
}

// decodeReplacement reads what encodeReplacement wrote.
func decodeReplacement(event named, id []byte) (named, error) {
	e, ok := event.(correction.Corrected)
	if !ok {
		return event, nil
	}
	in, ok := e.Replacement.(stored)
	if !ok {
		return event, nil
	}
	if in.t >= ledgerv1.EventType_EVENT_TYPE_STATEMENT_CORRECTED && in.t <= ledgerv1.EventType_EVENT_TYPE_CORRECTION_REFUSED {
		return nil, errors.New("a correction is read in the place of nothing") // what is in it is not looked at, however deep it is
	}
	read, err := Decode(in.t, in.payload)
	switch {
	case err != nil:
		return nil, err
	case read.OfMilestone == nil, string(read.Milestone[:]) != string(id):
		return nil, errors.New("what is read in the place of the statement is about something else")
	}
	e.Replacement = read.OfMilestone
	return e, nil
}
