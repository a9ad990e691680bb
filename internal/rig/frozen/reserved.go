package frozen

import (
	"fmt"
	"slices"
	"strings"
)

// Range is the numbers that are kept for one kind of event.
type Range struct {
	First, Last int32
	Kind        string
	// Names are words of which the name of an event of this kind has one.
	Names []string
}

// Reserved are the ranges for kinds of events that are designed and not stored yet. protobuf's own `reserved` is for
// numbers that nobody may use again, and cannot be taken back; here a number waits for its event.
var Reserved = []Range{
	{160, 169, "histories", []string{"HISTORY"}},
	{170, 179, "replacements", []string{"REPLACED"}},
	{180, 189, "baselines", []string{"BASELINE"}},
	{190, 199, "tiers", []string{"TIERS"}},
	{200, 209, "corrections", []string{"CORRECTED", "CORRECTION"}},
	{210, 219, "returns and periods", []string{"RETURN", "PERIOD"}},
	{220, 229, "forgetting", []string{"FORGOTTEN", "EPOCH"}},
	{230, 239, "grants", []string{"ROLE", "GRANT"}},
	{240, 249, "signing keys", []string{"SIGNING_KEY"}},
	{250, 259, "plans closed", []string{"PLAN_CLOSED", "PLAN_REOPENED"}},
	{260, 269, "references changed", []string{"REFERENCE"}},
	{270, 279, "parties merged", []string{"PARTIES"}},
	{280, 289, "candidates", []string{"CANDIDATE"}},
	{290, 299, "notes of documents", []string{"NOTED"}},
}

// Misplaced names the event types whose number is kept for another kind of event.
func Misplaced(types map[int32]string) (wrong []string) {
	for number, name := range types {
		for _, r := range Reserved {
			isOfKind := slices.ContainsFunc(r.Names, func(word string) bool { return strings.Contains(name, word) })
			if r.First <= number && number <= r.Last && !isOfKind {
				wrong = append(wrong, fmt.Sprintf("%s has number %d, which is kept for %s", name, number, r.Kind))
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}
