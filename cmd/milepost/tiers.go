package main

import (
	"fmt"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// tiersCommand is who may approve how much.
type tiersCommand struct {
	List tiersListCommand `cmd:"" default:"withargs" help:"List the tiers of a plan."`
	Set  tiersSetCommand  `cmd:"" help:"Set who may approve how much."`
}

type tiersListCommand struct {
	Plan string `arg:"" help:"The plan."`
	readFlags
}

// Help is shown by kong.
func (tiersListCommand) Help() string {
	return `Who may approve how much, from the lowest tier to the top. A plan without tiers has one: any approver, without a bound.

    milepost tiers hub

JSON and CSV have: name, tolerance_days, tolerance_money, most_days, most_money, currency and approvers. What is null has no bound, or no tolerance.`
}

// tierColumns are what is shown of a tier.
var tierColumns = []output.Column[*pb.Tier]{
	{Name: "name", Value: func(t *pb.Tier) any { return t.GetName() }, Heading: "TIER"},
	{Name: "tolerance_days", Value: func(t *pb.Tier) any { return wholeDays(t.ToleranceDays) }, Heading: "TOLERANCE"},
	{Name: "tolerance_money", Value: func(t *pb.Tier) any { return output.Text(t.GetToleranceMoney()) }, Heading: "OF MONEY", Right: true, Seldom: true},
	{Name: "most_days", Value: func(t *pb.Tier) any { return wholeDays(t.MostDays) }, Heading: "MOST DAYS"},
	{Name: "most_money", Value: func(t *pb.Tier) any { return output.Text(t.GetMostMoney()) }, Heading: "MOST MONEY"},
	{Name: "currency", Value: func(t *pb.Tier) any { return output.Text(t.GetCurrency()) }, Heading: "CURRENCY", Seldom: true},
	{Name: "approvers", Value: func(t *pb.Tier) any { return output.Text(strings.Join(t.GetApprovers(), ", ")) }, Heading: "APPROVERS"},
}

type tiersSetCommand struct {
	Plan   string   `arg:"" help:"The plan."`
	Tier   []string `required:"" sep:"none" placeholder:"NAME:..." help:"A tier, from the lowest to the top: its name, a colon, and any of days=, tolerance=, money=, tolerance-money=, currency= and approver=, with commas. May be repeated, up to five times; the top one has no bound."`
	Reason string   `required:"" help:"Why, in your words: the minute that says so. Free text cannot be forgotten: name no people here."`
	factFlags
}

// Help is shown by kong.
func (tiersSetCommand) Help() string {
	return `A proposal goes to the lowest tier that may grant its item with the most days or money against the original baseline, or to one above it. The first tiers
are stated by an approver who did not register the plan, later ones by the top tier. A change touches no proposal that was begun before it.

    milepost tiers set hub --reason "PB-2026-05" \
        --tier "SRO: tolerance=14, days=30, money=50000, approver=Bob Example" \
        --tier "Programme board: tolerance=90, approver=Cat Example, approver=Dan Example"

days and money are the most that the tier may grant. tolerance is by how many days a date may be later than its reference before it is an exception
of the tier. tolerance-money is by how much a milestone may cost more than its approved cost. Without approver any approver of the plan may act for it.
` + factHelp
}

// Run states the tiers.
func (c *tiersSetCommand) Run(inv *invocation) error {
	set := &pb.TiersSet{Reason: c.Reason}
	for _, text := range c.Tier {
		t, err := readTier(text)
		if err != nil {
			return &usageError{"--tier: " + err.Error()}
		}
		set.Tiers = append(set.Tiers, t)
	}
	return c.stateOfPlan(inv, c.Plan, &pb.Command{Command: &pb.Command_TiersSet{TiersSet: set}})
}

// readTier reads a tier as it is written on the command line.
func readTier(text string) (*pb.Tier, error) {
	name, more, _ := strings.Cut(text, ":")
	t := &pb.Tier{Name: strings.TrimSpace(name)}
	if t.Name == "" {
		return nil, fmt.Errorf("%q names no tier: write it as \"SRO: days=30, approver=Bob Example\"", text)
	}
	if strings.TrimSpace(more) == "" {
		return t, nil
	}
	for part := range strings.SplitSeq(more, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || value == "" {
			return nil, fmt.Errorf("%q of tier %s is not KEY=VALUE", strings.TrimSpace(part), t.Name)
		}
		switch key {
		case "days", "tolerance":
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil {
				return nil, fmt.Errorf("%q of tier %s is not a number of days", value, t.Name)
			}
			days := uint32(n)
			if key == "days" {
				t.MostDays = &days
			} else {
				t.ToleranceDays = &days
			}
		case "money":
			t.MostMoney = value
		case "tolerance-money":
			t.ToleranceMoney = value
		case "currency":
			t.Currency = value
		case "approver":
			t.Approvers = append(t.Approvers, value)
		default:
			return nil, fmt.Errorf("there is no %q: use days, tolerance, money, tolerance-money, currency and approver", key)
		}
	}
	return t, nil
}

// Run lists them.
func (c *tiersListCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	p, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: c.Plan, ReadAt: c.readAt()})
	if err != nil {
		return err
	}
	defer inv.spokenFor(p.GetSpokenFor())
	if len(p.GetTiers()) == 0 {
		complain(inv.stderr, "the plan "+c.Plan+" has no tiers: any approver approves, without a bound. milepost tiers set states some")
	}
	return output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), tierColumns, output.All(p.GetTiers()))
}

// wholeDays is a number of days, or null where there is no bound.
func wholeDays(n *uint32) any {
	if n == nil {
		return nil
	}
	return *n
}
