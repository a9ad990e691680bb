package documents

import "milepost.dev/internal/reading/headings"

// Field is what a column holds, under the name that the report and a mapping file use.
type Field = headings.Field

// The fields of package headings.
const (
	Ref         = headings.Ref
	Workstream  = headings.Workstream
	Chapter     = headings.Chapter
	Scheme      = headings.Scheme
	Deliverable = headings.Deliverable
	Title       = headings.Title
	Owner       = headings.Owner
	Date        = headings.Date
	Start       = headings.Start
	Finish      = headings.Finish
	Actual      = headings.Actual
	Further     = headings.Further
	Reason      = headings.Reason
	Status      = headings.Status
	RAG         = headings.RAG
	Percent     = headings.Percent
	NextSteps   = headings.NextSteps
	Issues      = headings.Issues
	Success     = headings.Success
	KPI         = headings.KPI
	Baseline    = headings.Baseline
	Funding     = headings.Funding
	Period      = headings.Period
	Figure      = headings.Figure
	Fund        = headings.Fund
	Amount      = headings.Amount
	Currency    = headings.Currency
	Basis       = headings.Basis
	Recurrent   = headings.Recurrent
	Words       = headings.Words
	Note        = headings.Note
	Ignored     = headings.Ignored
	Unread      = headings.Unread
)
