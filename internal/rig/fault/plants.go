package fault

import "milepost.dev/internal/rig/patch"

// Plant is a defect, and the fault that finds it.
type Plant struct {
	Name    string
	Patches []patch.Patch
	Fault   string
	Full    bool // only in full worlds somebody meets it
}

// plant is a defect of one place.
func plant(name, file, old, instead, fault string) Plant {
	return Plant{Name: name, Patches: []patch.Patch{{Name: name, File: file, Old: old, New: instead}}, Fault: fault}
}

// inFull is a defect that somebody meets in full worlds alone.
func inFull(p Plant) Plant {
	p.Full = true
	return p
}

// Plants are defects that the harness has to find, each by the fault that brings it to light.
func Plants() []Plant {
	return []Plant{
		plant("fsync off", "eventstore/embedded/server.go", "SyncAlways: !o.UnsafeNoSync", "SyncAlways: false", "power cut"),
		plant(
			"a commit acknowledged before it is stored", "eventstore/ledger.go",
			"switch err := l.log.Append(attempt, checked.commit.Number, data); {",
			"stored, _ := l.log, attempt\n\tgo func() { _ = stored.Append(context.WithoutCancel(ctx), checked.commit.Number, data) }()\n\tswitch err := error(nil); {",
			"kill",
		),
		plant(
			"a request id forgotten at restart", "internal/replica/replica.go",
			"r.keys = append(r.keys, request.KeyOf(c.Entries[i].Actor, c.Entries[i].Request))", "_ = i", "kill",
		),
		plant("the name of a new file not synced", "eventstore/embedded/acknowledged.go", "if begun && n.err == nil {", "if false && begun {", "power cut"),
		plant("how far the ledger reached not looked at", "eventstore/embedded/acknowledged.go", "m = mark{number: ", "m = mark{number: 0 * ", "ledger cut off"),
		plant("a directory without LOCK taken for free", "eventstore/dirlock/dirlock.go", "held, whole, err := lockDir(handle)", "held, whole, err := false, true, error(nil)", "lock removed"),
		plant("a directory that was replaced not noticed", "eventstore/embedded/ownership.go", "if !errors.As(err, &lost) {", "if lost = nil; true {\n\t\terr = nil", "directory replaced"),
		plant("lost names not missed", "internal/parties/forget.go", "if len(lost) == 0 {", "if len(lost) >= 0 {", "names cut off"),
		noLock(),
		inFull(plant(
			"a refusal that was given and is in the ledger", "internal/writer/loop.go",
			"\t\tl.answerWhenKnown(w, &Decided{Err: err, Position: l.position})\n\t\treturn\n",
			"\t\tl.answerWhenKnown(w, &Decided{Err: err, Position: l.position})\n\t\tif len(d.drafts) == 0 {\n\t\t\treturn\n\t\t}\n"+
				"\t\tw = &waiter{request: r, quota: w.quota, names: w.names, reply: make(chan answer, 1)}\n", "kill",
		)),
		plant(
			"a name put twice", "internal/parties/naming.go", "\terr := d.put(ctx, p.party)\n",
			"\terr := d.put(ctx, p.party)\n\tif salt, other := d.salt(); other == nil && err == nil {\n\t\terr = d.put(ctx, newParty(salt, p.party.Name))\n\t}\n", "kill",
		),
		inFull(plant(
			"a request of which the beginning is kept", "internal/writer/working.go", "return refusal.At(c.PathOf(refusal.Field))",
			"if i > 0 && refusal.Rule == RuleRevisionStale {\n\t\t\t\treturn nil\n\t\t\t}\n\t\t\treturn refusal.At(c.PathOf(refusal.Field))", "kill",
		)),
		inFull(plant(
			"a right that is not asked for", "internal/access/caller.go", "\tif c.May(role, plan) {\n", "\tif c.May(role, plan) || role == Reporter && c.unproven == nil {\n", "kill",
		)),
	}
}

// noLock is the defect of a server that locks nothing at all, and does not look whether others do.
func noLock() Plant {
	const name, file = "the lock removed", "eventstore/dirlock/dirlock.go"
	return Plant{Name: name, Fault: "two servers", Patches: []patch.Patch{
		{Name: name, File: file, Old: "held, whole, err := lockDir(handle)", New: "held, whole, err := false, true, error(nil)"},
		{Name: name, File: file, Old: "if held, err = lockFile(l.file); err != nil {", New: "if held = false; err != nil {"},
	}}
}
