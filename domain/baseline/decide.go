package baseline

import (
	"encoding/hex"
	"strconv"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Facts are what Decide has to be told, because it cannot look.
type Facts struct {
	// AsAt is the day that the command is about, and Today the day that it is in the plan's time zone.
	AsAt, Today civil.Date
	Caller      Teller
	// Approver: the caller has the role approver for the plan.
	Approver bool
	// Local: the server knows nobody, and lets in whoever works on its machine. SingleUser: it is told that this is one person,
	// who may approve what the same person proposed.
	Local, SingleUser bool
	// Organisation is the party that the caller speaks for where it does not say; empty where there is none.
	Organisation string
	// SpeaksFor says whether the caller may speak for a party; nil: for nobody beside its own organisation.
	SpeaksFor func(party string) bool
	// Milestone is that of a proposed item; the zero ID where the plan has none of the reference.
	Milestone milestone.ID
	// First returns the first forecast of a milestone by everything known; zero where it has none.
	First func(milestone.ID) civil.Date
	// Ref returns the reference of a milestone.
	Ref func(milestone.ID) string
	// Kept returns the party that a party was merged into, or the party itself; nil: none was.
	Kept func(string) string
	// Registrar registered the plan.
	Registrar Teller
}

// Decide returns the events that a command comes to, none where it says what is known, or a refusal. Deciding the same command
// twice in a row adds nothing the second time. It expects a command that Check found nothing wrong with.
func Decide(r *Register, cmd Command, f Facts) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Propose:
		return decidePropose(r, cmd, f)
	case Close:
		return decideClose(r, cmd, f)
	case Approve:
		return decideDecision(r, Decision(cmd), true, f)
	case Refuse:
		return decideDecision(r, Decision(cmd), false, f)
	case Withdraw:
		return decideWithdraw(r, cmd, f)
	case SetTiers:
		return decideTiers(r, cmd, f)
	}
	return nil, nil
}

func refused(rule, field, format string, args ...any) error {
	return domain.Refuse(domain.Refused, rule, field, format, args...)
}

// today refuses a day other than that on which something is proposed: a proposal cannot have been made on another.
func today(f Facts) error {
	if f.AsAt != f.Today {
		return refused(RuleNotToday, "as_at", "A proposal is made on the day on which it is stated: today is %s. Leave the as-at day out.", f.Today)
	}
	return nil
}

// person refuses a caller for whom no person answers (B3).
func person(f Facts, to string) error {
	if f.Caller.Person != "" || f.Local {
		return nil
	}
	return domain.Refuse(domain.Denied, RulePersonMissing, "",
		"It is not known which person answers for you, so that you may not %s. Whoever keeps the server's credentials file can add `person` to your entry.", to)
}

func decidePropose(r *Register, cmd Propose, f Facts) ([]Event, error) {
	if err := person(f, "propose a baseline"); err != nil {
		return nil, err
	}
	if err := today(f); err != nil {
		return nil, err
	}
	if f.Milestone == (milestone.ID{}) {
		return nil, domain.Refuse(domain.NotFound, RuleMilestoneUnknown, "ref", "The plan has no milestone %.210q. Check its reference: `milepost status` lists them.", cmd.Ref)
	}
	item := Item{Milestone: f.Milestone, Dimension: cmd.Dimension, Value: cmd.read(), Kind: cmd.Kind, Reason: cmd.Reason}
	if cmd.Dimension == Date && item.Value.Due == 0 {
		return nil, domain.Refuse(domain.Invalid, RuleValueMissing, "date.delivery_date", "%.60q names no due day. Give the day that is promised, such as 2026-12-31.", cmd.Delivery.Text)
	}
	if p, ok := r.Proposal(cmd.Proposal, Everything); ok {
		if done, err := p.takes(item, cmd, f); done || err != nil {
			return nil, err
		}
	}
	item.Replaces = len(r.Approved(nil, f.Milestone, cmd.Dimension, Everything))
	if cmd.Replaces != nil && *cmd.Replaces != item.Replaces {
		return nil, numberStale(cmd.Ref, cmd.Dimension, *cmd.Replaces, item.Replaces)
	}
	if item.Replaces > 0 && (item.Kind == NoKind || item.Reason == "") {
		return nil, refused(RuleReasonMissing, "reason", "Baseline %d of %s would be replaced, and it is not said why. Give a reason, and its kind: scope, funding, external, estimate or error.", item.Replaces, cmd.Ref)
	}
	return []Event{Proposed{cmd.Proposal, item}}, nil
}

// takes says whether a proposal has an item already.
func (p Proposal) takes(item Item, cmd Propose, f Facts) (done bool, err error) {
	for i := range p.Items {
		switch known := p.Items[i].Item; {
		case known.same(item):
			return true, nil
		case known.Milestone == item.Milestone && known.Dimension == item.Dimension && p.Closed == nil:
			return false, refused(RuleItemTwice, "proposal", "Proposal %s proposes another %s for %s: %s. Withdraw it and begin another.", p.ID, item.Dimension, cmd.Ref, known.Value.Told(item.Dimension))
		}
	}
	switch {
	case p.State() != IsOpen:
		return false, refused(RuleProposalClosed, "proposal", "Proposal %s is %s, and takes no more items. Begin another one under another id.", p.ID, p.stands())
	case !f.proposed(p):
		return false, p.ofAnother()
	case len(p.Items) >= MaxItems:
		return false, refused(RuleProposalCount, "proposal", "Proposal %s has %d items, and takes no more. Close it, and begin another.", p.ID, len(p.Items))
	}
	return false, nil
}

// stands is where a proposal stands in a sentence.
func (p Proposal) stands() string {
	if s := p.State(); s != IsPending {
		return string(s)
	}
	return "closed"
}

func (p Proposal) ofAnother() error {
	return domain.Refuse(domain.Denied, RuleProposalOfAnother, "proposal", "Proposal %s was begun by somebody else. Begin one of your own under another id.", p.ID)
}

// proposed says whether the caller is who began a proposal.
func (f Facts) proposed(p Proposal) bool {
	return f.same(f.Caller.Actor, p.By.Actor) || f.Caller.Person != "" && f.same(f.Caller.Person, p.By.Person)
}

func (f Facts) same(a, b string) bool {
	if a == b {
		return true
	}
	return f.Kept != nil && a != "" && b != "" && f.Kept(a) == f.Kept(b)
}

func numberStale(ref string, d Dimension, expected, actual int) error {
	r := domain.Refuse(domain.Stale, RuleNumberStale, "replaces",
		"The %s baseline of %s is number %d, and number %d would be replaced: another was approved since. Look at it, and propose anew.", d, ref, actual, expected)
	r.Expected, r.Actual = strconv.Itoa(expected), strconv.Itoa(actual)
	return r
}

// find returns a proposal that a command names.
func (r *Register) find(id string) (Proposal, error) {
	p, ok := r.Proposal(id, Everything)
	if !ok {
		return p, domain.Refuse(domain.NotFound, RuleProposalUnknown, "proposal", "The plan has no proposal %.120q. `milepost baseline list` has those that there are.", id)
	}
	return p, nil
}

func decideClose(r *Register, cmd Close, f Facts) ([]Event, error) {
	if err := person(f, "propose a baseline"); err != nil {
		return nil, err
	}
	if err := today(f); err != nil {
		return nil, err
	}
	p, err := r.find(cmd.Proposal)
	switch {
	case err != nil:
		return nil, err
	case !f.proposed(p):
		return nil, p.ofAnother()
	case cmd.Count != len(p.Items):
		stale := domain.Refuse(domain.Stale, RuleProposalCount, "count", "Proposal %s has %d items, and not %d. Send those that are missing, then close it.", p.ID, len(p.Items), cmd.Count)
		stale.Expected, stale.Actual = strconv.Itoa(cmd.Count), strconv.Itoa(len(p.Items))
		return nil, stale
	case p.Closed != nil:
		return nil, nil
	case p.State() != IsOpen:
		return nil, refused(RuleProposalEnded, "proposal", "Proposal %s is %s, and cannot be closed.", p.ID, p.stands())
	}
	return []Event{Closed{p.ID, len(p.Items), Digest(p.ID, p.Items)}}, nil
}

func decideWithdraw(r *Register, cmd Withdraw, f Facts) ([]Event, error) {
	if err := today(f); err != nil {
		return nil, err
	}
	p, err := r.find(cmd.Proposal)
	switch {
	case err != nil:
		return nil, err
	case !f.proposed(p):
		return nil, p.ofAnother()
	case p.Withdrawn != nil:
		return nil, nil
	case p.Decided != nil:
		return nil, refused(RuleProposalEnded, "proposal", "Proposal %s is %s. What was decided stays: propose anew.", p.ID, p.stands())
	}
	return []Event{Withdrawn(cmd)}, nil
}

func decideDecision(r *Register, d Decision, approves bool, f Facts) ([]Event, error) {
	if !f.Approver {
		return nil, domain.Refuse(domain.Denied, RuleApproverOnly, "", "To decide about a baseline takes the role approver for this plan. Ask somebody who has it.")
	}
	p, err := r.find(d.Proposal)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Decided != nil && p.Decided.Approved == approves:
		return nil, nil
	case p.State() == IsOpen:
		return nil, refused(RuleProposalOpen, "proposal", "Proposal %s is not closed: items may still be added. Whoever proposed it has to close it first.", p.ID)
	case p.State() != IsPending:
		return nil, refused(RuleProposalEnded, "proposal", "Proposal %s is %s. Propose anew.", p.ID, p.stands())
	case d.SHA256 != p.Closed.SHA256:
		stale := domain.Refuse(domain.Stale, RuleDigestDiffers, "sha256", "The decision names another digest than proposal %s has. Read the proposal, and decide about what it says.", p.ID)
		stale.Expected, stale.Actual = hex.EncodeToString(d.SHA256[:]), hex.EncodeToString(p.Closed.SHA256[:])
		return nil, stale
	}
	if err := f.fourEyes(p); err != nil {
		return nil, err
	}
	if err := decidedOn(r, p, f); err != nil {
		return nil, err
	}
	if !approves {
		return []Event{Refused{d}}, nil
	}
	for i := range p.Items {
		item := &p.Items[i]
		if n := len(r.Approved(nil, item.Milestone, item.Dimension, Everything)); n != item.Replaces {
			return nil, numberStale(f.Ref(item.Milestone), item.Dimension, item.Replaces, n)
		}
	}
	if err := r.tier(p, f); err != nil {
		return nil, err
	}
	return []Event{Approved{d}}, nil
}

// fourEyes refuses an approver who is, or speaks for, whoever proposed it (B3).
func (f Facts) fourEyes(p Proposal) error {
	if f.SingleUser {
		return nil
	}
	if f.Local {
		return domain.Refuse(domain.Denied, RuleSingleUser, "",
			"This server does not know who calls, so that nobody can approve what another person proposed. Give it a credentials file or, where one person works alone, start it with `milepost serve --single-user`: then every answer says \"approved by the proposer\".")
	}
	if err := person(f, "approve"); err != nil {
		return err
	}
	own := func(message string) error {
		return domain.Refuse(domain.Denied, RuleFourEyes, "", "%s Another person has to decide about proposal %s.", message, p.ID)
	}
	by := p.By
	if by.Person == "" && (f.Organisation == "" || f.same(f.Organisation, by.Speaker)) { // of an entry that names nobody
		return own("It is not known which person proposed it, so that somebody of another organisation has to decide.")
	}
	switch {
	case f.same(f.Caller.Actor, by.Actor):
		return own("You proposed it.")
	case f.same(f.Caller.Person, by.Person), f.same(f.Caller.Person, by.Actor), f.same(f.Caller.Actor, by.Person):
		return own("The person who answers for you proposed it.")
	}
	for _, party := range []string{by.Actor, by.Person, by.Speaker} {
		switch {
		case party == "" || f.colleague(by, party):
		case f.same(f.Caller.Speaker, party):
			return own("You state the decision on behalf of whoever proposed it.")
		case f.SpeaksFor != nil && f.SpeaksFor(party):
			return own("You may speak for whoever proposed it.")
		}
	}
	return nil
}

// colleague says whether a party is the organisation of both, and not the proposer alone: colleagues may decide about what each other
// proposed.
func (f Facts) colleague(by Teller, party string) bool {
	return f.Organisation != "" && f.same(party, f.Organisation) && !f.same(party, by.Actor) && !f.same(party, by.Person)
}

// decidedOn refuses a day on which it cannot have been decided (B7). A first baseline may be older than its proposal here.
func decidedOn(r *Register, p Proposal, f Facts) error {
	if f.AsAt.After(f.Today) {
		return refused(RuleDecidedOn, "as_at", "It cannot have been decided on %s: today is %s.", f.AsAt, f.Today)
	}
	for i := range p.Items {
		item := &p.Items[i]
		if item.Replaces == 0 {
			continue
		}
		if f.AsAt.Before(p.Closed.AsAt) {
			return refused(RuleDecidedOn, "as_at", "It cannot have been decided on %s: proposal %s was closed on %s. Only a first baseline may have been decided before it was proposed here.", f.AsAt, p.ID, p.Closed.AsAt)
		}
		if known := r.Approved(nil, item.Milestone, item.Dimension, Everything); len(known) > 0 && f.AsAt.Before(known[len(known)-1].Decided.On) {
			return refused(RuleDecidedOn, "as_at", "It cannot have been decided on %s: baseline %d of %s, which it replaces, was decided on %s.", f.AsAt, len(known), f.Ref(item.Milestone), known[len(known)-1].Decided.On)
		}
	}
	return nil
}
