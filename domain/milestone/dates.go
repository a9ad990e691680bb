package milestone

import (
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// The names of what a stated date can come to.
var (
	nameGiven       = ForecastGiven{}.EventName()
	nameSlipped     = Slipped{}.EventName()
	nameRecovered   = Recovered{}.EventName()
	nameReconfirmed = Reconfirmed{}.EventName()
	nameRestated    = Restated{}.EventName()
	nameWithdrawn   = Withdrawn{}.EventName()
	nameAwaited     = Awaited{}.EventName()
	nameUnread      = Unread{}.EventName()
)

// comesTo says what a date means beside those stated before it, and by how many days it moves the due
// date. The one rule for both what is recorded and what is derived again later: a date is compared
// with the last one that was stated, and nothing in between is forgotten.
func (s *State) comesTo(d period.Delivery) (name string, days int) {
	switch {
	case d.IsUnread():
		return nameUnread, 0
	case d.IsNotYetKnown():
		if s.everDated() {
			return nameWithdrawn, 0
		}
		return nameAwaited, 0
	case s.lastReading().SameReading(d):
		return nameReconfirmed, 0
	}
	due := d.Due()
	switch days = s.LastDue.DaysUntil(due); {
	case due == 0: // "ongoing" promises no day: one that was promised is gone, and is not forgotten
		switch {
		case s.Forecast.Delivery.Due() != 0:
			return nameWithdrawn, 0
		case s.everDated():
			return nameRestated, 0
		}
		return nameGiven, 0
	case s.LastDue == 0:
		return nameGiven, 0
	case days > 0:
		return nameSlipped, days
	case days < 0:
		return nameRecovered, days
	default:
		return nameRestated, 0
	}
}

// everDated says whether a date or period was ever stated, if only one without a due date.
func (s *State) everDated() bool { return s.Forecast.Known || !s.LastDelivery.IsZero() }

// lastReading is what was stated last and could be read: the date in force or, where that was
// withdrawn, the one that was.
func (s *State) lastReading() period.Delivery {
	if s.Forecast.Known {
		return s.Forecast.Delivery
	}
	return s.LastDelivery
}

// inForce says whether this very date holds, as stated for this very day.
func (s *State) inForce(d period.Delivery, asAt civil.Date) bool {
	return s.Forecast.Known && s.Forecast.AsAt == asAt && s.Forecast.Delivery.SameReading(d)
}

func decideStateDate(s State, c StateDate, f Facts) ([]Event, error) {
	if f.Said.dates(c.Delivery) {
		return nil, nil
	}
	name, days := s.comesTo(c.Delivery)
	if days != 0 && s.readOtherwise(c.Delivery) {
		return []Event{Restated{Delivery: c.Delivery, Reason: c.Reason, Rule: ReadByAnotherSetting, From: s.LastDue, Days: days}}, nil
	}
	switch name {
	case nameUnread:
		return []Event{Unread(c)}, nil
	case nameAwaited:
		return []Event{Awaited(c)}, nil
	case nameWithdrawn:
		return []Event{Withdrawn{Delivery: c.Delivery, From: s.LastDue, Reason: c.Reason}}, nil
	case nameReconfirmed:
		return []Event{Reconfirmed(c)}, nil
	case nameGiven:
		return []Event{ForecastGiven(c)}, nil
	case nameSlipped:
		return []Event{Slipped{Delivery: c.Delivery, From: s.LastDue, Days: days, Reason: c.Reason}}, nil
	case nameRecovered:
		return []Event{Recovered{Delivery: c.Delivery, From: s.LastDue, Days: days, Reason: c.Reason}}, nil
	default:
		return []Event{Restated{Delivery: c.Delivery, Reason: c.Reason}}, nil
	}
}

// ReadByAnotherSetting is the rule by which the same words move nothing: they were read by other settings of the plan.
const ReadByAnotherSetting = "read-by-another-setting"

// readOtherwise says whether a date is in the very words of the one stated before it, and was read by other settings.
func (s *State) readOtherwise(d period.Delivery) bool {
	was := &s.LastDelivery
	return d.Settings != was.Settings && d.Settings != 0 && was.Settings != 0 && strings.TrimSpace(d.Text) == strings.TrimSpace(was.Text)
}

func decideSlip(s State, c Slip, f Facts) ([]Event, error) {
	// Asked first: a reporter that repeats itself says a `from` that its own slip made stale, and another one may say the same.
	if s.inForce(c.Delivery, f.AsAt) {
		return decideStateDate(s, StateDate{Delivery: c.Delivery, Reason: c.Reason}, f)
	}
	due := c.Delivery.Due()
	if s.LastDue == 0 {
		return nil, refusal(domain.Refused, RuleSlipWithoutForecast, "delivery_date",
			"The milestone cannot slip to %s: as at %s no date was stated for it. State its first date as DeliveryDateStated.", due, f.AsAt)
	}
	if c.From != 0 && c.From != s.LastDue {
		r := refusal(domain.Stale, RuleSlipFromStale, "from",
			"The milestone would slip from %s, and as at %s it is due on %s. Look at what moved it, and state the slip from there.", c.From, f.AsAt, s.LastDue)
		r.Expected, r.Actual = c.From.String(), s.LastDue.String()
		return nil, r
	}
	if !due.After(s.LastDue) {
		return nil, refusal(domain.Refused, RuleSlipNotLater, "delivery_date",
			"%s is not later than %s, the date stated before, so the milestone has not slipped. State it as DeliveryDateStated.", due, s.LastDue)
	}
	return []Event{Slipped{Delivery: c.Delivery, From: s.LastDue, Days: s.LastDue.DaysUntil(due), Reason: c.Reason}}, nil
}

func decideRecover(s State, c Recover, f Facts) ([]Event, error) {
	if s.inForce(c.Delivery, f.AsAt) { // as for a slip
		return decideStateDate(s, StateDate{Delivery: c.Delivery, Reason: c.Reason}, f)
	}
	due := c.Delivery.Due()
	if s.LastDue == 0 {
		return nil, refusal(domain.Refused, RuleRecoveryWithoutForecast, "delivery_date",
			"The milestone cannot recover to %s: as at %s no date was stated for it. State its first date as DeliveryDateStated.", due, f.AsAt)
	}
	if c.From != 0 && c.From != s.LastDue {
		r := refusal(domain.Stale, RuleRecoveryFromStale, "from",
			"The milestone would recover from %s, and as at %s it is due on %s. Look at what moved it, and state the recovery from there.", c.From, f.AsAt, s.LastDue)
		r.Expected, r.Actual = c.From.String(), s.LastDue.String()
		return nil, r
	}
	if !due.Before(s.LastDue) {
		return nil, refusal(domain.Refused, RuleRecoveryNotEarlier, "delivery_date",
			"%s is not earlier than %s, the date stated before, so the milestone has not recovered. State it as DeliveryDateStated.", due, s.LastDue)
	}
	return []Event{Recovered{Delivery: c.Delivery, From: s.LastDue, Days: s.LastDue.DaysUntil(due), Reason: c.Reason}}, nil
}

// Stated returns the delivery date that an event states, and false for an event that states none.
func Stated(e Event) (d period.Delivery, ok bool) {
	switch e := e.(type) {
	case ForecastGiven:
		return e.Delivery, true
	case Slipped:
		return e.Delivery, true
	case Recovered:
		return e.Delivery, true
	case Reconfirmed:
		return e.Delivery, true
	case Restated:
		return e.Delivery, true
	case Withdrawn:
		return e.Delivery, true
	case Awaited:
		return e.Delivery, true
	case Unread:
		return e.Delivery, true
	default:
		return period.Delivery{}, false
	}
}

// RecordedDays returns the calendar days that a slip or a recovery was recorded with, and false for every other event.
func RecordedDays(e Event) (days int, ok bool) {
	switch e := e.(type) {
	case Slipped:
		return e.Days, true
	case Recovered:
		return e.Days, true
	}
	return 0, false
}

// NoReason says whether an event counts as "no reason given": it moved a promised date, or took it back, and the reporter
// did not say why. Of every other event, a first date for instance, no reason is expected. It goes by the event's name, because a
// late report may make another event of what was recorded.
func NoReason(event, why string) bool {
	return why == "" && (event == nameSlipped || event == nameRecovered || event == nameWithdrawn)
}

// hold makes a stated date the one in force. It goes by what the date says and not by the event's name:
// in order of as-at day a first date may well follow another one that was reported late.
func (s *State) hold(d period.Delivery, asAt civil.Date, event string) {
	s.dropExplanation(d)
	s.Words, s.WordsAsAt, s.WordsEvent = d, asAt, event
	switch {
	case d.IsUnread():
		return
	case d.IsNotYetKnown():
		s.Forecast = Forecast{}
		return
	}
	s.Forecast = Forecast{Known: true, Delivery: d, AsAt: asAt}
	due := d.Due()
	if due == 0 && s.LastDue != 0 {
		return
	}
	s.LastDue, s.LastDelivery = due, d
	if s.FirstDue == 0 {
		s.FirstDue = due
	}
}
