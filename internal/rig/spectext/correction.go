package spectext

import (
	"fmt"
	"strconv"
	"strings"

	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
)

// Corrections are written with the positions of what they correct, which count the lines of the scenario from 1, and what should have
// been said as a command or an event of its own: StatementCorrected at=3 kind=typing as="DeliveryDateStated 2017-03-31".

func kindOf(text string) correction.Kind {
	for k := correction.Typing; k <= correction.WrongSpeaker; k++ {
		if k.String() == text {
			return k
		}
	}
	return 0
}

func ofOf(text string) correction.Of {
	switch text {
	case "request":
		return correction.OfRequest
	case "import":
		return correction.OfImport
	}
	return correction.OfStatement
}

func (f fact) positions(name string) (all []uint64) {
	for _, word := range strings.Fields(f.said[name]) {
		n, _ := strconv.ParseUint(word, 10, 64)
		all = append(all, n)
	}
	return all
}

func (f fact) position(name string) uint64 {
	n, _ := strconv.ParseUint(f.said[name], 10, 64)
	return n
}

// correctionCommand reads a command about corrections. False: it is another.
func (f fact) correctionCommand() (milestone.Command, bool, error) {
	switch f.name {
	case "StatementCorrected":
		c := correction.Correct{
			Of: ofOf(f.said["what"]), Position: f.position("at"), Kind: kindOf(f.said["kind"]), Speaker: correction.Party(f.said["speaker"]),
			Over: f.position("over"), Reason: f.said["reason"], Evidence: f.said["evidence"],
		}
		if as := f.said["as"]; as != "" {
			replacement, err := Command(as)
			if err != nil {
				return nil, true, err
			}
			c.Replacement = replacement
		}
		return c, true, nil
	case "CorrectionApproved", "CorrectionRefused":
		return correction.Decide{Position: f.position("at"), Refuse: f.name == "CorrectionRefused", Reason: f.said["reason"]}, true, nil
	}
	return nil, false, nil
}

// correctionEvent reads an event about corrections. False: it is another.
func (f fact) correctionEvent() (milestone.Event, bool, error) {
	switch f.name {
	case "StatementCorrected":
		e := correction.Corrected{
			Targets: f.positions("at"), Kind: kindOf(f.said["kind"]), Of: ofOf(f.said["what"]), Speaker: correction.Party(f.said["speaker"]),
			Over: f.position("over"), Waits: f.said["waits"] == "true", Reason: f.said["reason"], Evidence: f.said["evidence"],
		}
		if as := f.said["as"]; as != "" {
			replacement, err := Event(as)
			if err != nil {
				return nil, true, err
			}
			e.Replacement = replacement
		}
		return e, true, nil
	case "CorrectionApproved":
		return correction.Approved{Correction: f.position("at"), Reason: f.said["reason"], ByProposer: f.said["by_proposer"] == "true"}, true, nil
	case "CorrectionRefused":
		return correction.Refused{Correction: f.position("at"), Reason: f.said["reason"]}, true, nil
	}
	return nil, false, nil
}

// showCorrection writes what correctionEvent reads.
func showCorrection(e correction.Event) string {
	var b strings.Builder
	named := func(name, text string) {
		if text != "" && text != "0" && text != "false" {
			b.WriteString(" " + name + "=" + quoted(text))
		}
	}
	switch e := e.(type) {
	case correction.Corrected:
		named("at", strings.Trim(fmt.Sprint(e.Targets), "[]"))
		named("kind", e.Kind.String())
		if e.Of != correction.OfStatement {
			named("what", e.Of.String())
		}
		if shown, ok := e.Replacement.(milestone.Event); ok {
			named("as", Show(shown))
		}
		named("speaker", string(e.Speaker))
		named("over", fmt.Sprint(e.Over))
		named("waits", fmt.Sprint(e.Waits))
		named("reason", e.Reason)
		named("evidence", e.Evidence)
	case correction.Approved:
		named("at", fmt.Sprint(e.Correction))
		named("reason", e.Reason)
		named("by_proposer", fmt.Sprint(e.ByProposer))
	case correction.Refused:
		named("at", fmt.Sprint(e.Correction))
		named("reason", e.Reason)
	}
	return b.String()
}
