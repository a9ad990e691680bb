package service

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
)

// Bounds of a request.
const (
	maxRequestID = 128
	maxCommands  = 1000
	maxSource    = 1000
)

// request is a SubmitRequest that was read: every field is well formed, and nothing was looked up but
// the names of parties.
type request struct {
	id         string
	plan       string
	actor      string // a party id, raw
	onBehalfOf string // a party id, raw, or empty
	content    string
	key        requestKey
	commands   []command
}

// command is one fact that was read.
type command struct {
	base     string     // where it stands in the request: "commands[3]"
	path     string     // and its kind: "commands[3].milestone_slipped"
	asAt     civil.Date // zero: today
	source   string
	expected *uint64 // revision
	ref      string  // empty for a command of the plan

	ofMilestone milestone.Command // or
	ofPlan      plan.Command

	readWith period.Settings // what the dates of ofMilestone were read with
}

// reader reads the commands of one request and gathers everything that is wrong with them.
type reader struct {
	found    domain.Refusals
	settings planSettings // of the plan, as far as it is known
	path     string       // of the command that is being read
}

func (r *reader) refuse(rule, field, format string, args ...any) {
	r.found = append(r.found, refuse(domain.Invalid, rule, field, format, args...).At(r.path))
}

// keep adds a refusal that the domain gave. An error of another kind is returned.
func (r *reader) keep(err error, field string) error {
	var refusal *domain.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	located := *refusal
	if located.Field == "" {
		located.Field = field
	}
	r.found = append(r.found, located.At(r.path))
	return nil
}

// readRequest reads everything but the parties that the request is from and for. Dates are read as the plan
// means them, and read again when the request is decided if it is known only then. Names are given to
// party, which finds or makes the party of a name, only when nothing is wrong with the rest: a request that
// cannot be read leaves no name behind. One that is refused afterwards, for what it says, does.
func readRequest(m *milepostv1.SubmitRequest, settings planSettings, party func(name string) (string, error)) (*request, error) {
	r := &reader{settings: settings}
	switch id := m.RequestId; {
	case id == "" || len(id) > maxRequestID:
		r.refuse(RuleRequestID, "request_id", "The request id is %d bytes long. Give every request an id of 1 to %d bytes, and the same id when you send it again.", len(id), maxRequestID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		r.refuse(RuleRequestID, "request_id", "The request id holds characters that cannot be seen. Use letters and digits.")
	}
	if err := plan.CheckID(m.Plan); err != nil {
		if err := r.keep(err, "plan"); err != nil {
			return nil, err
		}
	}
	if n := len(m.Commands); n == 0 || n > maxCommands {
		r.refuse(RuleCommandsNumber, "commands", "The request holds %d commands. Send 1 to %d.", n, maxCommands)
		return nil, r.found
	}
	read := &request{id: m.RequestId, plan: m.Plan, commands: make([]command, 0, len(m.Commands))}
	for i, c := range m.Commands {
		command, err := r.command(i, c)
		if err != nil {
			return nil, err
		}
		read.commands = append(read.commands, command)
	}
	if len(r.found) > 0 {
		return nil, r.found
	}
	for i := range read.commands {
		if err := r.resolveOwners(&read.commands[i], m.Commands[i].GetOwnerChanged(), party); err != nil {
			return nil, err
		}
		if err := r.resolveCorrection(&read.commands[i], m.Commands[i].GetReviewSettled().GetOwner(), party); err != nil {
			return nil, err
		}
	}
	if len(r.found) > 0 {
		return nil, r.found
	}
	return read, nil
}

// resolveOwners puts parties where an OwnerChanged has names.
func (r *reader) resolveOwners(c *command, m *milepostv1.OwnerChanged, party func(name string) (string, error)) error {
	change, ok := c.ofMilestone.(milestone.ChangeOwner)
	if !ok {
		return nil
	}
	r.path = c.path
	for _, side := range []struct {
		field, name string
		id          *milestone.Party
	}{{"from", m.GetFrom(), &change.From}, {"owner", m.GetOwner(), &change.To}} {
		if strings.TrimSpace(side.name) == "" {
			continue
		}
		id, err := party(side.name)
		if err != nil {
			if err := r.keep(err, side.field); err != nil {
				return err
			}
		}
		*side.id = milestone.Party(id)
	}
	c.ofMilestone = change
	return nil
}

func (r *reader) command(i int, stated *milepostv1.Command) (command, error) {
	r.path = "commands[" + strconv.Itoa(i) + "]"
	defer func() { r.path = "" }()
	c := command{base: r.path, source: stated.GetSource(), expected: stated.ExpectedRevision}
	if stated.GetAsAt() != "" {
		var err error
		if c.asAt, err = civil.Parse(stated.GetAsAt()); err != nil {
			r.refuse(RuleAsAtNotISO, "as_at", "%.60q is no day. Write the day that the statement is about as 2017-03-31.", stated.GetAsAt())
		}
	}
	if len(c.source) > maxSource {
		r.refuse(RuleSourceTooLong, "source", "The source is %d bytes long, and at most %d are kept. Shorten it.", len(c.source), maxSource)
	}
	if !utf8.ValidString(c.source) {
		r.refuse(RuleNotUTF8, "source", "The source is not valid UTF-8 text. Send it as UTF-8.")
	}
	var err error
	switch m := stated.GetCommand().(type) {
	case *milepostv1.Command_PlanRegistered:
		r.path += ".plan_registered"
		c.ofPlan = r.planRegistered(m.PlanRegistered)
		if registers, ok := c.ofPlan.(plan.Register); ok && r.settings.start.IsZero() && r.settings.quarters == period.QuartersUnsaid { // what follows is read as it says
			r.settings.start, r.settings.end, r.settings.quarters = registers.PeriodStart, registers.PeriodEnd, quartersOf(registers.Quarters)
		}
	case *milepostv1.Command_PlanRevised:
		r.path += ".plan_revised"
		c.ofPlan = r.planRevised(m.PlanRevised)
	case *milepostv1.Command_ConfidenceAssessed:
		r.path, c.ref = r.path+".confidence_assessed", m.ConfidenceAssessed.GetRef()
		c.ofMilestone = milestone.AssessConfidence{
			Scheme: m.ConfidenceAssessed.GetScheme(), Value: m.ConfidenceAssessed.GetValue(), Reason: m.ConfidenceAssessed.GetReason(),
		}
	case *milepostv1.Command_MilestoneAdded:
		r.path, c.ref = r.path+".milestone_added", m.MilestoneAdded.GetRef()
		c.ofMilestone = milestone.Add{
			Ref: c.ref, Title: m.MilestoneAdded.GetTitle(), Workstream: m.MilestoneAdded.GetWorkstream(),
			Attributes: attributes(m.MilestoneAdded.GetAttributes()),
		}
	case *milepostv1.Command_MilestoneAmended:
		r.path, c.ref = r.path+".milestone_amended", m.MilestoneAmended.GetRef()
		c.ofMilestone = milestone.Amend{
			Ref: c.ref, Title: m.MilestoneAmended.Title, Workstream: m.MilestoneAmended.Workstream,
			Attributes: attributes(m.MilestoneAmended.GetAttributes()), AllowMissing: m.MilestoneAmended.GetAllowMissing(),
		}
	case *milepostv1.Command_DeliveryDateStated:
		r.path, c.ref = r.path+".delivery_date_stated", m.DeliveryDateStated.GetRef()
		c.ofMilestone = milestone.StateDate{
			Delivery: said(m.DeliveryDateStated.GetDeliveryDate()), Reason: m.DeliveryDateStated.GetReason(),
		}
	case *milepostv1.Command_MilestoneSlipped:
		r.path, c.ref = r.path+".milestone_slipped", m.MilestoneSlipped.GetRef()
		slip := milestone.Slip{
			Delivery: said(m.MilestoneSlipped.GetDeliveryDate()), Reason: m.MilestoneSlipped.GetReason(),
		}
		slip.From, err = r.due("from", m.MilestoneSlipped.GetFrom())
		c.ofMilestone = slip
	case *milepostv1.Command_MilestoneRecovered:
		r.path, c.ref = r.path+".milestone_recovered", m.MilestoneRecovered.GetRef()
		recovery := milestone.Recover{
			Delivery: said(m.MilestoneRecovered.GetDeliveryDate()), Reason: m.MilestoneRecovered.GetReason(),
		}
		recovery.From, err = r.due("from", m.MilestoneRecovered.GetFrom())
		c.ofMilestone = recovery
	case *milepostv1.Command_OwnerChanged:
		r.path, c.ref = r.path+".owner_changed", m.OwnerChanged.GetRef()
		c.ofMilestone = r.ownerChanged(m.OwnerChanged)
	case *milepostv1.Command_ProgressReported:
		r.path, c.ref = r.path+".progress_reported", m.ProgressReported.GetRef()
		progress := milestone.ReportProgress{
			Status: m.ProgressReported.GetStatus(), Words: m.ProgressReported.GetWords(), NextSteps: m.ProgressReported.GetNextSteps(),
		}
		if p := m.ProgressReported.Percent; p != nil {
			percent := int(*p)
			progress.Percent = &percent
		}
		c.ofMilestone = progress
	case *milepostv1.Command_MilestoneAchieved:
		r.path, c.ref = r.path+".milestone_achieved", m.MilestoneAchieved.GetRef()
		c.ofMilestone = milestone.Achieve{
			Actual: said(m.MilestoneAchieved.GetActualDate()), Words: m.MilestoneAchieved.GetWords(),
		}
	default:
		var read bool
		for _, kind := range []func(*milepostv1.Command, *command) (bool, error){r.lifeCommand, r.fundingCommand, r.linkCommand, r.sourceCommand, r.measureCommand} {
			if read, err = kind(stated, &c); read {
				break
			}
		}
		if read {
			break
		}
		r.refuse(RuleCommandMissing, "", "The command states nothing. Fill one of its kinds, such as delivery_date_stated.")
	}
	c.path = r.path
	if c.ofPlan != nil && c.expected != nil {
		r.found = append(r.found, refuse(domain.Invalid, RulePlanWithoutRevision, "expected_revision",
			"Revisions are counted for each milestone, and this is said of the plan. Leave it out.").At(c.base))
	}
	if err != nil {
		return c, err
	}
	if c.ofMilestone != nil {
		c.readDates(r.settings.of(c.asAt))
		for _, refusal := range milestone.Check(c.ofMilestone) {
			r.found = append(r.found, refusal.At(r.path))
		}
		if c.ref == "" && !names(c.ofMilestone) {
			r.refuse(milestone.RuleRefMalformed, "ref", "The reference is empty. Say which milestone this is about.")
		}
	}
	return c, nil
}

// pathOf is where a field of the command stands: some are the same for every kind, and stand before it.
func (c *command) pathOf(field string) string {
	switch field {
	case "as_at", "source", "expected_revision":
		return c.base
	}
	return c.path
}

// names says whether the command itself carries the reference, and was checked with it.
func names(c milestone.Command) bool {
	switch c.(type) {
	case milestone.Add, milestone.Amend:
		return true
	}
	return false
}

// loadZone finds a time zone that every machine knows under that name. "Local" is another zone on each of
// them, and a machine may have files that others have not: a ledger that names one could not be read there.
func loadZone(name string) (*time.Location, error) {
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "Local", "localtime", "posixrules", "posix", "right":
		return nil, errNotEverywhere
	}
	if name != "" && path.Clean(name) != name { // another way to write the path of a file
		return nil, errNotEverywhere
	}
	return time.LoadLocation(name)
}

var errNotEverywhere = errors.New("service: this is no time zone on every machine")

// ownerChanged is read but for its parties: what stands in their place only says whether there is one.
func (r *reader) ownerChanged(m *milepostv1.OwnerChanged) milestone.Command {
	return milestone.ChangeOwner{
		To: milestone.Party(strings.TrimSpace(m.GetOwner())), Reason: m.GetReason(), Effective: r.day("effective", m.GetEffective()),
	}
}

// day reads a civil date that may be absent.
func (r *reader) day(field, text string) civil.Date {
	if text == "" {
		return 0
	}
	d, err := civil.Parse(text)
	if err != nil {
		r.refuse(RuleDayNotISO, field, "%.60q is no day. Write it as 2017-03-31.", text)
	}
	return d
}

// due reads a date as it is written in ISO, for its last day.
func (r *reader) due(field, text string) (civil.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := period.ReadISO(text)
	if err != nil {
		return 0, r.keep(err, field)
	}
	return d.Due(), nil
}

func attributes(m map[string]string) []milestone.Attribute {
	list := make([]milestone.Attribute, 0, len(m))
	for name, value := range m {
		list = append(list, milestone.Attribute{Name: name, Value: value})
	}
	slices.SortFunc(list, func(a, b milestone.Attribute) int { return strings.Compare(a.Name, b.Name) })
	return list
}
