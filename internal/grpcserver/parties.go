package grpcserver

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/parties"
)

// maxParties is how many bytes of parties an answer has, below the 4 MiB that a client of gRPC takes unless it is told
// otherwise.
const maxParties = 3 << 20

// ListParties lists the names behind the party ids, with the salts that prove them.
func (s *auditServer) ListParties(ctx context.Context, m *milepostv1.ListPartiesRequest) (*milepostv1.ListPartiesResponse, error) {
	if err := callerOf(ctx).Check(access.Auditor, access.EveryPlan); err != nil {
		return nil, err
	}
	q, all := questionOf(m), s.parties.All()
	if m.PageToken != "" {
		after, err := readPage(m.PageToken, q)
		if err != nil {
			return nil, err
		}
		all = all[partiesUpTo(all, after.afterText):]
	}
	answer, size := &milepostv1.ListPartiesResponse{}, 0
	for i, p := range all {
		one := &milepostv1.Party{Id: []byte(p.ID), Salt: p.Salt[:], Name: p.Name}
		const frame = 4 // of a message in a list
		if size += proto.Size(one) + frame; size > maxParties || m.PageSize > 0 && i >= int(m.PageSize) {
			answer.NextPageToken = page{afterText: placeOf(all[i-1])}.token(q)
			break
		}
		answer.Parties = append(answer.Parties, one)
	}
	return answer, nil
}

// placeOf is where a party stands in the order of names. No name holds a zero byte.
func placeOf(p parties.Party) string { return p.Name + "\x00" + p.ID }

// partiesUpTo is how many of the parties, which are in order, stand at a place or before it.
func partiesUpTo(all []parties.Party, place string) int {
	name, id, _ := strings.Cut(place, "\x00")
	n, found := slices.BinarySearchFunc(all, parties.Party{Name: name, ID: id}, func(a, b parties.Party) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	if found {
		n++
	}
	return n
}
