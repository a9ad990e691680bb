package sqlexport

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// column is one column of a table. To export another value, add a line here and one in docs/export.md.
type column[T any] struct {
	name string
	kind string // of SQLite, with what must hold of it
	of   func(T) any
}

// table is what an answer's items are written to.
type table[T any] struct {
	name    string
	columns []column[T]
	key     string // PRIMARY KEY; empty where there is none
}

func (t table[T]) create() string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + t.name + " (")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name + " " + c.kind)
	}
	if t.key != "" {
		b.WriteString(", PRIMARY KEY (" + t.key + ")")
	}
	b.WriteString(")")
	return b.String()
}

func (t table[T]) insert() string {
	return "INSERT INTO " + t.name + " VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

func (t table[T]) values(item T) []any {
	values := make([]any, len(t.columns))
	for i, c := range t.columns {
		values[i] = c.of(item)
	}
	return values
}

// of is a part of a milestone, with the milestone that it is of.
type of[T any] struct {
	ref  string
	part T
}

// named is one of several values that have names.
type named struct {
	position uint64 // of the event; 0 where it is of no event
	ref      string
	name     string
	before   string
	after    string
}

type milestone = *pb.GetMilestoneResponse

// about is what the file speaks for.
type about struct {
	plan, asAt, software string
	position             uint64
}

func aboutTable() table[about] {
	return table[about]{name: "export", columns: []column[about]{
		{"format", "INTEGER NOT NULL", func(about) any { return 1 }},
		{"plan", "TEXT NOT NULL", func(a about) any { return a.plan }},
		{"as_at", "TEXT NOT NULL", func(a about) any { return a.asAt }},
		{"position", "INTEGER NOT NULL", func(a about) any { return int64(a.position) }},
		{"software", "TEXT NOT NULL", func(a about) any { return a.software }},
	}}
}

func lossTable() table[*pb.Loss] {
	return table[*pb.Loss]{name: "losses", columns: []column[*pb.Loss]{
		{"position", "INTEGER NOT NULL", func(l *pb.Loss) any { return int64(l.GetPosition()) }},
		{"last_known", "INTEGER NOT NULL", func(l *pb.Loss) any { return int64(l.GetLastKnown()) }},
		{"restored_at", "TEXT NOT NULL", func(l *pb.Loss) any { return l.GetRestoredAt() }},
	}}
}

func planTable() table[*pb.Plan] {
	return table[*pb.Plan]{name: "plan", key: "id", columns: []column[*pb.Plan]{
		{"id", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetId() }},
		{"name", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetName() }},
		{"period_start", "TEXT", func(p *pb.Plan) any { return day(p.GetPeriodStart()) }},
		{"period_end", "TEXT", func(p *pb.Plan) any { return day(p.GetPeriodEnd()) }},
		{"quarters", "TEXT", func(p *pb.Plan) any { return quarters(p.GetQuarters()) }},
		{"time_zone", "TEXT NOT NULL", func(p *pb.Plan) any { return p.GetTimeZone() }},
		{"milestones", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetMilestones() }},
		{"achieved", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetAchieved() }},
		{"slipped", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetSlipped() }},
		{"recovered", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetRecovered() }},
		{"overdue", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetOverdue() }},
		{"undated", "INTEGER NOT NULL", func(p *pb.Plan) any { return p.GetUndated() }},
		{"last_as_at", "TEXT", func(p *pb.Plan) any { return day(p.GetLastAsAt()) }},
	}}
}

func milestoneTable() table[milestone] {
	return table[milestone]{name: "milestones", key: "ref", columns: []column[milestone]{
		{"ref", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetRef() }},
		{"milestone", "TEXT NOT NULL UNIQUE", func(m milestone) any { return m.GetStatus().GetMilestone() }},
		{"title", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetTitle() }},
		{"workstream", "TEXT", func(m milestone) any { return text(m.GetStatus().GetWorkstream()) }},
		{"owner", "TEXT", func(m milestone) any { return text(m.GetStatus().GetOwner()) }},
		{"owner_is", "TEXT NOT NULL", func(m milestone) any { return meaning("", m.GetStatus().GetOwner()) }},
		{"state", "TEXT NOT NULL", func(m milestone) any { return m.GetStatus().GetState() }},
		{"original_baseline", "TEXT", func(m milestone) any { return day(m.GetOriginalBaseline()) }},
		{"original_baseline_is", "TEXT NOT NULL", func(m milestone) any { return baseline(m.GetOriginalBaseline()) }},
		{"current_baseline", "TEXT", func(m milestone) any { return day(m.GetCurrentBaseline()) }},
		{"current_baseline_is", "TEXT NOT NULL", func(m milestone) any { return baseline(m.GetCurrentBaseline()) }},
		{"forecast", "TEXT", func(m milestone) any { return day(m.GetStatus().GetForecast()) }},
		{"forecast_is", "TEXT NOT NULL", func(m milestone) any { return meaning(m.GetStatus().GetForecast(), m.GetStatus().GetForecastText()) }},
		{"forecast_text", "TEXT", func(m milestone) any { return text(m.GetStatus().GetForecastText()) }},
		{"forecast_edtf", "TEXT", func(m milestone) any { return text(m.GetForecastEdtf()) }},
		{"actual", "TEXT", func(m milestone) any { return day(m.GetStatus().GetActual()) }},
		{"actual_is", "TEXT NOT NULL", func(m milestone) any { return meaning(m.GetStatus().GetActual(), "") }},
		{"first_forecast", "TEXT", func(m milestone) any { return day(m.GetFirstForecast()) }},
		{"slip_days", "INTEGER", func(m milestone) any { return optional(m.GetStatus().SlipDays) }},
		{"overdue", "INTEGER NOT NULL", func(m milestone) any { return m.GetStatus().GetOverdue() }},
		{"status", "TEXT", func(m milestone) any { return text(m.GetStatus().GetStatus()) }},
		{"percent", "INTEGER", func(m milestone) any { return optional(m.GetStatus().Percent) }},
		{"words", "TEXT", func(m milestone) any { return text(m.GetWords()) }},
		{"review", "TEXT", func(m milestone) any { return text(strings.Join(m.GetStatus().GetReview(), ", ")) }},
		{"last_as_at", "TEXT", func(m milestone) any { return day(m.GetStatus().GetLastAsAt()) }},
		{"revision", "INTEGER NOT NULL", func(m milestone) any { return int64(m.GetStatus().GetRevision()) }},
		{"position", "INTEGER NOT NULL", func(m milestone) any { return int64(m.GetStatus().GetPosition()) }},
	}}
}

func attributeTable() table[named] {
	return table[named]{name: "attributes", key: "ref, name", columns: []column[named]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(n named) any { return n.ref }},
		{"name", "TEXT NOT NULL", func(n named) any { return n.name }},
		{"value", "TEXT NOT NULL", func(n named) any { return n.after }},
	}}
}

func ownerTable() table[of[*pb.Ownership]] {
	return table[of[*pb.Ownership]]{name: "owners", key: "position", columns: []column[of[*pb.Ownership]]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(o of[*pb.Ownership]) any { return o.ref }},
		{"owner", "TEXT NOT NULL", func(o of[*pb.Ownership]) any { return o.part.GetOwner() }},
		{"effective", "TEXT", func(o of[*pb.Ownership]) any { return day(o.part.GetEffective()) }},
		{"actor", "TEXT NOT NULL", func(o of[*pb.Ownership]) any { return o.part.GetActor() }},
		{"position", "INTEGER NOT NULL", func(o of[*pb.Ownership]) any { return int64(o.part.GetPosition()) }},
	}}
}

func fundingTable() table[of[*pb.FundingLine]] {
	return table[of[*pb.FundingLine]]{name: "funding", key: "ref, line", columns: []column[of[*pb.FundingLine]]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(l of[*pb.FundingLine]) any { return l.ref }},
		{"line", "TEXT NOT NULL", func(l of[*pb.FundingLine]) any { return l.part.GetLine() }},
		{"state", "TEXT NOT NULL", func(l of[*pb.FundingLine]) any { return l.part.GetState() }},
		{"amount", "TEXT", func(l of[*pb.FundingLine]) any { return text(l.part.GetAmount()) }},
		{"asked", "TEXT", func(l of[*pb.FundingLine]) any { return text(l.part.GetOf()) }},
		{"currency", "TEXT NOT NULL", func(l of[*pb.FundingLine]) any { return l.part.GetCurrency() }},
		{"fund", "TEXT", func(l of[*pb.FundingLine]) any { return text(l.part.GetFund()) }},
		{"as_at", "TEXT", func(l of[*pb.FundingLine]) any { return day(l.part.GetAsAt()) }},
		{"position", "INTEGER NOT NULL", func(l of[*pb.FundingLine]) any { return int64(l.part.GetPosition()) }},
	}}
}

func moveTable() table[*pb.Move] {
	return table[*pb.Move]{name: "moves", key: "position", columns: []column[*pb.Move]{
		{"ref", "TEXT NOT NULL REFERENCES milestones", func(m *pb.Move) any { return m.GetRef() }},
		{"as_at", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetAsAt() }},
		{"event", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetEvent() }},
		{"from_date", "TEXT", func(m *pb.Move) any { return day(m.GetFrom()) }},
		{"to_date", "TEXT", func(m *pb.Move) any { return day(m.GetTo()) }},
		{"to_is", "TEXT NOT NULL", func(m *pb.Move) any { return meaning(m.GetTo(), m.GetText()) }},
		{"days", "INTEGER NOT NULL", func(m *pb.Move) any { return m.GetDays() }},
		{"total_days", "INTEGER NOT NULL", func(m *pb.Move) any { return m.GetTotalDays() }},
		{"against", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetAgainst() }},
		{"text", "TEXT", func(m *pb.Move) any { return text(m.GetText()) }},
		{"reason", "TEXT", func(m *pb.Move) any { return text(m.GetReason()) }},
		{"actor", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetActor() }},
		{"recorded_at", "TEXT NOT NULL", func(m *pb.Move) any { return m.GetRecordedAt() }},
		{"as_recorded", "TEXT", func(m *pb.Move) any { return text(m.GetAsRecorded()) }},
		{"position", "INTEGER NOT NULL", func(m *pb.Move) any { return int64(m.GetPosition()) }},
	}}
}

func auditTable() table[*pb.AuditEntry] {
	return table[*pb.AuditEntry]{name: "audit", key: "position", columns: []column[*pb.AuditEntry]{
		{"position", "INTEGER NOT NULL", func(e *pb.AuditEntry) any { return int64(e.GetPosition()) }},
		{"event", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetEvent() }},
		{"event_id", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetEventId() }},
		{"ref", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetRef()) }},
		{"actor", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetActor() }},
		{"on_behalf_of", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetOnBehalfOf()) }},
		{"request_id", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetRequestId() }},
		{"source", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetSource()) }},
		{"as_at", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetAsAt() }},
		{"recorded_at", "TEXT NOT NULL", func(e *pb.AuditEntry) any { return e.GetRecordedAt() }},
		{"reason", "TEXT", func(e *pb.AuditEntry) any { return text(e.GetReason()) }},
	}}
}

func changeTable() table[named] {
	return table[named]{name: "audit_changes", key: "position, name", columns: []column[named]{
		{"position", "INTEGER NOT NULL REFERENCES audit", func(n named) any { return int64(n.position) }},
		{"name", "TEXT NOT NULL", func(n named) any { return n.name }},
		{"value_before", "TEXT", func(n named) any { return text(n.before) }},
		{"value_after", "TEXT", func(n named) any { return text(n.after) }},
	}}
}

func quarters(q pb.Quarters) any {
	switch q {
	case pb.Quarters_QUARTERS_CALENDAR:
		return "calendar"
	case pb.Quarters_QUARTERS_FINANCIAL:
		return "financial"
	default:
		return nil
	}
}

func optional[N int32 | uint32](n *N) any {
	if n == nil {
		return nil
	}
	return int64(*n)
}
