package load

import (
	"context"
	"fmt"
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
	used       set               // references of lines, with what they belong to
}

// fund is a line of the plan.
type fund struct {
	line, scheme string
	fundmatch.Line
	told bool
}

// lookUpFunds looks up the lines of the plan and finds out which of them the sums of the document are that belong to no milestone.
func (r *run) lookUpFunds(ctx context.Context, known existing, told []fundmatch.Line) error {
	r.funds = funds{milestones: map[string][]fund{}, told: make([]int, len(told)), used: set{}}
	if known.GetPlanResponse != nil {
		for l, err := range r.Service.Funding(ctx, &pb.ListFundingRequest{Plan: r.Plan, PageSize: largePage}).Items {
			if err != nil {
				return err
			}
			f := fund{line: l.GetLine(), scheme: l.GetScheme(), Line: fundmatch.Line{
				Scheme: l.GetScheme(), Fund: l.GetFund(), Start: l.GetStart(), End: l.GetEnd(), Basis: l.GetBasis(), Name: fundmatch.Name(l.GetLine()),
			}}
			if amount := l.GetAmount(); amount != "" {
				f.Amount = amount + " " + l.GetCurrency()
			}
			r.funds.used.add(lineKey(l.GetRef(), l.GetScheme(), l.GetLine()))
			if l.GetRef() != "" {
				r.funds.milestones[l.GetRef()] = append(r.funds.milestones[l.GetRef()], f)
			} else {
				r.funds.others = append(r.funds.others, f)
			}
		}
	}
	r.funds.told = match(r.funds.others, told)
	return nil
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
func (r *run) milestoneFunding(m *documents.Milestone, ref string) (commands []*pb.Command) {
	told := make([]fundmatch.Line, len(m.Funding))
	for i, f := range m.Funding {
		told[i] = sumOf(f)
		told[i].Scheme = ""
	}
	known := r.funds.milestones[ref]
	for i, at := range match(known, told) {
		line := ""
		if at >= 0 {
			line = known[at].line
		} else {
			line = r.funds.newLine(ref, "", told[i])
		}
		stated := fundingStated(m.Funding[i], line)
		stated.Ref, stated.Scheme = ref, ""
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
	if at >= 0 {
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
