package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/demo"
	"milepost.dev/internal/node"
	"milepost.dev/internal/output"
	"milepost.dev/internal/returns"
)

type demoCommand struct {
	Keep   bool          `help:"Go on serving until you press Ctrl-C."`
	Pace   time.Duration `placeholder:"1s" help:"Pause before each return, to watch them come in."`
	Data   string        `placeholder:"DIR" help:"Keep the ledger in this directory. Else it is in a temporary one, which is removed at the end."`
	Listen string        `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to serve. Else a free port of this machine."`
	HTTP   string        `name:"http" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to serve health. Else a free port too."`
}

// Help is shown by kong.
func (demoCommand) Help() string {
	return `Starts a server, sends it a year of monthly returns of a made-up programme of sixty milestones, and asks it
what happened: the same server, returns and questions as yours.

    milepost demo
    milepost demo --keep --pace 2s

EXIT STATUS

    0  it was shown
    1  the server did not start, or failed`
}

// closeWithin bounds how long the demo's server may take to close.
const closeWithin = 10 * time.Second

// Run shows what milepost does.
func (c *demoCommand) Run(inv *invocation) (err error) {
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "milepost-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	n, err := node.Start(inv.ctx, node.Config{
		Data: dir, Listen: c.Listen, HTTP: c.HTTP, User: "demo", Software: version(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(inv.ctx), closeWithin)
		defer cancel()
		err = errors.Join(err, n.Close(ctx))
	}()
	server, err := client.Dial(client.Config{Server: n.GRPCAddr()})
	if err != nil {
		return err
	}
	defer server.Close()

	s := &showing{invocation: inv, server: server, address: n.GRPCAddr()}
	if c.Keep {
		s.say("The server is at %s. Elsewhere, follow along:\n\n    milepost watch --plan %s --server %s\n", s.address, demo.Plan, s.address)
	}
	if err := s.show(c.Pace); err != nil {
		return err
	}
	if !c.Keep {
		s.say("\nThat was a server, a year and its answers. To ask it yourself: milepost demo --keep\n")
		return nil
	}
	s.say("\nThe server goes on until you press Ctrl-C. Ask it:\n")
	for _, question := range []string{
		"milepost status --plan %s --state planned --as-at 2025-03-31 --server %s",
		"milepost slippage --plan %s --all -o csv --server %s",
		"milepost audit --plan %s -o ndjson --server %s",
	} {
		s.say("    "+question, demo.Plan, s.address)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- n.Wait() }() // ends with Close at the latest
	select {
	case <-inv.ctx.Done():
		return nil
	case err := <-stopped:
		return err
	}
}

// showing is one showing of the demo.
type showing struct {
	*invocation
	server  *client.Client
	address string
}

func (s *showing) say(format string, args ...any) { fmt.Fprintf(s.stdout, format+"\n", args...) }

func (s *showing) show(pace time.Duration) error {
	year := demo.Returns(demo.Seed)
	last := year[len(year)-1].AsAt
	s.say("%s: sixty milestones, and a return at the end of each month.\n", demo.Name)
	if err := s.push(year, pace); err != nil {
		return err
	}
	again, err := s.pushOne(year[len(year)-1])
	if err != nil {
		return err
	}
	s.say("\nThe last return once more: %d rows, of which %d say nothing new.", again.Rows, again.Unchanged)

	if err := s.ask("plans", "--as-at", last); err != nil {
		return err
	}
	if err := s.mostSlipped(last); err != nil {
		return err
	}
	s.say("\nThe hub at the quay moved most often:")
	if err := s.ask("slippage", "--plan", demo.Plan, "--milestone", demo.Told, "--as-at", last); err != nil {
		return err
	}
	s.say("\nA plan can be asked about any day. The same milestone half a year before:")
	if err := s.ask("show", demo.Told, "--plan", demo.Plan, "--as-at", year[5].AsAt); err != nil {
		return err
	}
	s.say("\nAnd who said all that, in the first month?")
	return s.ask("audit", "--plan", demo.Plan, "--milestone", demo.Told, "--as-at", year[0].AsAt)
}

// pushed is what one return came to.
type pushed struct {
	asAt string
	*returns.Result
}

// counted is how many events of a type a return led to.
func counted(event, heading string) output.Column[pushed] {
	return output.Column[pushed]{
		Name: event, Value: func(p pushed) any { return p.Events[event] }, Heading: heading, Right: true,
		Show: func(p pushed) string {
			if p.Events[event] == 0 {
				return ""
			}
			return strconv.Itoa(p.Events[event])
		},
	}
}

func (s *showing) push(year []demo.Return, pace time.Duration) error {
	var results []pushed
	for _, r := range year {
		select {
		case <-time.After(pace):
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
		result, err := s.pushOne(r)
		if err != nil {
			return err
		}
		results = append(results, pushed{r.AsAt, result})
	}
	return output.Write(s.stdout, output.Table, terminalWidth(s.stdout), []output.Column[pushed]{
		{Name: "as_at", Value: func(p pushed) any { return p.asAt }, Heading: "RETURN"},
		{Name: "rows", Value: func(p pushed) any { return p.Rows }, Heading: "ROWS", Right: true},
		counted("MilestoneAdded", "NEW"),
		counted("MilestoneSlipped", "SLIPPED"),
		counted("MilestoneRecovered", "RECOVERED"),
		counted("ForecastWithdrawn", "NOW TBC"),
		counted("DeliveryDateUnread", "IN WORDS"),
		counted("MilestoneAchieved", "ACHIEVED"),
		counted("ForecastReconfirmed", "AS BEFORE"),
		{Name: "position", Value: func(p pushed) any { return *p.Position }, Heading: "POSITION", Right: true},
	}, output.All(results))
}

func (s *showing) pushOne(r demo.Return) (*returns.Result, error) {
	push := returns.Push{Service: s.server, Plan: demo.Plan, Name: demo.Name}
	return push.Run(s.ctx, bytes.NewReader(r.CSV))
}

// ask runs a command as one would type it.
func (s *showing) ask(args ...string) error {
	s.say("\n$ milepost %s", strings.Join(args, " "))
	env := func(name string) string {
		if name == "MILEPOST_SERVER" {
			return s.address
		}
		return ""
	}
	switch status := Main(s.ctx, args, s.stdin, s.stdout, s.stderr, env); status {
	case statusOK:
		return nil
	case statusUnread:
		return syscall.EPIPE
	default:
		return fmt.Errorf("milepost %s ended with status %d", args[0], status)
	}
}

// mostSlipped prints the milestones that slipped most.
func (s *showing) mostSlipped(asAt string) error {
	var all []*pb.MilestoneStatus
	for m, err := range s.server.Status(s.ctx, &pb.ListStatusRequest{Plan: demo.Plan, ReadAt: &pb.ReadAt{AsAt: asAt}}).Items {
		if err != nil {
			return err
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b *pb.MilestoneStatus) int { return cmp.Compare(b.GetSlipDays(), a.GetSlipDays()) })
	s.say("\nWhat slipped most since it was first forecast:\n")
	return output.Write(s.stdout, output.Table, terminalWidth(s.stdout), statusColumns, output.All(all[:min(5, len(all))]))
}
