package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// The form of an item is offered to reviewers alone, and who states no facts is not offered to cancel a milestone by it.
func TestAnItemIsOfferedToReviewers(t *testing.T) {
	s := people(t, map[string]string{"rev": `["reviewer"]`, "both": `["reporter", "reviewer"]`})
	s.hubs("hubs")
	s.submit("doubt", "hubs", stated("B", "2026-03-01", "June 2027 or July 2028", ""))
	form := ""
	for _, c := range []struct {
		who              string
		offered, cancels bool
	}{{"rev", true, false}, {"both", true, true}, {"reporter", false, false}} {
		v := s.as(c.who)
		_, _, body := v.get("/plans/hubs/review")
		if offered := strings.Contains(body, `>Settle</a>`); offered != c.offered {
			t.Errorf("%s is offered to settle: %v", c.who, offered)
		}
		if _, link, ok := strings.Cut(body, `<p class="act"><a href="`); ok && form == "" {
			form, _, _ = strings.Cut(link, `"`)
		}
		status, _, page := v.get(form)
		if status != http.StatusOK || strings.Contains(page, `value="accept"`) != c.offered || strings.Contains(page, `value="drop"`) != c.cancels {
			t.Errorf("the form as %s sees it: %d\n%s", c.who, status, page)
		}
		if !c.offered && !strings.Contains(page, "This takes a reviewer, who did not state what is asked about.") {
			t.Errorf("%s is not told what it takes:\n%s", c.who, page)
		}
	}
	rev := s.as("rev")
	if status, to, why := rev.send(form, rev.fill(form, "outcome", "correct", "value", "2027-06-30")); status != http.StatusSeeOther {
		t.Errorf("%d %s %s", status, to, why)
	}
	both := s.as("both")
	if status, _, _ := both.send(form, rev.fill(form, "outcome", "accept")); status == http.StatusSeeOther {
		t.Error("the form of somebody else was taken")
	}
}
