package web_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// The last move counts: forecast for 30 April and achieved on 30 September is 153 days late wherever it is told, and has a rung of its own.
func TestAchievedLateIsLateEverywhere(t *testing.T) {
	s := serve(t, node.Config{})
	s.submit("begin", "hubs", registered("Hubs"), added("A", "Hub opens"), stated("A", "2025-01-02", "2025-04-30", ""),
		&pb.Command{AsAt: "2025-10-01", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "A", ActualDate: "2025-09-30"}}})
	for path, wants := range map[string][]string{
		"/":                           {"+153"},
		"/plans/hubs/milestones":      {"+153"},
		"/plans/hubs/milestones/A":    {"153 days late", "+153 days"},
		"/plans/hubs/milestones.csv":  {",153,"},
		"/plans/hubs/milestones.json": {`"slip_days": 153`},
		"/plans/hubs/changes?since=2025-06-30&as_at=2025-12-31": {"+153"},
	} {
		_, _, body := s.get(path)
		for _, want := range wants {
			if !strings.Contains(html.UnescapeString(body), want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	for m, err := range s.server.Status(t.Context(), &pb.ListStatusRequest{Plan: "hubs"}).Items {
		if err != nil || m.GetSlipDays() != 153 {
			t.Errorf("by the API it slipped %d days, %v", m.GetSlipDays(), err)
		}
	}
}

// A return in which 1,006 of 5,000 dates move is told as 1,006 moves, the largest first, whatever other plans say afterwards.
func TestEveryMoveOfALargeReturnIsTold(t *testing.T) {
	s := serve(t, node.Config{})
	const milestones, moves = 5000, 1006
	for part := 0; part < milestones; part += 250 {
		var commands []*pb.Command
		if part == 0 {
			commands = append(commands, registered("Large"))
		}
		for i := part; i < part+250; i++ {
			ref := fmt.Sprintf("M%04d", i)
			commands = append(commands, added(ref, "Milestone "+ref), stated(ref, "2026-01-31", "2027-01-01", ""))
		}
		s.submit(fmt.Sprint("begin-", part), "large", commands...)
	}
	for part := 0; part < moves; part += 250 {
		var commands []*pb.Command
		for i := part; i < min(part+250, moves); i++ {
			due := "2027-03-01"
			if i == 700 {
				due = "2029-01-01"
			}
			commands = append(commands, stated(fmt.Sprintf("M%04d", i), "2026-02-28", due, "late"))
		}
		s.submit(fmt.Sprint("moves-", part), "large", commands...)
	}
	s.submit("other", "other", registered("Other"), added("A", "Other"))
	for i := range 8 {
		var commands []*pb.Command
		for j := range 250 {
			commands = append(commands, stated("A", "2026-03-01", fmt.Sprintf("20%02d-%02d-01", 27+(i+j)%9, 1+j%12), "again"))
		}
		s.submit(fmt.Sprint("other-", i), "other", commands...)
	}
	count := regexp.MustCompile(`1\x{202f}?006 (?:dates )?slipped|>1\x{202f}?006</strong>`)
	for _, path := range []string{"/plans/large", "/plans/large/changes"} {
		_, _, body := s.get(path + "?since=2026-01-31&as_at=2026-02-28")
		if !count.MatchString(html.UnescapeString(body)) {
			t.Errorf("%s does not say 1,006", path)
		}
	}
	_, _, body := s.get("/plans/large/changes?since=2026-01-31&as_at=2026-02-28")
	_, rows, _ := strings.Cut(body, `<tr role="row" id="c`)
	first, _, _ := strings.Cut(rows, "</tr>")
	if !strings.Contains(html.UnescapeString(first), "M0700") || !strings.Contains(html.UnescapeString(first), "+731") {
		t.Errorf("the largest is not first: %s", first)
	}
	_, _, file := s.get("/plans/large/changes.csv?since=2026-01-31&as_at=2026-02-28")
	if n := strings.Count(file, "\n"); n != 1+moves {
		t.Errorf("the file has %d lines", n)
	}
}

// The table of a trend has the days of every line, and the lines' own dates.
func TestTheTableOfATrendSaysTheSame(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	s.crooked("crooked")
	for _, plan := range []string{"hubs", "crooked"} {
		_, _, body := s.get("/plans/" + plan + "/trend?as_at=2026-06-30&window=all")
		body = html.UnescapeString(body)
		names := regexp.MustCompile(`<tspan class="ref">([^<]*)</tspan>(?:<tspan class="days[^>]*>([^<]*)</tspan>)?`).FindAllStringSubmatch(body, -1)
		_, table, _ := strings.Cut(body, "trendtable")
		rows := 0
		for _, name := range names {
			for row := range strings.SplitSeq(table, "<tr") {
				if !strings.Contains(row, `<span class="ref">`+name[1]+`</span>`) {
					continue
				}
				rows++
				if name[2] != "" && !strings.Contains(row, ">"+name[2]+"<") {
					t.Errorf("%s: %s is %s in the drawing, and in the table %s", plan, name[1], name[2], row)
				}
			}
		}
		if rows != len(names) || rows == 0 {
			t.Errorf("%s: %d lines, and %d rows", plan, len(names), rows)
		}
	}
}
