package questions

import (
	"errors"
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections/status"
)

// Filter is which milestones of a plan are asked for: those that have all that it names.
type Filter struct {
	names      Names
	workstream string
	owner      string // by name: somebody whom nobody has named yet may still come to own something
	state      string
	phase      milestone.Phase // of state
}

// ReadFilter reads the fields that ListStatus and Watch have in common. It refuses a state that there is not.
func ReadFilter(names Names, m interface {
	GetWorkstream() string
	GetOwner() string
	GetState() string
},
) (Filter, error) {
	f := Filter{names: names, workstream: m.GetWorkstream(), owner: m.GetOwner(), state: m.GetState()}
	if f.state == "" {
		return f, nil
	}
	var err error
	f.phase, err = milestone.ParsePhase(f.state)
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		return f, refusal.At("state")
	}
	return f, err
}

// All says whether every milestone is asked for.
func (f Filter) All() bool { return f.workstream == "" && f.owner == "" && f.state == "" }

// Wants says whether a milestone is asked for.
func (f Filter) Wants(row status.Row) bool {
	if f.owner != "" {
		owner, known := f.names.Find(f.owner)
		if !known || !isOwner(milestone.Party(row.Known.Kept(owner)), row.State.Owner, row.SharedBy) {
			return false
		}
	}
	return (f.workstream == "" || row.State.Workstream == f.workstream) && (f.state == "" || row.Phase == f.phase)
}

// isOwner says whether a party owns a milestone, alone or with others.
func isOwner(p, owner milestone.Party, sharedBy []milestone.Party) bool {
	return p == owner || slices.Contains(sharedBy, p)
}

// wants is Wants, or nil where every milestone is asked for.
func (f Filter) wants() func(status.Row) bool {
	if f.All() {
		return nil
	}
	return f.Wants
}
