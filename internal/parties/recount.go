package parties

// Recount keeps those parties alone that count: a process may have kept a name for a commit that was then not stored, because
// another process had taken over. Such a name means nobody, and the same name may be another party's in a commit that was. It is
// called where several processes may write, by one that takes over or stops writing, while nothing is decided.
func (d *Directory) Recount(counts func(id string) bool) (dropped int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id := range d.byID {
		if !counts(id) {
			delete(d.byID, id)
			dropped++
		}
	}
	clear(d.unsure)
	if dropped == 0 {
		return 0
	}
	clear(d.folded)
	clear(d.written)
	for _, p := range d.byID {
		d.add(p)
	}
	return dropped
}
