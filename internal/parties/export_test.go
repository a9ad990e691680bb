package parties

// Proposed is how many names are held for requests that are under way.
func (d *Directory) Proposed() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.proposed)
}
