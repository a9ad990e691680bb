package projections

// teller is who told something, and the speaker: the party for which it was told, the actor where that is nobody else. Both
// are indexes of parties. The person who answers for it is an index too, from 1 on; 0: nobody is named.
type teller struct{ actor, speaker, person uint32 }

// toldBy is the teller of the record before: a request has many, and each would be looked up.
type toldBy struct {
	actor, behalf, person string
	index                 uint32
	known                 bool
}

// teller returns the index of who told a record.
func (b *Book) teller(actor, behalf, person string) uint32 {
	if last := &b.lastTold; last.known && last.actor == actor && last.behalf == behalf && last.person == person {
		return last.index
	}
	t := teller{actor: b.party(actor)}
	if t.speaker = t.actor; behalf != "" {
		t.speaker = b.party(behalf)
	}
	if person != "" {
		t.person = b.party(person) + 1
	}
	b.lastTold = toldBy{actor, behalf, person, b.indexOf(t), true}
	return b.lastTold.index
}

func (b *Book) indexOf(t teller) uint32 {
	if i, ok := b.tellerIndex[t]; ok {
		return i
	}
	i := uint32(len(b.tellers.all()))
	b.tellers.append(t)
	b.tellerIndex[t] = i
	return i
}

// speaker is for whom a statement of a teller was made.
func (b *Book) speaker(by uint32) uint32 { return b.tellers.all()[by].speaker }

// Began returns the first position of the request that a position belongs to.
func (b *Book) Began(position uint64) uint64 {
	i, _ := b.requests.search(func(end requestEnd) bool { return end.last >= position })
	if i == 0 {
		return 1
	}
	return b.requests.at(i-1).last + 1
}
