package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load/fundmatch"
	"milepost.dev/internal/reading/documents"
)

// funds are the funding lines of the plan, and which of them the document tells.
type funds struct {
	milestones map[string][]fund // by reference
	others     []fund            // of schemes and of the plan itself
	told       []int             // for each sum of no milestone, in the order of the document: which of the others it is, or -1
	kept       map[place]fund    // sums that belong to another line than that of their own milestone or scheme
	next       int32             // the next sum of no milestone
	used       set               // references of lines, with what they belong to
}

// place is where a sum stands: the row, and which of its sums it is. Those of no milestone are of row -1.
type place struct{ row, at int32 }

// ownSum is a sum of a milestone.
type ownSum struct {
	place
	fundmatch.Line
}

// ofMilestone is a line as it is compared with others of the same milestone: what scheme it is of is said by the milestone.
func ofMilestone(l fundmatch.Line) fundmatch.Line {
	l.Scheme = "the milestone"
	return l
}

// fund is a line of the plan.
type fund struct {
	ref, line, scheme string
	fundmatch.Line
	told bool
}

// lookUpFunds looks up the lines of the plan and finds out which of them the sums of the document are that belong to no milestone.
func (r *run) lookUpFunds(ctx context.Context, known existing, told []fundmatch.Line, own []ownSum) error {
	r.funds = funds{milestones: map[string][]fund{}, told: make([]int, len(told)), used: set{}, kept: map[place]fund{}}
	if known.GetPlanResponse != nil {
		for l, err := range r.Service.Funding(ctx, &pb.ListFundingRequest{Plan: r.Plan, PageSize: largePage}).Items {
			if err != nil {
				return err
			}
			f := fund{ref: l.GetRef(), line: l.GetLine(), scheme: l.GetScheme(), Line: fundmatch.Line{
				Scheme: l.GetScheme(), Fund: l.GetFund(), Start: l.GetStart(), End: l.GetEnd(), Basis: l.GetBasis(), Name: fundmatch.Name(l.GetLine()),
			}}
			if amount := l.GetAmount(); amount != "" {
				f.Amount = amount + " " + l.GetCurrency()
			}
			r.funds.used.add(lineKey(l.GetRef(), l.GetScheme(), l.GetLine()))
			if l.GetRef() != "" {
				f.Line = ofMilestone(f.Line)
				r.funds.milestones[l.GetRef()] = append(r.funds.milestones[l.GetRef()], f)
			} else {
				r.funds.others = append(r.funds.others, f)
			}
		}
	}
	r.funds.told = match(r.funds.others, told)
	r.keepElsewhere(told, own)
	return nil
}

// keepElsewhere finds the lines of the plan that belong to another milestone, or to a scheme, than the sums of the document which say the
// same: as soon as a second row stands beside a sum it is no more of the one milestone, and a row that may be a milestone of the plan has
// begun anew. They stay where they are, so that no sum stands twice.
func (r *run) keepElsewhere(told []fundmatch.Line, own []ownSum) {
	var left []fundmatch.Line
	var places []place
	for i, of := range r.funds.told {
		if of < 0 {
			left, places = append(left, told[i]), append(places, place{-1, int32(i)})
		}
	}
	for rest := own; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].row == rest[0].row {
			n++
		}
		lines := make([]fundmatch.Line, n)
		for i := range lines {
			lines[i] = rest[i].Line
		}
		for i, of := range match(r.funds.milestones[r.targets.of(rest[0].row)], lines) {
			if of < 0 {
				left, places = append(left, lines[i]), append(places, rest[i].place)
			}
		}
		rest = rest[n:]
	}
	if len(left) == 0 {
		return
	}
	there := slices.Clone(r.funds.others)
	for _, ref := range slices.Sorted(maps.Keys(r.funds.milestones)) {
		there = append(there, r.funds.milestones[ref]...)
	}
	there = slices.DeleteFunc(there, func(f fund) bool { return f.told })
	lines := make([]fundmatch.Line, len(there))
	for i, f := range there {
		lines[i] = f.Line
	}
	for i, of := range fundmatch.Elsewhere(lines, left) {
		if of >= 0 {
			r.funds.kept[places[i]] = there[of]
			r.funds.tell(there[of])
		}
	}
}

// tell notes that the document tells a line.
func (f *funds) tell(of fund) {
	all := f.others
	if of.ref != "" {
		all = f.milestones[of.ref]
	}
	for i := range all {
		if all[i].line == of.line && all[i].scheme == of.scheme {
			all[i].told = true
		}
	}
}

func match(known []fund, told []fundmatch.Line) []int {
	lines := make([]fundmatch.Line, len(known))
	for i, f := range known {
		lines[i] = f.Line
	}
	of := fundmatch.Lines(lines, told)
	for _, i := range of {
		if i >= 0 {
			known[i].told = true
		}
	}
	return of
}

func lineKey(ref, scheme, line string) string { return ref + "\x00" + scheme + "\x00" + line }

// sumOf is what is compared of a sum.
func sumOf(f documents.FundingLine) fundmatch.Line {
	stated := fundingStated(f, "")
	l := fundmatch.Line{
		Scheme: stated.GetScheme(), Fund: stated.GetFund(), Start: stated.GetStart(), End: stated.GetEnd(), Basis: f.Basis.String(), Name: fundmatch.Name(f.Text),
	}
	if stated.GetAmount() != "" {
		l.Amount = stated.GetAmount() + " " + stated.GetCurrency()
	}
	return l
}

// newLine is a reference for a sum that the plan has no line for: its words, and a number where several have the same.
func (f *funds) newLine(ref, scheme string, of fundmatch.Line) string {
	name := of.Name
	if name == "" {
		name = fundmatch.Name(of.Fund)
	}
	if name = clean(name, maxLine-10); name == "" {
		name = "sum"
	}
	for candidate, n := name, 2; ; n++ {
		if f.used.add(lineKey(ref, scheme, candidate)) {
			return candidate
		}
		candidate = fmt.Sprint(name, " ", n)
	}
}

// maxLine bounds the reference of a line in bytes.
const maxLine = 200

// milestoneFunding are the sums of a milestone.
func (r *run) milestoneFunding(m *documents.Milestone, t target) (commands []*pb.Command) {
	ref := t.ref
	told := make([]fundmatch.Line, len(m.Funding))
	for i, f := range m.Funding {
		told[i] = ofMilestone(sumOf(f))
	}
	known := r.funds.milestones[ref]
	for i, at := range match(known, told) {
		stated := fundingStated(m.Funding[i], "")
		stated.Ref, stated.Scheme = ref, ""
		if kept, elsewhere := r.funds.kept[place{t.row, int32(i)}]; elsewhere {
			stated.Ref, stated.Scheme, stated.Line = kept.ref, kept.scheme, kept.line
		} else if at >= 0 {
			stated.Line = known[at].line
		} else {
			stated.Line = r.funds.newLine(ref, "", told[i])
		}
		commands = append(commands, &pb.Command{Command: &pb.Command_FundingIdentified{FundingIdentified: stated}})
	}
	return commands
}

// planFunding is a line of a scheme, or of the plan itself.
func (s *sender) planFunding(f documents.FundingLine) *pb.Command {
	of, at := sumOf(f), -1
	if len(s.funds.told) > 0 {
		at, s.funds.told = s.funds.told[0], s.funds.told[1:]
	}
	stated := fundingStated(f, "")
	kept, elsewhere := s.funds.kept[place{-1, s.funds.next}]
	s.funds.next++
	if elsewhere {
		stated.Ref, stated.Line, stated.Scheme = kept.ref, kept.line, kept.scheme
	} else if at >= 0 {
		stated.Line, stated.Scheme = s.funds.others[at].line, s.funds.others[at].scheme
	} else {
		stated.Line = s.funds.newLine("", stated.GetScheme(), of)
	}
	return s.command(s.sourceOf(f.Sheet, f.Line, target{}), &pb.Command{Command: &pb.Command_FundingIdentified{FundingIdentified: stated}})
}

// notTold names the lines of schemes and of the plan that the document says nothing of.
func (f *funds) notTold() (names []string) {
	for _, l := range f.others {
		if !l.told {
			names = append(names, strings.TrimPrefix(l.scheme+": "+l.line, ": "))
		}
	}
	return names
}
