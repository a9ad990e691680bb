package fault

import (
	"context"
	"fmt"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// stateOthers states what dates are not: owners under new names, money, reports about days that are over, and corrections of what
// it said before. What they come to is for the proof in the end, which folds the ledger anew and compares every answer.
func stateOthers(ctx context.Context, c *caller) error {
	var corrigible []uint64 // positions of words that nobody corrected yet
	return c.work(ctx, func() *Operation {
		o := &Operation{Caller: c.number, Kind: Other, Plan: secondPlan, Ref: otherRefOf(c.random.IntN(refs))}
		var command *milepostv1.Command
		switch n := c.random.IntN(6); {
		case n == 0:
			command = &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_OwnerChanged{
				OwnerChanged: &milepostv1.OwnerChanged{Ref: o.Ref, Owner: fmt.Sprint("Owner ", c.turn), Reason: reason},
			}}
		case n == 1:
			command = &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_FundingIdentified{FundingIdentified: &milepostv1.FundingStated{
				Ref: o.Ref, Line: fmt.Sprint("L", c.random.IntN(3)), Amount: fmt.Sprintf("%d.00", 1000+c.random.IntN(100_000)), Fund: "Capital", Reason: reason,
			}}}
		case n == 2: // late, about one of a few days
			command = dateStated(fmt.Sprintf("2020-01-0%d", 1+c.random.IntN(3)), o.Ref, someDay(c.random))
		case n == 3 && len(corrigible) > 0:
			i := c.random.IntN(len(corrigible))
			command = corrected(corrigible[i], o.Ref)
			corrigible = append(corrigible[:i], corrigible[i+1:]...)
		default:
			command = said(o.Ref, fmt.Sprintf("Progress %d.", c.turn))
		}
		o.Request = c.request(o.Plan, command)
		o.then = func(o *Operation) {
			for _, e := range o.Receipt.GetEvents() {
				if e.Type == "ProgressReported" {
					corrigible = append(corrigible, e.Position)
				}
			}
		}
		return o
	})
}

func said(ref, words string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_ProgressReported{ProgressReported: &milepostv1.ProgressReported{Ref: ref, Words: words}}}
}

// corrected says that the words at a position were typed wrongly.
func corrected(position uint64, ref string) *milepostv1.Command {
	replacement := said(ref, fmt.Sprintf("What was meant at %d.", position))
	replacement.AsAt = ""
	return &milepostv1.Command{Command: &milepostv1.Command_StatementCorrected{StatementCorrected: &milepostv1.StatementCorrected{
		Target: &milepostv1.StatementCorrected_Position{Position: position}, Kind: milepostv1.CorrectionKind_CORRECTION_KIND_TYPING,
		Replacement: replacement, Reason: "Typed wrongly.",
	}}}
}
