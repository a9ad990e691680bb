// Package headings knows which words head the columns of plans and returns, and which field each means. A document that is
// imported and a return that is pushed are read with the same words.
package headings

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Field is what a column holds, under the name that the report and a mapping file use.
type Field string

// The fields of a milestone, and what else a table may hold.
const (
	Ref         Field = "ref"
	Workstream  Field = "workstream"
	Chapter     Field = "chapter" // a number, whose name stands in a heading
	Scheme      Field = "scheme"
	Deliverable Field = "deliverable"
	Title       Field = "title"
	Owner       Field = "owner"
	Date        Field = "delivery_date"
	Start       Field = "start"
	Finish      Field = "finish"
	Actual      Field = "actual_date"  // when it was met
	Further     Field = "further_date" // another date of the milestone; its heading says which
	Reason      Field = "reason"       // why the date moved
	Status      Field = "status"
	RAG         Field = "rag"
	Percent     Field = "percent"
	NextSteps   Field = "next_steps"
	Issues      Field = "issues"
	Success     Field = "success_measure"
	KPI         Field = "kpi"
	Baseline    Field = "baseline" // where things stood at the start; never a baseline date
	Funding     Field = "funding"
	Period      Field = "period" // the heading is a period, and dates the cells below it
	Figure      Field = "figure" // a score or a count, never a milestone

	// The columns of a table of funding lines, beside Scheme, Start and Finish.
	Fund      Field = "fund"
	Amount    Field = "amount"
	Currency  Field = "currency"
	Basis     Field = "basis"
	Recurrent Field = "recurrent"
	Words     Field = "words" // those that a reading was made from

	// Note is a column of a list of risks or the like, whose rows are kept as notes.
	Note Field = "note"
	// Ignored is a column that a mapping file says to leave out.
	Ignored Field = "ignore"
	// Unread is a column that was not read as anything. The report counts its values.
	Unread Field = ""
)

// Names are the headings of one field.
type Names struct {
	Field Field
	Words []string
}

// Synonyms are the headings that a field goes by, in lower case and without punctuation, the most
// telling first. Nobody changes them.
var Synonyms = []Names{
	{Ref, []string{"ref", "reference", "id", "milestone id", "milestone ref", "action no", "action ref", "no", "number", "unique id"}},
	{Chapter, []string{"chapter", "gpfv chapter ref", "chapter ref", "section"}},
	{Workstream, []string{"workstream", "work stream", "workstreams", "work programme", "domain", "category", "delivery area", "programme area", "area", "theme", "priority area", "chapter title", "pillar", "portfolio"}},
	{Scheme, []string{"schemes", "scheme", "programme", "delivery areas", "programme delivery areas", "initiative", "work package", "objective", "objectives", "high impact action", "recommendation", "recommendations", "strategic objective", "goal", "goals", "aim", "aims", "programme name", "initiative name", "project area", "work area", "phase", "stage"}},
	{Deliverable, []string{"key deliverables", "deliverables", "deliverable", "key deliverable", "requirement", "requirements", "outputs", "output", "product"}},
	{Title, []string{"action milestone", "action", "actions", "milestone", "milestones", "key milestones", "key actions", "action required", "task", "tasks", "activity", "activities", "project", "projects", "priority projects", "description", "title", "milestone description", "milestone name", "key action", "step", "steps", "what", "programme content", "content", "task name", "task description", "activity name", "milestone title", "project name", "action description", "key task", "key tasks", "milestone action", "action milestone description", "deliverable milestone", "key activity", "key activities", "actions required", "action to be taken", "actions to be taken", "agreed action", "proposed action", "planned action", "how", "what will we do", "what we will do", "implementation steps", "recommended action", "name", "subject", "summary", "item", "event", "work item", "work item title", "issue summary", "deliverable name", "gateway", "milestone task", "task milestone"}},
	{Owner, []string{"action owner organisation", "action owner", "owner", "lead", "lead organisation", "responsible", "responsibility", "responsible officer", "accountable", "lead officer", "by whom", "who", "sro", "organisation", "lead s", "named lead", "assigned to", "action lead", "owner s", "resource names", "resource name", "responsible person", "responsible lead", "responsible owner", "accountable officer", "project lead", "milestone owner", "task owner", "delivery lead", "led by", "exec lead", "senior responsible owner", "assignee", "assignees", "assigned", "assigned user", "project manager", "milestone lead", "task lead"}},
	{Date, []string{"milestone delivery date", "delivery date", "timescale s", "timescale", "timescales", "due date", "due", "target date", "deadline", "date", "milestone date", "by when", "when", "completion due", "planned date", "timeframe", "timeline", "target completion date", "delivery", "forecast date", "forecast", "milestone delivery", "revised date", "revised due date", "revised completion date", "current forecast", "latest forecast", "forecast completion", "forecast finish", "forecast end date", "expected date", "expected completion", "by", "completion date due", "due by", "date due", "due on", "due for completion", "implementation date", "go live date", "go live", "new date", "new due date", "scheduled date", "planned delivery date", "planned completion date", "estimated completion date", "estimated completion", "eta", "launch date", "due date time", "complete by date", "key date", "key dates", "submission date", "date of submission", "hand in date", "release date", "publication date"}},
	{Further, []string{"baseline date", "original date", "original due date", "baseline finish", "baseline end date", "baseline due date", "baseline completion", "actual start", "baseline start", "previous date", "previous forecast", "last forecast", "approved date", "review date", "date raised", "raised", "raised on", "date opened", "opened", "date added", "date agreed", "last updated", "date updated"}},
	{Actual, []string{"actual date", "actual completion", "actual completion date", "actual finish", "actual end date", "date completed", "completed date", "date closed", "closed", "closed on", "actual", "actuals", "actual finish date", "actual end", "actual delivery date", "actual delivery", "completed on", "completed at", "closed at", "closed date", "resolved", "resolved on", "resolution date", "date achieved", "achieved on", "achieved date", "date delivered", "delivered on", "finished on", "date finished", "date done", "done on", "date met", "met on", "completed"}},
	{Reason, []string{"reason", "reasons", "reason for change", "reason for slippage", "reason for slip", "reason for delay", "reason for movement", "reason for variance", "reason for date change", "reason for revision", "change reason", "cause of delay", "explanation of variance", "variance explanation", "explanation", "justification"}},
	{Start, []string{"start", "start date", "starts", "commencement", "commencement date", "from", "planned start", "begin", "from date", "date from", "begin date"}},
	{Finish, []string{"completion", "completion date", "finish", "finish date", "end", "end date", "planned finish", "to", "to date", "date to", "until", "planned end", "complete by"}},
	{Percent, []string{"status % complete", "% complete", "percent complete", "percentage complete", "complete %", "progress %", "percent", "%", "% completed"}},
	{RAG, []string{"rag", "rag status", "rag rating", "rag see key below", "brag", "delivery confidence", "rating"}},
	{Status, []string{"status", "progress", "current status", "state", "update", "progress update", "current position", "latest position", "commentary"}},
	{NextSteps, []string{"next steps", "next step", "next actions", "next action", "planned next steps", "actions next period"}},
	{Issues, []string{"issues", "issue", "risks", "risk", "risks and issues", "issues risks", "barriers", "concerns", "risks issues", "blockers"}},
	{Success, []string{"success measure", "success measures", "measure of success", "measures of success", "success criteria", "outcome measures", "outcome", "outcomes", "desired outcomes", "benefits", "expected outcome", "evidence of completion", "how we will know", "how will we know", "how we will measure success", "how will success be measured", "what success looks like", "success looks like", "benefits for practice", "benefits for patients", "expected benefits"}},
	{KPI, []string{"kpis plan trajectory", "kpis", "kpi", "key performance indicators", "trajectory", "plan trajectory", "metrics", "indicators", "measure", "measures"}},
	{Baseline, []string{"baseline position", "baseline", "starting position", "current baseline", "starting point", "where are we now"}},
	{Funding, []string{"investment inc dates", "investment", "funding", "funding allocation s", "funding source", "allocation", "cost", "costs", "budget", "resource", "resources", "finance", "investment required", "funding required", "value"}},
	{Figure, []string{"headcount", "fte", "numbers", "score", "readiness", "readiness score", "weighting"}},
	{Fund, []string{"fund", "funding stream", "source of funding", "source"}},
	{Amount, []string{"amount", "amount gbp", "sum"}},
	{Currency, []string{"currency"}},
	{Basis, []string{"basis"}},
	{Words, []string{"text", "words", "wording", "as written"}},
	{Recurrent, []string{"recurrent", "recurring", "recurrent non recurrent"}},
}

// Written are the headings that programs write beside these, and people who write as programs do: they count where they are the whole
// heading, letter for letter. In a scan, "Started" is not "Created" with letters wrong.
var Written = []Names{
	{Ref, []string{"task id", "item id", "action id", "activity id", "issue id", "deliverable id", "issue key", "issuekey", "key", "task no", "task number", "milestone no", "milestone number", "item no", "activity no", "activity number", "wbs id", "wbs code", "wbs number", "user story id", "story id", "us id", "feature id", "requirement id", "req id", "work item id", "work package id", "wp id", "ticket id", "ticket no", "ticket number", "s no", "sr no", "sl no", "serial no"}},
	{Date, []string{"start and end", "start end", "start and finish", "start to finish", "dates"}},
	{Further, []string{"current date", "today", "today s date", "report date", "reporting date", "as of date", "status date", "data date", "created", "created at", "created on", "created date", "creation date", "date created", "updated", "updated at", "updated on", "last viewed", "modified", "modified at", "modified on", "last modified"}},
	{Actual, []string{"delivered at", "released at", "released on", "finished at", "achieved at", "resolved at", "shipped on", "shipped at", "shipped"}},
	{Scheme, []string{"work packages", "workpackage", "workpackages"}},
	{Start, []string{"date started", "date of start", "start week", "week start", "starting week", "start month", "starting month", "first week", "start day", "early start", "start point", "started at", "started on", "starts on", "begins"}},
	{Finish, []string{"end week", "finish week", "week end", "ending week", "end month", "finish month", "last week", "end day", "early finish", "end point"}},
	{Percent, []string{"% done", "done %", "percent done", "pct complete", "pct done", "% of task complete", "pct of task complete", "completion %", "completion pct", "complete pct", "progress pct", "percent completed", "percentage completed", "percentage", "work complete %", "% work complete"}},
	{Title, []string{"desc", "descr", "sub task", "subtask", "sub tasks", "subtasks", "sub activity", "sub activities", "subactivity", "sub step", "sub milestone", "detailed task", "detailed tasks", "detailed activity", "detailed activities", "issue title", "user story", "user stories", "story", "stories", "feature", "features", "backlog item", "product backlog item", "use case", "work items", "items", "things to do", "task details", "task detail", "action item", "action items", "headline"}},
	{Scheme, []string{"epic", "epics", "epic name"}},
	{Owner, []string{"pic", "resp", "resp person", "person in charge", "person responsible", "responsible party", "in charge", "team member", "team members", "assigned resource", "assigned resources", "allocated to", "member", "members", "task owner s", "developer", "owned by", "handled by", "doer", "assigned person", "assigned team", "team responsible", "responsible team", "delegate", "action by", "poc", "point of contact"}},
	{RAG, []string{"health", "rag colour", "rag color", "traffic light", "traffic lights"}},
}

// Named returns the field of a name that a mapping file uses.
func Named(name string) (Field, bool) {
	if f := Field(name); f == Period || f == Ignored {
		return f, true
	}
	for _, s := range Synonyms {
		if string(s.Field) == name {
			return s.Field, true
		}
	}
	return Unread, false
}

// Key is a heading in lower case, without punctuation but for a percent sign.
//
// A name that a program wrote as one word is taken apart: "DeliveredAt" is "delivered at".
func Key(text string) string {
	if !strings.ContainsAny(text, " \t\n") {
		text = humps.ReplaceAllString(text, "$1 $2")
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '%'
	}), " ")
}

var humps = regexp.MustCompile(`(\p{Ll})(\p{Lu}\p{Ll})`)

var exact = func() map[string]Field {
	found := map[string]Field{}
	for _, s := range slices.Concat(Synonyms, Written) {
		for _, words := range s.Words {
			if _, taken := found[words]; !taken {
				found[words] = s.Field
			}
		}
	}
	return found
}()

// Exact returns the field of which words, as Key gives them, are a name.
func Exact(words string) (Field, bool) {
	f, ok := exact[words]
	if !ok {
		f, ok = InLanguage(words)
	}
	return f, ok
}
