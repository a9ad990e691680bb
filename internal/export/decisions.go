package export

import (
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

func baselineTable() table[*pb.Baseline] {
	return table[*pb.Baseline]{name: "baselines", key: "position", columns: []column[*pb.Baseline]{
		{"position", "INTEGER NOT NULL", func(b *pb.Baseline) any { return int64(b.GetPosition()) }},
		{"ref", "TEXT NOT NULL", func(b *pb.Baseline) any { return b.GetRef() }},
		{"proposal", "TEXT NOT NULL", func(b *pb.Baseline) any { return b.GetProposal() }},
		{"dimension", "TEXT NOT NULL", func(b *pb.Baseline) any { return b.GetDimension() }},
		{"value", "TEXT", func(b *pb.Baseline) any { return text(b.GetValue()) }},
		{"due", "TEXT", func(b *pb.Baseline) any { return day(b.GetDue()) }},
		{"replaces", "INTEGER NOT NULL", func(b *pb.Baseline) any { return b.GetReplaces() }},
		{"number", "INTEGER NOT NULL", func(b *pb.Baseline) any { return b.GetNumber() }},
		{"state", "TEXT NOT NULL", func(b *pb.Baseline) any { return b.GetState() }},
		{"days", "INTEGER", func(b *pb.Baseline) any { return optional(b.Days) }},
		{"against", "TEXT", func(b *pb.Baseline) any { return text(b.GetAgainst()) }},
		{"reason_kind", "TEXT", func(b *pb.Baseline) any { return text(b.GetReasonKind()) }},
		{"reason", "TEXT", func(b *pb.Baseline) any { return text(b.GetReason()) }},
		{"decided_on", "TEXT", func(b *pb.Baseline) any { return day(b.GetDecidedOn()) }},
		{"marks", "TEXT", func(b *pb.Baseline) any { return text(strings.Join(b.GetMarks(), ", ")) }},
	}}
}

func correctionTable() table[*pb.Correction] {
	return table[*pb.Correction]{name: "corrections", key: "position", columns: []column[*pb.Correction]{
		{"position", "INTEGER NOT NULL", func(c *pb.Correction) any { return int64(c.GetPosition()) }},
		{"ref", "TEXT", func(c *pb.Correction) any { return text(c.GetRef()) }},
		{"targets", "TEXT NOT NULL", func(c *pb.Correction) any { return positions(c.GetTargets()) }},
		{"kind", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetKind() }},
		{"state", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetState() }},
		{"was", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetWas() }},
		{"read_as", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetReadAs() }},
		{"as_at", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetAsAt() }},
		{"actor", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetActor() }},
		{"on_behalf_of", "TEXT", func(c *pb.Correction) any { return text(c.GetOnBehalfOf()) }},
		{"recorded_at", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetRecordedAt() }},
		{"reason", "TEXT NOT NULL", func(c *pb.Correction) any { return c.GetReason() }},
		{"evidence", "TEXT", func(c *pb.Correction) any { return text(c.GetEvidence()) }},
		{"counts_from", "INTEGER", func(c *pb.Correction) any { return unlessZero(c.GetCountsFrom()) }},
		{"decided_by", "TEXT", func(c *pb.Correction) any { return text(c.GetDecidedBy()) }},
		{"decided_at", "TEXT", func(c *pb.Correction) any { return text(c.GetDecidedAt()) }},
		{"days", "INTEGER", func(c *pb.Correction) any { return optional(c.Days) }},
		{"import_id", "TEXT", func(c *pb.Correction) any { return text(c.GetImportId()) }},
	}}
}

func positions(all []uint64) string {
	words := make([]string, len(all))
	for i, p := range all {
		words[i] = strconv.FormatUint(p, 10)
	}
	return strings.Join(words, ", ")
}

func unlessZero(position uint64) any {
	if position == 0 {
		return nil
	}
	return int64(position)
}
