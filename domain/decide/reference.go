package decide

import (
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
)

// changeReference gives a milestone another reference, which no other milestone may have or ever have had.
func (d *decision) changeReference(ref string, cmd milestone.ChangeReference) error {
	m, other := d.byRef(ref), d.byRef(cmd.To)
	if m.Exists() && other.Exists() && other.AddedAs() != m.AddedAs() {
		return domain.Refuse(domain.Exists, milestone.RuleRefTaken, "new_ref",
			"The plan already has a milestone %q: %q. A reference is never given to another milestone. Choose another one.",
			cmd.To, other.Newest().Title)
	}
	return d.step(ref, cmd)
}
