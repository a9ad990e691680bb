package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/output"
	"milepost.dev/internal/rig/demo"
)

type demoCommand struct {
	Live   bool          `help:"Play the year at a pace that can be watched, on a page that changes as it goes, and go on until you press Ctrl-C."`
	Pace   time.Duration `default:"1s" placeholder:"1s" help:"With --live: the pause before each thing that happens; 0 shows the year at once. Else 1s."`
	Data   string        `placeholder:"DIR" help:"Keep the ledger in this directory. Else it is in a temporary one, which is removed at the end."`
	Listen string        `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to serve. Else a free port of this machine."`
	HTTP   string        `name:"http" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to serve the pages and health. Else a free port too."`
}

// Help is shown by kong.
func (demoCommand) Help() string {
	return `Starts a server, sends it a year of monthly returns of a made-up programme of sixty milestones, and asks it
what happened: the same server, returns and questions as yours. A programme office proposes baselines and puts a
mistyped date right, and a board that is somebody else approves both. Its clock is one of its own, a demonstration clock, by
which the year goes by while you watch; every answer says so.

    milepost demo
    milepost demo --live

With --live two smaller programmes are reported beside it, systems push what they know between the returns, and the
address of the page is printed first.

EXIT STATUS

    0  it was shown
    1  the server did not start, or failed`
}

// closeWithin bounds how long the demo's server may take to close.
const closeWithin = 10 * time.Second

// clockOf is what the demo's clock is called wherever it shows.
const clockOf = "demonstration"

// Run shows what milepost does.
func (c *demoCommand) Run(inv *invocation) (err error) {
	defer inv.paced()()
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "milepost-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	var state string
	if c.Live { // somebody may join in from another terminal
		if state, err = localtoken.Dir(inv.env); err != nil {
			return err
		}
	}
	deciders, err := newDeciders()
	if err != nil {
		return err
	}
	played := clock.NewPlayed(clock.System(), demo.Begins())
	n, err := node.Start(inv.ctx, node.Config{
		Data: dir, Listen: c.Listen, HTTP: c.HTTP, User: "demo", Software: version(), Log: slog.New(slog.DiscardHandler),
		Local: node.Local{State: state, Beside: deciders.callers()}, Clock: played, ClockOf: clockOf, AcceptFuture: true, // a ledger in which the year is over is from the future
	})
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(inv.ctx), closeWithin)
		defer cancel()
		err = errors.Join(err, n.Close(ctx))
	}()
	server, err := client.Dial(client.Config{Server: n.GRPCAddr(), Token: n.LocalToken(), RetryFor: closeWithin})
	if err != nil {
		return err
	}
	defer server.Close()

	s := &showing{
		invocation: inv, server: server, address: n.GRPCAddr(), token: n.LocalToken(), pages: "http://" + n.HTTPAddr(), clock: played, deciders: deciders,
		decisions: decisions(),
	}
	if !c.Live {
		if err := s.show(); err != nil {
			return err
		}
		s.say("\nThat was a server, a year and its answers. To see the year go by on a page: milepost demo --live")
		return nil
	}
	if err := s.play(c.Pace); err != nil {
		if inv.ctx.Err() != nil {
			return nil // seen enough
		}
		return err
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
	server   *client.Client
	address  string // of gRPC
	token    string // that the server knows its user by
	pages    string // where the pages begin
	clock    *clock.Played
	deciders deciders
	// decisions are what is still to be decided in the year.
	decisions []decision
}

func (s *showing) say(format string, args ...any) { fmt.Fprintf(s.stdout, format+"\n", args...) }

func (s *showing) show() error {
	year := demo.Returns(demo.Seed)
	last := year[len(year)-1].AsAt
	s.say("%s: sixty milestones, and a return at the end of each month.\n", demo.Name)
	if err := s.push(year); err != nil {
		return err
	}
	again, err := s.pushOne(demo.Programmes()[0], year[len(year)-1])
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
	s.say("\nWhat was promised, and who approved it? Nobody approves what they proposed:")
	if err := s.ask("baseline", "list", "--plan", demo.Plan); err != nil {
		return err
	}
	s.say("\nA date that was mistyped is no slip any more, and stays on record, with who put it right and who agreed:")
	if err := s.ask("corrections", "--plan", demo.Plan); err != nil {
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

func (s *showing) push(year []demo.Return) error {
	var results []pushed
	for _, r := range year {
		sent, err := time.Parse(time.DateOnly, r.AsAt)
		if err != nil {
			return err
		}
		sent = sent.Add(17 * time.Hour)
		if err := s.decideUntil(sent, func(decision) {}); err != nil {
			return err
		}
		s.clock.Reach(sent)
		result, err := s.pushOne(demo.Programmes()[0], r)
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

func (s *showing) pushOne(p demo.Programme, r demo.Return) (*returns.Result, error) {
	push := returns.Push{Service: s.server, Plan: p.ID, Name: p.Name}
	return push.Run(s.ctx, bytes.NewReader(r.CSV))
}

// ask runs a command as one would type it.
func (s *showing) ask(args ...string) error {
	s.say("\n$ milepost %s", strings.Join(args, " "))
	return s.run(s.token, s.stdout, s.stderr, args)
}

// run runs a command of somebody who has a token.
func (s *showing) run(token string, stdout, stderr io.Writer, args []string) error {
	env := func(name string) string {
		switch name {
		case "MILEPOST_SERVER":
			return s.address
		case "MILEPOST_TOKEN":
			return token
		}
		return ""
	}
	switch status := Main(s.ctx, args, s.stdin, stdout, stderr, env); status {
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
