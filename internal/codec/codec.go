// Package codec turns the domain's events into the payloads of stored records, and back. A stored event
// is a contract: what was ever written decodes to the same event for ever, and testdata keeps a sample
// of each to prove it.
package codec

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// Event is a decoded payload: an event of a plan or, with the milestone it is about, of a milestone.
type Event struct {
	Milestone   [16]byte // its ULID; zero for an event of a plan
	OfMilestone milestone.Event
	OfPlan      plan.Event
}

// UnknownEvent is a record of a type that this version does not know: a poison record.
type UnknownEvent struct{ Type ledgerv1.EventType }

// Error names the type.
func (e *UnknownEvent) Error() string {
	return fmt.Sprintf("event type %d is not known to this version", int32(e.Type))
}

// BadPayload is a record whose payload is not what its type says: a poison record.
type BadPayload struct {
	Type ledgerv1.EventType
	Err  error // what is wrong with it
}

// Error says what is wrong.
func (e *BadPayload) Error() string {
	return fmt.Sprintf("the payload of a %s cannot be read: %v", TypeName(e.Type), e.Err)
}

// Unwrap returns what is wrong.
func (e *BadPayload) Unwrap() error { return e.Err }

// ofMilestone and ofPlan hold an empty event of each stored type. Those of funding and of measures may be of a plan too.
var (
	ofMilestone = map[ledgerv1.EventType]milestone.Event{
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED:               milestone.Added{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED:             milestone.Amended{},
		ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN:                milestone.ForecastGiven{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED:             milestone.Slipped{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:           milestone.Recovered{},
		ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED:          milestone.Reconfirmed{},
		ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED:             milestone.Restated{},
		ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN:            milestone.Withdrawn{},
		ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED:              milestone.Awaited{},
		ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD:          milestone.Unread{},
		ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED:                 milestone.OwnerChanged{},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_IDENTIFIED:            funding.Advanced{Stage: funding.Identified},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_BID:                   funding.Advanced{Stage: funding.Bid},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_APPROVED_IN_PRINCIPLE: funding.Advanced{Stage: funding.Approved},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED:             funding.Advanced{Stage: funding.Confirmed},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_RELEASED:              funding.Advanced{Stage: funding.Released},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_RECEIVED:              funding.Advanced{Stage: funding.Received},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT:                 funding.Advanced{Stage: funding.Spent},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_REPROFILED:            funding.Reprofiled{},
		ledgerv1.EventType_EVENT_TYPE_FUNDING_WITHDRAWN:             funding.Withdrawn{},
		ledgerv1.EventType_EVENT_TYPE_CONFIDENCE_ASSESSED:           milestone.ConfidenceAssessed{},
		ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED:             milestone.ProgressReported{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED:            milestone.Achieved{},
		ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED:          milestone.AchievementRestated{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_STARTED:             milestone.Started{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_REOPENED:            milestone.Reopened{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_PUT_ON_HOLD:         milestone.Held{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_RESUMED:             milestone.Resumed{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED:           milestone.Cancelled{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED:        milestone.NotReported{},
		ledgerv1.EventType_EVENT_TYPE_ISSUE_RAISED:                  milestone.IssueRaised{},
		ledgerv1.EventType_EVENT_TYPE_ISSUE_CLOSED:                  milestone.IssueClosed{},
		ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED:             milestone.EvidenceAttached{},
		ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED:             milestone.DependencyLinked{},
		ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED:           milestone.DependencyUnlinked{},
		ledgerv1.EventType_EVENT_TYPE_RECURRENCE_DEFINED:            milestone.RecurrenceDefined{},
		ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED:             milestone.Sourced{},
		ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED:                 milestone.ReviewRaised{},
		ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED:                milestone.ReviewSettled{Outcome: milestone.Accepted},
		ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED:           milestone.FurtherDateStated{},
		ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED:               measure.Defined{Kind: measure.Success},
		ledgerv1.EventType_EVENT_TYPE_MEASURE_TARGETED:              measure.Targeted{},
		ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN:                 measure.Taken{},
	}
	ofPlan = map[ledgerv1.EventType]plan.Event{
		ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED:   plan.Registered{},
		ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED:      plan.Revised{},
		ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED:  plan.ComponentStated{Kind: plan.Workstream},
		ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED: plan.DocumentImported{},
	}
)

// TypeName returns the name of an event as its EventName gives it: "MilestoneSlipped". It is empty for
// a type that is not known.
func TypeName(t ledgerv1.EventType) string {
	if e, ok := ofMilestone[t]; ok {
		return e.EventName()
	}
	if e, ok := ofPlan[t]; ok {
		return e.EventName()
	}
	return ""
}

// EncodeMilestone returns the stored type and payload of an event of a milestone. The same event always
// gives the same bytes.
func EncodeMilestone(id [16]byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	if t, payload, ok := encodeStated(id, event); ok {
		return t, payload, nil
	}
	return encodeMilestone(id, event)
}

// encodeMilestone is EncodeMilestone by protobuf.
func encodeMilestone(id [16]byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	var w writer
	switch e := event.(type) {
	case milestone.Added:
		m := &ledgerv1.MilestoneAdded{
			Milestone: id[:], Ref: e.Ref, Title: e.Title, Workstream: e.Workstream, Attributes: w.attributes(e.Attributes), Series: w.series(e.Of),
		}
		if e.Of != nil {
			m.Occurrence = e.Of.Day.Number()
		}
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED, m)
	case milestone.Amended:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED, &ledgerv1.MilestoneAmended{
			Milestone: id[:], Title: e.Title, Workstream: e.Workstream, Attributes: w.attributes(e.Attributes),
		})
	case milestone.ForecastGiven:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN, &ledgerv1.ForecastGiven{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), Reason: e.Reason,
		})
	case milestone.Slipped:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED, &ledgerv1.MilestoneSlipped{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), From: e.From.Number(), Days: w.days(e.Days), Reason: e.Reason,
		})
	case milestone.Recovered:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED, &ledgerv1.MilestoneRecovered{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), From: e.From.Number(), Days: w.days(e.Days), Reason: e.Reason,
		})
	case milestone.Reconfirmed:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED, &ledgerv1.ForecastReconfirmed{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), Reason: e.Reason,
		})
	case milestone.Restated:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED, &ledgerv1.ForecastRestated{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), Reason: e.Reason,
		})
	case milestone.Withdrawn:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN, &ledgerv1.ForecastWithdrawn{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), From: e.From.Number(), Reason: e.Reason,
		})
	case milestone.Awaited:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED, &ledgerv1.ForecastAwaited{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), Reason: e.Reason,
		})
	case milestone.Unread:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD, &ledgerv1.DeliveryDateUnread{
			Milestone: id[:], Delivery: w.delivery(e.Delivery), Reason: e.Reason,
		})
	case milestone.OwnerChanged:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED, &ledgerv1.OwnerChanged{
			Milestone: id[:], From: w.party(e.From), To: w.party(e.To), Effective: e.Effective.Number(), Reason: e.Reason,
		})
	case funding.Event:
		return w.funding(id[:], e)
	case measure.Event:
		return w.measure(id[:], e)
	case milestone.ConfidenceAssessed:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_CONFIDENCE_ASSESSED, &ledgerv1.ConfidenceAssessed{
			Milestone: id[:], Scheme: e.Scheme, Value: e.Value, Reason: e.Reason,
		})
	case milestone.ProgressReported:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED, &ledgerv1.ProgressReported{
			Milestone: id[:], Percent: w.percent(e.Percent), Status: e.Status, Words: e.Words, NextSteps: e.NextSteps,
		})
	case milestone.Achieved:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED, &ledgerv1.MilestoneAchieved{
			Milestone: id[:], Actual: w.delivery(e.Actual), Words: e.Words,
		})
	case milestone.AchievementRestated:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED, &ledgerv1.AchievementRestated{
			Milestone: id[:], Actual: w.delivery(e.Actual), From: e.From.Number(), Words: e.Words,
		})
	case milestone.Started:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_STARTED, &ledgerv1.MilestoneStarted{
			Milestone: id[:], Start: w.delivery(e.Start), From: e.From.Number(), Words: e.Words,
		})
	case milestone.Reopened:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_REOPENED, &ledgerv1.MilestoneReopened{Milestone: id[:], Reason: e.Reason})
	case milestone.Held:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_PUT_ON_HOLD, &ledgerv1.MilestonePutOnHold{Milestone: id[:], Reason: e.Reason})
	case milestone.Resumed:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_RESUMED, &ledgerv1.MilestoneResumed{Milestone: id[:], Reason: e.Reason})
	case milestone.Cancelled:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED, &ledgerv1.MilestoneCancelled{Milestone: id[:], Reason: e.Reason})
	case milestone.NotReported:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED, &ledgerv1.MilestoneNotReported{Milestone: id[:], Return: e.Return})
	default:
		return w.links(id[:], event)
	}
}

// Decode reads a payload. Its errors are *UnknownEvent and *BadPayload. Fields that a later version
// added are passed over; a kind, a day or an id that makes no sense is refused, and never guessed at.
func Decode(t ledgerv1.EventType, payload []byte) (Event, error) {
	r := reader{payload: payload}
	var e Event
	if e.OfMilestone = r.ofMilestone(t); e.OfMilestone != nil {
		e.Milestone = r.milestone()
	} else if s := r.shared(t); s == nil {
		if e.OfPlan = r.ofPlan(t); e.OfPlan == nil {
			return Event{}, &UnknownEvent{Type: t}
		}
	} else if len(r.id) == 0 {
		e.OfPlan = s
	} else {
		e.OfMilestone, e.Milestone = s, r.milestone()
	}
	if r.err != nil {
		return Event{}, &BadPayload{Type: t, Err: r.err}
	}
	return e, nil
}

var errNoMilestone = errors.New("it does not name its milestone by 16 bytes")

// Without maps in any event, a message has one order of its fields. The option keeps that promise, should
// a map ever be added.
var marshal = proto.MarshalOptions{Deterministic: true}
