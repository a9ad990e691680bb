package planload

import (
	"context"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/planimport"
	"milepost.dev/internal/rowmatch"
)

// survey is what the first reading of a document leaves: what its rows are matched by, and the parts of the plan.
type survey struct {
	rows   []rowmatch.Row
	places []place
	parts  map[part]bool
	order  []part // as the document names them
}

// place is a row of the document. Rows that hold several actions have one of its reference for each.
type place struct {
	sheet string
	ref   string
	line  int
}

// part is a workstream, scheme or deliverable.
type part struct {
	kind         pb.ComponentKind
	name, within string
}

func placeOf(m *planimport.Milestone) place { return place{m.Sheet, m.Ref, m.Line} }

// Milestone keeps what a row is matched by.
func (s *survey) Milestone(m planimport.Milestone) error {
	s.places = append(s.places, placeOf(&m))
	s.rows = append(s.rows, rowmatch.Row{
		Ref: m.Ref, RefGiven: m.RefGiven, Title: fit(m.Title.Text, maxTitle), Place: fit(m.Workstream.Text, maxName),
		Within: within(m.Scheme.Text, m.Deliverable.Text), Owner: m.Owner.Text,
	})
	workstream, scheme := fit(m.Workstream.Text, maxName), fit(m.Scheme.Text, maxName)
	s.part(pb.ComponentKind_COMPONENT_KIND_WORKSTREAM, workstream, "")
	s.part(pb.ComponentKind_COMPONENT_KIND_SCHEME, scheme, workstream)
	within := scheme
	if within == "" {
		within = workstream
	}
	s.part(pb.ComponentKind_COMPONENT_KIND_DELIVERABLE, fit(m.Deliverable.Text, maxName), within)
	return nil
}

func (s *survey) part(kind pb.ComponentKind, name, within string) {
	p := part{kind, name, within}
	if within == name {
		p.within = ""
	}
	if named := (part{kind, name, ""}); name != "" && !s.parts[named] {
		s.parts[named] = true
		s.order = append(s.order, p)
	}
}

// Funding is of no account here.
func (s *survey) Funding(planimport.FundingLine) error { return nil }

// Fact is of no account here.
func (s *survey) Fact(planimport.Fact) error { return nil }

// target is the milestone that a row is about.
type target struct {
	ref        string
	by         string // what it was matched by; empty for a new one
	confidence float64
	maybe      string // the reference of the milestone that it may be; empty where nobody has to be asked
}

// aim finds out which milestone each row is.
func (r *run) aim(ctx context.Context, known existing, s *survey) error {
	var milestones, cancelled []rowmatch.Row
	if known.GetPlanResponse != nil {
		answer := r.Service.Status(ctx, &pb.ListStatusRequest{Plan: r.Plan, PageSize: 10_000})
		for m, err := range answer.Items {
			if err != nil {
				return err
			}
			row := rowmatch.Row{Ref: m.GetRef(), Title: m.GetTitle(), Place: m.GetWorkstream(), Owner: m.GetOwner()}
			switch {
			case m.GetSeries() != "":
			case m.GetState() == "cancelled":
				cancelled = append(cancelled, row)
			default:
				milestones = append(milestones, row)
			}
			r.taken(m.GetRef())
		}
	}
	if err := r.tellApart(ctx, milestones); err != nil {
		return err
	}
	found := map[int]rowmatch.Match{}
	for _, m := range rowmatch.Rows(milestones, s.rows) {
		found[m.Row] = m
	}
	// What was given up is looked at last: a row that a person said to be another milestone left one behind.
	var others []rowmatch.Row
	var at []int
	for i, row := range s.rows {
		if _, ok := found[i]; !ok {
			others, at = append(others, row), append(at, i)
		}
	}
	for _, m := range rowmatch.Rows(cancelled, others) {
		if m.Sure {
			m.Row, m.Milestone = at[m.Row], len(milestones)+m.Milestone
			found[m.Row] = m
		}
	}
	active := len(milestones)
	milestones = append(milestones, cancelled...)
	named := map[string]bool{}
	for i, p := range s.places {
		m, ok := found[i]
		t := target{}
		switch {
		case ok && m.Sure:
			t = target{ref: milestones[m.Milestone].Ref, by: m.By, confidence: m.Confidence}
			r.result.Matched[m.By]++
		case ok:
			t = target{ref: r.free(p.ref), maybe: milestones[m.Milestone].Ref, confidence: m.Confidence}
			r.result.Unsure++
			r.result.New++
		default:
			t = target{ref: r.free(p.ref)}
			r.result.New++
		}
		r.refs[p] = t
		named[t.ref], named[t.maybe] = true, true
	}
	r.result.Rows = len(s.places)
	for _, m := range milestones[:active] {
		if !named[m.Ref] {
			r.missing = append(r.missing, m.Ref)
		}
	}
	return nil
}

// tellApart looks up the scheme and the deliverable of milestones that have the same words, and only of those: it is a
// question for each.
func (r *run) tellApart(ctx context.Context, milestones []rowmatch.Row) error {
	having := map[string]int{}
	for _, m := range milestones {
		having[strings.ToLower(m.Title)]++
	}
	for i, m := range milestones {
		if having[strings.ToLower(m.Title)] < 2 {
			continue
		}
		known, err := r.Service.Milestone(ctx, &pb.GetMilestoneRequest{Plan: r.Plan, Milestone: m.Ref})
		if err != nil {
			return err
		}
		milestones[i].Within = within(known.GetAttributes()[schemeAttribute], known.GetAttributes()[deliverableAttribute])
	}
	return nil
}

func within(scheme, deliverable string) string { return strings.TrimSpace(scheme + " " + deliverable) }

func (r *run) taken(ref string) { r.used = addTo(r.used, ref) }

func addTo(set map[string]bool, text string) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	set[text] = true
	return set
}

// free is a reference for a new milestone: that of the document where no other has it, else one that says of which
// document it is.
func (r *run) free(ref string) string {
	ref = clean(ref, maxRef-10)
	if ref == "" {
		ref = "row"
	}
	for candidate, n := ref, 1; ; n++ {
		if !r.used[candidate] {
			r.taken(candidate)
			return candidate
		}
		candidate = ref + "~" + short(r.report.Plan.SHA256)
		if n > 1 {
			candidate += strings.Repeat("'", n-1)
		}
	}
}

// begin registers the plan where there is none, and names its parts.
func (r *run) begin(ctx context.Context, known existing, s *survey) error {
	if known.GetPlanResponse == nil {
		registered := &pb.PlanRegistered{Name: fit(orElse(r.Name, r.report.Plan.Title), maxName)}
		registered.PeriodStart, registered.PeriodEnd = r.settings.PlanStart.String(), r.settings.PlanEnd.String()
		if _, err := r.submit(ctx, 0, r.command("", &pb.Command{Command: &pb.Command_PlanRegistered{PlanRegistered: registered}})); err != nil {
			return err
		}
	}
	var commands []*pb.Command
	for _, p := range s.order {
		commands = append(commands, r.command("", &pb.Command{Command: &pb.Command_ComponentStated{ComponentStated: &pb.ComponentStated{
			Kind: p.kind, Name: p.name, Within: p.within,
		}}}))
	}
	for some := range slices.Chunk(commands, 500) {
		if _, err := r.submit(ctx, 0, some...); err != nil {
			return err
		}
	}
	return nil
}

// end says what a complete document left out, and that all of it was read.
func (r *run) end(ctx context.Context) error {
	if r.Complete {
		r.result.Missing = append(r.result.Missing, r.missing...)
		for _, ref := range r.missing {
			if _, err := r.submit(ctx, 0, r.command("", &pb.Command{Command: &pb.Command_MilestoneNotReported{
				MilestoneNotReported: &pb.MilestoneNotReported{Ref: ref, Return: fit(r.report.Plan.File, 500)},
			}})); err != nil {
				return err
			}
		}
	}
	if len(r.result.Refused) > 0 {
		return nil // not all of it
	}
	_, err := r.submit(ctx, 0, r.command("", &pb.Command{Command: &pb.Command_DocumentImported{DocumentImported: &pb.DocumentImported{
		Digest: r.result.Digest, Document: fit(r.report.Plan.File, maxName), Mapping: r.Mapping,
	}}}))
	return err
}

var _ Service = (*client.Client)(nil)
