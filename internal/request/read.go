package request

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
)

// reader reads the commands of one request and gathers everything that is wrong with them.
type reader struct {
	found    domain.Refusals
	settings Settings // of the plan, as far as it is known
	path     string   // of the command that is being read
}

func (r *reader) refuse(rule, field, format string, args ...any) {
	r.found = append(r.found, domain.Refuse(domain.Invalid, rule, field, format, args...).At(r.path))
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

// Read reads everything but the parties that the request is from and for. Dates are read as the plan
// means them, and read again when the request is decided if it is known only then. Names are given to
// party, which finds or proposes the party of a name, only when nothing is wrong with the rest.
func Read(m *milepostv1.SubmitRequest, settings Settings, party func(name string) (string, error)) (*Request, error) {
	r := &reader{settings: settings}
	switch id := m.RequestId; {
	case id == "" || len(id) > MaxID:
		r.refuse(RuleRequestID, "request_id", "The request id is %d bytes long. Give every request an id of 1 to %d bytes, and the same id when you send it again.", len(id), MaxID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		r.refuse(RuleRequestID, "request_id", "The request id holds characters that cannot be seen. Use letters and digits.")
	}
	if err := plan.CheckID(m.Plan); err != nil && m.Plan != plan.OfLedger {
		if err := r.keep(err, "plan"); err != nil {
			return nil, err
		}
	}
	run, err := hex.DecodeString(m.ImportId)
	if err != nil || len(run) != 0 && len(run) != eventstore.ImportSize {
		r.refuse(RuleImportMalformed, "import_id", "%.60q names no run of an import. Give 32 hexadecimal digits, random and the same for the whole run, or nothing.", m.ImportId)
	}
	if n := len(m.Commands); n == 0 || n > MaxCommands {
		r.refuse(RuleCommandsNumber, "commands", "The request holds %d commands. Send 1 to %d.", n, MaxCommands)
		return nil, r.found
	}
	read := emptyRequest(len(m.Commands))
	read.ID, read.Plan, read.StrictRefs, read.Import, read.ValidateOnly = m.RequestId, m.Plan, m.StrictRefs, string(run), m.ValidateOnly
	for i, c := range m.Commands {
		read.Commands = append(read.Commands, Command{})
		command := &read.Commands[i]
		if err := r.readCommand(i, c, command); err != nil {
			return nil, err
		}
		r.ofLedger(m.Plan, *command)
	}
	if len(r.found) > 0 {
		return nil, r.found
	}
	for i := range read.Commands {
		if err := r.resolveOwners(&read.Commands[i], m.Commands[i].GetOwnerChanged(), party); err != nil {
			return nil, err
		}
		if err := r.resolveMerge(&read.Commands[i], m.Commands[i].GetPartiesMerged(), party); err != nil {
			return nil, err
		}
		if err := r.resolveTiers(&read.Commands[i], m.Commands[i].GetTiersSet(), party); err != nil {
			return nil, err
		}
		if err := r.resolveGrant(&read.Commands[i], m.Commands[i], party); err != nil {
			return nil, err
		}
		if err := r.resolveCorrection(&read.Commands[i], m.Commands[i].GetReviewSettled().GetOwner(), party); err != nil {
			return nil, err
		}
		if err := r.resolveStatement(&read.Commands[i], m.Commands[i].GetStatementCorrected(), party); err != nil {
			return nil, err
		}
	}
	if len(r.found) > 0 {
		return nil, r.found
	}
	return read, nil
}

// emptyRequest is a request with room for so many commands; for one, as nearly all have, in one piece of memory.
func emptyRequest(commands int) *Request {
	if commands == 1 {
		one := &struct {
			request  Request
			commands [1]Command
		}{}
		one.request.Commands = one.commands[:0]
		return &one.request
	}
	return &Request{Commands: make([]Command, 0, commands)}
}

// readCommand reads a command into c, which lies in its request.
func (r *reader) readCommand(i int, stated *milepostv1.Command, c *Command) error {
	r.path = pathOf(i)
	defer func() { r.path = "" }()
	*c = Command{base: r.path, Source: stated.GetSource(), Expected: stated.ExpectedRevision}
	if stated.GetAsAt() != "" {
		var err error
		if c.AsAt, err = civil.Parse(stated.GetAsAt()); err != nil {
			r.refuse(RuleAsAtNotISO, "as_at", "%.60q is not a date. Give the day that the statement is about as YYYY-MM-DD, such as 2017-03-31.", stated.GetAsAt())
		}
	}
	if len(c.Source) > maxSource {
		r.refuse(RuleSourceTooLong, "source", "The source is %d bytes long, and at most %d are kept. Shorten it.", len(c.Source), maxSource)
	}
	if !utf8.ValidString(c.Source) {
		r.refuse(RuleNotUTF8, "source", "The source is not valid UTF-8 text. Send it as UTF-8.")
	}
	read, err := r.kind(stated, c)
	if !read && err == nil {
		r.refuse(RuleCommandMissing, "", "The command states nothing. Fill one of its kinds, such as delivery_date_stated.")
	}
	c.path = r.path
	if c.OfPlan != nil && c.Expected != nil {
		r.found = append(r.found, domain.Refuse(domain.Invalid, RulePlanWithoutRevision, "expected_revision",
			"Only milestones have revisions, and this command is about the plan. Leave expected_revision out.").At(c.base))
	}
	if err != nil {
		return err
	}
	if c.OfMilestone != nil {
		c.readDates(r.settings.Of(c.AsAt))
		for _, refusal := range milestone.Check(c.OfMilestone) {
			r.found = append(r.found, refusal.At(r.path))
		}
		if c.Ref == "" && !names(c.OfMilestone) {
			r.refuse(milestone.RuleRefMalformed, "ref", "The reference is empty. Say which milestone this is about.")
		}
	}
	return nil
}

// firstPath is that of the only command of most requests.
const firstPath = "commands[0]"

func pathOf(i int) string {
	if i == 0 {
		return firstPath
	}
	return "commands[" + strconv.Itoa(i) + "]"
}

// kind reads what the command states. False: it states nothing.
func (r *reader) kind(stated *milepostv1.Command, c *Command) (read bool, err error) {
	for _, of := range []func(*reader, *milepostv1.Command, *Command) (bool, error){
		(*reader).dateCommand, (*reader).milestoneCommand, (*reader).planCommand, (*reader).lifeCommand,
		(*reader).fundingCommand, (*reader).linkCommand, (*reader).sourceCommand, (*reader).measureCommand,
		(*reader).baselineCommand, (*reader).correctionCommand,
	} {
		if read, err := of(r, stated, c); read || err != nil {
			return read, err
		}
	}
	return false, nil
}

// names says whether the command itself carries the reference, and was checked with it.
func names(c milestone.Command) bool {
	switch c.(type) {
	case milestone.Add, milestone.Amend, milestone.Replace, correction.Command:
		return true
	}
	return false
}

// day reads a civil date that may be absent.
func (r *reader) day(field, text string) civil.Date {
	if text == "" {
		return 0
	}
	d, err := civil.Parse(text)
	if err != nil {
		r.refuse(RuleDayNotISO, field, "%.60q is not a date. Use YYYY-MM-DD, such as 2017-03-31.", text)
	}
	return d
}
