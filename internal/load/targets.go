package load

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load/fundmatch"
	"milepost.dev/internal/load/rowmatch"
	"milepost.dev/internal/reading/documents"
)

// survey is what the first reading of a document leaves: how many rows there are and, where there is something that they
// can be, what they are matched by.
type survey struct {
	compared   bool
	rows       int            // without the candidates
	candidates map[int32]bool // by their place in the list, and among the rows
	all        int32          // rows and candidates
	list       rowmatch.List
	sums       []fundmatch.Line // of no milestone
	own        []ownSum         // of milestones
	cells      dateCells
	rated      rated
}

// Candidate keeps what a sentence is matched by: once somebody has accepted it, it is a milestone of the plan.
func (s *survey) Candidate(m documents.Milestone) error {
	return s.Milestone(m)
}

// Milestone keeps what a row is matched by.
func (s *survey) Milestone(m documents.Milestone) error {
	if isCandidate(&m) {
		s.candidates[s.all] = true
	} else {
		s.rows++
		s.cells.add(&m)
		s.rated.add(fit(m.RAG.Text, maxRating))
	}
	if s.all++; s.compared {
		for i, f := range m.Funding {
			s.own = append(s.own, ownSum{place{s.all - 1, int32(i)}, ofMilestone(sumOf(f))})
		}
		s.list.Add(rowmatch.Row{
			Ref: m.Ref, RefGiven: m.RefGiven, Title: fit(m.Title.Text, maxTitle), Place: fit(m.Workstream.Text, maxName),
			Within: within(m.Scheme.Text, m.Deliverable.Text), Owner: m.Owner.Text,
		})
	}
	return nil
}

// Funding keeps what a sum is matched by.
func (s *survey) Funding(f documents.FundingLine) error {
	if s.compared {
		s.sums = append(s.sums, sumOf(f))
	}
	return nil
}

// Fact is of no account here.
func (s *survey) Fact(documents.Fact) error { return nil }

// milestones are those of the plan, with their references.
type milestones struct {
	rowmatch.List
	refs, titles, ids texts
	states            []string
}

// order has the milestones in the order in which they came into the plan, as their own ids do.
func (m *milestones) order() []int32 {
	all := make([]int32, m.Len())
	for i := range all {
		all[i] = int32(i)
	}
	slices.SortFunc(all, func(a, b int32) int { return bytes.Compare(m.ids.bytes(a), m.ids.bytes(b)) })
	return all
}

// texts are many short texts in one.
type texts struct {
	all  []byte
	ends []uint32
}

func (t *texts) add(text string) {
	t.all = append(t.all, text...)
	t.ends = append(t.ends, uint32(len(t.all)))
}

func (t *texts) at(i int32) string { return string(t.bytes(i)) }

func (t *texts) bytes(i int32) []byte {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]]
}

// target is the milestone that a row is about.
type target struct {
	ref        string
	by         string // what it was matched by; empty for a new one
	confidence float32
	maybe      string // the reference of the milestone that it may be; empty where nobody has to be asked
	row        int32  // its place among the rows
}

// targets are the milestones that the rows of a document are, in the document's order.
type targets struct {
	row       int32
	matches   []rowmatch.Match // those that are left, in order of row
	refs      texts            // of the milestones in the matches
	reference func(ref string) string
}

// isNew says whether the next row is no milestone for sure.
func (t *targets) isNew() bool {
	return len(t.matches) == 0 || t.matches[0].Row != t.row || !t.matches[0].Sure
}

// of is the reference of the milestone that a row is for sure; empty of another.
func (t *targets) of(row int32) string {
	at, found := slices.BinarySearchFunc(t.matches, row, func(m rowmatch.Match, row int32) int { return cmp.Compare(m.Row, row) })
	if !found || !t.matches[at].Sure {
		return ""
	}
	return t.refs.at(t.matches[at].Milestone)
}

// next is the milestone of the next row, whose own reference is ref.
func (t *targets) next(ref string) target {
	row := t.row
	t.row++
	if len(t.matches) == 0 || t.matches[0].Row != row {
		return target{ref: t.reference(ref), row: row}
	}
	m := t.matches[0]
	t.matches = t.matches[1:]
	known := t.refs.at(m.Milestone)
	if !m.Sure {
		return target{ref: t.reference(ref), maybe: known, confidence: m.Confidence, row: row}
	}
	return target{ref: known, by: m.By.String(), confidence: m.Confidence, row: row}
}

// aim finds out which milestone each row is.
func (r *run) aim(ctx context.Context, known existing, s *survey) error {
	r.targets.reference = r.free
	r.result.New = s.rows
	if known.GetPlanResponse == nil {
		return nil
	}
	active, cancelled, err := r.known(ctx)
	if err != nil {
		return err
	}
	if err := r.tellApart(ctx, active, &s.list); err != nil {
		return err
	}
	order := active.order()
	active.SetOrder(order)
	found := rowmatch.Rows(&active.List, &s.list, nil)
	if err := r.shifted(ctx, active, found); err != nil {
		return err
	}
	if len(found) == 0 && active.Len() > 0 {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("No row is a milestone that the plan has (%d): it was taken for another document of the plan. If it is the next version, see that the headings are above their columns.", active.Len()))
	}
	if len(found) > 0 {
		blocks := rowmatch.Blocks(&active.List, &s.list, found, order)
		r.keepBlocks(active, blocks)
		found = append(found, rowmatch.Pairs(&active.List, &s.list, blocks)...)
	}
	r.leftOut(active, found)
	// What was given up is looked at last: a row that a person said to be another milestone left one behind.
	for _, m := range rowmatch.Rows(&cancelled.List, &s.list, found) {
		if m.Sure {
			m.Milestone += int32(active.Len())
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b rowmatch.Match) int { return cmp.Compare(a.Row, b.Row) })
	for _, m := range found {
		switch candidate := s.candidates[m.Row]; {
		case m.Sure:
			r.result.Matched[m.By.String()]++
			if candidate { // that somebody accepted
				r.result.Rows++
			} else {
				r.result.New--
			}
		case !candidate:
			r.result.Unsure++
		}
	}
	r.targets.matches, r.targets.refs = found, active.refs
	for i := range cancelled.refs.ends {
		r.targets.refs.add(cancelled.refs.at(int32(i)))
	}
	return nil
}

// largePage is how many milestones are asked for at once; the server gives fewer where they take more than 2 MiB.
const largePage = 10_000

// known are the milestones of the plan: those that are to be met, and those that were given up. The occurrences of a
// series are no rows of a document.
func (r *run) known(ctx context.Context) (active, cancelled *milestones, err error) {
	active, cancelled = &milestones{}, &milestones{}
	answer := r.Service.Status(ctx, &pb.ListStatusRequest{Plan: r.Plan, PageSize: largePage})
	for m, err := range answer.Items {
		if err != nil {
			return nil, nil, err
		}
		r.used.add(m.GetRef())
		for _, ref := range m.GetFormerRefs() {
			r.used.add(ref)
		}
		to := active
		switch {
		case m.GetSeries() != "":
			continue
		case m.GetState() == "cancelled":
			to = cancelled
		}
		to.Add(rowmatch.Row{Ref: m.GetRef(), Title: m.GetTitle(), Place: m.GetWorkstream(), Owner: m.GetOwner()})
		to.refs.add(m.GetRef())
		to.states = append(to.states, m.GetState())
		to.titles.add(fit(m.GetTitle(), maxTold))
		to.ids.add(m.GetMilestone())
		for _, ref := range m.GetFormerRefs() {
			to.AddFormerRef(ref)
		}
	}
	return active, cancelled, nil
}

// leftOut notes the milestones that no row is for sure. One that a row may be is told of by nobody until a person has said so.
func (r *run) leftOut(all *milestones, found []rowmatch.Match) {
	named := make([]bool, all.Len())
	for _, m := range found {
		named[m.Milestone] = named[m.Milestone] || m.Sure
	}
	for i, is := range named {
		switch {
		case is || all.states[i] == "replaced":
			continue
		case r.Complete:
			r.missing = append(r.missing, all.refs.at(int32(i)))
		case all.states[i] == "achieved", len(found) == 0:
			continue
		}
		r.result.NotTold = append(r.result.NotTold, NotTold{all.refs.at(int32(i)), all.titles.at(int32(i))})
	}
}

// asking is how many questions are under way at once.
const asking = 32

// tellApart looks up the scheme and the deliverable of milestones that have the same words, and only of those: it is a
// question for each.
func (r *run) tellApart(ctx context.Context, all *milestones, rows *rowmatch.List) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		mu      sync.Mutex // owns all
		running sync.WaitGroup
	)
	which := make(chan int)
	for range asking {
		running.Go(func() {
			for i := range which {
				mu.Lock()
				ref := all.refs.at(int32(i))
				mu.Unlock()
				known, err := r.Service.Milestone(ctx, &pb.GetMilestoneRequest{Plan: r.Plan, Milestone: ref})
				if err != nil {
					stop(err)
					continue
				}
				mu.Lock()
				all.SetWithin(i, within(known.GetAttributes()[schemeAttribute], known.GetAttributes()[deliverableAttribute]))
				mu.Unlock()
			}
		})
	}
	for _, i := range rowmatch.Alike(&all.List, rows) {
		if ctx.Err() != nil {
			break
		}
		which <- i
	}
	close(which)
	running.Wait()
	return context.Cause(ctx)
}

func within(scheme, deliverable string) string { return strings.TrimSpace(scheme + " " + deliverable) }

// free is a reference for a new milestone: that of the document where no other has it, else one that says of which
// document it is.
func (r *run) free(ref string) string {
	ref = clean(ref, maxRef-10)
	if ref == "" {
		ref = "row"
	}
	for candidate, n := ref, 1; ; n++ {
		if r.used.add(candidate) {
			return candidate
		}
		candidate = ref + "~" + short(r.report.Plan.SHA256)
		if n > 1 {
			candidate += strings.Repeat("'", n-1)
		}
	}
}
