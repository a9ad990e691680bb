package audit

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
)

// correction tells of an event about corrections, beside what it changed.
func (t Trail) correction(entry *Entry, e correction.Event) {
	switch e := e.(type) {
	case correction.Corrected:
		var positions []string
		for _, target := range e.Targets {
			positions = append(positions, strconv.FormatUint(target, 10))
		}
		entry.After["corrects"] = strings.Join(positions, ", ")
		entry.After["correction"] = domain.Listed(e.Kind.String(), "of a "+e.Of.String(), waits(e.Waits))
		if e.Over != 0 {
			entry.After["correction_over"] = strconv.FormatUint(e.Over, 10)
		}
		if e.Import != [16]byte{} {
			entry.After["correction_import"] = hex.EncodeToString(e.Import[:])
		}
		if e.Evidence != "" {
			entry.After["correction_evidence"] = e.Evidence
		}
		entry.After["read_as"] = t.readAs(e)
	case correction.Approved:
		entry.After["correction "+strconv.FormatUint(e.Correction, 10)] = "approved" + map[bool]string{true: " by the proposer"}[e.ByProposer]
	case correction.Refused:
		entry.After["correction "+strconv.FormatUint(e.Correction, 10)] = "refused"
	}
}

func waits(yes bool) string {
	if yes {
		return "waits for an approver"
	}
	return ""
}

// readAs tells in words what a target is read as: what the replacement says of a milestone of which nothing else is known.
func (t Trail) readAs(e correction.Corrected) string {
	if e.Removes() {
		return "never said"
	}
	var words []string
	if e.Replacement != nil {
		told := milestone.Evolve(milestone.State{}, e.Replacement, civil.Date(0)).Told(t.party, t.ref)
		for name, value := range told {
			if value != "" && name != "state" {
				words = append(words, name+" "+value)
			}
		}
		slices.Sort(words)
		words = slices.Insert(words, 0, e.Replacement.EventName())
		if why := domain.Why(e.Replacement); why != "" {
			words = append(words, "because "+why)
		}
	}
	if e.Speaker != "" {
		words = append(words, "said for "+t.party(milestone.Party(e.Speaker)))
	}
	return strings.Join(words, ", ")
}
