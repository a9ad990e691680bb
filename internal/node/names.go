package node

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
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

// AskToForget implements grpcserver.Forgetter.
func (r *roles) AskToForget(ctx context.Context, caller access.Caller, party, reason string) (uint64, error) {
	w, err := r.writing()
	if err != nil {
		return 0, err
	}
	return w.AskToForget(ctx, caller, party, reason)
}

// Forget implements grpcserver.Forgetter.
func (r *roles) Forget(ctx context.Context, caller access.Caller, party, reason string) (writer.Epoch, error) {
	w, err := r.writing()
	if err != nil {
		return writer.Epoch{}, err
	}
	return w.Forget(ctx, caller, party, reason)
}

// RetireRequestKey implements grpcserver.Forgetter.
func (r *roles) RetireRequestKey(ctx context.Context, caller access.Caller, reason string) (writer.Epoch, error) {
	w, err := r.writing()
	if err != nil {
		return writer.Epoch{}, err
	}
	return w.RetireRequestKey(ctx, caller, reason)
}

// Elsewhere implements grpcserver.Forgetter.
func (r *roles) Elsewhere(_ context.Context, caller access.Caller) (milepostv1.NamesServiceServer, error) {
	if r.writer.Load() != nil || !r.passesOn() {
		return nil, nil
	}
	return r.others.forgets(caller)
}

// otherNames is the node that writes, for a caller.
type otherNames struct {
	milepostv1.UnimplementedNamesServiceServer
	of      among
	address string
	caller  access.Caller
}

// forgets implements others.
func (n among) forgets(caller access.Caller) (milepostv1.NamesServiceServer, error) {
	address, err := n.writerAddress()
	if err != nil {
		return nil, err
	}
	return otherNames{of: n, address: address, caller: caller}, nil
}

// Forget implements milepostv1.NamesServiceServer.
func (o otherNames) Forget(ctx context.Context, m *milepostv1.ForgetRequest) (*milepostv1.ForgetResponse, error) {
	ctx, names, err := o.of.member.forward.names(ctx, o.address, o.caller)
	if err != nil {
		return nil, err
	}
	answer, err := names.Forget(ctx, m)
	if err != nil {
		return nil, passedOn(err)
	}
	return answer, o.of.read(ctx, answer.Position)
}

// RetireRequestKey implements milepostv1.NamesServiceServer.
func (o otherNames) RetireRequestKey(ctx context.Context, m *milepostv1.RetireRequestKeyRequest) (*milepostv1.RetireRequestKeyResponse, error) {
	ctx, names, err := o.of.member.forward.names(ctx, o.address, o.caller)
	if err != nil {
		return nil, err
	}
	answer, err := names.RetireRequestKey(ctx, m)
	if err != nil {
		return nil, passedOn(err)
	}
	return answer, o.of.read(ctx, answer.Position)
}
