package returns

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// Request is what a row states, under an id that is a digest of it. It depends on the plan and the
// cells that say something, and on nothing else: neither on the order of the columns nor on the file.
func (r Row) Request(plan string) *pb.SubmitRequest {
	return &pb.SubmitRequest{RequestId: r.requestID(plan), Plan: plan, Commands: r.commands()}
}

func (r Row) requestID(plan string) string {
	said := []string{plan}
	for _, c := range r.cells {
		said = append(said, c.column, c.value)
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
func (r Row) commands() []*pb.Command {
	why := r.value(reason)
	takeReason := func() string {
		taken := why
		why = ""
		return taken
	}
	commands := []*pb.Command{{Command: &pb.Command_MilestoneAmended{MilestoneAmended: r.amended()}}}
	if date := r.value(deliveryDate); date != "" {
		commands = append(commands, &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{
			Ref: r.Ref(), DeliveryDate: date, Reason: takeReason(),
		}}})
	}
	if name := r.value(owner); name != "" {
		commands = append(commands, &pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{
			Ref: r.Ref(), Owner: name, Reason: takeReason(),
		}}})
	}
	if r.value(status) != "" || r.value(percent) != "" || why != "" && r.value(actualDate) == "" {
		progress := &pb.ProgressReported{Ref: r.Ref(), Status: r.value(status), Words: takeReason()}
		if n, ok := percentage(r.value(percent)); ok {
			progress.Percent = &n
		}
		commands = append(commands, &pb.Command{Command: &pb.Command_ProgressReported{ProgressReported: progress}})
	}
	if date := r.value(actualDate); date != "" {
		commands = append(commands, &pb.Command{Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{
			Ref: r.Ref(), ActualDate: date, Words: takeReason(),
		}}})
	}
	for _, c := range commands {
		c.AsAt, c.Source = r.value(asAt), r.value(source)
	}
	return commands
}

func (r Row) amended() *pb.MilestoneAmended {
	amended := &pb.MilestoneAmended{Ref: r.Ref(), AllowMissing: true}
	for _, c := range r.cells {
		switch {
		case c.column == title:
			amended.Title = &c.value
		case c.column == workstream:
			amended.Workstream = &c.value
		case !slices.Contains(known, c.column):
			if amended.Attributes == nil {
				amended.Attributes = map[string]string{}
			}
			amended.Attributes[c.column] = c.value
		}
	}
	return amended
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
		return reason
	}
	if slices.Contains(known, name) {
		return name
	}
	return ""
}
