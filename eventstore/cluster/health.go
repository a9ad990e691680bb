package cluster

import (
	"context"
	"errors"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// Health is what was seen of the servers when they were last asked, every two seconds.
type Health struct {
	jetstream.Replication
	// Answers says whether the leader of the ledger's stream answered, and Unsynced why the servers are not known to sync every write;
	// that is empty where they are, and asked once a minute.
	Answers  bool
	Unsynced string
}

// Bounds of watching.
const (
	// askSyncedEvery is how many looks come between two questions whether the servers sync every write.
	askSyncedEvery = 30
	// shortFor is how many looks in a row have to find a ledger that ends before what this process has read. A leader that was cut off
	// from the others may say so, for the ten seconds after which it gives up leading.
	shortFor = 8
	// missingFor is how many looks in a row have to find no stream: a server that lost its disk may answer for the others before it has caught up.
	missingFor = 3
)

// Health returns what was seen last.
func (s *Store) Health() Health {
	if h := s.health.Load(); h != nil {
		return *h
	}
	return Health{}
}

// inspect answers what is wrong with the streams, and with the ledger in them. Servers that do not answer are waited for.
func (s *Store) inspect() error {
	ctx, cancel := context.WithTimeout(context.Background(), watchEvery)
	defer cancel()
	h := s.Health()
	seen, err := s.log.Log.Look(ctx)
	h.Answers = err == nil
	if h.Answers {
		h.Replication = seen
	}
	if s.looks++; s.looks%askSyncedEvery == 0 && h.Answers {
		h.Unsynced = ""
		if _, err := s.options.synced(ctx); err != nil {
			h.Unsynced = err.Error()
		}
	}
	s.health.Store(&h)
	if missing, ok := errors.AsType[*jetstream.Missing](err); ok {
		if s.missing++; s.missing < missingFor {
			return nil
		}
		return &Deleted{Stream: missing.Stream}
	}
	s.missing = 0
	if drift, ok := errors.AsType[*jetstream.Drift](err); ok {
		return drift
	}
	if err != nil {
		return nil
	}
	return s.Compare(ctx)
}

// Deleted is a stream that went while this process had it open.
type Deleted struct{ Stream string }

func (e *Deleted) Error() string {
	return "the stream " + e.Stream + " was deleted while this server ran"
}

// Compare answers *Forked where the ledger has another commit under the number of the last one that this process has read, and
// *Behind where it has ended before that one for so long that no server which was cut off can be the reason.
func (s *Store) Compare(ctx context.Context) error {
	mark := s.memory.last()
	if mark.Number == 0 {
		return nil
	}
	data, err := s.log.Log.Load(ctx, mark.Number)
	switch {
	case err == nil:
		s.short.Store(0)
		return mark.compare(mark.Number, data)
	case errors.Is(err, eventstore.ErrNotYet):
		if s.short.Add(1) < shortFor {
			return nil
		}
		return s.ends(ctx, mark)
	}
	return nil // there was no answer, or that server cannot read it: a reader and the sweep say so
}

// ends is the ledger that ends before a commit that was read.
func (s *Store) ends(ctx context.Context, mark Mark) error {
	last, err := s.log.Log.Last(ctx)
	if err != nil || last >= mark.Number {
		return nil
	}
	return &Behind{Ends: last, Seen: mark.Number}
}
