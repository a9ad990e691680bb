package load

import (
	"milepost.dev/internal/load/rowmatch"
	"milepost.dev/internal/reading/documents"
)

// NotTold is a milestone that a document says nothing of.
type NotTold struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
}

// Changed is a place of the document, between the same neighbours, at which milestones went and rows came that are none the plan had.
type Changed struct {
	Gone []NotTold `json:"gone"`
	Came []string  `json:"came"` // their titles
	// Asked: each is put to a person as the one that stood in its place.
	Asked bool `json:"asked"`
}

// maxTold bounds in bytes what is told of a title.
const maxTold = 120

// mostChanged bounds the places that are told, and the rows at each.
const mostChanged = 100

// keepBlocks keeps the places at which something went and something came.
func (r *run) keepBlocks(known *milestones, blocks []rowmatch.Block) {
	r.place = map[int32]int{}
	for _, b := range blocks {
		if len(b.Came) == 0 || len(b.Gone) > mostChanged || len(b.Came) > mostChanged || len(r.result.Changed) == mostChanged {
			continue
		}
		c := Changed{Came: make([]string, 0, len(b.Came)), Asked: b.Asked()}
		for _, row := range b.Came {
			r.place[row] = len(r.result.Changed)
		}
		for _, i := range b.Gone {
			c.Gone = append(c.Gone, NotTold{known.refs.at(i), known.titles.at(i)})
		}
		r.result.Changed = append(r.result.Changed, c)
	}
}

// came keeps the title of a row that came where others went.
func (r *run) came(row int32, m *documents.Milestone) {
	if at, ok := r.place[row]; ok {
		r.result.Changed[at].Came = append(r.result.Changed[at].Came, fit(m.Title.Text, maxTold))
	}
}
