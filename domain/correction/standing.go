package correction

// Placed is an event about corrections with its place in the ledger.
type Placed struct {
	Position uint64
	Event    Event
}

// Correction is a correction of statements about one milestone, and what became of it.
type Correction struct {
	Corrected
	Position uint64
	Counts   uint64 // the position from which it counts: its own, or that of its approval; 0 where it does not
	Decided  uint64 // the position of the approval or the refusal; 0 while there is none
	Refused  bool
}

// Pending says whether it waits for an approver.
func (c *Correction) Pending() bool { return c.Waits && c.Decided == 0 }

// Log is the corrections of the statements about one milestone, in order of position. It is what the events about them come to,
// taken in order of position; the zero Log is of none.
type Log struct{ All []Correction }

// Take adds an event. One that decides what was decided before, or never was proposed, changes nothing.
func (l *Log) Take(p Placed) {
	switch e := p.Event.(type) {
	case Corrected:
		c := Correction{Corrected: e, Position: p.Position}
		if !e.Waits {
			c.Counts = p.Position
		}
		l.All = append(l.All, c)
	case Approved:
		if c := l.pending(e.Correction); c != nil {
			c.Decided, c.Counts = p.Position, p.Position
		}
	case Refused:
		if c := l.pending(e.Correction); c != nil {
			c.Decided, c.Refused = p.Position, true
		}
	}
}

func (l *Log) pending(position uint64) *Correction {
	if c := l.At(position); c != nil && c.Pending() {
		return c
	}
	return nil
}

// At returns the correction at a position; nil where there is none.
func (l *Log) At(position uint64) *Correction {
	for i := range l.All {
		if l.All[i].Position == position {
			return &l.All[i]
		}
	}
	return nil
}

// Standing returns the correction that holds for the statement at a position: of those that count the one that counts since last.
// Nil: the statement is read as it was recorded.
func (l *Log) Standing(target uint64) (standing *Correction) {
	for i := range l.All {
		c := &l.All[i]
		if c.Counts > 0 && (standing == nil || c.Counts > standing.Counts) && c.corrects(target) {
			standing = c
		}
	}
	return standing
}

// Read returns the correction that holds for each statement that one holds for.
func (l *Log) Read() map[uint64]*Correction {
	var read map[uint64]*Correction
	for i := range l.All {
		c := &l.All[i]
		if c.Counts == 0 {
			continue
		}
		if read == nil {
			read = map[uint64]*Correction{}
		}
		for _, target := range c.Targets {
			if was := read[target]; was == nil || c.Counts > was.Counts {
				read[target] = c
			}
		}
	}
	return read
}

func (e *Corrected) corrects(target uint64) bool {
	for _, t := range e.Targets {
		if t == target {
			return true
		}
	}
	return false
}
