package datadir

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// Source is the data directory of a server that is not running, to take a backup of.
type Source struct {
	server *embedded.Server
	names  *parties.Directory
}

var _ backup.Source = (*Source)(nil)

// Open opens a data directory that is there. It answers *embedded.Locked where a server runs on it, and
// *eventstore.Damage where its ledger is not what was written. It appends nothing.
func Open(ctx context.Context, dir string, log *slog.Logger) (*Source, error) {
	if _, err := os.Stat(filepath.Join(dir, "ledger")); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no ledger in %s: name the data directory of a server", dir)
	}
	server, err := embedded.Open(ctx, dir, embedded.Options{Logger: log})
	if err != nil {
		return nil, err
	}
	s := &Source{server: server}
	if err := s.openNames(ctx, dir); err != nil {
		return nil, errors.Join(err, server.Close(ctx))
	}
	return s, nil
}

// openNames reads the names with the keys beside them, and leaves out those that the ledger says are forgotten: a server may have been
// ended before it erased one.
func (s *Source) openNames(ctx context.Context, dir string) (err error) {
	if s.names, err = parties.Follow(ctx, s.server.Kept(), keyfile.In(dir), nil); err != nil {
		return err
	}
	var told forgetting
	err = s.server.Log().Read(ctx, 1, func(number uint64, data []byte) error {
		commit, err := eventstore.Decode(number, data)
		if err == nil {
			told.hear(commit)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.names.Hide(told.raw())
	return s.names.Readable()
}

// Commits implements backup.Source.
func (s *Source) Commits(ctx context.Context, after uint64, yield func(data []byte) error) error {
	return s.server.Log().Read(ctx, after+1, func(_ uint64, data []byte) error { return yield(data) })
}

// Values implements backup.Source.
func (s *Source) Values(_ context.Context, yield func(backup.Value) error) error {
	return s.names.Values(func(key string, value []byte) error { return yield(backup.Value{Key: key, Value: value}) })
}

// Close gives the directory back.
func (s *Source) Close(ctx context.Context) error { return s.server.Close(ctx) }
