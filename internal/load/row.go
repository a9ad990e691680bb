package load

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/reading/owners"
)

// UnsureMatch is the reason of a row that may be a milestone which the plan has.
const UnsureMatch = "unsure-match"

// ReadInContext is the reason of a date that the document's own context gave, and its words alone do not.
const ReadInContext = "read-in-context"

// row is what a row states of its milestone, in an order that lets each find what it speaks of.
func (r *run) row(m *documents.Milestone, t target) []*pb.Command {
	var commands []*pb.Command
	source := r.sourceOf(m.Sheet, m.Line, t)
	add := func(c *pb.Command) { commands = append(commands, r.command(source, c)) }

	date, doubt, words := r.dateOf(m)
	amended := &pb.MilestoneAmended{Ref: t.ref, AllowMissing: true, Attributes: attributes(m)}
	if words != "" {
		amended.Attributes = with(amended.Attributes, asWritten, words)
	}
	if title := fit(m.Title.Text, maxTitle); title != "" {
		amended.Title = &title
	}
	if workstream := fit(m.Workstream.Text, maxName); workstream != "" {
		amended.Workstream = &workstream
	}
	begun := r.command(source, &pb.Command{Command: &pb.Command_MilestoneAmended{MilestoneAmended: amended}})
	if t.by == "" {
		begun.AsAt = r.firstTold(m)
	}
	commands = append(commands, begun)
	add(&pb.Command{Command: &pb.Command_MilestoneSourced{MilestoneSourced: r.sourced(m, t.ref)}})
	why := fit(m.Reason.Text, maxWords)
	commands = append(commands, r.dates(m, t.ref, source, date, why)...)
	for _, d := range m.Dates {
		if text := inISO(d); d.Label != "" && text != "" && len(m.Dates) > 1 {
			add(&pb.Command{Command: &pb.Command_FurtherDateStated{FurtherDateStated: &pb.FurtherDateStated{Ref: t.ref, Label: fit(d.Label, 200), Date: text}}})
		}
	}
	if owner := clean(m.Owner.Text, maxOwner); owner != "" {
		add(&pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: t.ref, Owner: owner, SharedBy: owners.Named(owner)}}})
	}
	if p := progressOf(m, t.ref); p != nil {
		if date == "" && p.Words == "" {
			p.Words = why // there is no date that it could be the reason of
		}
		add(&pb.Command{Command: &pb.Command_ProgressReported{ProgressReported: p}})
	}
	if rag := fit(m.RAG.Text, maxRating); rag != "" {
		add(&pb.Command{Command: &pb.Command_ConfidenceAssessed{ConfidenceAssessed: &pb.ConfidenceAssessed{Ref: t.ref, Scheme: ratingScheme, Value: rag}}})
	}
	if m.Issues.Text != "" {
		add(&pb.Command{Command: &pb.Command_IssueRaised{IssueRaised: &pb.IssueRaised{Ref: t.ref, Issue: "document", Words: fit(m.Issues.Text, maxWords)}}})
	}
	for _, c := range r.steps(m, t.ref, source) {
		add(c)
	}
	for _, c := range r.measuresOf(m, t.ref) {
		add(c)
	}
	for _, c := range r.milestoneFunding(m, t) {
		add(c)
	}
	for _, d := range doubt {
		d.Ref = t.ref
		add(&pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: d}})
	}
	for _, d := range m.Review {
		text := d.Text
		if d.Field == documents.Owner { // a name, which could not be forgotten
			text = ""
		}
		if besideAnother(d) {
			r.together.add(t.ref, period.Contradicts, string(documents.Title), documents.OtherInWords, fit(text, maxWords), "", source)
			continue
		}
		if waits(d) {
			r.together.add(t.ref, d.Reason, string(d.Field), d.Says, fit(text, maxWords), "", source)
			continue
		}
		add(&pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: &pb.ReviewRaised{
			Ref: t.ref, Reason: d.Reason, Field: string(d.Field), Text: fit(text, maxWords), Says: fit(d.Says, maxWords),
		}}})
	}
	commands = append(commands, r.ended(m, t.ref, source)...)
	if t.maybe != "" {
		add(&pb.Command{Command: &pb.Command_ReviewRaised{ReviewRaised: &pb.ReviewRaised{
			Ref: t.ref, Reason: UnsureMatch, Field: "ref", Text: fit(m.Title.Text, maxWords), Proposed: t.maybe,
			Says: fmt.Sprintf("It may be the milestone %s that the plan has, with a confidence of %.2f. Until somebody says so it is one of its own.", t.maybe, t.confidence),
		}}})
	}
	return commands
}

// command is a fact as at the document's date.
func (r *run) command(source string, c *pb.Command) *pb.Command {
	c.AsAt, c.Source = r.result.AsAt, source
	if source == "" {
		c.Source = fit(r.report.Plan.File, 1000)
	}
	return c
}

// date is the delivery date to state: in the document's own words where the service reads them as the document was
// read, else as what it was read as. What neither can say is put to a person.
func (r *run) date(m *documents.Milestone) (text string, doubts []*pb.ReviewRaised) {
	words, readings := fit(m.Date.Text, period.MaxText), m.OfDate()
	alone := dates.Read(words, r.settings)
	if words != "" && slices.Equal(alone.Readings, readings) {
		r.above = words
		return words, nil
	}
	if len(readings) == 1 {
		if iso := inISO(readings[0]); iso != "" {
			return iso, nil
		}
	}
	if said := r.wordsFor(words, readings); said != "" {
		return said, nil
	}
	if words == "" || len(readings) == 0 || len(alone.Review) > 0 { // the service itself asks about these words
		return words, nil
	}
	proposed := ""
	if due := (period.Delivery{Readings: readings}).Due(); due != 0 {
		proposed = due.String()
	}
	return words, []*pb.ReviewRaised{{
		Reason: ReadInContext, Field: "delivery_date", Text: words, Proposed: proposed,
		Says: "In its document these words mean " + (period.Delivery{Readings: readings}).EDTF() + "; alone they do not say so.",
	}}
}

// inISO is a reading of one day, month, quarter or year as it is written in ISO 8601; empty for any other.
func inISO(d period.Reading) string {
	if d.Kind != period.In && d.Kind != period.By || d.Approx || d.Uncertain {
		return ""
	}
	text := period.Reading{Kind: period.In, Start: d.Start, End: d.End}.EDTF()
	if d.Kind == period.By {
		text = d.End.String()
	}
	if back, err := period.ReadISO(text); err != nil || back.Due() != d.Due {
		return ""
	}
	return text
}

// The attributes that say where in the plan a milestone belongs, beside its workstream.
const (
	schemeAttribute      = "scheme"
	deliverableAttribute = "deliverable"
)

func attributes(m *documents.Milestone) map[string]string {
	all := map[string]string{}
	for name, v := range map[string]documents.Value{schemeAttribute: m.Scheme, deliverableAttribute: m.Deliverable, "baseline position": m.Baseline} {
		if v.Text != "" {
			all[name] = fit(v.Text, maxAttribute)
		}
	}
	room := maxAttributes
	for _, heading := range slices.Sorted(maps.Keys(m.Other)) {
		name, value := fit(heading, 100), fit(m.Other[heading].Text, maxAttribute)
		if room -= len(name) + len(value); name == "" || value == "" || room < 0 || len(all) >= 60 {
			continue
		}
		all[name] = value
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func with(attributes map[string]string, name, value string) map[string]string {
	if attributes == nil {
		attributes = map[string]string{}
	}
	attributes[name] = value
	return attributes
}

func progressOf(m *documents.Milestone, ref string) *pb.ProgressReported {
	p := &pb.ProgressReported{Ref: ref, NextSteps: fit(m.NextSteps.Text, maxWords)}
	if len(m.Status.Text) <= maxName {
		p.Status = m.Status.Text
	} else {
		p.Words = fit(m.Status.Text, maxWords)
	}
	if percent := m.JSON().Percent; percent != nil && *percent <= 100 {
		n := uint32(math.Round(*percent))
		p.Percent = &n
	}
	if p.Status+p.Words+p.NextSteps == "" && p.Percent == nil {
		return nil
	}
	return p
}

// fundingStated is a sum that a plan says it needs or will have. That it is confirmed no document of a plan can say.
func fundingStated(f documents.FundingLine, line string) *pb.FundingStated {
	m := &pb.FundingStated{
		Line: line, Scheme: fit(f.Scheme, maxName), Fund: fit(f.Fund, maxName), Start: f.Start.String(), End: f.End.String(),
		Basis: pb.FundingBasis(f.Basis), Reason: fit(f.Text, maxWords),
	}
	if !f.Amount.IsZero() && f.Amount.Units > 0 {
		m.Amount, m.Currency = f.Amount.String(), f.Amount.Currency
	}
	switch f.Recurrent {
	case money.Recurs:
		m.Recurrence = pb.FundingRecurrence_FUNDING_RECURRENCE_RECURRENT
	case money.Once:
		m.Recurrence = pb.FundingRecurrence_FUNDING_RECURRENCE_ONCE
	}
	if f.End.Before(f.Start) && f.End != 0 {
		m.Start, m.End = "", ""
	}
	return m
}

// sourced is where the values of a row stand. The words of an owner are left out: they name people, who have a right to
// be forgotten, and the owner's name is kept where it can be.
func (r *run) sourced(m *documents.Milestone, ref string) *pb.MilestoneSourced {
	s := &pb.MilestoneSourced{Ref: ref, Digest: r.result.Digest, Document: fit(r.report.Plan.File, maxName), Sheet: fit(m.Sheet, 200)}
	room := maxCells
	add := func(field, heading string, v documents.Value) {
		for _, from := range v.From {
			text := from.Text
			if field == string(documents.Owner) {
				text = ""
			}
			text = fit(text, max(0, min(5000, room-len(field)-len(heading))))
			if room -= len(field) + len(heading) + len(text); room < 0 || len(s.Cells) == 200 {
				return
			}
			s.Cells = append(s.Cells, &pb.SourceCell{Field: field, Heading: heading, Row: uint32(max(1, from.Row)), Column: uint32(max(1, from.Column)), Text: text})
		}
	}
	for _, v := range []struct {
		field documents.Field
		value documents.Value
	}{
		{documents.Title, m.Title},
		{documents.Date, m.Date},
		{documents.Owner, m.Owner},
		{documents.Workstream, m.Workstream},
		{documents.Scheme, m.Scheme},
		{documents.Deliverable, m.Deliverable},
		{documents.Actual, m.Actual},
		{documents.Reason, m.Reason},
		{documents.Status, m.Status},
		{documents.RAG, m.RAG},
		{documents.Percent, m.Percent},
		{documents.NextSteps, m.NextSteps},
		{documents.Issues, m.Issues},
		{documents.Success, m.Success},
		{documents.KPI, m.KPI},
		{documents.Baseline, m.Baseline},
	} {
		add(string(v.field), fit(r.headings[heading{m.Sheet, v.field}], 200), v.value)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Other)) {
		add(fit(name, 100), fit(name, 200), m.Other[name])
	}
	if len(s.Cells) == 0 {
		s.Cells = []*pb.SourceCell{{Field: "title", Row: uint32(max(1, m.Line)), Column: 1, Text: fit(m.Title.Text, 5000)}}
	}
	return s
}

// The bounds of the service, in bytes.
const (
	maxRef        = 200
	maxTitle      = 2000
	maxName       = 500
	maxOwner      = 300
	maxRating     = 200
	maxAttribute  = 2000
	maxAttributes = 20_000
	maxWords      = 10_000
	maxCells      = 39_000
)

// fit is a text of at most so many bytes, cut between letters and marked where it was too long.
func fit(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most {
		return text
	}
	const mark = "…"
	cut := most - len(mark)
	if cut < 0 {
		return ""
	}
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + mark
}

// clean is a text on one line, without characters that nobody can see.
func clean(text string, most int) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t' || c == '\r' || c == '\u00a0':
			return ' '
		case c < ' ' || c == 0x7f || c == '\ufeff' || c == '\u200b' || c == '\u00ad':
			return -1
		}
		return c
	}, text)
	return strings.TrimSpace(fit(strings.Join(strings.Fields(text), " "), most))
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
