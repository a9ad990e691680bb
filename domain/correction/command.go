package correction

import (
	"fmt"
	"unicode/utf8"

	"milepost.dev/domain"
)

// Bounds in bytes.
const (
	MaxReason   = 10_000
	MaxEvidence = 2_000
)

// The rules that a correction can break. A name, once given, stays.
const (
	// RuleTargetMissing: it points at nothing.
	RuleTargetMissing = "correction-target-missing"
	// RuleTargetUnknown: the plan has no statement there.
	RuleTargetUnknown = "correction-target-unknown"
	// RuleTargetNot: what stands there cannot be corrected.
	RuleTargetNot = "correction-target-not"
	// RuleKindMissing: it does not say what was wrong.
	RuleKindMissing = "correction-kind-missing"
	// RuleReasonMissing: it gives no reason.
	RuleReasonMissing = "correction-reason-missing"
	// RuleTextTooLong: the reason or the evidence is too long.
	RuleTextTooLong = "text-too-long"
	// RuleNotUTF8: text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
	// RuleReplacement: the replacement does not go with what is corrected.
	RuleReplacement = "correction-replacement"
	// RuleMisread: the replacement is not a reading of the same words.
	RuleMisread = "correction-not-a-reading"
	// RuleStale: another correction holds for the target than the command knows of.
	RuleStale = "correction-stale"
	// RuleNoApprover: it would wait for another person on a server that knows nobody by name.
	RuleNoApprover = "correction-without-identities"
	// RuleUnknown: there is no correction at the position.
	RuleUnknown = "correction-unknown"
	// RuleDecided: the correction was decided otherwise before.
	RuleDecided = "correction-decided"
	// RuleOwn: who decides a correction made it, or told what it corrects.
	RuleOwn = "correction-own"
	// RuleNeverWas: a statement about a milestone that was corrected away.
	RuleNeverWas = "milestone-never-was"
	// RuleApproverOnly: to decide it takes the role approver.
	RuleApproverOnly = "approver-only"
)

// Command is what is stated about corrections: Correct or Decide.
type Command interface {
	// CommandName is the name by which reporters know it.
	CommandName() string
	correction()
}

// Correct states that something was said by mistake.
type Correct struct {
	Of       Of
	Position uint64   // of the statement, or of any one of the request
	Import   [16]byte // where it is OfImport
	Kind     Kind
	// Replacement is what should have been said: a command about a milestone of the same kind as the target; nil: nothing.
	Replacement interface{ CommandName() string }
	Speaker     Party
	Over        uint64
	Reason      string
	Evidence    string
}

// Decide states what an approver decides of a correction that waits.
type Decide struct {
	Position uint64
	Refuse   bool
	Reason   string
}

// CommandName is the name by which reporters know it.
func (Correct) CommandName() string { return "StatementCorrected" }

// CommandName is the name by which approvers know it.
func (c Decide) CommandName() string {
	if c.Refuse {
		return "CorrectionRefused"
	}
	return "CorrectionApproved"
}

func (Correct) correction() {}
func (Decide) correction()  {}

// Check returns everything that is wrong with a command whatever the state is.
func Check(cmd Command) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Correct:
		c.correct(cmd)
	case Decide:
		if cmd.Position == 0 {
			c.refuse(RuleUnknown, "position", "The position of the correction is missing. `milepost corrections` lists those that wait.")
		}
		c.text("reason", cmd.Reason, MaxReason)
	}
	return c.found
}

func (c *check) correct(cmd Correct) {
	switch {
	case cmd.Of == 0, cmd.Of != OfImport && cmd.Position == 0, cmd.Of == OfImport && cmd.Import == [16]byte{}:
		c.refuse(RuleTargetMissing, "position", "The correction points at nothing. Give the position of a statement, one of a request, or the id of an import; `milepost audit` has them.")
	}
	if cmd.Kind == 0 {
		c.refuse(RuleKindMissing, "kind", "The correction does not say what was wrong. Use one of: typing, misread-document, wrong-milestone, said-twice, wrong-speaker.")
	}
	if cmd.Reason == "" {
		c.refuse(RuleReasonMissing, "reason", "A correction needs a reason: whoever reads the trail sees it beside what it strikes out.")
	}
	c.text("reason", cmd.Reason, MaxReason)
	c.text("evidence", cmd.Evidence, MaxEvidence)
	switch {
	case cmd.Of != OfStatement && (cmd.Replacement != nil || cmd.Speaker != ""):
		c.refuse(RuleReplacement, "replacement", "A request or an import can only be read as never said. Correct its statements one by one, by position, to give others.")
	case cmd.Kind == WrongSpeaker && cmd.Speaker == "":
		c.refuse(RuleReplacement, "speaker", "The party for which it should have been said is missing. Name it as speaker.")
	case cmd.Kind != WrongSpeaker && cmd.Speaker != "":
		c.refuse(RuleReplacement, "speaker", "Only a correction of the kind wrong-speaker names another speaker.")
	case cmd.Kind == MisreadDocument && cmd.Of == OfStatement && cmd.Replacement == nil:
		c.refuse(RuleReplacement, "replacement", "A misread document is corrected by another reading of the same words. Give it as the replacement.")
	case (cmd.Kind == WrongSpeaker || cmd.Kind == WrongMilestone || cmd.Kind == SaidTwice) && cmd.Replacement != nil:
		c.refuse(RuleReplacement, "replacement", "A correction of the kind %s takes no replacement.", cmd.Kind)
	}
}

type check struct{ found domain.Refusals }

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, &domain.Refusal{Class: domain.Invalid, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (c *check) text(field, text string, most int) {
	if len(text) > most {
		c.refuse(RuleTextTooLong, field, "The text of the %s is %d bytes long, and at most %d are kept. Shorten it.", field, len(text), most)
	}
	if !utf8.ValidString(text) {
		c.refuse(RuleNotUTF8, field, "The text of the %s is not valid UTF-8. Send it as UTF-8.", field)
	}
}
