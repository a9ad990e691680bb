// Package sweep proves everything in a data directory that a server would refuse to start on: the ledger, the names beside it,
// the key, and how they fit together. It changes nothing of that, and may run beside the server whose directory it is. What it
// found can be kept there, so that the server says when it was last proved.
package sweep

import (
	"fmt"

	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// Finding is what was proved of a directory.
type Finding struct {
	Proof oracle.Proof
	// Notes say what makes the ledger no less whole, and should be known: a write that was cut short, evidence that
	// cannot be read.
	Notes []string
}

// Directory proves a data directory, or a copy of one, with a verifier that is made for each time it is read. Damage is an
// *eventstore.Damage, an *embedded.KeptDamage or a *parties.Damage. Where there is no ledger the proof has no commits.
//
// A server may have been writing what was read, so damage is believed when it is there at a second look.
func Directory(dir string, verifier func() *oracle.Verifier) (Finding, error) {
	f, err := once(dir, verifier())
	if err != nil {
		f, err = once(dir, verifier())
	}
	return f, err
}

func once(dir string, v *oracle.Verifier) (f Finding, err error) {
	chain, seen, err := embedded.Verify(dir, v.Apply)
	if err != nil {
		return f, err
	}
	f.Proof = v.Proof(chain)
	f.torn(seen.Torn)
	if seen.Unmarked != "" && seen.Commits > 0 {
		f.Notes = append(f.Notes, "nothing shows how far the ledger was acknowledged, so an end that was cut off would not be noticed: "+seen.Unmarked)
	}
	// After the ledger: a server keeps a name before the commit that names it.
	names, err := parties.Read(keyfile.In(dir), func(yield func(string, []byte) error) error {
		kept, err := embedded.InspectKept(dir, yield)
		f.torn(kept.Torn)
		if kept.Misdescribed != "" {
			f.Notes = append(f.Notes, "of the names beside the ledger "+kept.Misdescribed+"; the server makes it anew when it starts")
		}
		return err
	})
	if err != nil {
		return f, err
	}
	told := parties.Told{}
	if ledger, ok := v.Book.Now().Ledger(); ok {
		told = parties.ToldBy(ledger.Registered)
	}
	if err := names.Beside(f.Proof.Position > 0, v.Parties(), told); err != nil {
		return f, err
	}
	named := 0
	for id := range v.Parties() {
		if _, ok := names.Name(id); ok {
			named++
		}
	}
	f.Proof.Named = &named
	return f, nil
}

func (f *Finding) torn(t *embedded.Torn) {
	if t != nil {
		f.Notes = append(f.Notes, fmt.Sprintf("the last write was cut short and never acknowledged: %d bytes at %d in %s", t.Bytes, t.Offset, t.File))
	}
}
