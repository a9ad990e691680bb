package load

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/documents"
)

// mostNotes is how many notes are kept of a document, so that a plan has room for those of others.
const mostNotes = plan.MaxNotes / 2

// noted keeps a line of the document as what it is; nil for a fact that is no note. The next version has the same line under the same name: by
// the document's own reference, else by its words, wherever they stand.
func (s *sender) noted(f documents.Fact) *pb.Command {
	if f.Noted == nil || len(f.From) == 0 {
		return nil
	}
	if s.notes++; s.notes > mostNotes {
		return nil
	}
	n, from := f.Noted, f.From[0]
	name := "N" + digest(n.Kind, orElse(n.Ref, n.Subject))[:12]
	if !s.named.add("note " + name) {
		if name = "N" + digest(n.Kind, n.Ref, n.Subject)[:12]; !s.named.add("note " + name) {
			return nil // the very same line once more
		}
	}
	return s.command(s.sourceOf(f.Sheet, f.Line, target{}), &pb.Command{Command: &pb.Command_DocumentNoted{DocumentNoted: &pb.DocumentNoted{
		Note: name, Kind: n.Kind, Words: fit(f.Says, plan.MaxReason), Heading: fit(n.Heading, plan.MaxName),
		Digest: s.result.Digest, Document: fit(s.report.Plan.File, plan.MaxName), Sheet: fit(from.Sheet, 200),
		Cell: &pb.SourceCell{Row: uint32(max(1, from.Row)), Column: uint32(max(1, from.Column)), Text: fit(from.Text, maxTitle)},
	}}})
}
