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

const description = `milepost keeps the milestones of a programme, and everything anyone ever said about them: ` +
	`nobody can quietly move a date.

Answers go to standard output, everything else to standard error.`

// commandLine is the tree of commands.
type commandLine struct {
	Demo     demoCommand     `cmd:"" help:"Show a programme, a year of its returns, and what can be asked about it."`
	Serve    serveCommand    `cmd:"" help:"Run the server."`
	Cluster  clusterCommand  `cmd:"" help:"Begin a ledger on a cluster of NATS servers, which several nodes share."`
	Push     pushCommand     `cmd:"" help:"Send a return, a CSV file, and print what it changed."`
	Import   importCommand   `cmd:"" help:"Read a plan as people write it, and print what it comes to and what needs a person."`
	Submit   submitCommand   `cmd:"" help:"Send requests, one a line as protobuf JSON, and print a receipt for each."`
	Replace  replaceCommand  `cmd:"" help:"State that milestones take the place of others."`
	History  historyCommand  `cmd:"" help:"Accept what was told late about the past."`
	Correct  correctCommand  `cmd:"" help:"State that something was said by mistake, or decide such a correction."`
	Tiers    tiersCommand    `cmd:"" help:"Say who may approve how much, or list it."`
	Baseline baselineCommand `cmd:"" help:"Propose, approve and list what is promised: baselines."`
	Cancel   cancelCommand   `cmd:"" help:"Cancel a milestone, and say why."`
	Retitle  retitleCommand  `cmd:"" help:"Give a milestone other words."`
	Rename   renameCommand   `cmd:"" help:"Give a milestone another reference; the former one stays its own."`
	questions
	Watch   watchCommand   `cmd:"" help:"Follow a plan as it changes."`
	Export  exportCommand  `cmd:"" help:"Write a plan to a SQLite file that any SQL tool opens."`
	Check   checkCommand   `cmd:"" help:"Fold the ledger again and compare every answer with what is served."`
	Verify  verifyCommand  `cmd:"" help:"Prove the ledger: positions, hash chain, terms; from a server the names too."`
	Backup  backupCommand  `cmd:"" help:"Copy the ledger, and what is kept beside it, into a directory; again to bring it up to date."`
	Restore restoreCommand `cmd:"" help:"Make a data directory from a backup."`
	Bench   benchCommand   `cmd:"" help:"Measure a server of this machine: commands, questions, starts, memory."`
	Read    readCommand    `cmd:"" help:"Read a date or an investment as people write it; no server is needed."`
	Token   tokenCommand   `cmd:"" help:"Make bearer tokens, and add, list and revoke them in the credentials file."`
	Roles   rolesCommand   `cmd:"" help:"Grant and withdraw roles, beside those of the credentials file."`
	Person  personCommand  `cmd:"" help:"List everything that is held about somebody."`
	Forget  forgetCommand  `cmd:"" help:"Forget the name of somebody, for ever."`
	Login   loginCommand   `cmd:"" help:"Sign in at the OpenID Connect issuer of a server."`
	Logout  logoutCommand  `cmd:"" help:"Forget what an issuer gave you for a server."`
	Whoami  whoamiCommand  `cmd:"" help:"Print as whom the server knows you, and what you may do."`
	Version versionCommand `cmd:"" help:"Print the version."`
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
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "server", Title: "Server:"},
			{Key: "cluster", Title: "A ledger on NATS servers:"},
			{Key: "time", Title: "What is asked for:"},
		}),
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
