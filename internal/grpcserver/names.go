package grpcserver

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/access"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
)

// Forgetter forgets names; *writer.Writer does.
type Forgetter interface {
	// AskToForget states that a caller asks for it, and answers the position.
	AskToForget(ctx context.Context, caller access.Caller, party, reason string) (uint64, error)
	// Forget does it, for a caller who confirms what another person asked for.
	Forget(ctx context.Context, caller access.Caller, party, reason string) (writer.Epoch, error)
	// RetireRequestKey replaces the key under which requests are digested.
	RetireRequestKey(ctx context.Context, caller access.Caller, reason string) (writer.Epoch, error)
	// Elsewhere is the server that writes, for a caller, where this one does not and another may; nil where this one is to answer.
	Elsewhere(ctx context.Context, caller access.Caller) (milepostv1.NamesServiceServer, error)
}

// Elsewhere is where a name stands beside the ledger and the directory of names.
type Elsewhere struct {
	// Credentials are the fields of the server's credentials file that hold it ("tokens: person").
	Credentials []string
	// Files are others of this machine that hold it, such as logs.
	Files []string
}

// The rules of forgetting that the ledger cannot look at.
const (
	// RuleForgetInUse: the name would be kept again with the next request.
	RuleForgetInUse = "forget-in-use"
	// RuleForgetWhom: neither a name nor a party, or both.
	RuleForgetWhom = "forget-whom"
)

const (
	maxHeld    = 1000 // things that are held, in a page
	maxAnswers = 300  // characters of a text around a name
)

type namesServer struct {
	milepostv1.UnimplementedNamesServiceServer
	audit     *auditServer // which bounds how many read the whole ledger at once
	forgetter Forgetter
	names     Directory
	elsewhere func(name string) Elsewhere
}

// Person implements milepostv1.NamesServiceServer.
func (s *namesServer) Person(ctx context.Context, m *milepostv1.PersonRequest) (*milepostv1.PersonResponse, error) {
	if callerOf(ctx).Check(access.Admin, access.EveryPlan) != nil {
		if err := callerOf(ctx).Check(access.Auditor, access.EveryPlan); err != nil {
			return nil, err
		}
	}
	name, err := parties.Clean(m.Name)
	if err != nil {
		return nil, err
	}
	q, after := questionOf(m), uint64(0)
	answer := &milepostv1.PersonResponse{Position: s.audit.book.Position()}
	if m.PageToken != "" {
		p, err := readPage(m.PageToken, q)
		if err != nil {
			return nil, err
		}
		after, answer.Position = p.afterPosition, min(p.position, answer.Position)
	} else {
		for _, field := range s.elsewhere(name).Credentials {
			answer.Held = append(answer.Held, &milepostv1.Held{As: "credentials", Field: field})
		}
	}
	search := s.searchFor(name)
	if id, ok := s.names.Find(name); ok {
		answer.Party, answer.Name = hex.EncodeToString([]byte(id)), s.names.Display(id)
	}
	size := maxHeld
	if m.PageSize > 0 {
		size = min(int(m.PageSize), maxHeld)
	}
	err = search.through(ctx, s.audit, after, answer.Position, func(position uint64, held []*milepostv1.Held) bool {
		if len(answer.Held) > 0 && len(answer.Held)+len(held) > size {
			answer.NextPageToken = page{position: answer.Position, afterPosition: position - 1}.token(q)
			return false
		}
		answer.Held = append(answer.Held, held...)
		return true
	})
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// searchFor is a search for a name, and for the parties that it stands for.
func (s *namesServer) searchFor(name string) *search {
	found := &search{folded: parties.Fold(name), book: s.audit.book, ids: map[string]bool{}}
	if id, ok := s.names.Find(name); ok {
		found.ids[id] = true
		for _, p := range s.names.All() {
			if parties.Fold(p.Name) == found.folded {
				found.ids[p.ID] = true
			}
		}
	}
	return found
}

// whom is the party that a request is about.
func (s *namesServer) whom(m *milepostv1.ForgetRequest) (id, name string, err error) {
	if (m.Name == "") == (m.Party == "") {
		return "", "", domain.Refuse(domain.Invalid, RuleForgetWhom, "name", "Give either the name or the party id of who is to be forgotten.")
	}
	unknown := domain.Refuse(domain.NotFound, parties.RuleUnknown, "name",
		"No such name is kept here. It was forgotten before, or nobody was ever called so; `milepost person NAME` looks for it in free text all the same, and `milepost audit --plan '$ledger'` lists who was forgotten.")
	if m.Name != "" {
		id, ok := s.names.Find(m.Name)
		if !ok {
			return "", "", unknown
		}
		return id, s.names.Display(id), nil
	}
	raw, err := hex.DecodeString(m.Party)
	if err != nil {
		return "", "", domain.Refuse(domain.Invalid, RuleForgetWhom, "party", "%.80q is not a party id in hexadecimal. `milepost person NAME` prints it.", m.Party)
	}
	for _, p := range s.names.All() {
		if p.ID == string(raw) {
			return p.ID, p.Name, nil
		}
	}
	return "", "", unknown
}

// Forget implements milepostv1.NamesServiceServer.
func (s *namesServer) Forget(ctx context.Context, m *milepostv1.ForgetRequest) (*milepostv1.ForgetResponse, error) {
	caller := callerOf(ctx)
	if err := caller.Check(access.Admin, access.EveryPlan); err != nil {
		return nil, err
	}
	if other, err := s.forgetter.Elsewhere(ctx, caller); err != nil {
		return nil, err
	} else if other != nil {
		return other.Forget(ctx, m)
	}
	id, name, err := s.whom(m)
	if err != nil {
		return nil, err
	}
	elsewhere := s.elsewhere(name)
	if len(elsewhere.Credentials) > 0 {
		return nil, domain.Refuse(domain.Refused, RuleForgetInUse, "name",
			"The server's credentials hold this name (%s), and it would be kept again with the next request of theirs. Take it out there first, and wait until the server has read the file again.", strings.Join(elsewhere.Credentials, ", "))
	}
	answer := &milepostv1.ForgetResponse{Party: hex.EncodeToString([]byte(id))}
	search := s.searchFor(name)
	search.textAlone = true
	if err := search.through(ctx, s.audit, 0, s.audit.book.Position(), func(_ uint64, held []*milepostv1.Held) bool {
		answer.FreeTextPlaces += uint64(len(held))
		answer.FreeText = append(answer.FreeText, held[:min(len(held), maxHeld-len(answer.FreeText))]...)
		return true
	}); err != nil {
		return nil, err
	}
	if !m.Confirm {
		if answer.Position, err = s.forgetter.AskToForget(ctx, caller, id, m.Reason); err != nil {
			return nil, late(err)
		}
	}
	if m.Confirm || caller.SingleUser {
		epoch, err := s.forgetter.Forget(ctx, caller, id, m.Reason)
		if err != nil {
			return nil, late(err)
		}
		answer.NodesAway = epoch.Away
		answer.Forgotten, answer.Position, answer.Epoch, answer.WrittenAgain = true, epoch.Position, epoch.Key.String(), uint64(epoch.Written)
	}
	answer.Left = append(away(answer.NodesAway), left(search, answer.FreeTextPlaces, elsewhere)...)
	return answer, nil
}

// away says what the nodes that could not be reached still have.
func away(nodes []string) (sentences []string) {
	for _, node := range nodes {
		sentences = append(sentences, fmt.Sprintf("The node %s could not be reached: its disk has the key before this one, which reads old copies of what was kept. It destroys that key when it is started, before it answers anybody. If it never will be, destroy its data directory, and take it off the list: `milepost cluster nodes --remove`.", node))
	}
	return sentences
}

// left says what a forgetting cannot reach.
func left(s *search, places uint64, elsewhere Elsewhere) (sentences []string) {
	if places > 0 {
		sentences = append(sentences, fmt.Sprintf("Free text holds the name in %d places. The ledger cannot be changed, so it stays there: `milepost person NAME` lists them.", places))
	}
	if s.oldDigests > 0 {
		sentences = append(sentences, fmt.Sprintf("%d requests that an older milepost accepted are kept with a digest of the names in them. Whoever has a list of names and the request key can find out which of them was meant, until `milepost forget --retire-request-key` replaces the key.", s.oldDigests))
	}
	for _, file := range elsewhere.Files {
		sentences = append(sentences, "The name stands in "+file+", which is no part of the ledger. Remove the file, or wait until it is replaced.")
	}
	return append(sentences,
		"Backups that were taken before hold the name. The next `milepost backup` into the same directory takes it out there; destroy all others.",
		"Files that were exported before, for SQL or a spreadsheet, hold it too, as do copies of the data directory.")
}

// RetireRequestKey implements milepostv1.NamesServiceServer.
func (s *namesServer) RetireRequestKey(ctx context.Context, m *milepostv1.RetireRequestKeyRequest) (*milepostv1.RetireRequestKeyResponse, error) {
	caller := callerOf(ctx)
	if err := caller.Check(access.Admin, access.EveryPlan); err != nil {
		return nil, err
	}
	if other, err := s.forgetter.Elsewhere(ctx, caller); err != nil {
		return nil, err
	} else if other != nil {
		return other.RetireRequestKey(ctx, m)
	}
	epoch, err := s.forgetter.RetireRequestKey(ctx, caller, m.Reason)
	if err != nil {
		return nil, late(err)
	}
	return &milepostv1.RetireRequestKeyResponse{
		Position: epoch.Position, Epoch: epoch.Key.String(), NodesAway: epoch.Away,
		Means: append(away(epoch.Away),
			"The key under which requests were digested up to here is gone, so nobody can test any more whether a name on a list was in one of them.",
			"A request that was accepted up to here and is sent again makes no second event, but cannot be told from another one under the same id: it is refused ("+writer.RuleRequestKeyRetired+") in place of being answered with its first receipt.",
			"Reporters that keep requests until they have a receipt should have sent all of them before. What is sent from now on is known again as before.",
			"Backups that were taken before hold the old key: destroy them, once the next one is taken."),
	}, nil
}

// late says of a call that ran out of time that it may be repeated.
func late(err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &writer.Unavailable{
		Rule: writer.RuleUnknown, RetryAfter: time.Second,
		Sentence: "There was no answer in time, and it is not known yet whether this is in the ledger. Ask again: it is done once.",
	}
}

// search looks for a name in the ledger.
type search struct {
	folded     string
	ids        map[string]bool // the parties that the name stands for
	book       *projections.Book
	textAlone  bool   // only free text is looked for
	oldDigests uint64 // entries that were met with a digest of names
}

// isOf says whether a party is the one that is looked for.
func (s *search) isOf(id string) bool { return !s.textAlone && s.ids[id] }

func (s *search) isParty(p milestone.Party) bool { return s.isOf(string(p)) }
