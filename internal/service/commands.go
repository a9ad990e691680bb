package service

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/dates"
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

	readWith dates.Settings // what the dates of ofMilestone were read with
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
	read, err := r.kind(stated, &c)
	if !read && err == nil {
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

// kind reads what the command states. False: it states nothing.
func (r *reader) kind(stated *milepostv1.Command, c *command) (read bool, err error) {
	for _, of := range []func(*reader, *milepostv1.Command, *command) (bool, error){
		(*reader).dateCommand, (*reader).milestoneCommand, (*reader).planCommand, (*reader).lifeCommand,
		(*reader).fundingCommand, (*reader).linkCommand, (*reader).sourceCommand, (*reader).measureCommand,
	} {
		if read, err := of(r, stated, c); read || err != nil {
			return read, err
		}
	}
	return false, nil
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
