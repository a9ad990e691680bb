package codec

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// reader reads one payload, and keeps the first thing that is wrong with it.
type reader struct {
	payload []byte
	id      []byte
	err     error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// message is an event of a milestone as it is stored.
type message interface {
	proto.Message
	GetMilestone() []byte
}

func (r *reader) read(m message) {
	r.unmarshal(m)
	r.id = m.GetMilestone()
}

func (r *reader) milestone() (id [16]byte) {
	if len(r.id) != len(id) {
		r.fail(errNoMilestone)
		return id
	}
	return [16]byte(r.id)
}

// ofMilestone returns nil for a type that it does not know.
func (r *reader) ofMilestone(t ledgerv1.EventType) milestone.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED:
		var m ledgerv1.MilestoneAdded
		r.read(&m)
		return milestone.Added{Ref: m.Ref, Title: m.Title, Workstream: m.Workstream, Attributes: r.attributes(m.Attributes), Of: r.occurrence(m.Series, m.Occurrence)}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED:
		var m ledgerv1.MilestoneAmended
		r.read(&m)
		return milestone.Amended{Title: m.Title, Workstream: m.Workstream, Attributes: r.attributes(m.Attributes)}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN:
		var m ledgerv1.ForecastGiven
		r.read(&m)
		return milestone.ForecastGiven{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED:
		var m ledgerv1.MilestoneSlipped
		r.read(&m)
		return milestone.Slipped{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Days: int(m.Days), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED:
		var m ledgerv1.MilestoneRecovered
		r.read(&m)
		return milestone.Recovered{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Days: int(m.Days), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED:
		var m ledgerv1.ForecastReconfirmed
		r.read(&m)
		return milestone.Reconfirmed{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED:
		var m ledgerv1.ForecastRestated
		r.read(&m)
		return milestone.Restated{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN:
		var m ledgerv1.ForecastWithdrawn
		r.read(&m)
		return milestone.Withdrawn{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED:
		var m ledgerv1.ForecastAwaited
		r.read(&m)
		return milestone.Awaited{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD:
		var m ledgerv1.DeliveryDateUnread
		r.read(&m)
		return milestone.Unread{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED:
		var m ledgerv1.OwnerChanged
		r.read(&m)
		return milestone.OwnerChanged{From: r.party(m.From), To: r.party(m.To), Effective: r.day(m.Effective), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_CONFIDENCE_ASSESSED:
		var m ledgerv1.ConfidenceAssessed
		r.read(&m)
		return milestone.ConfidenceAssessed{Scheme: m.Scheme, Value: m.Value, Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED:
		var m ledgerv1.ProgressReported
		r.read(&m)
		return milestone.ProgressReported{Percent: r.percent(m.Percent), Status: m.Status, Words: m.Words, NextSteps: m.NextSteps}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED:
		var m ledgerv1.MilestoneAchieved
		r.read(&m)
		return milestone.Achieved{Actual: r.delivery(m.Actual), Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED:
		var m ledgerv1.AchievementRestated
		r.read(&m)
		return milestone.AchievementRestated{Actual: r.delivery(m.Actual), From: r.day(m.From), Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_STARTED:
		var m ledgerv1.MilestoneStarted
		r.read(&m)
		return milestone.Started{Start: r.delivery(m.Start), From: r.day(m.From), Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_REOPENED:
		var m ledgerv1.MilestoneReopened
		r.read(&m)
		return milestone.Reopened{Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_PUT_ON_HOLD:
		var m ledgerv1.MilestonePutOnHold
		r.read(&m)
		return milestone.Held{Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_RESUMED:
		var m ledgerv1.MilestoneResumed
		r.read(&m)
		return milestone.Resumed{Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED:
		var m ledgerv1.MilestoneCancelled
		r.read(&m)
		return milestone.Cancelled{Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED:
		var m ledgerv1.MilestoneNotReported
		r.read(&m)
		return milestone.NotReported{Return: m.Return}
	default:
		return r.links(t)
	}
}

func (r *reader) day(n int32) civil.Date {
	d, ok := civil.FromNumber(n)
	if !ok {
		r.fail(fmt.Errorf("the calendar has no day %d", n))
	}
	return d
}

func (r *reader) delivery(m *ledgerv1.DeliveryDate) period.Delivery {
	if m == nil {
		r.fail(errors.New("it states no date"))
		return period.Delivery{}
	}
	d := period.Delivery{Text: m.Text, Review: m.Review}
	if len(m.Readings) > 0 {
		d.Readings = make([]period.Reading, len(m.Readings))
	}
	for i, reading := range m.Readings {
		if reading.Kind < ledgerv1.Reading_KIND_IN || reading.Kind > ledgerv1.Reading_KIND_UNKNOWN {
			r.fail(fmt.Errorf("there is no kind of date %d", reading.Kind))
		}
		d.Readings[i] = period.Reading{
			Kind: period.Kind(reading.Kind), Start: r.day(reading.Start), End: r.day(reading.End), Due: r.day(reading.Due),
			Approx: reading.Approx, Uncertain: reading.Uncertain, RRule: reading.Rrule, Label: reading.Label,
		}
	}
	return d
}

func (r *reader) attributes(ms []*ledgerv1.Attribute) []milestone.Attribute {
	if len(ms) == 0 {
		return nil
	}
	attributes := make([]milestone.Attribute, len(ms))
	for i, m := range ms {
		attributes[i] = milestone.Attribute{Name: m.Name, Value: m.Value}
		if i > 0 && ms[i-1].Name >= m.Name {
			r.fail(fmt.Errorf("attribute %q is not in order of name", m.Name))
		}
	}
	return attributes
}

func (r *reader) party(b []byte) milestone.Party {
	if len(b) != 0 && len(b) != partySize {
		r.fail(fmt.Errorf("a party id has %d bytes and not %d", partySize, len(b)))
	}
	return milestone.Party(b)
}

func (r *reader) money(m *ledgerv1.Money) money.Amount {
	return money.Amount{Currency: m.GetCurrencyCode(), Units: m.GetUnits(), Nanos: m.GetNanos()}
}

func (r *reader) percent(p *uint32) *int {
	if p == nil {
		return nil
	}
	if *p > 100 {
		r.fail(fmt.Errorf("%d is no percentage", *p))
	}
	percent := int(*p)
	return &percent
}
