package grpcserver

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// page is where the next page of an answer begins, and which knowledge it is to be given from: all pages
// speak for the same position and day, however long the reader takes.
type page struct {
	position uint64     // that the answer speaks for
	asAt     civil.Date // that the answer is about

	// The last item of the page before, by what the answer is in order of.
	afterDay      civil.Date
	afterPosition uint64
	afterText     string
}

const (
	pageVersion = 1
	pageSumSize = 12
)

// token writes the page as the reader gets it, bound to its question. It holds nothing that the reader was
// not told or could not ask for, so it is checked against slips and not signed: a token made up by hand
// comes to no more than another question.
func (p page) token(q question) string {
	b := []byte{pageVersion}
	b = binary.AppendUvarint(b, p.position)
	b = binary.AppendVarint(b, int64(p.asAt))
	b = binary.AppendVarint(b, int64(p.afterDay))
	b = binary.AppendUvarint(b, p.afterPosition)
	b = append(b, p.afterText...)
	sum := q.sum(b)
	return base64.RawURLEncoding.EncodeToString(append(b, sum[:]...))
}

// readPage reads a token that was given for the same question. Any other is a *domain.Refusal.
func readPage(token string, q question) (page, error) {
	foreign := domain.Refuse(domain.Invalid, RulePageToken, "page_token",
		"The page token does not belong to this question. Send the question as it was first sent with the next_page_token of its last answer, or begin without a token.")
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < 1+pageSumSize || b[0] != pageVersion {
		return page{}, foreign
	}
	b, given := b[:len(b)-pageSumSize], [pageSumSize]byte(b[len(b)-pageSumSize:])
	if q.sum(b) != given {
		return page{}, foreign
	}
	var p page
	r := varints{rest: b[1:]}
	p.position = r.unsigned()
	asAt, afterDay := r.signed(), r.signed()
	p.afterPosition = r.unsigned()
	p.afterText = string(r.rest)
	p.asAt, p.afterDay = civil.Date(asAt), civil.Date(afterDay)
	if r.bad || int64(p.asAt) != asAt || int64(p.afterDay) != afterDay || !isDay(p.asAt) || !isDay(p.afterDay) {
		return page{}, foreign
	}
	return p, nil
}

func isDay(d civil.Date) bool { return 0 <= d && d <= civil.Last }

type varints struct {
	rest []byte
	bad  bool
}

func (v *varints) unsigned() uint64 {
	n, size := binary.Uvarint(v.rest)
	v.took(size)
	return n
}

func (v *varints) signed() int64 {
	n, size := binary.Varint(v.rest)
	v.took(size)
	return n
}

func (v *varints) took(size int) {
	if size <= 0 {
		v.bad, v.rest = true, nil
		return
	}
	v.rest = v.rest[size:]
}

// question is the digest of what was asked, but for which page of it and how long.
type question [sha256.Size]byte

func questionOf(m proto.Message) question {
	m = proto.Clone(m)
	r := m.ProtoReflect()
	for _, name := range []protoreflect.Name{"page_token", "page_size"} {
		if f := r.Descriptor().Fields().ByName(name); f != nil {
			r.Clear(f)
		}
	}
	// Its encoding may differ in another version of milepost. Then a token of the one before is foreign,
	// and the reader begins again.
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		b = nil // a request that came over the wire can be written again
	}
	return sha256.Sum256(append([]byte(r.Descriptor().FullName()+"\x00"), b...))
}

func (q question) sum(payload []byte) (s [pageSumSize]byte) {
	h := sha256.New()
	h.Write([]byte("milepost page token\x00"))
	h.Write(q[:])
	h.Write(payload)
	copy(s[:], h.Sum(nil))
	return s
}
