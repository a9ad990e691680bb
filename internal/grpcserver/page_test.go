package grpcserver

import (
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
)

func TestATokenComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := page{
			position:      rapid.Uint64().Draw(t, "position"),
			asAt:          civil.Date(rapid.Int32Range(0, int32(civil.Last)).Draw(t, "as at")),
			afterDay:      civil.Date(rapid.Int32Range(0, int32(civil.Last)).Draw(t, "day")),
			afterPosition: rapid.Uint64().Draw(t, "after"),
			afterText:     rapid.String().Draw(t, "text"),
		}
		q := question(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "question"))
		got, err := readPage(p.token(q), q)
		if err != nil || got != p {
			t.Fatalf("%+v came back as %+v, %v", p, got, err)
		}
		q[0]++
		if _, err := readPage(p.token(q), question{}); err == nil {
			t.Fatal("a token of another question was taken")
		}
	})
}

func TestTheQuestionIsTheSameOnEveryPage(t *testing.T) {
	ask := func() *milepostv1.ListStatusRequest {
		return &milepostv1.ListStatusRequest{Plan: "hubs", ReadAt: &milepostv1.ReadAt{AsAt: "2017-06-01"}}
	}
	first, next, other := ask(), ask(), ask()
	next.PageToken, next.PageSize = "abc", 7
	other.ReadAt.AsAt = "2017-06-02"
	if questionOf(first) != questionOf(next) {
		t.Error("the next page is another question")
	}
	if questionOf(first) == questionOf(other) {
		t.Error("another day is the same question")
	}
	if next.PageToken != "abc" {
		t.Error("the request was changed")
	}
	if questionOf(&milepostv1.ListStatusRequest{Plan: "hubs"}) == questionOf(&milepostv1.ListAuditRequest{Plan: "hubs"}) {
		t.Error("another method is the same question")
	}
}

func FuzzReadPage(f *testing.F) {
	q := questionOf(&milepostv1.ListStatusRequest{Plan: "hubs"})
	f.Add(page{position: 7, asAt: 736000, afterText: "M1"}.token(q))
	f.Add("")
	// What is behind the sum is read only when the sum is right, so it is put right here.
	for _, payload := range []string{"\x01", "\x01\x80", "\x01\x00\x00\x00\x00", "\x01\x00\xff\xff\xff\xff\x7f\x00\x00", "\x02\x00\x00\x00\x00"} {
		sum := q.sum([]byte(payload))
		f.Add(base64.RawURLEncoding.EncodeToString(append([]byte(payload), sum[:]...)))
	}
	f.Fuzz(func(t *testing.T, token string) {
		p, err := readPage(token, q)
		if err != nil {
			return
		}
		if again, err := readPage(p.token(q), q); err != nil || again != p {
			t.Errorf("%q reads as %+v, which reads as %+v, %v", token, p, again, err)
		}
		_ = p.asAt.String() + p.afterDay.String()
	})
}

func FuzzReadTimes(f *testing.F) {
	for _, s := range []string{"", "1", "2017-06-01", "2017-06-01T09:30:00Z", "2017-06-01T09:30:00.000001+01:00", "x"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, asAt, knownAt string) {
		read, err := readTimes(&milepostv1.ReadAt{AsAt: asAt, KnownAt: knownAt})
		if err != nil {
			return
		}
		if asAt != "" && read.asAt.String() != asAt {
			t.Errorf("as at %q was read as %s", asAt, read.asAt)
		}
		if (knownAt != "") != (read.knownPosition != nil || read.knownTime != nil || !read.knownDay.IsZero()) {
			t.Errorf("known at %q was read as %+v", knownAt, read)
		}
	})
}
