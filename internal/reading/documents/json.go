package documents

import (
	"strconv"
	"strings"

	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// The JSON of a dry run is a contract: fields are added, never changed. Text that the document leaves out is "",
// and what was not stated at all is null.

// PlanJSON is what the document says about itself.
type PlanJSON struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	File      string   `json:"file"`
	SHA256    string   `json:"sha256"`
	Encoding  *string  `json:"encoding"`
	Sheets    []string `json:"sheets"`
	Start     *string  `json:"start"`
	End       *string  `json:"end"`
	Dated     *string  `json:"dated"`
	Notes     []string `json:"notes"`
	ForPerson int      `json:"for_a_person"`
}

// ColumnJSON is what one column was read as.
type ColumnJSON struct {
	Header string `json:"header"`
	As     string `json:"as"`
	Rows   int    `json:"rows"`
	Unread int    `json:"unread"`
	Sheet  string `json:"sheet"`
	Line   int    `json:"line"`
}

// MilestoneJSON is a milestone.
type MilestoneJSON struct {
	Ref            string                 `json:"ref"`
	Line           int                    `json:"line"`
	Workstream     string                 `json:"workstream"`
	Scheme         string                 `json:"scheme"`
	Deliverable    string                 `json:"deliverable"`
	Title          string                 `json:"title"`
	Owner          string                 `json:"owner"`
	DateText       string                 `json:"date_text"`
	Dates          []DateJSON             `json:"dates"`
	AsAt           *string                `json:"date_as_at,omitempty"`
	Earlier        []EarlierJSON          `json:"earlier,omitempty"`
	ActualText     string                 `json:"actual_date_text"`
	Actual         []DateJSON             `json:"actual_dates"`
	Reason         string                 `json:"reason"`
	StatusText     string                 `json:"status_text"`
	RAG            *string                `json:"rag"`
	Percent        *float64               `json:"percent"`
	NextSteps      string                 `json:"next_steps"`
	Issues         string                 `json:"issues"`
	SuccessMeasure string                 `json:"success_measure"`
	KPI            string                 `json:"kpi"`
	Baseline       string                 `json:"baseline"`
	Targets        []TargetJSON           `json:"targets,omitempty"`
	Funding        []FundingJSON          `json:"funding"`
	Review         []string               `json:"review"`
	Doubts         []DoubtJSON            `json:"doubts"`
	Sources        map[string][]PlaceJSON `json:"sources"`
	Attributes     map[string]string      `json:"attributes,omitempty"`
}

// DateJSON is a reading of a date, as `milepost read date` prints it.
type DateJSON struct {
	Kind      string  `json:"kind"`
	Start     *string `json:"start"`
	End       *string `json:"end"`
	Due       *string `json:"due"`
	Approx    bool    `json:"approx"`
	Uncertain bool    `json:"uncertain"`
	RRule     *string `json:"rrule"`
	Label     string  `json:"label"`
	EDTF      string  `json:"edtf"`
}

// EarlierJSON is a date that the document tells of a day before its own.
type EarlierJSON struct {
	AsAt    string      `json:"as_at"`
	Text    string      `json:"text"`
	Dates   []DateJSON  `json:"dates"`
	Sources []PlaceJSON `json:"sources"`
}

// FundingJSON is a reading of an investment. Line, scheme and deliverable are of funding lines that belong to no single milestone.
type FundingJSON struct {
	Line        int         `json:"line"`
	Scheme      string      `json:"scheme"`
	Deliverable string      `json:"deliverable"`
	Text        string      `json:"text"`
	Amount      *string     `json:"amount"`
	Currency    *string     `json:"currency"`
	Basis       *string     `json:"basis"`
	Fund        string      `json:"fund"`
	Start       *string     `json:"start"`
	End         *string     `json:"end"`
	Recurrent   *bool       `json:"recurrent"`
	Review      []string    `json:"review"`
	Sources     []PlaceJSON `json:"sources"`
}

// DoubtJSON says why a person should look.
type DoubtJSON struct {
	Reason string `json:"reason"`
	Field  string `json:"field"`
	Text   string `json:"text"`
	Says   string `json:"says"`
}

// PlaceJSON is where a value stands.
type PlaceJSON struct {
	Sheet  string `json:"sheet"`
	Row    int    `json:"row"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// FactJSON is what the document states beside milestones and money.
type FactJSON struct {
	Line    int          `json:"line"`
	Kind    string       `json:"kind"`
	Fact    string       `json:"fact"`
	Measure *MeasureJSON `json:"measure,omitempty"`
	Note    *NoteJSON    `json:"note,omitempty"`
	Sources []PlaceJSON  `json:"sources,omitempty"`
}

// NoteJSON is what a fact is kept under that is a note of the plan.
type NoteJSON struct {
	Ref     string `json:"ref"`
	Heading string `json:"heading"`
}

// MeasureJSON is a score, a count or an indicator in parts.
type MeasureJSON struct {
	Kind    string       `json:"kind"`
	Words   string       `json:"words"`
	Value   string       `json:"value"`
	Unit    string       `json:"unit"`
	Scale   string       `json:"scale"`
	Levels  []string     `json:"levels,omitempty"`
	Targets []TargetJSON `json:"targets,omitempty"`
}

// TargetJSON is what a measure is to come to by a date.
type TargetJSON struct {
	By    string   `json:"by"`
	Date  DateJSON `json:"date"`
	Value string   `json:"value"`
}

// JSON is the plan as JSON; the id and name are the caller's.
func (p Plan) JSON(id, name string, forPerson int) PlanJSON {
	return PlanJSON{
		ID: id, Name: name, Title: p.Title, File: p.File, SHA256: p.SHA256, Encoding: said(p.Encoding), Sheets: orEmpty(p.Sheets),
		Start: said(p.Start.String()), End: said(p.End.String()), Dated: said(p.Dated.String()), Notes: orEmpty(p.Notes), ForPerson: forPerson,
	}
}

// JSON is the column as JSON.
func (c Column) JSON() ColumnJSON {
	return ColumnJSON{c.Header, string(c.As), c.Rows, c.Unread, c.Sheet, c.Line}
}

// JSON is the milestone as JSON.
func (m Milestone) JSON() MilestoneJSON {
	j := MilestoneJSON{
		Ref: m.Ref, Line: m.Line, Workstream: m.Workstream.Text, Scheme: m.Scheme.Text, Deliverable: m.Deliverable.Text,
		Title: m.Title.Text, Owner: m.Owner.Text, DateText: m.Date.Text, StatusText: m.Status.Text, RAG: said(m.RAG.Text),
		Percent: m.percent(), NextSteps: m.NextSteps.Text, Issues: m.Issues.Text, SuccessMeasure: m.Success.Text,
		KPI: m.KPI.Text, Baseline: m.Baseline.Text,
		ActualText: m.Actual.Text, Reason: m.Reason.Text, Actual: []DateJSON{},
		Dates: []DateJSON{}, Funding: []FundingJSON{}, Review: []string{}, Doubts: []DoubtJSON{}, Sources: map[string][]PlaceJSON{},
	}
	for _, d := range m.Dates {
		j.Dates = append(j.Dates, dateJSON(d))
	}
	j.AsAt = said(m.DateAsAt.String())
	for _, e := range m.Earlier {
		told := EarlierJSON{e.AsAt.String(), e.Date.Text, []DateJSON{}, placesJSON(e.Date.From)}
		for _, d := range e.Dates {
			told.Dates = append(told.Dates, dateJSON(d))
		}
		j.Earlier = append(j.Earlier, told)
	}
	for _, d := range m.ActualDates {
		j.Actual = append(j.Actual, dateJSON(d))
	}
	for _, f := range m.Funding {
		j.Funding = append(j.Funding, f.JSON())
	}
	for _, d := range m.Review {
		j.Doubts = append(j.Doubts, DoubtJSON{d.Reason, string(d.Field), d.Text, d.Says})
		if !contains(j.Review, d.Reason) {
			j.Review = append(j.Review, d.Reason)
		}
	}
	for name, v := range m.values() {
		if len(v.From) > 0 {
			j.Sources[name] = placesJSON(v.From)
		}
	}
	j.Targets = targetsJSON(m.Targets)
	for heading, v := range m.Other {
		if j.Attributes == nil {
			j.Attributes = map[string]string{}
		}
		j.Attributes[heading] = v.Text
		j.Sources["attributes."+heading] = placesJSON(v.From)
	}
	return j
}

// values are the values of a milestone by the name of their field in JSON.
func (m Milestone) values() map[string]Value {
	return map[string]Value{
		"workstream": m.Workstream, "scheme": m.Scheme, "deliverable": m.Deliverable, "title": m.Title, "owner": m.Owner,
		"date_text": m.Date, "status_text": m.Status, "rag": m.RAG, "percent": m.Percent, "next_steps": m.NextSteps,
		"issues": m.Issues, "success_measure": m.Success, "kpi": m.KPI, "baseline": m.Baseline,
		"actual_date_text": m.Actual, "reason": m.Reason,
	}
}

// percent is the percentage as a number; nil where none is stated, or where it is none.
func (m Milestone) percent() *float64 {
	text := strings.TrimSpace(m.Percent.Text)
	number, hasSign := strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || n < 0 {
		return nil
	}
	if !hasSign && n <= 1 && strings.Contains(text, ".") { // a spreadsheet's share of one
		n *= 100
	}
	return &n
}

func dateJSON(d period.Reading) DateJSON {
	return DateJSON{
		d.Kind.String(), said(d.Start.String()), said(d.End.String()), said(d.Due.String()),
		d.Approx, d.Uncertain, said(d.RRule), d.Label, d.EDTF(),
	}
}

// JSON is the funding line as JSON.
func (f FundingLine) JSON() FundingJSON {
	j := FundingJSON{
		Line: f.Line, Scheme: f.Scheme, Deliverable: f.Deliverable, Text: f.Text,
		Amount: said(f.Amount.String()), Currency: said(f.Amount.Currency), Basis: said(f.Basis.String()), Fund: f.Fund,
		Start: said(f.Start.String()), End: said(f.End.String()), Review: orEmpty(f.Review), Sources: placesJSON(f.From),
	}
	if f.Recurrent != money.RecurrentUnsaid {
		recurs := f.Recurrent == money.Recurs
		j.Recurrent = &recurs
	}
	return j
}

// JSON is the fact as JSON.
func (f Fact) JSON() FactJSON {
	j := FactJSON{Line: f.Line, Kind: f.Kind, Fact: f.Says, Sources: placesJSON(f.From)}
	if m := f.Measure; m != nil {
		j.Measure = &MeasureJSON{m.Kind, m.Words, m.Value, m.Unit, m.Scale, m.Levels, targetsJSON(m.Targets)}
	}
	if n := f.Noted; n != nil {
		j.Note = &NoteJSON{n.Ref, n.Heading}
	}
	return j
}

func targetsJSON(targets []Target) (list []TargetJSON) {
	for _, t := range targets {
		list = append(list, TargetJSON{t.By, dateJSON(t.Date), t.Value})
	}
	return list
}

func placesJSON(places []Place) []PlaceJSON {
	list := make([]PlaceJSON, 0, len(places))
	for _, p := range places {
		list = append(list, PlaceJSON(p))
	}
	return list
}

func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}
