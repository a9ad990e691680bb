package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/rig/demo"
)

// Who decides in the demonstration's year. Each has a token of its own, and another person answers for each.
const (
	office = "Programme office"
	board  = "Programme board"
)

// deciders are those of the demonstration, by name, with their tokens.
type deciders map[string]string

func newDeciders() (deciders, error) {
	p := deciders{}
	for _, name := range []string{office, board} {
		token, _, err := access.NewToken(clock.Entropy())
		if err != nil {
			return nil, err
		}
		p[name] = token
	}
	return p, nil
}

// callers are the people as the server knows them, by token.
func (p deciders) callers() map[string]access.Caller {
	roles := map[string][]access.Role{access.EveryPlan: {access.Reporter, access.Reviewer, access.Approver}}
	return map[string]access.Caller{
		p[office]: {Name: office, Person: "Ines Marlow", Roles: roles},
		p[board]:  {Name: board, Person: "Tom Ashdown", Roles: roles},
	}
}

// decision is something that is decided in the year, or stated so that it can be.
type decision struct {
	at   time.Time
	by   string
	what string
	do   func(s *showing, token string) error
}

// command is a decision that one command makes.
func command(args ...string) func(*showing, string) error {
	return func(s *showing, token string) error { return s.decide(token, io.Discard, args) }
}

// decide runs a command whose words nobody needs to see unless it fails.
func (s *showing) decide(token string, stdout io.Writer, args []string) error {
	var said bytes.Buffer
	if err := s.run(token, stdout, &said, args); err != nil {
		return fmt.Errorf("%w: %s", err, said.Bytes())
	}
	return nil
}

// decisions are those of the year, in order: what the board was promised, one date that it let go, and one that was mistyped.
func decisions() []decision {
	day := func(month time.Month, day int) time.Time { return time.Date(2024, month, day, 10, 0, 0, 0, time.UTC) }
	var mistyped, corrected uint64 // positions
	return []decision{
		{day(time.May, 7), board, "says how late is an exception: 30 days", command("tiers", "set", demo.Plan, "--reason", "PB-2024-05, item 2",
			"--tier", board+": tolerance=30")},
		{day(time.May, 8), office, "proposes every date as the baseline", command("baseline", "propose", demo.Plan, "--all", "--proposal", "start")},
		{day(time.May, 14), board, "approves the baseline", command("baseline", "approve", demo.Plan, "start", "--body", board, "--minute", "PB-2024-05, item 3")},
		{day(time.August, 6), office, "proposes another date for " + demo.Told, command("baseline", "propose", demo.Plan, demo.Told, "--proposal", "change-1",
			"--date", "2025-01-31", "--kind", "external", "--reason", "It follows the lease, and the landlord is late")},
		{day(time.August, 13), board, "approves that date; the slip stays on record", command("baseline", "approve", demo.Plan, "change-1", "--body", board, "--minute", "PB-2024-08, item 1")},
		{day(time.September, 4), office, "types 2062 for 2026 by mistake", func(s *showing, token string) (err error) {
			mistyped, err = s.state(token, &pb.Command{AsAt: "2024-09-04", Command: &pb.Command_DeliveryDateStated{
				DeliveryDateStated: &pb.DeliveryDateStated{Ref: demo.Mistyped, DeliveryDate: "2062-03-31"},
			}})
			return err
		}},
		{day(time.September, 5), office, "puts that right", func(s *showing, token string) error {
			var out bytes.Buffer
			err := s.decide(token, &out, []string{
				"correct", "--plan", demo.Plan, "--at", strconv.FormatUint(mistyped, 10), "--date", "2026-03-31", "--kind", "typing", "--reason", "2062 for 2026", "--yes", "-o", "json",
			})
			if err != nil {
				return err
			}
			var answer struct{ Position uint64 }
			err = json.Unmarshal(out.Bytes(), &answer)
			corrected = answer.Position
			return err
		}},
		{day(time.September, 10), board, "agrees that it was a mistake", func(s *showing, token string) error {
			return s.decide(token, io.Discard, []string{"correct", "approve", strconv.FormatUint(corrected, 10), "--plan", demo.Plan, "--reason", "The return of August has 2026"})
		}},
	}
}

// decideUntil decides what is due by a time, in order, and tells of each before it.
func (s *showing) decideUntil(at time.Time, tell func(decision)) error {
	due := slices.IndexFunc(s.decisions, func(d decision) bool { return d.at.After(at) })
	if due < 0 {
		due = len(s.decisions)
	}
	now := s.decisions[:due]
	s.decisions = s.decisions[due:]
	for _, d := range now {
		tell(d)
		s.clock.Reach(d.at)
		if err := d.do(s, s.deciders[d.by]); err != nil {
			return err
		}
	}
	return nil
}

// state states one fact as somebody who has a token, and returns its position.
func (s *showing) state(token string, fact *pb.Command) (uint64, error) {
	server, err := client.Dial(client.Config{Server: s.address, Token: token, RetryFor: closeWithin})
	if err != nil {
		return 0, err
	}
	defer server.Close()
	response, err := server.Submit(s.ctx, &pb.SubmitRequest{RequestId: "by hand " + fact.AsAt, Plan: demo.Plan, Commands: []*pb.Command{fact}})
	return response.GetReceipt().GetPosition(), err
}
