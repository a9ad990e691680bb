package load

import (
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/documents"
)

// columns are headings with what each is read as: "Milestone=title Notes".
func columns(sheet, text string) (all []*pb.DocumentColumn) {
	for i, word := range strings.Fields(text) {
		heading, as, _ := strings.Cut(word, "=")
		if heading != "-" {
			all = append(all, &pb.DocumentColumn{Sheet: sheet, Column: uint32(i + 1), Heading: heading, ReadAs: as})
		}
	}
	return all
}

func TestColumnsThatAreOtherThanInTheVersionBefore(t *testing.T) {
	t.Parallel()
	const was = "Milestone=title Owner=owner Due=delivery_date Notes"
	for now, want := range map[string][]string{
		was: nil,
		"milestone=title OWNER=owner Due=delivery_date notes":                      nil,
		"Milestone=title Owner=owner Due=delivery_date Forecast=finish_date Notes": {`These columns were not in plan.xlsx: "Forecast" (read as finish_date).`},
		"Milestone=title Owner=owner Due=delivery_date":                            {`These columns of plan.xlsx are gone: "Notes".`},
		"Milestone=title Lead=owner Due=delivery_date Notes":                       {`The column "Owner" of plan.xlsx is called "Lead" now (read as owner).`},
		"Milestone=title Owner=owner Due=delivery_date Comments":                   {`The column "Notes" of plan.xlsx is called "Comments" now (kept beside the milestone).`},
		"- Milestone=title Owner=owner Due=delivery_date Notes":                    {"4 columns stand one further to the right than in plan.xlsx. They were read by their headings."},
		"Due=delivery_date Milestone=title Owner=owner Notes":                      {"3 columns stand elsewhere than in plan.xlsx. They were read by their headings."},
		"Milestone=title Owner=owner Due=baseline Notes":                           {`The column "Due" was read as delivery_date in plan.xlsx and is read as baseline now.`},
		"Site=title Cost Colour":                                                   nil, // another document
	} {
		before := []*pb.Document{{Document: "plan.xlsx", Digest: "a", Columns: columns("", was)}}
		if got := drifted(before, "b", columns("", now)); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", now, got, want)
		}
	}
}

// A sheet that is called by its month is the same sheet, and of several documents the one that is most alike is the version
// before.
func TestTheVersionBeforeIsTheOneThatIsMostAlike(t *testing.T) {
	t.Parallel()
	before := []*pb.Document{
		{Document: "plan.xlsx", Digest: "a", Columns: columns("May", "Milestone=title Owner=owner Due=delivery_date")},
		{Document: "risks.xlsx", Digest: "b", Columns: columns("Risks", "Risk Owner=owner")},
	}
	got := drifted(before, "c", columns("June", "Milestone=title Owner=owner Due=delivery_date Revised=delivery_date"))
	if want := []string{`Sheet "June": These columns were not in plan.xlsx: "Revised" (read as delivery_date).`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := drifted(before, "a", columns("May", "Milestone=title")); len(got) > 0 {
		t.Errorf("the document itself is not its version before: %q", got)
	}
}

func TestOfTwoDocumentsThatAreAlikeTheNewerIsTheVersionBefore(t *testing.T) {
	t.Parallel()
	before := []*pb.Document{
		{Document: "april.xlsx", Digest: "a", Columns: columns("", "Milestone=title Owner=owner")},
		{Document: "may.xlsx", Digest: "b", Columns: columns("", "Milestone=title Owner=owner")},
	}
	if got, want := drifted(before, "c", columns("", "Milestone=title Owner=owner Notes")), []string{`These columns were not in may.xlsx: "Notes" (kept beside the milestone).`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestColumnsThatMovedToTheLeft(t *testing.T) {
	t.Parallel()
	before := []*pb.Document{{Document: "plan.xlsx", Digest: "a", Columns: columns("", "- Milestone=title Owner=owner")}}
	if got, want := drifted(before, "b", columns("", "Milestone=title Owner=owner")), []string{"2 columns stand one further to the left than in plan.xlsx. They were read by their headings."}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A document may have more columns than are kept, and columns without a heading, which are none of its own.
func TestColumnsAreKeptWithinBounds(t *testing.T) {
	t.Parallel()
	report := &documents.Report{Columns: []documents.Column{{Number: 1}, {Header: "Milestone", As: documents.Title, Number: 2}}}
	if got := columnsOf(report); len(got) != 1 || got[0].GetHeading() != "Milestone" || got[0].GetReadAs() != "title" || got[0].GetColumn() != 2 {
		t.Errorf("kept as %v", got)
	}
	for range 2 * plan.MaxColumns {
		report.Columns = append(report.Columns, documents.Column{Header: "N", Number: 3})
	}
	if got := columnsOf(report); len(got) != plan.MaxColumns {
		t.Errorf("%d columns are kept", len(got))
	}
	report.Columns = nil
	for range 2 * plan.MaxColumnText / 150 {
		report.Columns = append(report.Columns, documents.Column{Header: strings.Repeat("h", 150)})
	}
	length := 0
	for _, c := range columnsOf(report) {
		length += len(c.GetHeading())
	}
	if length > plan.MaxColumnText || length < plan.MaxColumnText/4 {
		t.Errorf("%d bytes of headings are kept", length)
	}
}

func TestManyNewColumnsAreNamedInPart(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("X", 25)
	text := "Milestone=title"
	for i := range many {
		text += " N" + strings.Repeat("i", i+1)
	}
	got := drifted([]*pb.Document{{Document: "plan.xlsx", Digest: "a", Columns: columns("", "Milestone=title")}}, "b", columns("", text))
	if len(got) != 1 || !strings.HasSuffix(got[0], "and 5 more.") {
		t.Errorf("got %q", got)
	}
}
