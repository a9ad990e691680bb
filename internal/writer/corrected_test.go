package writer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/corrections"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// cleo is a third person, who reports.
var cleo = access.Caller{Name: "cleo", Roles: map[string][]access.Role{access.EveryPlan: {access.Reporter}}}

// correcting is a life in which much is corrected: what is stated is accepted, what is corrected is there, and what is decided waits.
type correcting struct {
	s       *Writer
	clock   interface{ Advance(time.Duration) }
	t       *rapid.T
	n       int
	counted map[string]int // how often what was accepted
}

func (c *correcting) submit(caller access.Caller, commands ...*milepostv1.Command) *milepostv1.SubmitResponse {
	c.n++
	response, err := c.s.Submit(c.t.Context(), caller, submission(fmt.Sprint("c", c.n), commands...))
	c.clock.Advance(time.Minute)
	var refusal *domain.Refusal
	if err != nil && !errors.As(err, &refusal) {
		c.t.Fatal(err)
	}
	if refusal != nil {
		c.counted["refused "+refusal.Rule]++
		return nil
	}
	return response
}

var statedDates = []string{"2017-03-31", "2017-06-30", "2018", "TBC", "ongoing", "March 17 June 17", "2017-Q1", "2017-05-15"}

// fact is a fact about a milestone, mostly of its date.
func (c *correcting) fact() *milepostv1.Command {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(c.t, label) }
	ref, date := pick("ref", "A", "B", "C"), pick("date", statedDates...)
	asAt := pick("as at", "2017-01-10", "2017-02-10", "2017-05-01", "2017-07-10", "2017-12-24")
	m := &milepostv1.Command{AsAt: asAt}
	switch rapid.IntRange(0, 9).Draw(c.t, "fact") {
	case 0:
		m.Command = &milepostv1.Command_MilestoneAchieved{MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: ref, ActualDate: "2017-01-05"}}
	case 1:
		m.Command = &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: pick("owner", "CCGs", "Board")}}
	case 2:
		m.Command = &milepostv1.Command_MilestoneCancelled{MilestoneCancelled: &milepostv1.MilestoneCancelled{Ref: ref, Reason: "no money"}}
	case 3:
		m.Command = &milepostv1.Command_MilestoneReplaced{MilestoneReplaced: &milepostv1.MilestoneReplaced{Old: []string{"A"}, New: []string{"B"}}}
	case 4:
		m.Command = &milepostv1.Command_ProgressReported{ProgressReported: &milepostv1.ProgressReported{Ref: ref, Status: pick("status", "on track", "late")}}
	default:
		m.Command = &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: date}}
	}
	return m
}

// correct corrects something that is there, over what holds for it, as a rule to something of the same kind.
func (c *correcting) correct() *milepostv1.Command {
	p, _ := c.s.book.Now().Plan("hubs")
	events := p.Events(0)
	e := events[rapid.IntRange(0, len(events)-1).Draw(c.t, "event")]
	m := &milepostv1.StatementCorrected{
		Target: &milepostv1.StatementCorrected_Position{Position: e.Position}, Kind: milepostv1.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "mistyped",
	}
	command := &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: m}}
	if e.Milestone == nil {
		return command
	}
	log := p.View().Corrections(e.Milestone)
	if standing := log.Standing(e.Position); standing != nil {
		m.Over = standing.Position
	}
	stated, _ := p.View().StatementRecorded(e.Milestone, e.Position)
	switch how := rapid.IntRange(0, 9).Draw(c.t, "how"); {
	case how == 0:
		m.Target, m.Over = &milepostv1.StatementCorrected_RequestOf{RequestOf: e.Position}, 0
	case how == 1:
		m.Kind, m.Speaker = milepostv1.CorrectionKind_CORRECTION_KIND_WRONG_SPEAKER, rapid.SampledFrom([]string{"CCGs", "Board"}).Draw(c.t, "speaker")
	case how < 4: // never said
	default:
		m.Replacement = c.instead(stated.Event.EventName())
	}
	return command
}

func (c *correcting) instead(name string) *milepostv1.Command {
	switch name {
	case "MilestoneAchieved", "AchievementRestated":
		return &milepostv1.Command{Command: &milepostv1.Command_MilestoneAchieved{MilestoneAchieved: &milepostv1.MilestoneAchieved{ActualDate: "2017-01-07"}}}
	case "OwnerChanged":
		return &milepostv1.Command{Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Owner: "Estates"}}}
	case "MilestoneAdded":
		return &milepostv1.Command{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Title: "Hub opens"}}}
	}
	date := rapid.SampledFrom(statedDates).Draw(c.t, "instead")
	return &milepostv1.Command{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{DeliveryDate: date}}}
}

// decide decides something that waits; nil: nothing does.
func (c *correcting) decide(yes bool) *milepostv1.Command {
	p, _ := c.s.book.Now().Plan("hubs")
	for _, row := range corrections.List(p, civil.Last) {
		if row.State == corrections.Pending {
			decided := &milepostv1.CorrectionDecided{Position: row.Position, Reason: "seen"}
			if yes {
				return &milepostv1.Command{Command: &milepostv1.Command_CorrectionApproved{CorrectionApproved: decided}}
			}
			return &milepostv1.Command{Command: &milepostv1.Command_CorrectionRefused{CorrectionRefused: decided}}
		}
	}
	return nil
}

// baseline proposes a date, and has it approved as a rule, or the cancellation that waits for that.
func (c *correcting) baseline() {
	proposer, approver := ann, bob
	proposer.Person, approver.Person = "Ann Example", "Bob Example"
	id := fmt.Sprint("p", c.n)
	proposed := c.submit(proposer, &milepostv1.Command{Command: &milepostv1.Command_BaselineProposed{BaselineProposed: &milepostv1.BaselineProposed{
		Proposal: id, Ref: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(c.t, "ref"), ReasonKind: "external", Reason: "the supplier",
		Value: &milepostv1.BaselineProposed_Date{Date: &milepostv1.BaselineDate{DeliveryDate: rapid.SampledFrom([]string{"2017-03-31", "2017-06-30", "2018-01-31"}).Draw(c.t, "promised")}},
	}}}, &milepostv1.Command{Command: &milepostv1.Command_BaselineProposalClosed{BaselineProposalClosed: &milepostv1.BaselineProposalClosed{Proposal: id, Count: 1}}})
	if proposed == nil {
		return
	}
	c.counted["proposed"]++
	p, _ := c.s.book.Now().Plan("hubs")
	for _, of := range p.Proposals() {
		if of.State() != baseline.IsPending || rapid.IntRange(0, 4).Draw(c.t, "leave it") == 0 {
			continue
		}
		decided := &milepostv1.BaselineDecided{Proposal: of.ID, Sha256: hex.EncodeToString(of.Closed.SHA256[:])}
		if c.submit(approver, &milepostv1.Command{Command: &milepostv1.Command_BaselineApproved{BaselineApproved: decided}}) != nil {
			c.counted["approved"]++
		}
	}
}

func (c *correcting) step() {
	caller := rapid.SampledFrom([]access.Caller{ann, cleo}).Draw(c.t, "caller")
	switch rapid.IntRange(0, 5).Draw(c.t, "step") {
	case 5:
		c.baseline()
	case 0, 1:
		c.submit(caller, c.fact())
	case 2, 3:
		if c.submit(caller, c.correct()) != nil {
			c.counted["corrected"]++
		}
	default:
		if command := c.decide(rapid.IntRange(0, 3).Draw(c.t, "yes") > 0); command != nil && c.submit(bob, command) != nil {
			c.counted["decided"]++
		}
	}
}

// Whatever is corrected, approved and refused: known at any position is what was answered live at it, and the book made anew, from
// its saved folds or from the ledger, answers the same.
func TestCorrectionsLeaveThePastAsItWasKnown(t *testing.T) {
	counted := map[string]int{}
	days := []civil.Date{}
	for _, text := range []string{"2017-01-10", "2017-03-01", "2017-06-01", "2018-01-15", "2026-12-01"} {
		d, _ := civil.Parse(text)
		days = append(days, d)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.every = uint64(rapid.IntRange(1, 20).Draw(rt, "save every"))
		s := w.open()
		w.mustSubmit(s, submission("begin", registered(), added("A"), stated("A", "2017-01-10", "2017-03-31"), added("B"), added("C")))
		c := &correcting{s: s, clock: w.clock, t: rt, counted: counted}
		type moment struct {
			position uint64
			asAt     civil.Date
			was      []proto.Message
		}
		var live []moment
		for range rapid.IntRange(4, 14).Draw(rt, "steps") {
			c.step()
			view, asAt := s.book.Now(), rapid.SampledFrom(days).Draw(rt, "day")
			live = append(live, moment{view.Position, asAt, everything(rt, s, w.names, view, asAt)})
		}
		same := func(what string, s *Writer) {
			for _, m := range live {
				view, _ := s.book.KnownAt(m.position)
				if diff := differences(m.was, everything(rt, s, w.names, view, m.asAt)); diff != "" {
					rt.Fatalf("%s: as at %s and known at %d (- live, + now):\n%s", what, m.asAt, m.position, diff)
				}
			}
		}
		same("asked again", s)
		closed(t, s)
		s = w.open()
		same("from the saved fold", s)
		closed(t, s)
		w.folds = ""
		s = w.open()
		same("from the first record", s)
		closed(t, s)
	})
	t.Log(counted)
	if counted["corrected"] < 20 || counted["decided"] < 5 || counted["approved"] < 5 {
		t.Errorf("only %d corrections and %d decisions were accepted: the test shows little", counted["corrected"], counted["decided"])
	}
}

// told is a date that somebody states in one of the orders, and what it is corrected to.
type toldDate struct {
	ref, asAt, date string
	by              access.Caller
	instead         string // empty: it is not corrected; "none": it was never said
}

// figuresOf are the answers about dates, without positions, times, what events were recorded as, and what was put to a person by what
// was known then: those depend on the order.
func figuresOf(s *Writer, names wire.Names, asAt civil.Date) (all []proto.Message) {
	p, _ := s.book.Now().Plan("hubs")
	for _, row := range status.List(p, asAt) {
		m := wire.Status(row, names)
		m.Milestone, m.Position, m.Revision, m.Review = "", 0, 0, nil
		all = append(all, m)
		for _, move := range slippage.Of(p.View(), row.Milestone, asAt) {
			m := wire.Move(move, names)
			m.Milestone, m.Position, m.MadeBy, m.FromPosition, m.RecordedAt, m.AsRecorded = "", 0, 0, 0, "", ""
			m.NoReason = false // whether a reason is expected for words without a day follows from what they were recorded as
			all = append(all, m)
		}
	}
	return all
}

// Given which corrections count, it changes no answer known at the end whether each came at once or after all that was said later.
func TestTheOrderOfCorrectionsChangesNoAnswer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var said []toldDate
		for i := range rapid.IntRange(1, 8).Draw(rt, "dates") {
			said = append(said, toldDate{
				ref: rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "ref"), date: rapid.SampledFrom(statedDates).Draw(rt, "date"),
				asAt:    day.AddDate(0, 0, -rapid.IntRange(0, 20).Draw(rt, "days ago")*10-i).Format(time.DateOnly), // no two of one day
				by:      rapid.SampledFrom([]access.Caller{ann, cleo}).Draw(rt, "by"),
				instead: rapid.SampledFrom(append([]string{"", "", "none"}, statedDates...)).Draw(rt, "instead"),
			})
		}
		answers := func(atOnce bool) (all []proto.Message) {
			w := newWorld(t)
			s := w.open()
			defer closed(t, s)
			w.mustSubmit(s, submission("begin", registered(), added("A"), added("B")))
			c := &correcting{s: s, clock: w.clock, t: rt, counted: map[string]int{}}
			var later []func()
			for _, d := range said {
				at := c.submit(d.by, stated(d.ref, d.asAt, d.date)).GetReceipt().GetEvents()[0].GetPosition()
				correct := func() { c.corrects(d, at) }
				switch {
				case d.instead == "":
				case atOnce:
					correct()
				default:
					later = append(later, correct)
				}
			}
			for _, correct := range later {
				correct()
			}
			for days := 0; days < 250; days += 21 {
				all = append(all, figuresOf(s, w.names, civil.OfTime(day.AddDate(0, 0, -days), time.UTC))...)
			}
			return all
		}
		if diff := differences(answers(true), answers(false)); diff != "" {
			rt.Fatalf("%+v: corrected at once (-) and at the end (+):\n%s", said, diff)
		}
	})
}

// corrects corrects a date, and has it approved where it waits.
func (c *correcting) corrects(d toldDate, at uint64) {
	m := &milepostv1.StatementCorrected{
		Target: &milepostv1.StatementCorrected_Position{Position: at}, Kind: milepostv1.CorrectionKind_CORRECTION_KIND_TYPING, Reason: "mistyped",
	}
	if d.instead != "none" {
		m.Replacement = &milepostv1.Command{Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{DeliveryDate: d.instead}}}
	}
	response := c.submit(ann, &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: m}})
	if response == nil {
		c.t.Fatalf("refused: %v", c.counted)
	}
	if changes := response.GetCorrections(); len(changes) == 0 || !changes[0].GetWaits() {
		return
	}
	p, _ := c.s.book.Now().Plan("hubs")
	waits := corrections.List(p, civil.Last)
	decided := &milepostv1.CorrectionDecided{Position: waits[len(waits)-1].Position, Reason: "seen"}
	approve := &milepostv1.Command{Command: &milepostv1.Command_CorrectionApproved{CorrectionApproved: decided}}
	if c.submit(bob, approve) == nil {
		c.t.Fatalf("not approved: %v", c.counted)
	}
}
