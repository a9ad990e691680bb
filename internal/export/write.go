package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	_ "modernc.org/sqlite" // the driver "sqlite"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// Options say what is exported, and over what.
type Options struct {
	Plan     string
	ReadAt   *pb.ReadAt
	Force    bool   // takes the place of a file that is there
	Software string // that made the file
}

// Result is what a file holds.
type Result struct {
	Plan               string
	SpokenFor          *pb.SpokenFor
	Milestones, Events int
}

// Exists is a file that is there already, and stays as it is; or a directory, which is never replaced.
type Exists struct {
	File      string
	Directory bool
}

func (e *Exists) Error() string {
	if e.Directory {
		return e.File + " is a directory: name a file"
	}
	return fmt.Sprintf("%s is there already; --force replaces it", e.File)
}

// page is how much is asked for at once.
const page = 10_000

// Write asks a server about a plan and writes the file, whole or not at all. All of it is as known at one
// position, whatever is stated meanwhile. Its errors are *Exists, those of the client, and those of the disk.
func Write(ctx context.Context, c *client.Client, file string, o Options) (*Result, error) {
	if is, err := os.Lstat(file); err == nil && (is.IsDir() || !o.Force) {
		return nil, &Exists{File: file, Directory: is.IsDir()}
	}
	part, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*.part")
	if err != nil {
		return nil, err
	}
	defer os.Remove(part.Name()) // nothing where it was moved
	if err := part.Close(); err != nil {
		return nil, err
	}
	result, err := fill(ctx, c, part.Name(), o)
	if err != nil {
		return nil, err
	}
	return result, place(part.Name(), file, o.Force)
}

// place gives a file that is whole its name. Without force it takes nobody's place, not even of a file that came
// while this one was written.
func place(part, file string, force bool) error {
	if err := syncFile(part); err != nil {
		return err
	}
	if force {
		if err := os.Rename(part, file); err != nil {
			return err
		}
		return syncFile(filepath.Dir(file))
	}
	err := os.Link(part, file)
	if errors.Is(err, fs.ErrExist) {
		return &Exists{File: file}
	}
	if err != nil { // a file system without links
		err = os.Rename(part, file)
	}
	if err != nil {
		return err
	}
	return syncFile(filepath.Dir(file))
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writer fills a database in one transaction. Its first error is kept, and what comes after it does nothing.
type writer struct {
	ctx context.Context
	tx  *sql.Tx
	err error
}

// open makes a table and returns what adds a row to it.
func open[T any](w *writer, t table[T]) func(T) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, t.create())
	}
	var insert *sql.Stmt
	if w.err == nil {
		insert, w.err = w.tx.PrepareContext(w.ctx, t.insert()) // closed with the transaction
	}
	return func(item T) {
		if w.err != nil {
			return
		}
		if _, err := insert.ExecContext(w.ctx, t.values(item)...); err != nil {
			w.err = fmt.Errorf("write to table %s: %w", t.name, err)
		}
	}
}

func fill(ctx context.Context, c *client.Client, name string, o Options) (_ *Result, err error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	// The file has no readers before it is whole, and is thrown away where it does not become so.
	at := url.URL{Scheme: "file", Path: absolute, RawQuery: "_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"}
	db, err := sql.Open("sqlite", at.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing after Commit
	w := &writer{ctx: ctx, tx: tx}
	result, err := w.plan(c, o)
	if err = errors.Join(err, w.err); err != nil {
		return nil, err
	}
	return result, tx.Commit()
}

// plan asks for everything, as known at the position that the first answer speaks for.
func (w *writer) plan(c *client.Client, o Options) (*Result, error) {
	result := &Result{Plan: o.Plan}
	var refs []string
	status := c.Status(w.ctx, &pb.ListStatusRequest{Plan: o.Plan, ReadAt: o.ReadAt, PageSize: page})
	for m, err := range status.Items {
		if err != nil {
			return nil, err
		}
		refs = append(refs, m.GetRef())
	}
	spoken := status.SpokenFor
	result.SpokenFor, result.Milestones = spoken, len(refs)
	readAt := &pb.ReadAt{AsAt: spoken.GetAsAt(), KnownAt: fmt.Sprint(spoken.GetPosition())}

	open(w, aboutTable())(about{plan: o.Plan, asAt: spoken.GetAsAt(), software: o.Software, position: spoken.GetPosition(), rules: spoken.GetRules()})
	lost := open(w, lossTable())
	for _, l := range spoken.GetLosses() {
		lost(l)
	}
	plans := open(w, planTable())
	for p, err := range c.Plans(w.ctx, &pb.ListPlansRequest{ReadAt: readAt}).Items {
		if err != nil {
			return nil, err
		}
		if p.GetId() == o.Plan {
			plans(p)
		}
	}
	measured := open(w, figureTable())
	if err := w.milestones(c, o.Plan, refs, readAt, measured); err != nil {
		return nil, err
	}
	owners := open(w, ownerTable())
	for o, err := range c.Owners(w.ctx, &pb.ListOwnersRequest{Plan: o.Plan, ReadAt: readAt, All: true, PageSize: page}).Items {
		if err != nil {
			return nil, err
		}
		owners(o)
	}
	funding, amounts := open(w, fundingTable()), open(w, amountTable())
	for l, err := range c.Funding(w.ctx, &pb.ListFundingRequest{Plan: o.Plan, ReadAt: readAt, PageSize: page}).Items {
		if err != nil {
			return nil, err
		}
		funding(l)
		for _, a := range l.GetAmounts() {
			amounts(amount{l.GetPosition(), a})
		}
	}
	moves := open(w, moveTable())
	for m, err := range c.Slippage(w.ctx, &pb.ListSlippageRequest{Plan: o.Plan, ReadAt: readAt, All: true, PageSize: page}).Items {
		if err != nil {
			return nil, err
		}
		moves(m)
	}
	if err := w.decisions(c, o.Plan, readAt); err != nil {
		return nil, err
	}
	if err := w.documents(c, o.Plan, readAt, measured); err != nil {
		return nil, err
	}
	entries, changes := open(w, auditTable()), open(w, changeTable())
	for e, err := range c.Audit(w.ctx, &pb.ListAuditRequest{Plan: o.Plan, ReadAt: readAt, PageSize: page}).Items {
		if err != nil {
			return nil, err
		}
		result.Events++
		entries(e)
		both := maps.Clone(e.GetBefore())
		if both == nil {
			both = map[string]string{}
		}
		maps.Copy(both, e.GetAfter())
		for _, name := range slices.Sorted(maps.Keys(both)) {
			changes(named{position: e.GetPosition(), name: name, before: e.GetBefore()[name], after: e.GetAfter()[name]})
		}
	}
	return result, nil
}

// decisions writes what was proposed and approved, and what was corrected.
func (w *writer) decisions(c *client.Client, plan string, readAt *pb.ReadAt) error {
	baselines, corrections := open(w, baselineTable()), open(w, correctionTable())
	proposed := client.List(w.ctx, c, pb.QueryServiceClient.ListBaselines, &pb.ListBaselinesRequest{Plan: plan, ReadAt: readAt, PageSize: page}, (*pb.ListBaselinesResponse).GetBaselines)
	for b, err := range proposed.Items {
		if err != nil {
			return err
		}
		baselines(b)
	}
	corrected := client.List(w.ctx, c, pb.QueryServiceClient.ListCorrections, &pb.ListCorrectionsRequest{Plan: plan, ReadAt: readAt, PageSize: page, All: true}, (*pb.ListCorrectionsResponse).GetCorrections)
	for k, err := range corrected.Items {
		if err != nil {
			return err
		}
		corrections(k)
	}
	return nil
}

func (w *writer) milestones(c *client.Client, plan string, refs []string, readAt *pb.ReadAt, measured func(figure)) error {
	milestones, attributes := open(w, milestoneTable()), open(w, attributeTable())
	ratings, issues, dependencies := open(w, ratingTable()), open(w, issueTable()), open(w, dependencyTable())
	for _, ref := range refs {
		m, err := c.Milestone(w.ctx, &pb.GetMilestoneRequest{Plan: plan, Milestone: ref, ReadAt: readAt})
		if err != nil {
			return err
		}
		milestones(m)
		for _, name := range slices.Sorted(maps.Keys(m.GetAttributes())) {
			attributes(named{ref: ref, name: name, after: m.GetAttributes()[name]})
		}
		for _, r := range m.GetStatus().GetRatings() {
			ratings(of[*pb.Rating]{ref, r})
		}
		for _, i := range m.GetIssues() {
			issues(of[*pb.Issue]{ref, i})
		}
		for _, d := range m.GetDependsOn() {
			dependencies(of[*pb.Dependency]{ref, d})
		}
		for _, k := range m.GetMeasures() {
			for _, f := range figures(ref, k) {
				measured(f)
			}
		}
		if w.err != nil {
			return w.err
		}
	}
	return nil
}
