package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

// correctCommand states that something was said by mistake, or decides such a correction.
type correctCommand struct {
	State   correctStateCommand  `cmd:"" default:"withargs" help:"State that something was said by mistake, and what it should have said."`
	Approve correctDecideCommand `cmd:"" help:"Approve a pending correction."`
	Refuse  correctRefuseCommand `cmd:"" help:"Refuse a pending correction."`
}

// correctionKinds are the kinds as they are written.
var correctionKinds = map[string]pb.CorrectionKind{
	"typing":           pb.CorrectionKind_CORRECTION_KIND_TYPING,
	"misread-document": pb.CorrectionKind_CORRECTION_KIND_MISREAD_DOCUMENT,
	"wrong-milestone":  pb.CorrectionKind_CORRECTION_KIND_WRONG_MILESTONE,
	"said-twice":       pb.CorrectionKind_CORRECTION_KIND_SAID_TWICE,
	"wrong-speaker":    pb.CorrectionKind_CORRECTION_KIND_WRONG_SPEAKER,
}

type correctStateCommand struct {
	Plan    string `required:"" placeholder:"ID" help:"The plan."`
	At      uint64 `placeholder:"POSITION" xor:"target" required:"" help:"The statement, by its position: milepost audit has it."`
	Request string `placeholder:"ID" xor:"target" required:"" help:"All that one request said, by the id of the request."`
	Import  string `placeholder:"ID" xor:"target" required:"" help:"All that one import said, by the id that it printed."`

	Date   *string `placeholder:"WORDS" xor:"instead" help:"The delivery date that should have been stated."`
	Actual *string `placeholder:"WORDS" xor:"instead" help:"The actual date that should have been stated."`
	Owner  *string `placeholder:"NAME" xor:"instead" help:"The owner that should have been stated."`
	Title  *string `placeholder:"WORDS" xor:"instead" help:"The words that the milestone should have got."`
	For    string  `placeholder:"NAME" xor:"instead" help:"The party for which it should have been said, with --kind wrong-speaker."`
	With   string  `placeholder:"JSON" xor:"instead" help:"Any other fact that should have been stated, as a command of milepost submit: '{\"progress_reported\": {\"percent\": 40}}'."`
	None   bool    `xor:"instead" help:"Nothing should have been said."`

	Kind     string `required:"" enum:"typing,misread-document,wrong-milestone,said-twice,wrong-speaker" help:"What was wrong: typing, misread-document, wrong-milestone, said-twice or wrong-speaker."`
	Reason   string `required:"" help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	Evidence string `help:"Where the proof lies."`
	Over     uint64 `placeholder:"POSITION" help:"The correction that holds now, where the statement was corrected before."`
	DryRun   bool   `short:"n" help:"Print what it would change, and send nothing."`
	Yes      bool   `short:"y" help:"Do not ask."`
	factFlags
}

// Help is shown by kong.
func (correctStateCommand) Help() string {
	return `A statement is never changed. A correction says what it should have said: from then on it is read so, at its own
day and position, and every figure is worked out again. What was known before stays as it was, and the trail shows
the statement struck through, with who corrected it and why.

    milepost correct --plan gp-access --at 1041 --date "31 March 2017" --kind typing --reason "2071 for 2017"
    milepost correct --plan gp-access --at 1041 --none --kind said-twice --reason "It came by post too"
    milepost correct --plan gp-access --at 1041 --for "Estates office" --kind wrong-speaker --reason "Their return"
    milepost correct --plan gp-access --request return-7 --kind wrong-milestone --reason "Another programme's return"
    milepost correct --plan gp-access --import 0b5e...42 --kind typing --reason "The draft, and not the plan"

First it prints what would change, and asks; --yes sends it without a question, and --dry-run never does. To correct what added
a milestone to nothing says that it never was one.

Who stated it may correct it alone until the end of the second day after, if nothing looks better by it. Everything else
waits for an approver who is another person, and changes nothing until then: a date that is read later or not at all, less
slip, an earlier actual, a date that was owed or overdue, a disagreement or a milestone that is gone, more money. A date that its
speaker confirmed in two later returns is no typing error, and waits too. milepost corrections lists what waits.
` + factHelp
}

// Run shows what the correction would change, asks, and sends it.
func (c *correctStateCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	commands, err := c.commands(inv, server)
	if err != nil {
		return err
	}
	known, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: c.Plan})
	if err != nil {
		return err
	}
	request := &pb.SubmitRequest{
		RequestId: cmp.Or(c.RequestID, factID(c.forParty(c.Plan), known.GetSpokenFor().GetPosition(), commands[0])), Plan: c.Plan,
		OnBehalfOf: c.OnBehalfOf, Commands: commands,
	}
	preview := proto.Clone(request).(*pb.SubmitRequest)
	preview.ValidateOnly = true
	would, err := server.Submit(inv.ctx, preview)
	if err != nil {
		return broken(err)
	}
	into := inv.stderr
	if c.DryRun {
		into = inv.stdout
	}
	showCorrection(into, would)
	if c.DryRun || len(would.GetCorrections()) == 0 {
		return nil
	}
	if !c.Yes {
		if err := confirm(inv); err != nil {
			return err
		}
	}
	response, err := server.Submit(inv.ctx, request)
	if err != nil {
		return broken(err)
	}
	return c.stated(inv, c.Plan, response)
}

// commands is the correction; of a request whose id several reporters used, one for each of them.
func (c *correctStateCommand) commands(inv *invocation, server *client.Client) (commands []*pb.Command, err error) {
	if c.At != 0 {
		command, err := c.command()
		return []*pb.Command{command}, err
	}
	if c.Import != "" {
		return []*pb.Command{c.undo(&pb.StatementCorrected{Target: &pb.StatementCorrected_ImportId{ImportId: c.Import}})}, nil
	}
	positions, err := c.requested(inv, server)
	for _, position := range positions {
		commands = append(commands, c.undo(&pb.StatementCorrected{Target: &pb.StatementCorrected_RequestOf{RequestOf: position}}))
	}
	return commands, err
}

// undo says why what it points at is read as never said.
func (c *correctStateCommand) undo(m *pb.StatementCorrected) *pb.Command {
	m.Kind, m.Reason, m.Evidence = correctionKinds[c.Kind], c.Reason, c.Evidence
	return &pb.Command{AsAt: string(c.AsAt), Command: &pb.Command_StatementCorrected{StatementCorrected: m}}
}

func (c *correctStateCommand) command() (*pb.Command, error) {
	m := &pb.StatementCorrected{
		Kind: correctionKinds[c.Kind], Reason: c.Reason, Evidence: c.Evidence, Over: c.Over, Speaker: c.For,
		Target: &pb.StatementCorrected_Position{Position: c.At},
	}
	var err error
	m.Replacement, err = c.instead()
	if m.Replacement == nil && !c.None && c.For == "" && err == nil {
		err = &usageError{"say what should have been said: --date, --actual, --owner, --title, --for, --with, or --none"}
	}
	return &pb.Command{AsAt: string(c.AsAt), Command: &pb.Command_StatementCorrected{StatementCorrected: m}}, err
}

// instead is what should have been said; nil: nothing.
func (c *correctStateCommand) instead() (*pb.Command, error) {
	switch {
	case c.Date != nil:
		return &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{DeliveryDate: *c.Date}}}, nil
	case c.Actual != nil:
		return &pb.Command{Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{ActualDate: *c.Actual}}}, nil
	case c.Owner != nil:
		return &pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Owner: *c.Owner}}}, nil
	case c.Title != nil:
		return &pb.Command{Command: &pb.Command_MilestoneAmended{MilestoneAmended: &pb.MilestoneAmended{Title: c.Title}}}, nil
	case c.With != "":
		m := &pb.Command{}
		if err := protojson.Unmarshal([]byte(c.With), m); err != nil {
			return nil, &usageError{"--with is not a command as protobuf JSON: " + err.Error()}
		}
		return m, nil
	}
	return nil, nil
}

// requested finds a position of the request, by its id; of each that has the id, where several reporters used it.
func (c *correctStateCommand) requested(inv *invocation, server *client.Client) (positions []uint64, err error) {
	seen := map[string]bool{}
	entries := client.List(inv.ctx, server, pb.QueryServiceClient.ListAudit, &pb.ListAuditRequest{Plan: c.Plan, PageSize: largePage},
		(*pb.ListAuditResponse).GetEntries)
	for e, err := range entries.Items {
		if err != nil {
			return nil, err
		}
		if e.GetRequestId() == c.Request && !seen[e.GetActor()] {
			seen[e.GetActor()] = true
			positions = append(positions, e.GetPosition())
		}
	}
	if len(positions) == 0 {
		return nil, fmt.Errorf("no statement of the plan %s came in a request with the id %q; milepost audit -o json has them", c.Plan, c.Request)
	}
	return positions, nil
}

// confirm asks a person at a terminal.
func confirm(inv *invocation) error {
	file, ok := inv.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &usageError{"nothing was sent: nobody is there to be asked. Look at what it would change, and run it again with --yes"}
	}
	fmt.Fprint(inv.stderr, "Correct it? [y/N] ")
	line, err := bufio.NewReader(inv.stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		return errors.New("nothing was sent")
	}
	return nil
}

// showCorrection prints what a correction would change, and whether it waits.
func showCorrection(w io.Writer, would *pb.SubmitResponse) {
	changes := would.GetCorrections()
	if len(changes) == 0 {
		complain(w, "this says nothing new, and changes nothing")
		return
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "REF\tSTATEMENTS\tFIRST\tDUE\tACTUAL\tSLIP\tOVERDUE")
	for _, c := range changes {
		n := strconv.Itoa(int(c.GetStatements()))
		if c.GetTied() {
			n = "tied"
		}
		before, after := c.GetBefore(), c.GetAfter()
		if !after.GetExists() {
			fmt.Fprintf(out, "%s\t%s\tnever was a milestone\t\t\t\t\n", output.Printable(c.GetRef()), n)
			continue
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", output.Printable(c.GetRef()), n,
			changed(before.GetFirstForecast(), after.GetFirstForecast()), changed(before.GetDue(), after.GetDue()),
			changed(before.GetActual(), after.GetActual()), changed(slipOf(before), slipOf(after)),
			changed(yes(before.GetOverdue() || before.GetNoDate()), yes(after.GetOverdue() || after.GetNoDate())))
	}
	out.Flush()
	if changes[0].GetWaits() {
		fmt.Fprintf(w, "It waits for an approver who is another person (%s), and changes nothing until then.\n", strings.Join(changes[0].GetWaitsBecause(), ", "))
	} else {
		fmt.Fprintln(w, "It counts at once.")
	}
}

func changed(before, after string) string {
	if before == after {
		return before
	}
	return cmp.Or(before, "none") + " -> " + cmp.Or(after, "none")
}

func slipOf(f *pb.CorrectedFigures) string {
	if f.SlipDays == nil {
		return ""
	}
	return strconv.Itoa(int(f.GetSlipDays())) + " d"
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

type correctDecideCommand struct {
	Plan     string `required:"" placeholder:"ID" help:"The plan."`
	Position uint64 `arg:"" help:"The correction, by its position: milepost corrections has it."`
	Reason   string `help:"Why, in your words. Free text cannot be forgotten: name no people here."`
	factFlags
}

type correctRefuseCommand struct{ correctDecideCommand }

// Help is shown by kong.
func (correctDecideCommand) Help() string {
	return `It takes the role approver, and another person than the one who corrected and those who stated what is corrected; nor
may either speak for the other. Another reading of a document's own words may be accepted by anybody who settles what documents
say, except for who read it. All that was corrected with one fact is decided together: of an import, every milestone.

    milepost corrections --plan gp-access --pending
    milepost correct approve 1055 --plan gp-access --reason "The return of May has 2017"
    milepost correct refuse  1055 --plan gp-access --reason "The date was honest"
` + factHelp
}

// Run approves the correction.
func (c *correctDecideCommand) Run(inv *invocation) error {
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_CorrectionApproved{
		CorrectionApproved: &pb.CorrectionDecided{Position: c.Position, Reason: c.Reason},
	}})
}

// Run refuses the correction.
func (c *correctRefuseCommand) Run(inv *invocation) error {
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_CorrectionRefused{
		CorrectionRefused: &pb.CorrectionDecided{Position: c.Position, Reason: c.Reason},
	}})
}
