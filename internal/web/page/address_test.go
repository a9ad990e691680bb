package page

import (
	"net/http/httptest"
	"testing"
)

func TestAddressesOfPages(t *testing.T) {
	for got, want := range map[string]string{
		planPath("A/1 ?"):               "/plans/A%2F1%20%3F",
		milestonePath("p", "A/1", ""):   "/plans/p/milestones/A%2F1",
		milestonePath("p", "..", "01X"): "/plans/p/milestones/01X", // ".." would lead up the tree
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	q := QuestionOf(httptest.NewRequest("GET", "/plans/p?sort=slip&known_at=7&as_at=2026-01-01&owner=Ann+B", nil))
	for got, want := range map[string]string{
		q.Address():                                                     "/plans/p?as_at=2026-01-01&known_at=7&owner=Ann+B&sort=slip",
		q.with(paramSort, "", paramOwner, "C"):                          "/plans/p?as_at=2026-01-01&known_at=7&owner=C",
		q.to("/plans/q", paramShow, "overdue"):                          "/plans/q?as_at=2026-01-01&known_at=7&show=overdue",
		q.to("/", paramAsAt, "", paramKnownAt, ""):                      "/",
		q.with(paramSort, "", paramKnownAt, ""):                         "/plans/p?as_at=2026-01-01&owner=Ann+B",
		QuestionOf(httptest.NewRequest("GET", "/a%2Fb", nil)).Address(): "/a%2Fb",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if q.Changes() {
		t.Error("a page of what was known at a position is said to change")
	}
}
