package page

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// correctionView is a correction that somebody decides about.
type correctionView struct {
	fields
	correctionRow
}

// decidingCorrection shows a correction, and asks for a decision about it.
func decidingCorrection(a *asking, f fields) (heading, any, error) {
	p, f, err := a.form(f, "Correction at position "+a.item, reviewsOrApproves, "an approver who is another person than those who said it and corrected it")
	if err != nil {
		return heading{}, nil, err
	}
	list, err := all(a, a.api.Corrections(a, &pb.ListCorrectionsRequest{Plan: a.plan, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	titles, err := a.titles()
	if err != nil {
		return p.heading, nil, err
	}
	for _, c := range list {
		if strconv.FormatUint(c.GetPosition(), 10) == a.item {
			return p.heading, correctionView{f, a.correctionRow(c, titles)}, nil
		}
	}
	return p.heading, nil, &Problem{Status: http.StatusNotFound, Title: "There is no such correction", Sentence: "The plan has no correction at this position. The page “Decisions” lists those that there are."}
}

// correctionDecided approves or refuses a correction.
func correctionDecided(a *asking, v url.Values) ([]*pb.Command, error) {
	position, err := strconv.ParseUint(a.item, 10, 64)
	if err != nil {
		return nil, unfilled("A correction is named by its position.")
	}
	m := &pb.CorrectionDecided{Position: position, Reason: strings.TrimSpace(v.Get("reason"))}
	switch v.Get("outcome") {
	case "approve":
		return []*pb.Command{{Command: &pb.Command_CorrectionApproved{CorrectionApproved: m}}}, nil
	case "refuse":
		return []*pb.Command{{Command: &pb.Command_CorrectionRefused{CorrectionRefused: m}}}, nil
	}
	return nil, unfilled("Choose what is decided.")
}

// historyView is what was told late about the past of one milestone.
type historyView struct {
	fields
	lateRow
}

// acceptingHistory shows what was told late at a position, and asks whether it is accepted.
func acceptingHistory(a *asking, f fields) (heading, any, error) {
	p, f, err := a.form(f, "Told late at position "+a.item, approves, "an approver who did not tell it")
	if err != nil {
		return heading{}, nil, err
	}
	rows, err := a.toldLate()
	if err != nil {
		return p.heading, nil, err
	}
	for _, r := range rows {
		if strconv.FormatUint(r.Position, 10) == a.item {
			return p.heading, historyView{f, r}, nil
		}
	}
	return p.heading, nil, &Problem{Status: http.StatusNotFound, Title: "Nothing waits here", Sentence: "Nothing that was told at this position waits for an approver. It may have been accepted."}
}

// historyAccepted accepts what was told late, from one position to another.
func historyAccepted(a *asking, v url.Values) ([]*pb.Command, error) {
	first, err := strconv.ParseUint(strings.TrimSpace(v.Get("from")), 10, 64)
	if err != nil {
		return nil, unfilled("Write the first position as a number.")
	}
	last, err := strconv.ParseUint(strings.TrimSpace(v.Get("to")), 10, 64)
	if err != nil {
		return nil, unfilled("Write the last position as a number.")
	}
	return []*pb.Command{{Command: &pb.Command_HistoryAccepted{
		HistoryAccepted: &pb.HistoryAccepted{FromPosition: first, ToPosition: last, Reason: strings.TrimSpace(v.Get("reason"))},
	}}}, nil
}
