package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/lead"
)

// leads says when the process may write.
func (c Config) leads() lead.Lead {
	switch {
	case c.Lead != nil:
		return c.Lead
	case c.Follow:
		return lead.Never()
	default:
		return lead.Always()
	}
}

// openEmbedded opens the store in the data directory. A process that only follows begins no new ledger.
func (c Config) openEmbedded(ctx context.Context, feed func(number uint64, commit *eventstore.Examined) error) (Store, error) {
	if c.Follow {
		_, err := os.Stat(filepath.Join(c.Data, "ledger"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no ledger in %s to follow: name the data directory of a ledger, or start without --follow to begin one", c.Data)
		}
	}
	server, err := embedded.Open(ctx, c.Data, embedded.Options{Logger: c.Log, CheckExamined: feed})
	if err != nil {
		return nil, err // not a nil *embedded.Server in a Store that is not nil
	}
	return server, nil
}
