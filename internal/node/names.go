package node

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/writer"
)

// toldOfNames is what the ledger tells of names that were forgotten, as far as it was read.
func (n *Node) toldOfNames() parties.Told {
	told, book := parties.Told{}, n.replica.Book()
	if ledger, ok := book.Now().Ledger(); ok {
		told = parties.ToldBy(ledger.Registered)
	}
	told.Unread = book.Stopped() != nil
	return told
}

// openWriter opens the writer with names that are where the ledger says that they are. It moves what an older milepost or a
// restore kept without a key, and goes on with an epoch that was interrupted.
func (n *Node) openWriter(ctx context.Context, directory *parties.Directory, c writer.Config) (*writer.Writer, error) {
	if err := n.replica.CatchUp(ctx, c.Store); err != nil {
		return nil, err
	}
	if poison := n.replica.Book().Stopped(); poison != nil {
		return nil, poison // before anything is done to the names by half of what the ledger tells
	}
	left, err := directory.Settle(ctx, n.toldOfNames())
	if err != nil {
		return nil, err
	}
	if err := directory.EnsureRequestKey(ctx); err != nil {
		return nil, err
	}
	w, err := writer.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := w.GoOn(ctx, left); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// elsewhere is where a name stands beside the ledger and the directory of names.
func (n *Node) elsewhere(c Config) func(name string) grpcserver.Elsewhere {
	return func(name string) (found grpcserver.Elsewhere) {
		switch {
		case n.callers.credentials != nil:
			found.Credentials = n.callers.credentials.Naming(name)
		case n.callers.local != nil && n.callers.local.Naming(name):
			found.Credentials = []string{"the user who runs the server"}
		}
		if c.AccessLog == "" {
			return found
		}
		logs, err := filepath.Glob(globOf(c.AccessLog) + "*")
		if err != nil {
			return found
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return found
		}
		for _, path := range logs {
			// A log that cannot be read may hold it.
			if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, bytes.Trim(quoted, `"`)) {
				found.Files = append(found.Files, path)
			}
		}
		slices.Sort(found.Files)
		return found
	}
}

// globOf is a pattern that matches a path and nothing else.
func globOf(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// RuleForgetOnACluster refuses to forget a name where nodes share the ledger: the NATS servers under them would keep it.
const RuleForgetOnACluster = "forget-on-a-cluster"

// forgetting is the writer, where names can be forgotten.
func (r *roles) forgetting() (*writer.Writer, error) {
	if r.others != nil {
		return nil, domain.Refuse(domain.Refused, RuleForgetOnACluster, "",
			"Names cannot be forgotten on a ledger that nodes share: the NATS servers keep what was in their logs. Move it to one machine for that (milepost backup, then milepost restore --data).")
	}
	return r.writing()
}

// AskToForget implements grpcserver.Forgetter.
func (r *roles) AskToForget(ctx context.Context, caller access.Caller, party, reason string) (uint64, error) {
	w, err := r.forgetting()
	if err != nil {
		return 0, err
	}
	return w.AskToForget(ctx, caller, party, reason)
}

// Forget implements grpcserver.Forgetter.
func (r *roles) Forget(ctx context.Context, caller access.Caller, party, reason string) (writer.Epoch, error) {
	w, err := r.forgetting()
	if err != nil {
		return writer.Epoch{}, err
	}
	return w.Forget(ctx, caller, party, reason)
}

// RetireRequestKey implements grpcserver.Forgetter.
func (r *roles) RetireRequestKey(ctx context.Context, caller access.Caller, reason string) (writer.Epoch, error) {
	w, err := r.forgetting()
	if err != nil {
		return writer.Epoch{}, err
	}
	return w.RetireRequestKey(ctx, caller, reason)
}
