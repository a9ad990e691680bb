package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// reviewCommand is what is put to a person, and that person's answers. Its flags hold for every answer.
type reviewCommand struct {
	List    reviewListCommand    `cmd:"" default:"withargs" help:"List what a person has to look at."`
	Accept  reviewAcceptCommand  `cmd:"" help:"Accept it as it was read or proposed."`
	Correct reviewCorrectCommand `cmd:"" help:"Give the value that it should be."`
	Split   reviewSplitCommand   `cmd:"" help:"Split it into several milestones."`
	Pair    reviewPairCommand    `cmd:"" help:"Split it, and give each part its own date."`
	Reject  reviewRejectCommand  `cmd:"" help:"Reject what is proposed: it is not the same milestone."`
	Drop    reviewDropCommand    `cmd:"" help:"Cancel it: it is not a milestone."`

	Plan   string `required:"" placeholder:"ID" help:"The plan."`
	Reason string `help:"Of list: only those raised for this reason, such as several-dates. Of an answer: why, in your words."`
	speaking
	patience
	readFlags
}

// AfterApply is called by kong: the answers need the flags that stand before them.
func (c *reviewCommand) AfterApply(k *kong.Context) error {
	k.Bind(c)
	return nil
}

// Help is shown by kong.
func (reviewCommand) Help() string {
	return `What is in doubt is tracked all the same, marked, and put to a person: an item, with the reason, the words
that raised it, and what they were read as. An item is named by its milestone and what it is known by there,
with a slash between: HUB-1/delivery_date:several-dates.

    milepost review --plan gp-access
    milepost review --plan gp-access accept  HUB-1/delivery_date:several-dates
    milepost review --plan gp-access correct HUB-1/delivery_date:unreadable --value 2017-12 --reason "asked the office"
    milepost review --plan gp-access split   HUB-1/title:several-actions HUB-1="Hub live" HUB-1.2="Spokes live"
    milepost review --plan gp-access pair    HUB-1/delivery_date:several-dates HUB-1=2018-03 HUB-1.2=2018-06
    milepost review --plan gp-access correct HUB-1/delivery_date:disagreement-2017-04-01 --value 2017-09-30
    milepost review --plan gp-access reject  HUB-7/replaces:HUB-1 --reason "another building"
    milepost review --plan gp-access drop    L212/title:candidate --reason "it tells of the past"

An answer takes the role reviewer, and drop the role reporter too. Nobody settles an item that rests on what they stated themselves, or
that a party stated for which they may speak. Where the server's credentials name no reviewer, reporters settle what others stated.

An answer is stated for the day that the item was raised for, or for --as-at. A date that it states slips
or recovers as any other. Split gives the milestone the words of the part with its own reference, and adds
the others with the workstream, owner and sources that it has. To accept that a milestone took the place of a cancelled one ties
the two (milepost replace); whoever added neither may reject it. A disagreement is settled by one of the days that were stated, by
somebody who is none of the speakers. Drop is for a sentence that was read as a
milestone and is none: it is cancelled, and stays in the ledger. Nothing is left out: --settled lists what was
settled, and by what, and --all both. Several items about the same date are settled by one that states it.

JSON and CSV of list have: ref, item, reason, field, text, says, proposed, state, raised, settled, value,
into, why, milestone, title. An answer is {"ref", "item", "events": [{"event", "ref", "position"}],
"position"}; no events where it says nothing new.
` + readingHelp
}

type reviewListCommand struct {
	Milestone string `placeholder:"REF" help:"Only the items of this milestone, by reference or by its own id."`
	All       bool   `xor:"which" help:"List what is settled too."`
	Settled   bool   `xor:"which" help:"List only what is settled, and what became of it."`
}

var reviewColumns = []output.Column[*pb.ReviewItem]{
	{Name: "ref", Value: func(i *pb.ReviewItem) any { return i.GetRef() }},
	{Name: "item", Value: func(i *pb.ReviewItem) any { return i.GetItem() }, Heading: "ITEM", Show: itemName},
	{Name: "reason", Value: func(i *pb.ReviewItem) any { return i.GetReason() }},
	{Name: "field", Value: func(i *pb.ReviewItem) any { return i.GetField() }},
	{Name: "text", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetText()) }, Heading: "WORDS", Gives: true},
	{Name: "says", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetSays()) }, Heading: "WHY", Gives: true},
	{Name: "proposed", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetProposed()) }, Heading: "READ AS", Gives: true},
	{Name: "state", Value: func(i *pb.ReviewItem) any { return i.GetState() }, Heading: "STATE"},
	{Name: "raised", Value: func(i *pb.ReviewItem) any { return i.GetRaised() }, Heading: "AS AT"},
	{Name: "settled", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetSettled()) }},
	{Name: "value", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetValue()) }},
	{Name: "into", Value: func(i *pb.ReviewItem) any { return append([]string{}, i.GetInto()...) }},
	{Name: "why", Value: func(i *pb.ReviewItem) any { return output.Text(i.GetWhy()) }},
	{Name: "milestone", Value: func(i *pb.ReviewItem) any { return i.GetMilestone() }},
	{Name: "title", Value: func(i *pb.ReviewItem) any { return i.GetTitle() }, Heading: "MILESTONE", Gives: true},
}

func itemName(i *pb.ReviewItem) string { return i.GetRef() + "/" + i.GetItem() }

// became is what an answer made of an item.
func became(i *pb.ReviewItem) string { return cmp.Or(i.GetValue(), strings.Join(i.GetInto(), ", ")) }

// Run lists the items.
func (c *reviewListCommand) Run(inv *invocation, review *reviewCommand) error {
	columns := slices.Clone(reviewColumns)
	for i, column := range columns {
		switch { // of the table, in which what is open has no state to tell, and nothing that it became
		case column.Name == "state" && !c.All && !c.Settled:
			columns[i].Heading = ""
		case column.Name == "value" && (c.All || c.Settled):
			columns[i].Heading, columns[i].Gives, columns[i].Show = "BECAME", true, became
		}
	}
	return ask(inv, review.readFlags, columns, pb.QueryServiceClient.ListReview, (*pb.ListReviewResponse).GetItems, &pb.ListReviewRequest{
		Plan: review.Plan, Milestone: c.Milestone, Reason: review.Reason, All: c.All, Settled: c.Settled, ReadAt: review.readAt(), PageSize: largePage,
	})
}

type reviewAcceptCommand struct {
	Item string `arg:"" help:"The item: REF/ITEM, as list has it."`
}

// Run accepts an item.
func (c *reviewAcceptCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(*pb.ReviewItem, *pb.ReviewSettled) error { return nil }, pb.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED)
}

type reviewCorrectCommand struct {
	Item  string `arg:"" help:"The item: REF/ITEM, as list has it."`
	Value string `required:"" help:"What it is: a date, an owner, a title or a workstream, as the item is about one."`
}

// Run corrects an item to a value.
func (c *reviewCorrectCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(item *pb.ReviewItem, m *pb.ReviewSettled) error {
		switch item.GetField() {
		case "delivery_date":
			m.DeliveryDate = c.Value
		case "owner":
			m.Owner = c.Value
		default:
			m.Text = c.Value // the server says which fields that corrects
		}
		return nil
	}, pb.ReviewOutcome_REVIEW_OUTCOME_CORRECTED)
}

type reviewSplitCommand struct {
	Item  string   `arg:"" help:"The item: REF/ITEM, as list has it."`
	Parts []string `arg:"" placeholder:"REF=TITLE" help:"Each milestone that it becomes: a reference, and its words."`
	Date  []string `sep:"none" placeholder:"REF=DATE" help:"The delivery date of a part; may be given for each."`
}

// Run splits a milestone into several.
func (c *reviewSplitCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(_ *pb.ReviewItem, m *pb.ReviewSettled) error {
		for _, text := range c.Parts {
			ref, title, ok := strings.Cut(text, "=")
			if !ok {
				return &usageError{fmt.Sprintf("%q is no part: write its reference, =, and its words", text)}
			}
			m.Parts = append(m.Parts, &pb.ReviewPart{Ref: ref, Title: title})
		}
		for _, text := range c.Date {
			ref, date, ok := strings.Cut(text, "=")
			at := slices.IndexFunc(m.Parts, func(p *pb.ReviewPart) bool { return p.GetRef() == ref })
			if !ok || at < 0 {
				return &usageError{fmt.Sprintf("--date %q is of none of the parts: write the reference of one, =, and its date", text)}
			}
			m.Parts[at].DeliveryDate = date
		}
		return nil
	}, pb.ReviewOutcome_REVIEW_OUTCOME_SPLIT)
}

type reviewPairCommand struct {
	Item  string   `arg:"" help:"The item: REF/ITEM, as list has it."`
	Dates []string `arg:"" placeholder:"REF=DATE" help:"Each milestone that one of the dates belongs to: its reference, and the date."`
}

// Run gives each of several milestones its date.
func (c *reviewPairCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(_ *pb.ReviewItem, m *pb.ReviewSettled) error {
		for _, text := range c.Dates {
			ref, date, ok := strings.Cut(text, "=")
			if !ok {
				return &usageError{fmt.Sprintf("%q is no pair: write the reference of a milestone, =, and its date", text)}
			}
			m.Parts = append(m.Parts, &pb.ReviewPart{Ref: ref, DeliveryDate: date})
		}
		return nil
	}, pb.ReviewOutcome_REVIEW_OUTCOME_PAIRED)
}

type reviewRejectCommand struct {
	Item string `arg:"" help:"The item: REF/ITEM, as list has it."`
}

// Run rejects what an item proposes.
func (c *reviewRejectCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(*pb.ReviewItem, *pb.ReviewSettled) error { return nil }, pb.ReviewOutcome_REVIEW_OUTCOME_REJECTED)
}

type reviewDropCommand struct {
	Item string `arg:"" help:"The item: REF/ITEM, as list has it."`
}

// Run cancels the milestone of an item, in the request that settles it.
func (c *reviewDropCommand) Run(inv *invocation, review *reviewCommand) error {
	return review.settle(inv, c.Item, func(*pb.ReviewItem, *pb.ReviewSettled) error { return nil }, pb.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED,
		func(item *pb.ReviewItem) *pb.Command {
			return &pb.Command{Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{
				Ref: item.GetRef(), Reason: cmp.Or(review.Reason, "It is no milestone."),
			}}}
		})
}

// settle finds an item, states what was made of it, and prints what that came to.
func (c *reviewCommand) settle(inv *invocation, name string, say func(*pb.ReviewItem, *pb.ReviewSettled) error, outcome pb.ReviewOutcome, also ...func(*pb.ReviewItem) *pb.Command) error {
	slash := strings.LastIndexByte(name, '/')
	if slash < 1 {
		return &usageError{fmt.Sprintf("%q is no item: write the milestone's reference, a slash, and the item, as `milepost review --plan %s` lists them", name, c.Plan)}
	}
	ref, known := name[:slash], name[slash+1:]
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	answer := server.Review(inv.ctx, &pb.ListReviewRequest{Plan: c.Plan, Milestone: ref, All: true, ReadAt: c.readAt(), PageSize: largePage})
	var item *pb.ReviewItem
	for i, err := range answer.Items {
		if err != nil {
			return err
		}
		if i.GetItem() == known {
			item = i
		}
	}
	if item == nil {
		return fmt.Errorf("nobody is asked about %q of milestone %q: `milepost review --plan %s --milestone %s --all` lists its items", known, ref, c.Plan, ref)
	}
	m := &pb.ReviewSettled{Ref: item.GetRef(), Item: known, Outcome: outcome, Reason: c.Reason}
	if err := say(item, m); err != nil {
		return err
	}
	commands := []*pb.Command{{Command: &pb.Command_ReviewSettled{ReviewSettled: m}}}
	for _, command := range also {
		commands = append(commands, command(item))
	}
	for _, command := range commands {
		command.AsAt = cmp.Or(string(c.AsAt), item.GetRaised())
	}
	response, err := server.Submit(inv.ctx, &pb.SubmitRequest{
		RequestId: settlingID(c.forParty(c.Plan), answer.SpokenFor.GetPosition(), commands...), Plan: c.Plan, OnBehalfOf: c.OnBehalfOf, Commands: commands,
	})
	if err != nil {
		return broken(err)
	}
	return c.settled(inv, item, response.GetReceipt())
}

// settlingID is the same for the same answer to what was known at a position: sent again it makes nothing, and given again after
// something else was said it is another answer.
func settlingID(plan string, position uint64, said ...*pb.Command) string {
	sum := sha256.New()
	for _, command := range said {
		text, _ := proto.MarshalOptions{Deterministic: true}.Marshal(command) // of flags, which are text: nothing in it can fail
		fmt.Fprintf(sum, "%d\x00%s", len(text), text)
	}
	fmt.Fprintf(sum, "\x00%s\x00%d", plan, position)
	return "review-1-" + hex.EncodeToString(sum.Sum(nil))
}

func (c *reviewCommand) settled(inv *invocation, item *pb.ReviewItem, receipt *pb.Receipt) error {
	if c.Output != output.Table {
		type event struct {
			Event    string `json:"event"`
			Ref      string `json:"ref"`
			Position uint64 `json:"position"`
		}
		events := []event{}
		for _, e := range receipt.GetEvents() {
			events = append(events, event{e.GetType(), e.GetRef(), e.GetPosition()})
		}
		return output.NewEncoder(inv.stdout).Encode(map[string]any{
			"ref": item.GetRef(), "item": item.GetItem(), "events": events, "position": receipt.GetPosition(),
		})
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "item\t%s\n", output.Printable(itemName(item)))
	for _, e := range receipt.GetEvents() {
		fmt.Fprintf(out, "%s\t%s\n", e.GetType(), output.Printable(e.GetRef()))
	}
	fmt.Fprintf(out, "position\t%s\n", strconv.FormatUint(receipt.GetPosition(), 10))
	return out.Flush()
}
