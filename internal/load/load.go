package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load/conventions"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// Service answers what is known of a plan; *client.Client has it. Its errors are *client.Error.
type Service interface {
	Plan(ctx context.Context, request *pb.GetPlanRequest) (*pb.GetPlanResponse, error)
	Milestone(ctx context.Context, request *pb.GetMilestoneRequest) (*pb.GetMilestoneResponse, error)
	Status(ctx context.Context, request *pb.ListStatusRequest) *client.Answer[*pb.MilestoneStatus]
	Funding(ctx context.Context, request *pb.ListFundingRequest) *client.Answer[*pb.FundingLine]
	Review(ctx context.Context, request *pb.ListReviewRequest) *client.Answer[*pb.ReviewItem]
}

// Stream takes requests, decides them in the order in which they are sent, and holds so many without an answer and no
// more; *client.Pushing does. Its errors are *client.Error.
type Stream interface {
	Send(ctx context.Context, request *pb.SubmitRequest) (*client.Pushed, error)
}

// Load brings a document into one plan.
type Load struct {
	Service Service
	Stream  Stream
	// Plan is the plan's id. If there is none of it, it is registered under Name, else under the document's title, together with the
	// first row that is accepted.
	Plan, Name string
	// MustExist registers no plan: if there is none of the id, nothing is sent.
	MustExist bool
	// Mapping is the text of the mapping file, which is kept with the plan; empty for none.
	Mapping string
	// Conventions are how the dates of the plan are written, where somebody says so. The plan keeps them, and its later documents
	// and returns are read by them.
	Conventions conventions.Said
	// Complete: the document names every milestone there is, and those that it lacks were left out.
	Complete bool
	// Again sends a document that was read into the plan before.
	Again bool
	// StrictRefs refuses a row whose reference is new and looks like one that the plan has.
	StrictRefs bool
	// Sent is told how many of the document's milestones have an answer; nil for nobody.
	Sent func(done, rows int)
}

// Result is what a document came to.
type Result struct {
	Plan     string `json:"plan"`
	Document string `json:"document"`
	Digest   string `json:"digest"`
	// Sheets are those that were read, where the document is one version of a workbook that holds its own history.
	Sheets []string `json:"sheets,omitempty"`
	// AsAt is the day that everything was stated for.
	AsAt string `json:"as_at"`
	// Before says that the very same document was read into the plan before, so that nothing was sent.
	Before bool `json:"before"`
	// Rows is how many milestones the document holds.
	Rows int `json:"rows"`
	// New is how many of them the plan did not have; Matched counts the others by what they were matched by.
	New     int            `json:"new"`
	Matched map[string]int `json:"matched"`
	// Unsure is how many of the new ones may be a milestone that the plan has: a person is asked.
	Unsure int `json:"unsure"`
	// InDoubt is how many rows a person should look at for any reason.
	InDoubt int `json:"in_doubt"`
	// Candidates is how many sentences of the document may be milestones: a person is asked.
	Candidates int `json:"candidates"`
	// Noted is how many lines of the document are kept as notes: risks, issues, governance.
	Noted int `json:"noted"`
	// Unchanged is how many requests said nothing new.
	Unchanged int `json:"unchanged"`
	// Events is how many events of each type it led to.
	Events map[string]int `json:"events"`
	// ImportID names all that the document stated, for a correction that undoes it; empty where it stated nothing new.
	ImportID string `json:"import_id,omitempty"`
	// Refused are the rows that were not accepted, in order of row.
	Refused []Refused `json:"refused"`
	// Missing are the milestones that a complete document left out, by reference.
	Missing []string `json:"missing"`
	// NotTold are the milestones that the document says nothing of, whether or not it is complete, and FundsNotTold the sums of
	// schemes and of the plan. They stand as they did.
	NotTold      []NotTold `json:"not_told,omitempty"`
	FundsNotTold []string  `json:"funds_not_told,omitempty"`
	// Changed are the places of the document at which rows went and others came.
	Changed []Changed `json:"changed,omitempty"`
	// Baselined are the dates that the document calls baselines, in the order of its rows; nil where it was read before.
	Baselined []Baselined `json:"-"`
	// Proposed is what was proposed of them; nil where nothing was.
	Proposed *Proposed `json:"proposed,omitempty"`
	// Notes are what a person should know about the reading as a whole, as sentences.
	Notes []string `json:"notes"`
	// Notices are what a person should know of rows that were accepted, as sentences.
	Notices []string `json:"notices,omitempty"`
	// Position is the last one that any request led to; nil where none was accepted.
	Position *uint64 `json:"position"`
}

// Proposed is a proposal of the dates that a document calls baselines. It waits for an approver.
type Proposed struct {
	Proposal string `json:"proposal"`
	From     string `json:"from"` // the heading
	Items    int    `json:"items"`
	SHA256   string `json:"sha256"`
}

// Refused is why something of a row was not accepted. Row 0 is the document as a whole.
type Refused struct {
	Row     int    `json:"row"`
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// RefusedRows is how many rows were not accepted.
func (r *Result) RefusedRows() int {
	rows := map[int]bool{}
	for _, refused := range r.Refused {
		rows[refused.Row] = true
	}
	return len(rows)
}

// PlanMissing says that there is no such plan, and that it is not to be registered.
type PlanMissing struct{ Plan string }

// Error returns the sentence.
func (p *PlanMissing) Error() string { return fmt.Sprintf("there is no plan %q", p.Plan) }

// Run brings a document into the plan. Its error is an *documents.Unreadable where the document is at fault, or a *PlanMissing, and
// then nothing was sent; else a *client.Error that ended it, or what reading came to. The result is what was done so
// far.
func (l Load) Run(ctx context.Context, file documents.File, o documents.Options) (*Result, error) {
	known, err := l.plan(ctx)
	if err != nil {
		return nil, err
	}
	if known.GetPlanResponse == nil && l.MustExist {
		return nil, &PlanMissing{l.Plan}
	}
	if err := l.Conventions.Into(&o.Settings); err != nil {
		return nil, err
	}
	o.Settings, o.UsualOrder = known.settings(o.Settings), conventions.Of(known.GetPlan()).Settings().Order
	seen := newSurvey(known)
	report, err := documents.Read(file, o, seen)
	if err == nil && asBefore(known.GetDocuments(), report, &o) {
		seen = newSurvey(known)
		report, err = documents.Read(file, o, seen)
	}
	if err != nil {
		return nil, err
	}
	if report.Plan.Dated == 0 {
		return nil, &documents.Unreadable{Rule: "undated", Sentence: fmt.Sprintf("%s does not say of which day it is, so it is not known as at which day its dates hold. Name the day with --dated, or with dated in the mapping file.", report.Plan.File)}
	}
	run := &run{
		Load: l, file: file, options: o, report: report, headings: headings(report), used: set{},
		settings: l.serverSettings(known, report), cells: seen.cells, rated: seen.rated, together: together{asked: set{}, steps: set{}},
		result: Result{
			Plan: l.Plan, Document: report.Plan.File, Digest: "sha256:" + report.Plan.SHA256, Sheets: o.Sheets, AsAt: report.Plan.Dated.String(),
			Matched: map[string]int{}, Events: map[string]int{}, Refused: []Refused{}, Missing: []string{}, Rows: seen.rows,
			Notes: append([]string{}, report.Plan.Notes...),
		},
	}
	if known.has(run.result, l.Mapping) && !l.Again {
		run.result.Before = true
		return &run.result, nil
	}
	run.saidBefore = known.hasSheets(run.result)
	run.result.Notes = append(run.result.Notes, drifted(known.GetDocuments(), run.result.Digest, columnsOf(report))...)
	if err := run.aim(ctx, known, seen); err != nil {
		return &run.result, err
	}
	if err := run.lookUpFunds(ctx, known, seen.sums, seen.own); err != nil {
		return &run.result, err
	}
	if err := run.lookUpQuestions(ctx, known); err != nil {
		return &run.result, err
	}
	if known.GetPlanResponse == nil {
		run.register = run.registration()
	} else if err := run.begin(ctx, known); err != nil {
		return &run.result, err
	}
	o.Progress = nil
	if err := run.send(ctx, file, o); err != nil {
		return &run.result, err
	}
	return &run.result, run.end(ctx)
}

// existing is the plan as the service knows it; nil where there is none.
type existing struct{ *pb.GetPlanResponse }

func (l Load) plan(ctx context.Context) (existing, error) {
	p, err := l.Service.Plan(ctx, &pb.GetPlanRequest{Plan: l.Plan})
	if e, ok := errors.AsType[*client.Error](err); ok && (e.Rule == client.RulePlanUnknown || e.Code == "NOT_FOUND") {
		return existing{}, nil
	}
	return existing{p}, err
}

// serverSettings are what the service reads dates with, once it knows what is said.
func (l Load) serverSettings(p existing, report *documents.Report) dates.Settings {
	s := l.Conventions.Or(conventions.Of(p.GetPlan())).Settings()
	s.PlanStart, s.PlanEnd, s.Dated = report.Plan.Start, report.Plan.End, report.Plan.Dated
	return p.settings(s)
}

// settings are those that a document is read with: what was said of it, then what the plan says. Day and month have the order
// that a column proves before that of the plan.
func (p existing) settings(s dates.Settings) dates.Settings {
	if p.GetPlanResponse == nil {
		return s
	}
	start, _ := civil.Parse(p.GetPlan().GetPeriodStart()) // an absent day is none
	end, _ := civil.Parse(p.GetPlan().GetPeriodEnd())
	s.PlanStart, s.PlanEnd = cmp.Or(start, s.PlanStart), cmp.Or(end, s.PlanEnd)
	plan := conventions.Of(p.GetPlan()).Settings()
	s.Quarters, s.FinancialYear, s.Weeks = cmp.Or(s.Quarters, plan.Quarters), cmp.Or(s.FinancialYear, plan.FinancialYear), cmp.Or(s.Weeks, plan.Weeks)
	s.MonthsFrom = cmp.Or(s.MonthsFrom, plan.MonthsFrom)
	return s
}

// has says whether the very same document was read into the plan before, in the same way.
func (p existing) has(r Result, mapping string) bool {
	for _, d := range p.GetDocuments() {
		if d.GetDigest() == r.Digest && d.GetMapping() == mapping && (r.AsAt == "" || d.GetAsAt() == r.AsAt) {
			return true
		}
	}
	return false
}

// hasSheets says whether an earlier version of the workbook was read into the plan with the same sheets, as at the same day.
func (p existing) hasSheets(r Result) bool {
	return len(r.Sheets) > 0 && slices.ContainsFunc(p.GetDocuments(), func(d *pb.Document) bool {
		return d.GetAsAt() == r.AsAt && d.GetDigest() != r.Digest && slices.ContainsFunc(d.GetColumns(), func(c *pb.DocumentColumn) bool {
			return slices.Contains(r.Sheets, c.GetSheet())
		})
	})
}

// headings are what the columns of a document are headed, by sheet and by what they were read as.
func headings(report *documents.Report) map[heading]string {
	found := map[heading]string{}
	for _, c := range report.Columns {
		if h := (heading{c.Sheet, c.As}); found[h] == "" {
			found[h] = c.Header
		}
	}
	return found
}

type heading struct {
	sheet string
	field documents.Field
}

// id is the id of a request of this document: the same for the same.
func (r *run) id(said ...string) string {
	id := "import-1-" + digest(append([]string{r.Plan, r.report.Plan.SHA256, r.result.AsAt}, said...)...)
	if r.StrictRefs { // another request: without it the same row is accepted
		id += "-strict"
	}
	return id
}

// short is the first digits of a digest.
func short(sha256 string) string { return sha256[:min(6, len(sha256))] }

// sourceOf names the document and a row in the words that are kept with a statement.
func (r *run) sourceOf(sheet string, row int, t target) string {
	text := fmt.Sprintf("%s, row %d", r.report.Plan.File, row)
	if sheet != "" {
		text = fmt.Sprintf("%s, sheet %s, row %d", r.report.Plan.File, sheet, row)
	}
	if t.by != "" {
		text += fmt.Sprintf("; matched by %s, confidence %.2f", t.by, t.confidence)
	}
	return fit(text, 1000)
}
