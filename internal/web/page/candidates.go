package page

import (
	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// candidate is a sentence of a document that may be a milestone. Nobody has said that it is one, and it is in no count of facts.
type candidate struct {
	Title, Date, Heading, Says string
	Document, Place, Text      string
	Offered                    string // ISO
}

// candidatesShown is how many of them a page shows.
const candidatesShown = 100

// candidates are the sentences that may be milestones and that nobody has settled.
func (a *asking) candidates() ([]candidate, error) {
	found, err := all(a, a.api.Candidates(a, &pb.ListCandidatesRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
	if err != nil {
		return nil, err
	}
	list := make([]candidate, len(found))
	for i, c := range found {
		list[i] = candidate{
			Title: c.GetTitle(), Date: c.GetDeliveryDate(), Heading: c.GetWorkstream(), Says: c.GetSays(), Document: c.GetDocument(), Place: placeOf(c), Text: c.GetText(), Offered: c.GetOffered(),
		}
		if list[i].Text == list[i].Title {
			list[i].Text = ""
		}
	}
	return list, nil
}

// sharedReason is what a person is told of all candidates, where it is the same; their own is empty then.
func sharedReason(list []candidate) string {
	for _, c := range list {
		if c.Says == "" || c.Says != list[0].Says {
			return ""
		}
	}
	shared := ""
	for i := range list {
		shared, list[i].Says = list[i].Says, ""
	}
	return shared
}

// placeOf is where in its document a candidate stands.
func placeOf(c *pb.Candidate) string {
	switch {
	case c.GetRow() == 0:
		return c.GetSheet()
	case c.GetSheet() != "":
		return "sheet " + c.GetSheet() + ", row " + words.Number(int(c.GetRow()))
	}
	return "line " + words.Number(int(c.GetRow()))
}

// mayBe is what a board is told of candidates; false where there are none.
func (a *asking) mayBe(n int) (belief, bool) {
	says := "sentences of documents may be milestones. Nobody has accepted them, and they are in no count."
	if n == 1 {
		says = "sentence of a document may be a milestone. Nobody has accepted it, and it is in no count."
	}
	return belief{N: words.Number(n), Href: a.to(planPath(a.plan)+"/review") + "#candidates", Tone: "unknown", Says: says}, n > 0
}
