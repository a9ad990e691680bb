package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/reading/rows"
)

// The exit statuses. They are a contract: scripts decide by them.
const (
	statusOK         = 0
	statusFailed     = 1
	statusUsage      = 2   // wrong usage, or input that cannot be read
	statusRefused    = 3   // some rows or requests were refused, the others were not
	statusUnread     = 141 // nobody read the output to its end: what a shell says of a program that SIGPIPE ended
	statusUnanswered = 4   // the server cannot be reached, or the outcome is not known
)

const description = `milepost tracks what programmes promise: their milestones, and everything anyone ever said about them. ` +
	`Nobody can quietly move a date.

Answers go to standard output, everything else to standard error.`

// commandLine is the tree of commands, in the order and the groups of the help.
type commandLine struct {
	Demo demoCommand `cmd:"" group:"try" help:"Load a made-up programme with a year of returns, and show what you can ask about it."`
	Read readCommand `cmd:"" group:"try" help:"Show how a date or an amount of money is read, without a server."`

	Push    pushCommand    `cmd:"" group:"report" help:"Send a return (CSV) and print what it changed."`
	Import  importCommand  `cmd:"" group:"report" help:"Read a plan as its office keeps it: XLSX, CSV, JSON, exports of tools, text."`
	Submit  submitCommand  `cmd:"" group:"report" help:"Send requests, one JSON object a line, and print a receipt for each."`
	Cancel  cancelCommand  `cmd:"" group:"report" help:"Cancel a milestone and say why."`
	Retitle retitleCommand `cmd:"" group:"report" help:"Change the title of a milestone."`
	Rename  renameCommand  `cmd:"" group:"report" help:"Change the reference of a milestone; it keeps its former one as well."`
	Replace replaceCommand `cmd:"" group:"report" help:"State that milestones take the place of others."`

	questions

	Notes notesCommand `cmd:"" group:"ask" help:"List what documents say beside milestones and money: risks, issues, governance."`

	Baseline    baselineCommand    `cmd:"" group:"decide" help:"Propose, approve and list baselines: what is promised."`
	Review      reviewCommand      `cmd:"" group:"decide" help:"List and settle what a person has to look at."`
	Candidates  candidatesCommand  `cmd:"" group:"decide" help:"List and settle sentences of documents that may be milestones."`
	History     historyCommand     `cmd:"" group:"decide" help:"Accept what was reported late about the past."`
	Correct     correctCommand     `cmd:"" group:"decide" help:"Correct a mistake, or approve or refuse a correction."`
	Corrections correctionsCommand `cmd:"" group:"decide" help:"List corrections, and those that wait for an approver."`
	Tiers       tiersCommand       `cmd:"" group:"decide" help:"List or set who may approve how much."`

	Serve   serveCommand   `cmd:"" group:"run" help:"Run the server."`
	Cluster clusterCommand `cmd:"" group:"run" help:"Start a ledger on a cluster of NATS servers, for several nodes to share, and list its nodes."`
	Backup  backupCommand  `cmd:"" group:"run" help:"Back up a running server; run it again to bring the backup up to date."`
	Restore restoreCommand `cmd:"" group:"run" help:"Make a data directory from a backup."`
	Check   checkCommand   `cmd:"" group:"run" help:"Fold the whole ledger again and compare every answer with what the server gives."`
	Verify  verifyCommand  `cmd:"" group:"run" help:"Prove that the ledger is whole: positions, hash chain, terms and names."`
	Bench   benchCommand   `cmd:"" group:"run" help:"Measure commands, questions, starts and memory on this machine."`

	Token   tokenCommand   `cmd:"" group:"people" help:"Add, list and revoke bearer tokens in the credentials file."`
	Roles   rolesCommand   `cmd:"" group:"people" help:"Grant, withdraw and list roles beyond those of the credentials file."`
	Person  personCommand  `cmd:"" group:"people" help:"List everything that is held about a person."`
	Forget  forgetCommand  `cmd:"" group:"people" help:"Erase the name of a person for ever."`
	Login   loginCommand   `cmd:"" group:"people" help:"Sign in through the server's OpenID Connect issuer."`
	Logout  logoutCommand  `cmd:"" group:"people" help:"Sign out: delete what the issuer gave you."`
	Whoami  whoamiCommand  `cmd:"" group:"people" help:"Print who the server takes you for, and what you may do."`
	Version versionCommand `cmd:"" group:"people" help:"Print the version."`
}

// groups are the headings under which the help lists commands and flags.
var groups = []kong.Group{
	{Key: "try", Title: "Try it:"},
	{Key: "report", Title: "Report:"},
	{Key: "ask", Title: "Ask:"},
	{Key: "decide", Title: "Decide:"},
	{Key: "run", Title: "Run a server:"},
	{Key: "people", Title: "People and access:"},
	{Key: "server", Title: "Server:"},
	{Key: "cluster", Title: "A ledger on NATS servers:"},
	{Key: "time", Title: "What is asked for:"},
}

// invocation is one run of the program: all that it may touch.
type invocation struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
}

// Main runs one command and returns the exit status. It reads arguments without the program's name.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) (status int) {
	helpTo := stdout
	if len(args) == 0 {
		args, helpTo = []string{"--help"}, stderr
		defer func() { status = statusUsage }()
	}
	if len(args) > 0 && args[0] == "help" { // as other tools have it: milepost help push
		args = append(slices.Clone(args[1:]), "--help")
	}
	if len(args) == 1 && args[0] == "--version" {
		args = []string{"version"}
	}
	return execute(grammar(args), args, invocation{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, env: env}, helpTo)
}

// execute runs the command of a tree that the arguments name.
func execute(tree any, args []string, inv invocation, helpTo io.Writer) (status int) {
	defer func() {
		switch ended := recover().(type) {
		case nil:
		case kongExit:
			status = int(ended)
		default:
			panic(ended) // panics: whoever caught this one first did not know it either
		}
	}()
	parser, err := newParser(tree, helpTo, inv.stderr)
	if err != nil {
		panic(err) // unreachable: the command tree is part of the program, and every test makes it
	}
	parsed, err := parser.Parse(args)
	if errors.Is(err, syscall.EPIPE) { // --help is written while it is parsed
		return statusUnread
	}
	if err != nil {
		complain(inv.stderr, err.Error())
		fmt.Fprintf(inv.stderr, "Run \"%s\n", called(err))
		return statusUsage
	}
	err = parsed.Run(&inv)
	if errors.Is(err, syscall.EPIPE) {
		return statusUnread // and that is no news to whoever stopped reading
	}
	switch {
	case errors.Is(err, context.Canceled):
		complain(inv.stderr, "stopped before its end")
	case err != nil:
		complain(inv.stderr, err.Error())
	}
	return statusOf(err)
}

// newParser reads a tree of commands.
func newParser(tree any, helpTo, stderr io.Writer) (*kong.Kong, error) {
	return kong.New(tree,
		kong.Name("milepost"),
		kong.Description(description),
		kong.Writers(helpTo, stderr),
		kong.Exit(func(status int) { panic(kongExit(status)) }), // panics: execute itself catches it
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.ExplicitGroups(groups),
	)
}

// kongExit is how kong ends the program after --help.
type kongExit int

// called is where to read about the command that an error of the parser is about.
func called(err error) string {
	if e, ok := errors.AsType[*kong.ParseError](err); ok && e.Context.Selected() != nil {
		return e.Context.Selected().FullPath() + " --help\" for its flags and an example."
	}
	return "milepost --help\" for the list of commands."
}

// complain says what went wrong. Its words may be the server's, and a stranger's.
func complain(w io.Writer, sentence string) {
	fmt.Fprintf(w, "milepost: %s\n", output.Printable(sentence))
}

// usageError is wrong usage that only the command itself can see.
type usageError struct{ sentence string }

func (u *usageError) Error() string { return u.sentence }

// partlyRefused is a command that did what it could.
type partlyRefused struct{ sentence string }

func (p *partlyRefused) Error() string { return p.sentence }

// statusOf is the exit status of a command's error.
func statusOf(err error) int {
	if err == nil {
		return statusOK
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return statusUsage
	}
	if _, ok := errors.AsType[*documents.Unreadable](err); ok {
		return statusUsage
	}
	if _, ok := errors.AsType[*rows.Unreadable](err); ok || errors.Is(err, client.ErrContradiction) {
		return statusUsage
	}
	if _, ok := errors.AsType[*partlyRefused](err); ok {
		return statusRefused
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		switch {
		case e.Kind == client.Unanswered:
			return statusUnanswered
		case e.Kind == client.Refused && e.Code == "INVALID_ARGUMENT":
			return statusUsage
		}
		return statusFailed
	}
	if errors.Is(err, context.Canceled) {
		return statusUnanswered
	}
	return statusFailed
}

// terminalWidth is how wide a stream's terminal is; 0 where it is none.
func terminalWidth(stream any) int {
	file, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 80
	}
	return width
}
