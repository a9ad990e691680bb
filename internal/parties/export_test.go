package parties

// Proposed is how many names are held for requests that are under way.
func (d *Directory) Proposed() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.proposed)
}

// Lose forgets a key that was known, as if it had never been here.
func (d *Directory) Lose(id EpochID) {
	d.sealing.mu.Lock()
	defer d.sealing.mu.Unlock()
	delete(d.sealing.known, id)
	delete(d.sealing.numbers, id)
}
