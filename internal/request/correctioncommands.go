package request

import (
	"encoding/hex"
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// correctionCommand reads the commands about corrections. False: it is none of them.
func (r *reader) correctionCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_StatementCorrected:
		r.path += ".statement_corrected"
		return true, r.corrects(m.StatementCorrected, c)
	case *milepostv1.Command_CorrectionApproved:
		r.path += ".correction_approved"
		c.OfMilestone = correction.Decide{Position: m.CorrectionApproved.GetPosition(), Reason: m.CorrectionApproved.GetReason()}
	case *milepostv1.Command_CorrectionRefused:
		r.path += ".correction_refused"
		c.OfMilestone = correction.Decide{Position: m.CorrectionRefused.GetPosition(), Refuse: true, Reason: m.CorrectionRefused.GetReason()}
	default:
		return false, nil
	}
	return true, nil
}

// corrects reads a correction but for the parties in it: what stands in the place of the speaker only says whether there is one.
func (r *reader) corrects(m *milepostv1.StatementCorrected, c *Command) error {
	stated := correction.Correct{
		Kind: correction.Kind(max(m.GetKind(), 0)), Speaker: correction.Party(strings.TrimSpace(m.GetSpeaker())), Over: m.GetOver(),
		Reason: m.GetReason(), Evidence: m.GetEvidence(),
	}
	if stated.Kind.String() == "" {
		stated.Kind = 0
	}
	switch target := m.GetTarget().(type) {
	case *milepostv1.StatementCorrected_Position:
		stated.Of, stated.Position = correction.OfStatement, target.Position
	case *milepostv1.StatementCorrected_RequestOf:
		stated.Of, stated.Position = correction.OfRequest, target.RequestOf
	case *milepostv1.StatementCorrected_ImportId:
		id, err := hex.DecodeString(target.ImportId)
		if err != nil || len(id) != len(stated.Import) {
			r.refuse(RuleImportMalformed, "import_id", "%.60q is not the id of an import. Write the 32 hexadecimal digits that milepost import printed.", target.ImportId)
			break
		}
		stated.Of, stated.Import = correction.OfImport, [16]byte(id)
	}
	c.OfMilestone = stated
	if m.GetReplacement() == nil {
		return nil
	}
	return r.instead(m.GetReplacement(), stated, c)
}

// instead reads what should have been said. It has no day, source or revision of its own.
func (r *reader) instead(m *milepostv1.Command, stated correction.Correct, c *Command) error {
	at := r.path
	r.path += ".replacement"
	defer func() { r.path = at }()
	if m.GetAsAt() != "" || m.GetSource() != "" || m.ExpectedRevision != nil {
		r.refuse(RuleReplacementBeside, "", "A replacement has the as-at day and the source of what it replaces. Leave as_at, source and expected_revision out of it.")
	}
	if m.GetStatementCorrected() != nil || m.GetCorrectionApproved() != nil || m.GetCorrectionRefused() != nil {
		r.refuse(correction.RuleReplacement, "", "A correction is read in the place of nothing. Correct the statement itself again.")
		return nil
	}
	instead := Command{base: r.path}
	read, err := r.kind(m, &instead)
	if err != nil {
		return err
	}
	if !read {
		r.refuse(RuleCommandMissing, "", "The command states nothing. Fill one of its kinds, such as delivery_date_stated.")
	}
	if instead.OfPlan != nil {
		r.refuse(correction.RuleReplacement, "", "A replacement is a fact about a milestone, and this one is about the plan.")
	}
	instead.path = r.path
	stated.Replacement = instead.OfMilestone
	c.OfMilestone, c.instead = stated, &instead
	return nil
}

// resolveStatement puts parties where a correction and its replacement have names.
func (r *reader) resolveStatement(c *Command, m *milepostv1.StatementCorrected, party func(name string) (string, error)) error {
	stated, ok := c.OfMilestone.(correction.Correct)
	if !ok {
		return nil
	}
	if stated.Speaker != "" {
		r.path = c.path
		id, err := party(m.GetSpeaker())
		if err != nil {
			if err := r.keep(err, "speaker"); err != nil {
				return err
			}
		}
		stated.Speaker = correction.Party(id)
	}
	if c.instead != nil {
		if err := r.resolveOwners(c.instead, m.GetReplacement().GetOwnerChanged(), party); err != nil {
			return err
		}
		if err := r.resolveCorrection(c.instead, m.GetReplacement().GetReviewSettled().GetOwner(), party); err != nil {
			return err
		}
		stated.Replacement = c.instead.OfMilestone
	}
	c.OfMilestone = stated
	return nil
}

// Corrects says whether the command is about corrections.
func (c *Command) Corrects() bool {
	_, ok := c.OfMilestone.(correction.Command)
	return ok
}

// Instead is the replacement of a correction as the plan meant dates on the day of the target.
func (c *Command) Instead(stated milestone.Command, p plan.State, asAt civil.Date) milestone.Command {
	again := Command{OfMilestone: stated}
	again.readDates(SettingsOf(p, asAt).Of(asAt))
	return again.OfMilestone
}
