package request

import (
	"slices"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/dates"
)

// Settings are what a plan says about the dates in it, its period, which quarters it means and how they are written, and what day
// it is there. What it was on the day of a statement is what the statement is read with.
type Settings struct {
	start, end  civil.Date
	quarters    dates.Quarters
	conventions plan.Conventions
	stated      uint64 // the position at which all of this was stated; 0 where the plan is not known yet
	today       civil.Date
}

// ReadWith is what a date is read with, and where that was stated.
type ReadWith struct {
	dates.Settings
	Stated uint64
}

// SettingsOf returns what a plan says about the dates in it, on a day that is today there.
func SettingsOf(p plan.State, today civil.Date) Settings { return settingsOf(&p, today) }

func settingsOf(p *plan.State, today civil.Date) Settings {
	return Settings{start: p.PeriodStart, end: p.PeriodEnd, quarters: quartersOf(p.Quarters), conventions: p.Conventions, stated: p.Settings, today: today}
}

func quartersOf(q plan.Quarters) dates.Quarters {
	switch q {
	case plan.Calendar:
		return dates.CalendarQuarters
	case plan.Financial:
		return dates.FinancialQuarters
	default:
		return dates.QuartersUnsaid
	}
}

// Of returns what the dates of a statement about a day are read with; the zero Date means today. That day is to them
// what a document's own date is.
func (s Settings) Of(asAt civil.Date) ReadWith {
	if asAt.IsZero() {
		asAt = s.today
	}
	with := ReadWith{dates.Settings{PlanStart: s.start, PlanEnd: s.end, Quarters: s.quarters, Dated: asAt}, s.stated}
	into(s.conventions, &with.Settings)
	return with
}

// read reads a date. What is stored says by which reader it was read, and with which settings.
func (s ReadWith) read(text string) period.Delivery {
	return s.stamped(dates.Read(text, s.Settings))
}

func (s ReadWith) stamped(d period.Delivery) period.Delivery {
	d.Reader, d.Settings = dates.Version, s.Stated
	return d
}

// said is a date that is still to be read.
func said(text string) period.Delivery { return period.Delivery{Text: text} }

// readDates reads the dates of a command.
func (c *Command) readDates(s ReadWith) {
	c.readWith = s
	switch m := c.OfMilestone.(type) {
	case milestone.StateDate:
		m.Delivery = s.read(m.Delivery.Text)
		c.OfMilestone = m
	case milestone.Slip:
		m.Delivery = s.read(m.Delivery.Text)
		c.OfMilestone = m
	case milestone.Recover:
		m.Delivery = s.read(m.Delivery.Text)
		c.OfMilestone = m
	default:
		c.readPastDates(s)
		c.readOtherDates(s)
	}
}

// readPastDates reads those that have come, as they are said.
func (c *Command) readPastDates(s ReadWith) {
	s.Past = true
	switch m := c.OfMilestone.(type) {
	case milestone.Start:
		m.Start = s.read(m.Start.Text)
		c.OfMilestone = m
	case milestone.Achieve:
		m.Actual = s.read(m.Actual.Text)
		c.OfMilestone = m
	case milestone.RestateAchievement:
		m.Actual = s.read(m.Actual.Text)
		c.OfMilestone = m
	}
}

// readOtherDates reads those beside the date of delivery.
func (c *Command) readOtherDates(s ReadWith) {
	switch m := c.OfMilestone.(type) {
	case milestone.StateFurtherDate:
		m.Date = s.read(m.Date.Text)
		c.OfMilestone = m
	case measure.SetTarget:
		c.OfMilestone = targetRead(m, s)
	case milestone.SettleReview:
		m.Delivery = readIfSaid(m.Delivery, s)
		m.Parts = slices.Clone(m.Parts)
		for i := range m.Parts {
			m.Parts[i].Delivery = readIfSaid(m.Parts[i].Delivery, s)
		}
		c.OfMilestone = m
	}
}

// readIfSaid reads a date that may be absent, and that somebody gives beside the plan's own dates: an ISO date is one, however
// far from the plan's period.
func readIfSaid(d period.Delivery, s ReadWith) period.Delivery {
	if d.Text == "" {
		return period.Delivery{}
	}
	if iso, err := period.ReadISO(d.Text); err == nil {
		return s.stamped(iso)
	}
	return s.read(d.Text)
}

// targetRead is a target with its date read. A number has the day by which it is to be reached where the words name one for sure.
func targetRead(m measure.SetTarget, s ReadWith) measure.SetTarget {
	m.By, m.Day = readIfSaid(m.By, s), 0
	if d := m.By; m.Number != "" && len(d.Readings) == 1 && len(d.Review) == 0 && !d.Readings[0].Approx && !d.Readings[0].Uncertain {
		m.Day = d.Due()
	}
	return m
}

// PlanDates is a command about a plan with its dates read.
func PlanDates(cmd plan.Command, s ReadWith) plan.Command {
	switch m := cmd.(type) {
	case plan.StateComponent:
		m.Deadline = readIfSaid(m.Deadline, s)
		return m
	case measure.SetTarget:
		return targetRead(m, s)
	case baseline.Propose:
		m.Delivery = readIfSaid(m.Delivery, s)
		return m
	}
	return cmd
}

// Settled is the command as its plan and its day mean it. What they are may become known only when the
// request is decided: its plan is registered a moment before, or the day is today in the plan's time zone.
// The words may then say less than they seemed to, and be refused.
func (c *Command) Settled(p *plan.State, asAt civil.Date) (milestone.Command, error) {
	s := settingsOf(p, asAt).Of(asAt)
	if c.readWith == s {
		return c.OfMilestone, nil
	}
	again := *c
	again.readDates(s)
	if refused := milestone.Check(again.OfMilestone); len(refused) > 0 {
		return nil, refused[0]
	}
	return again.OfMilestone, nil
}

// Reread returns the due day that words have by other settings of a plan, and false where they name none. They are read as at the
// day that they were stated for.
func Reread(text string, p plan.State, asAt civil.Date) (civil.Date, bool) {
	due := SettingsOf(p, asAt).Of(asAt).read(text).Due()
	return due, due != 0
}
