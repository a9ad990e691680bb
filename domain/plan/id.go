package plan

import (
	"fmt"
	"strings"

	"milepost.dev/domain"
)

// OfLedger stands in a record for the plan of an event that is of no plan. It is the id of none: CheckID refuses it.
const OfLedger = "$ledger"

// CheckID refuses what cannot be the id of a plan: 1 to 100 letters, digits, dashes, underscores and
// dots, since it stands in addresses and file names. There "." and ".." mean another place, and are
// refused too.
func CheckID(id string) error {
	if 0 < len(id) && len(id) <= MaxID && strings.IndexFunc(id, notInID) < 0 && id != "." && id != ".." {
		return nil
	}
	return &domain.Refusal{
		Class: domain.Invalid, Rule: RuleIDMalformed,
		Message: fmt.Sprintf("%.120q cannot be the id of a plan. Use 1 to %d letters, digits, dashes, underscores and dots.", id, MaxID),
	}
}

func notInID(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		return false
	default:
		return true
	}
}
