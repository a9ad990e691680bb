package grpcserver

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/parties"
	"milepost.dev/projections"
)

// through calls yield with what is held at each position after one, up to another, in order, until it answers false. It takes one of
// the places of those who read the whole ledger.
func (s *search) through(ctx context.Context, a *auditServer, after, last uint64, yield func(position uint64, held []*milepostv1.Held) bool) error {
	leave, err := a.enter()
	if err != nil {
		return err
	}
	defer leave()
	if after >= last {
		return nil
	}
	retired := uint64(0)
	if ledger, ok := s.book.Now().Ledger(); ok {
		retired = ledger.Registered.RequestKeyRetired()
	}
	err = a.commits.Read(ctx, s.book.CommitOf(after+1), func(number uint64, data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		commit, err := eventstore.Decode(number, data)
		if err != nil {
			return err
		}
		for i := range commit.Entries {
			e := &commit.Entries[i]
			if e.Last > retired && e.Content != "" && e.Content != e.ContentV2 {
				s.oldDigests++
			}
			// A request that changed nothing has no record, and says all the same that somebody reported.
			if len(e.Records) == 0 && s.isOf(e.Actor) && e.Last > after && e.Last <= last {
				if !yield(e.Last, []*milepostv1.Held{{As: "actor", Position: e.Last, RecordedAt: timeOf(e.RecordedAt)}}) {
					return errReadAll
				}
			}
			for j := range e.Records {
				r := &e.Records[j]
				if r.Position <= after {
					continue
				}
				if r.Position > last {
					return errReadAll
				}
				if held := s.in(r); len(held) > 0 && !yield(r.Position, held) {
					return errReadAll
				}
			}
		}
		return nil
	})
	if errors.Is(err, errReadAll) {
		err = nil
	}
	return err
}

func timeOf(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }

// in is what one record holds.
func (s *search) in(r *eventstore.Record) (held []*milepostv1.Held) {
	add := func(as, field, text string) {
		held = append(held, &milepostv1.Held{As: as, Field: field, Text: text})
	}
	for _, one := range []struct{ as, id string }{{"actor", r.Actor}, {"on-behalf-of", r.OnBehalfOf}, {"answers-for", r.Person}} {
		if s.isOf(one.id) {
			add(one.as, "", "")
		}
	}
	var ref string
	if !s.textAlone && len(s.ids) > 0 {
		for _, as := range s.named(r) {
			add(as, "", "")
		}
	}
	for _, text := range []struct{ field, text string }{{"source", r.Source}, {"request_id", r.Request}} {
		if s.stands(text.text) {
			add("free-text", text.field, s.around(text.text))
		}
	}
	if strings.Contains(parties.Fold(string(r.Payload)), s.folded) { // most hold it nowhere, and need not be read
		for field, text := range codec.Texts(r.Type, r.Payload) {
			if s.stands(text) {
				add("free-text", field, s.around(text))
			}
		}
	}
	if len(held) > 0 {
		ref = s.refOf(r)
	}
	for _, h := range held {
		h.Position, h.Plan, h.Event, h.Ref = r.Position, r.Plan, codec.TypeName(r.Type), ref
		h.RecordedAt = timeOf(r.RecordedAt)
		if day, ok := civil.FromNumber(r.AsAt); ok {
			h.AsAt = day.String()
		}
	}
	return held
}

// named is as what an event names the party, beside who states it.
func (s *search) named(r *eventstore.Record) (as []string) {
	e, err := codec.Decode(r.Type, r.Payload)
	if err != nil {
		return nil
	}
	if o, ok := e.OfMilestone.(milestone.OwnerChanged); ok && s.isParty(o.To) {
		as = append(as, "owner")
	}
	others := append(milestone.Parties(e.OfMilestone), plan.Parties(e.OfPlan)...)
	if epoch, ok := e.OfPlan.(plan.EpochBegun); ok {
		others = append(others, epoch.Forgotten...)
	}
	for _, p := range others {
		if len(as) == 0 && s.isParty(p) {
			as = append(as, "named")
		}
	}
	return as
}

// refOf is the reference of the milestone that a record is about; empty where it is about none.
func (s *search) refOf(r *eventstore.Record) string {
	e, err := codec.Decode(r.Type, r.Payload)
	if err != nil || e.OfMilestone == nil {
		return ""
	}
	if p, ok := s.book.Now().Plan(r.Plan); ok {
		if m, ok := p.FindID(e.Milestone); ok {
			return m.Ref
		}
	}
	return projections.FormatID(e.Milestone)
}

// stands says whether a text holds the name as words of its own, in any case and spacing.
func (s *search) stands(text string) bool {
	_, ok := s.find(parties.Fold(text))
	return ok
}

// find is where the name begins in a folded text, in bytes.
func (s *search) find(folded string) (at int, ok bool) {
	for from := 0; ; {
		i := strings.Index(folded[from:], s.folded)
		if i < 0 {
			return 0, false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(folded[:i])
		after, _ := utf8.DecodeRuneInString(folded[i+len(s.folded):])
		if !isOfWord(before) && !isOfWord(after) {
			return i, true
		}
		_, size := utf8.DecodeRuneInString(folded[i:])
		from = i + size
	}
}

func isOfWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// around is the part of a text that holds the name.
func (s *search) around(text string) string {
	runes := []rune(text)
	if len(runes) <= maxAnswers {
		return text
	}
	folded := parties.Fold(text)
	at, _ := s.find(folded)
	begin := max(0, min(utf8.RuneCountInString(folded[:at])-maxAnswers/3, len(runes)-maxAnswers))
	return string(runes[begin : begin+maxAnswers])
}
