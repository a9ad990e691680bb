package returns

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/owners"
	"milepost.dev/internal/reading/progress"
	"milepost.dev/internal/reading/rows"
)

// requestOf is what a row states, under an id that is a digest of it. The id depends on the plan and on the cells that
// say something, and on nothing else: neither on the order of the columns nor on the file.
func requestOf(r rows.Row, plan string, strictRefs bool) *pb.SubmitRequest {
	id := requestID(r, plan)
	if strictRefs { // another request: without it the same row is accepted
		id += "-strict"
	}
	return &pb.SubmitRequest{RequestId: id, Plan: plan, Commands: commands(r), StrictRefs: strictRefs}
}

func requestID(r rows.Row, plan string) string {
	said := []string{plan}
	for _, c := range r.Cells {
		said = append(said, c.Column, c.Value)
	}
	switch { // what is sent of such a row is more than it was
	case owners.Named(r.Value(rows.Owner)) != nil:
		return "return-3-" + digest(said...)
	case endOf(r) != progress.Open:
		return "return-2-" + digest(said...)
	}
	return "return-1-" + digest(said...)
}

// digest is the SHA-256 of texts, each behind its length, so that no two lists come to the same bytes.
func digest(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(t))))
		h.Write([]byte(t))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// commands are the facts of a row, in an order that lets each find what it speaks of. The reason goes
// with the first fact that has a place for it: the date, the owner, the progress, the achievement. Where
// there is none of them it is what the reporter says about progress.
func commands(r rows.Row) []*pb.Command {
	why := r.Value(rows.Reason)
	takeReason := func() string {
		taken := why
		why = ""
		return taken
	}
	stated := []*pb.Command{{Command: &pb.Command_MilestoneAmended{MilestoneAmended: amended(r)}}}
	if date := r.Value(rows.DeliveryDate); date != "" {
		stated = append(stated, &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{
			Ref: r.Ref(), DeliveryDate: date, Reason: takeReason(),
		}}})
	}
	if name := r.Value(rows.Owner); name != "" {
		stated = append(stated, &pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{
			Ref: r.Ref(), Owner: name, SharedBy: owners.Named(name), Reason: takeReason(),
		}}})
	}
	if r.Value(rows.Status) != "" || r.Value(rows.Percent) != "" || why != "" && r.Value(rows.ActualDate) == "" {
		progress := &pb.ProgressReported{Ref: r.Ref(), Status: r.Value(rows.Status), Words: takeReason()}
		if n, ok := r.Percent(); ok {
			progress.Percent = &n
		}
		stated = append(stated, &pb.Command{Command: &pb.Command_ProgressReported{ProgressReported: progress}})
	}
	if date := r.Value(rows.ActualDate); date != "" {
		stated = append(stated, &pb.Command{Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{
			Ref: r.Ref(), ActualDate: date, Words: takeReason(),
		}}})
	}
	if asked := question(r); asked != nil {
		stated = append(stated, &pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: asked}})
	}
	for _, c := range stated {
		c.AsAt, c.Source = r.Value(rows.AsAt), r.Value(rows.Source)
	}
	return stated
}

// endOf is how a row says that its milestone ended, where it names no actual date.
func endOf(r rows.Row) progress.End {
	if r.Value(rows.ActualDate) != "" {
		return progress.Open
	}
	var percent *float64
	if n, ok := r.Percent(); ok {
		f := float64(n)
		percent = &f
	}
	return progress.Read(r.Value(rows.Status), percent)
}

// question is what a person is asked about a row that says that its milestone ended; nil for nothing.
func question(r rows.Row) *pb.ReviewRaised {
	q := &pb.ReviewRaised{Ref: r.Ref(), Field: rows.ActualDate, Text: cmp.Or(r.Value(rows.Status), r.Value(rows.Percent))}
	switch endOf(r) {
	case progress.Done:
		q.Reason = progress.DoneWithoutActual
	case progress.Cancelled:
		q.Reason, q.Field = progress.SaidCancelled, rows.Status
	default:
		return nil
	}
	q.Says = progress.Says(q.Reason)
	return q
}

func amended(r rows.Row) *pb.MilestoneAmended {
	change := &pb.MilestoneAmended{Ref: r.Ref(), AllowMissing: true}
	for _, c := range r.Cells {
		switch {
		case c.Column == rows.Title:
			change.Title = &c.Value
		case c.Column == rows.Workstream:
			change.Workstream = &c.Value
		case !rows.IsKnown(c.Column):
			if change.Attributes == nil {
				change.Attributes = map[string]string{}
			}
			change.Attributes[c.Column] = c.Value
		}
	}
	return change
}

// columnOf is the column behind a field of a row's request: of
// "commands[1].delivery_date_stated.delivery_date" it is "delivery_date".
func columnOf(field string) string {
	path, name, bracketed := strings.Cut(strings.TrimSuffix(field, "]"), "attributes[")
	if bracketed {
		return strings.Trim(name, `"'`)
	}
	name = path[strings.LastIndexByte(path, '.')+1:]
	if name == "words" {
		return rows.Reason
	}
	if rows.IsKnown(name) {
		return name
	}
	return ""
}
