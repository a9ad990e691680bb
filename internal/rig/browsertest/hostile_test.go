package browsertest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// Words as nobody would write them, and more of everything than a page has room for: no page is wider than its window, and
// a milestone that moved 300 times has a page that can be read.
func TestNoPageIsWiderThanItsWindow(t *testing.T) {
	b := open(t)
	n, none := start(t, node.Config{}), start(t, node.Config{})
	server := dial(t, n)
	hostile(t, server)
	for part := range 20 {
		commands := []*pb.Command{}
		if part == 0 {
			commands = append(commands, registered("Five thousand"))
		}
		for i := range 250 {
			ref := fmt.Sprintf("M%04d", 250*part+i)
			commands = append(commands, added(ref, "Milestone "+ref), stated(ref, "2026-01-02", fmt.Sprintf("2027-%02d-%02d", 1+i%12, 1+i%28), ""))
		}
		submitTo(t, server, "many", fmt.Sprint("part-", part), commands...)
	}
	at := "http://" + n.HTTPAddr()
	var sights []string
	for _, page := range hostilePages {
		sights = append(sights, at+"/plans/hostile"+page)
	}
	sights = append(sights, at+"/", at+"/plans/many", at+"/plans/many/milestones", at+"/plans/many/timeline", at+"/words", at+"/accessibility", "http://"+none.HTTPAddr()+"/")
	for _, sight := range sights {
		b.visit(sight)
		for _, width := range []int64{1280, 390, 320} {
			b.look(width, "light")
			if over := ask[[]string](b, wider); len(over) > 0 {
				t.Errorf("%s is wider than %d: %s", sight, width, strings.Join(over[:min(3, len(over))], "\n"))
			}
			if scrolls := ask[int](b, `document.documentElement.scrollWidth - innerWidth`); scrolls > 1 {
				t.Errorf("%s scrolls %d pixels aside at %d", sight, scrolls, width)
			}
		}
	}
	b.look(1280, "light")
	b.visit(at + "/plans/hostile/milestones/MOVED")
	if high := ask[int](b, `document.documentElement.scrollHeight`); high > 6000 {
		t.Errorf("300 moves are %d pixels high", high)
	}
	if high := ask[int](b, `document.querySelector(".ladder").clientHeight`); high > 1600 {
		t.Errorf("the ladder of 300 moves is %d pixels high", high)
	}
	if nodes := ask[int](b, `document.querySelectorAll("*").length`); nodes > 2000 {
		t.Errorf("300 moves are %d elements", nodes)
	}
	if size := size(t, at+"/plans/hostile/milestones/MOVED"); size > 80_000 {
		t.Errorf("300 moves are %d bytes", size)
	}
	t.Logf("5,000 milestones: the board is %d bytes, the list %d", size(t, at+"/plans/many"), size(t, at+"/plans/many/milestones"))
	b.nothingWrong(n.HTTPAddr(), none.HTTPAddr())
}

// hostilePages are the pages of the hostile plan.
var hostilePages = []string{"", "/milestones", "/changes", "/trend", "/timeline", "/owners", "/review", "/funding", "/measures", "/decisions", "/decisions/propose", "/milestones/LONG", "/milestones/MOVED", "/milestones/WORDS", "/events/3"}

// hostile is a plan of words as nobody would write them, and of a milestone that moved 300 times.
func hostile(t *testing.T, server *client.Client) {
	t.Helper()
	word := strings.Repeat("W", 1900)
	submitTo(t, server, "hostile", "begin",
		registered(word[:500]), added("LONG", word), added("TURNED", "Opens \u202esyad net ni\u202c, they said"), added("WORDS", "Dated in words"), added("MOVED", "Moved often"),
		stated("LONG", "2026-01-02", "2027-03-31", ""), stated("LONG", "2026-02-02", "2027-06-30", word), stated("TURNED", "2026-01-02", "2027-03-31", ""),
		stated("WORDS", "2026-01-02", strings.Repeat("somewhen ", 35), ""),
		&pb.Command{AsAt: "2026-01-02", Command: &pb.Command_FundingBid{FundingBid: &pb.FundingStated{Ref: "LONG", Line: "L-" + word[:90], Amount: "123456789012.34", Currency: "GBP", Fund: word[:300]}}},
		&pb.Command{AsAt: "2026-01-02", Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: "LONG", Owner: word[:300]}}})
	moves := make([]*pb.Command, 300)
	for i := range moves {
		moves[i] = stated("MOVED", fmt.Sprintf("20%02d-%02d-%02d", 14+i/28, 1+i%12, 1+i%28), fmt.Sprintf("20%02d-%02d-15", 27+i%3, 1+i%11), "again")
	}
	submitTo(t, server, "hostile", "moves", moves...)
}

// size is how many bytes a page has.
func size(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}
