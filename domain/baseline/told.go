package baseline

import (
	"encoding/hex"
	"strconv"
	"strings"

	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
)

// Told is what an event says in words, by name. The audit trail shows it as what the event changed.
func Told(e Event, party func(milestone.Party) string, ref func(milestone.ID) string) map[string]string {
	told := map[string]string{}
	switch e := e.(type) {
	case Proposed:
		told["proposal "+e.Proposal] = e.Dimension.String() + " of " + ref(e.Milestone) + ": " + e.Value.everything(e.Dimension)
		told["replaces"] = strconv.Itoa(e.Replaces)
		told["reason_kind"] = e.Kind.String()
	case Closed:
		told["proposal "+e.Proposal] = "closed with " + strconv.Itoa(e.Count) + " items"
		told["sha256"] = hex.EncodeToString(e.SHA256[:])
	case Approved:
		e.Decision.tell(told, "approved")
	case Refused:
		e.Decision.tell(told, "refused")
	case Withdrawn:
		told["proposal "+e.Proposal] = "withdrawn"
	case TiersSet:
		for i, t := range e.Tiers {
			told["tier "+strconv.Itoa(i+1)] = t.told(party)
		}
	}
	return told
}

// everything is all that a value says, also what its dimension has no use for.
func (v Value) everything(d Dimension) string {
	all := []string{v.Told(d)}
	for _, text := range []string{v.Text, v.Due.String(), v.Amount.String(), v.Amount.Currency, v.Years, v.Title, v.Deliverable, v.Measure, v.Target, v.Day.String()} {
		if text != "" && !strings.Contains(all[0], text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

func (d Decision) tell(told map[string]string, how string) {
	told["proposal "+d.Proposal] = how
	told["body"], told["minute"], told["sha256"] = d.Body, d.Minute, hex.EncodeToString(d.SHA256[:])
}

func (t Tier) told(party func(milestone.Party) string) string {
	said := []string{t.Name}
	bound := func(what string, days *int) {
		if days != nil {
			said = append(said, what+" "+strconv.Itoa(*days)+" days")
		}
	}
	bound("tolerance", t.ToleranceDays)
	bound("at most", t.MostDays)
	sum := func(what string, a money.Amount) {
		if !a.IsZero() {
			said = append(said, what+" "+a.String()+" "+a.Currency)
		}
	}
	sum("tolerance", t.ToleranceMoney)
	sum("at most", t.MostMoney)
	for _, p := range t.Approvers {
		said = append(said, party(p))
	}
	return strings.Join(said, ", ")
}
