package projections

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
)

// A saved fold is the book in files, so that a start need not decode the whole ledger. Each file is a part, of what came after
// the part before it: nothing is written again because something came after it. It is a cache: it is checked against its own
// digest and against the ledger's chain, and whatever is wrong with it, throwing it away costs nothing but time.

// savedFormat changes whenever the bytes below do; a file of another format is not read.
const savedFormat = "milepost book 7\n"

// ErrNotThisBook: the file is damaged, of another format, or another part than the one that was asked for.
var ErrNotThisBook = errors.New("projections: the saved fold is not one that this version wrote")

// Mark is how far a saved fold reaches: the last commit and position, and how many there are of everything that
// statements name by number. The zero Mark is before the first commit.
type Mark struct {
	Commit, Position                          uint64
	Requests, Losses, Parties, Tellers, Dates uint64
	Runs, Imports                             uint64
}

func (m *Mark) all() []*uint64 {
	return []*uint64{&m.Commit, &m.Position, &m.Requests, &m.Losses, &m.Parties, &m.Tellers, &m.Dates, &m.Runs, &m.Imports}
}

// SaveSince writes what the view knows beyond a mark, and returns the mark up to where it got. The view must be at the position of the
// chain.
func (v View) SaveSince(w io.Writer, from Mark, chain *eventstore.Chain) (Mark, error) {
	if v.Position != chain.Position {
		return Mark{}, fmt.Errorf("save a fold at position %d with a chain at %d", v.Position, chain.Position)
	}
	if applied := v.book.Commits(); applied < chain.Commit { // the last ones may hold no record, and leave the position alone
		return Mark{}, fmt.Errorf("save a fold of %d commits with a chain of %d", applied, chain.Commit)
	}
	requests, _ := v.book.requests.search(func(end requestEnd) bool { return end.last > v.Position })
	to := Mark{
		Commit: chain.Commit, Position: v.Position, Requests: uint64(requests), Losses: uint64(len(v.Losses())),
		Parties: uint64(len(v.book.parties.all())), Tellers: uint64(len(v.book.tellers.all())), Dates: uint64(v.book.dates.all.len()),
		Runs: uint64(len(v.book.runs.all())), Imports: uint64(len(v.book.imports.all())),
	}
	e := newEncoder(w)
	e.bytes([]byte(savedFormat))
	for _, n := range slices.Concat(from.all(), to.all()) {
		e.uint(*n)
	}
	e.names(v.book, from, to)
	e.times(v, from, to)
	for _, entry := range v.book.inOrder.all() {
		if err := e.plan(v, entry, from); err != nil {
			return Mark{}, err
		}
	}
	e.blob(nil) // no further plan
	return to, e.close()
}

// names writes what statements name by number.
func (e *encoder) names(b *Book, from, to Mark) {
	for _, p := range b.parties.all()[from.Parties:to.Parties] {
		e.blob([]byte(p))
	}
	for _, t := range b.tellers.all()[from.Tellers:to.Tellers] {
		e.uint(uint64(t.actor))
		e.uint(uint64(t.speaker))
		e.uint(uint64(t.person))
	}
	for n := from.Dates; n < to.Dates; n++ {
		d := b.dates.all.at(int(n))
		e.uint(uint64(d.kind))
		e.blob([]byte(d.stored))
	}
}

// times writes where commits begin and requests end, what was lost, and which runs statements came with.
func (e *encoder) times(v View, from, to Mark) {
	before := from.Position
	for _, first := range v.book.commits.all()[from.Commit:to.Commit] {
		e.uint(first - before) // not below it: a commit begins behind the last record before it
		before = first
	}
	end := requestEnd{last: from.Position}
	for n := from.Requests; n < to.Requests; n++ {
		next := v.book.requests.at(int(n))
		e.uint(next.last - end.last)
		e.uint(uint64(next.recordedAt - end.recordedAt))
		end = next
	}
	for _, l := range v.Losses()[from.Losses:to.Losses] {
		e.uint(l.Position)
		e.uint(l.LastKnown)
		e.uint(uint64(l.RestoredAt))
		e.blob(l.Previous)
	}
	for _, run := range v.book.runs.all()[from.Runs:to.Runs] {
		e.blob([]byte(run))
	}
	for _, start := range v.book.imports.all()[from.Imports:to.Imports] {
		e.uint(start.position)
		e.uint(uint64(start.run))
	}
}

// plan writes the events of a plan that came after a mark; nothing where none did.
func (e *encoder) plan(v View, entry *planEntry, from Mark) error {
	events := entry.events.all()
	first := sort.Search(len(events), func(i int) bool { return events[i].position() > from.Position })
	end := sort.Search(len(events), func(i int) bool { return events[i].position() > v.Position })
	if first >= end {
		return nil
	}
	e.blob([]byte(entry.id))
	reads := entry.reads.all()
	e.uint(uint64(len(reads)))
	for _, with := range reads {
		e.uint(uint64(with.Reader))
		e.uint(with.Settings)
	}
	e.uint(uint64(end - first))
	milestones := entry.milestones.all()
	next := map[*Milestone]int{} // the number of its next fact
	before := from.Position
	for _, event := range events[first:end] {
		e.uint(event.position() - before)
		before = event.position()
		e.uint(uint64(event.milestone))
		if event.milestone == 0 {
			s, _ := entry.statementAt(event.position())
			kind, payload, err := codec.EncodePlan(s.Event)
			if err != nil {
				return err
			}
			e.uint(uint64(s.AsAt))
			e.uint(uint64(s.By))
			e.uint(uint64(kind))
			e.blob(payload)
			continue
		}
		m := milestones[event.milestone-1]
		facts := m.facts.all()
		i, known := next[m]
		if !known {
			i = sort.Search(len(facts), func(i int) bool { return facts[i].position > from.Position })
		}
		next[m] = i + 1
		if i == 0 {
			e.bytes(m.ID[:])
		}
		e.fact(v.book, &facts[i])
	}
	return e.err
}

func (e *encoder) fact(b *Book, f *fact) {
	e.uint(uint64(f.asAt))
	e.uint(uint64(f.by))
	e.uint(uint64(f.eventType()))
	e.uint(uint64(f.read))
	e.uint(uint64(f.date))
	e.blob(b.arena.at(f.words))
}

// Load reads one part of a saved fold into a book that holds the parts before it. A damaged file is found out before
// anything of it is believed. After any other error, which only a mistake in this package can lead to, the book is good
// for nothing.
func (b *Book) Load(r io.ReadSeeker, from, to Mark) error {
	d, err := openSaved(r)
	if err != nil {
		return err
	}
	var isFrom, isTo Mark
	for _, n := range slices.Concat(isFrom.all(), isTo.all()) {
		*n = d.uint()
	}
	if isFrom != from || isTo != to || b.Commits() != from.Commit {
		return errors.Join(ErrNotThisBook, d.err)
	}
	b.loadNames(d, from, to)
	b.loadTimes(d, from, to)
	for d.err == nil {
		id := string(d.blob())
		if id == "" {
			break
		}
		b.loadReads(d, id)
		before := from.Position
		for range d.uint() {
			before += d.uint()
			if d.err != nil {
				break
			}
			if err := b.loadEvent(d, id, before); err != nil {
				return errors.Join(ErrNotThisBook, err)
			}
		}
	}
	if d.err != nil || b.dates.all.len() != int(to.Dates) {
		return errors.Join(ErrNotThisBook, d.err)
	}
	b.moveTo(to.Position)
	return nil
}

func (b *Book) loadNames(d *decoder, from, to Mark) {
	for n := from.Parties; n < to.Parties && d.err == nil; n++ {
		b.party(string(d.blob()))
	}
	for n := from.Tellers; n < to.Tellers && d.err == nil; n++ {
		b.indexOf(teller{actor: uint32(d.uint()), speaker: uint32(d.uint()), person: uint32(d.uint())})
	}
	for n := from.Dates; n < to.Dates && d.err == nil; n++ {
		if kind, stored := ledgerv1.EventType(d.uint()), d.blob(); !b.dates.enter(b.decoder, kind, stored) {
			d.fail(fmt.Errorf("date %d cannot be read", n))
		}
	}
}

func (b *Book) loadTimes(d *decoder, from, to Mark) {
	first := from.Position
	for n := from.Commit; n < to.Commit && d.err == nil; n++ {
		first += d.uint()
		b.commits.append(first)
	}
	end := requestEnd{last: from.Position}
	for n := from.Requests; n < to.Requests && d.err == nil; n++ {
		end.last += d.uint()
		end.recordedAt += int64(d.uint())
		b.requests.append(end)
	}
	for n := from.Losses; n < to.Losses && d.err == nil; n++ {
		l := Loss{Position: d.uint(), LastKnown: d.uint(), RestoredAt: int64(d.uint())}
		l.Previous = slices.Clone(d.blob())
		b.losses.append(l)
	}
	for n := from.Runs; n < to.Runs && d.err == nil; n++ {
		run := string(d.blob())
		b.runs.append(run)
		b.runIndex[run] = uint32(len(b.runs.all()))
	}
	for n := from.Imports; n < to.Imports && d.err == nil; n++ {
		start := importStart{position: d.uint(), run: uint32(d.uint())}
		if int(start.run) > len(b.runs.all()) {
			d.fail(fmt.Errorf("what came from position %d on names a run that is not there", start.position))
			return
		}
		b.cameFrom(start)
	}
}

// loadReads reads what the dates of a plan were read with, of which the parts before have the first.
func (b *Book) loadReads(d *decoder, planID string) {
	p := b.planEntry(planID)
	for n := range d.uint() {
		with := milestone.ReadWith{Reader: uint32(d.uint()), Settings: d.uint()}
		if d.err != nil {
			return
		}
		if n == uint64(len(p.reads.all())) {
			p.reads.append(with)
		}
	}
}

// loadEvent reads one event of a plan. One that states a date goes into the book as it lies in the file.
func (b *Book) loadEvent(d *decoder, planID string, position uint64) error {
	number := d.uint()
	if number == 0 {
		s := stored{position: position, asAt: civil.Date(d.uint()), by: uint32(d.uint()), kind: ledgerv1.EventType(d.uint()), payload: d.blob()}
		switch {
		case d.err != nil:
			return d.err
		case int(s.by) >= len(b.tellers.all()):
			return fmt.Errorf("what is said at position %d names what is not there", position)
		}
		return b.add(planID, &s)
	}
	p := b.planEntry(planID)
	milestones := p.milestones.all()
	var m *Milestone
	var id [16]byte
	switch n := uint64(len(milestones)); {
	case number <= n:
		m = milestones[number-1]
		id = m.ID
	case number == n+1:
		d.read(id[:])
	default:
		return fmt.Errorf("milestone %d of plan %s comes after the first %d", number, planID, n)
	}
	f := fact{position: position, asAt: civil.Date(d.uint()), by: uint32(d.uint()), kind: kind(d.uint()), read: uint16(d.uint()), date: uint32(d.uint())}
	words := d.blob()
	switch {
	case d.err != nil:
		return d.err
	case int(f.by) >= len(b.tellers.all()) || int(f.date) > b.dates.all.len() || int(f.read) > len(p.reads.all()):
		return fmt.Errorf("what is said at position %d names what is not there", position)
	case f.date != 0 && m != nil:
		f.words = b.arena.add(words)
		b.append(p, m, f)
		return nil
	}
	payload := slices.Concat([]byte(milestoneHead), id[:], words)
	return b.add(planID, &stored{position: position, asAt: f.asAt, by: f.by, kind: f.eventType(), payload: payload})
}

// openSaved makes sure that a part is whole, and reads up to its marks.
func openSaved(r io.ReadSeeker) (*decoder, error) {
	if err := checkDigest(r); err != nil {
		return nil, err
	}
	d := newDecoder(r)
	format := make([]byte, len(savedFormat))
	if d.read(format); d.err != nil || string(format) != savedFormat {
		return nil, ErrNotThisBook
	}
	return d, nil
}
