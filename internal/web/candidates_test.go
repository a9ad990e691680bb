package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// figureOf is a number on a page that stands in an element of its own, or with what it counts in a link.
var figureOf = regexp.MustCompile(`(?s)<(?:strong|span) class="(?:count )?num[^"]*">(?:<a[^>]*>)?[^<]*|<td[^>]*class="[^"]*number[^"]*"[^>]*>.*?</td>|<a [^>]*href="[^"]*(?:/milestones|/changes)\?[^"]*"[^>]*>.*?</a>`)

// figures are all numbers of a page, in their order.
func (s *served) figures(path string) []string {
	s.t.Helper()
	status, _, body := s.get(path)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d", path, status)
	}
	body, _, _ = strings.Cut(body, `id="lately"`) // what was said is told, and counts nothing
	var all []string
	for _, f := range figureOf.FindAllString(body, -1) {
		all = append(all, strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(f+"<i>", " "))), " "))
	}
	return all
}

// A sentence that may be a milestone, and that nobody has accepted, changes no number on any page but for what is in doubt; and there it is.
func TestACandidateIsInNoCount(t *testing.T) {
	s := serve(t, node.Config{})
	s.crooked("hubs")
	pages := []string{"/"}
	for _, page := range pagesOfAPlan {
		if page != "/review" && page != "/decisions" {
			pages = append(pages, "/plans/hubs"+page)
		}
	}
	before := map[string][]string{}
	for _, page := range pages {
		before[page] = s.figures(page)
		if len(before[page]) == 0 && page != "/plans/hubs/funding" && page != "/plans/hubs/measures" {
			t.Errorf("%s has no number", page)
		}
	}
	var plan *pb.Plan
	for p, err := range s.server.Plans(t.Context(), &pb.ListPlansRequest{Plan: "hubs"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		plan = p
	}
	var offered []*pb.Command
	for i := range 3 {
		offered = append(offered, &pb.Command{AsAt: plan.GetLastAsAt(), Command: &pb.Command_CandidateOffered{CandidateOffered: &pb.CandidateOffered{
			Candidate: fmt.Sprint("c-", i), Title: fmt.Sprintf("The %d. hub will open by March 2027", i+1), DeliveryDate: "2027-03-31", ReadAs: "2027-03", Document: "plan.txt",
			Says: "It names a date and may be a commitment.", Digest: "sha256:" + strings.Repeat("a", 64), Cell: &pb.SourceCell{Row: uint32(12 + i), Column: 1, Text: "The hub will open by March 2027"},
		}}})
	}
	s.submit("offer", "hubs", offered...)
	for _, page := range pages {
		after := s.figures(page)
		if page == "/plans/hubs" { // where the board is told beside the facts
			_, _, body := s.get(page)
			if !strings.Contains(body, "sentences of documents may be milestones") || !strings.Contains(body, `/plans/hubs/review#candidates">3</a>`) {
				t.Error("the board is not told of them")
			}
			i := 0
			for i < len(before[page]) && before[page][i] == after[i] {
				i++
			}
			if after[i] == "3" { // which is what the board is told
				after = slices.Delete(after, i, i+1)
			}
		}
		if !slices.Equal(after, before[page]) {
			t.Errorf("%s changed its numbers\n%q\n%q", page, before[page], after)
		}
	}
	_, _, body := s.get("/plans/hubs/review")
	if !strings.Contains(body, `Sentences that may be milestones <span class="count num">3</span>`) || strings.Count(body, "will open by March 2027</q>") != 3 || !strings.Contains(body, "plan.txt, line 12") {
		t.Error("what is in doubt does not have them")
	}
}
