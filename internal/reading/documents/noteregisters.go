package documents

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// Registers: tables of risks, issues, assumptions, dependencies and decisions, and of who meets how often. A row of one is no milestone, whatever
// dates it has: it is kept as a note, with its words and its cell. What is to be done about a risk by when is offered as a candidate.

// noteRegister is what the columns of such a table hold.
type noteRegister struct {
	kind    string // of its rows; empty where a column says it of each
	kinds   int    // that column, or -1
	subject int    // the column of what is noted
	action  int    // of what is done about it, or -1
	due     int    // by when, or -1
	status  int    // or -1
}

var (
	// noteSubjects are the headings of what is noted, with the kind of it.
	noteSubjects = []struct {
		kind string
		is   *regexp.Regexp
	}{
		{"risk", regexp.MustCompile(`^(?:key |project |programme |main |top )?(?:risks?|threats?)(?: (?:description|title|name|event|statement|summary|details?))?$|^(?:description|details?|summary) of (?:the )?risk$`)},
		{"issue", regexp.MustCompile(`^(?:key |project |programme |main )?issues?(?: (?:description|title|name|statement|summary|details?))?$|^(?:description|details?|summary) of (?:the )?issue$`)},
		{"assumption", regexp.MustCompile(`^(?:key |planning )?assumptions?(?: (?:description|title|statement))?$`)},
		{"dependency", regexp.MustCompile(`^(?:key |external )?dependenc(?:y|ies)(?: (?:description|title))?$`)},
		{"decision", regexp.MustCompile(`^(?:key )?decisions?(?: (?:description|title|made|taken|required))?$`)},
		{"opportunity", regexp.MustCompile(`^opportunit(?:y|ies)(?: (?:description|title))?$`)},
		{"governance", regexp.MustCompile(`^(?:meeting|forum|board|committee|governance(?: (?:group|body|forum|board|meeting))?|group|steering group)(?: name)?$`)},
	}
	// ofRegister are the headings beside it that a plan does not have.
	ofRegister = map[string]*regexp.Regexp{
		"risk":       regexp.MustCompile(`^(?:likelihood|probability|prob|impact|severity|proximity|consequences?|effect|cause|mitigations?|mitigating actions?|mitigation (?:actions?|plan|measures?|strategy)|controls?|existing controls|contingency(?: plan)?|risk (?:owner|score|rating|level|id|ref|no|number|category|response)|(?:inherent|residual|current|target|gross|net)(?: risk)?(?: (?:score|rating|level))?|response|date (?:raised|identified)|raised by|i|l|p)$`),
		"governance": regexp.MustCompile(`^(?:frequency|how often|chair|chaired by|members(?:hip)?|attendees|terms of reference|purpose|remit|role|reports to|quorum|secretariat)$`),
	}
	ofIssue = regexp.MustCompile(`^(?:raised by|date raised|raised on|raised|priority|severity|impact|resolution|resolved|date (?:closed|resolved|identified|made)|closed|decision by|decided by|decision date|escalat(?:ed|ion)(?: to)?|issue (?:owner|id|ref|no|number|category)|validat(?:ed|ion)(?: by)?|rationale|outcome)$`)
	// typeOfRow is a heading that says of each row what it is, and typesOf are its words.
	typeOfRow  = regexp.MustCompile(`^(?:type|category|raid|raid type|raid category|r a i d|log type|item type)$`)
	described  = regexp.MustCompile(`^(?:description|details?|summary|title|name|item|statement|raid item)$`)
	ofAction   = regexp.MustCompile(`^(?:mitigations?|mitigating actions?|mitigation (?:actions?|plan|measures?|strategy)|actions?(?: (?:required|taken|plan))?|next (?:steps?|actions?)|response|risk response|resolution|treatment|contingency(?: plan)?|planned actions?)$`)
	ofDue      = regexp.MustCompile(`^(?:(?:target|action|mitigation|resolution|due|target resolution|target completion|required) )?(?:due|date due|due date|target date|by when|deadline|resolution date|completion date|required by|when)$`)
	ofPeople   = regexp.MustCompile(`\b(?:owner|owned by|lead|chair|chaired by|members?|membership|attendees|raised by|assigned to|assignee|manager|responsible|who|by whom|name of|decided by|decision by|author|contact|secretariat|sro)\b`)
	typesOfRow = map[string]string{
		"r": "risk", "risk": "risk", "threat": "risk", "i": "issue", "issue": "issue", "assumption": "assumption", "dependency": "dependency", "d": "dependency",
		"decision": "decision", "opportunity": "opportunity", "constraint": "constraint", "lesson": "lesson", "lesson learned": "lesson", "a": "assumption", "action": "action",
	}
	registerSheet = regexp.MustCompile(`(?i)\b(?:raid|risks?|issues?|assumptions?|dependenc(?:y|ies)|decisions?)\b(?: (?:and|&) (?:risks?|issues?))?(?: (?:log|register))?`)
	closedNote    = regexp.MustCompile(`(?i)^(?:closed?|complete[d]?|resolved|done|retired|expired)\b`)
)

// mayHeadRegister says at little cost whether a row may be the header of a register: nearly none is.
func mayHeadRegister(in row, sheet string) bool {
	if registerSheet.MatchString(sheet) {
		return true
	}
	for _, c := range in.cells {
		if c.text == "" || len(c.text) > 40 {
			continue
		}
		lower := strings.ToLower(c.text)
		if slices.ContainsFunc(inSubjects, func(word string) bool { return strings.Contains(lower, word) }) {
			return true
		}
	}
	return false
}

// inSubjects are what every heading of a subject, or of what each row is, has in it.
var inSubjects = []string{"risk", "threat", "issue", "assumption", "dependenc", "decision", "opportunit", "meeting", "forum", "board", "committee", "governance", "group", "type", "category", "raid"}

// noteRegisterOf sees whether headings are those of a register: one for what is noted, and one beside it that plans do not have. A table with a
// column for milestones, tasks or the like is a plan that tells of risks.
func noteRegisterOf(found []heading, sheet string) *noteRegister {
	g := &noteRegister{kinds: -1, subject: -1, action: -1, due: -1, status: -1}
	keys := make([]string, len(found))
	for i, h := range found {
		keys[i] = headings.Key(h.text)
		if h.sure > 1 && h.as != Ignored { // a mapping file or the profile of a tool says what it is
			return nil
		}
		if h.report || h.as == Title && h.sure >= 1 && !described.MatchString(keys[i]) && !ofAction.MatchString(keys[i]) || h.as == Period {
			return nil
		}
	}
	if g = g.of(keys, sheet, found); g == nil || slices.ContainsFunc(found[:g.subject], func(h heading) bool {
		return (h.as == Title || h.as == Deliverable) && h.sure >= 1 && !described.MatchString(headings.Key(h.text))
	}) {
		return nil // the risks stand beside what is to be done
	}
	return g
}

// of fills in the columns of a register; nil where it is none.
func (g *noteRegister) of(keys []string, sheet string, found []heading) *noteRegister {
	first := func(is *regexp.Regexp) int { return slices.IndexFunc(keys, is.MatchString) }
	g.action, g.due, g.status = first(ofAction), first(ofDue), first(regexp.MustCompile(`^(?:(?:risk|issue|action) )?status$`))
	for _, s := range noteSubjects {
		at := first(s.is)
		beside := ofRegister[s.kind]
		if beside == nil {
			beside = ofIssue
		}
		if at < 0 || !slices.ContainsFunc(keys, func(k string) bool {
			return k != keys[at] && (beside.MatchString(k) || ofIssue.MatchString(k) && s.kind != "governance")
		}) {
			continue
		}
		if s.kind == "governance" && slices.ContainsFunc(found, func(h heading) bool { return h.as == Date || h.as == Finish || h.as == Percent || h.as == RAG }) {
			continue
		}
		if title := first(described); title >= 0 && strings.Contains(keys[at], "id") {
			at = title
		}
		g.kind, g.subject = s.kind, at
		return g
	}
	g.kinds, g.subject = first(typeOfRow), first(described)
	switch {
	case g.subject < 0:
		return nil
	case g.kinds >= 0 && slices.ContainsFunc(keys, func(k string) bool {
		return ofRegister["risk"].MatchString(k) || ofIssue.MatchString(k) || ofAction.MatchString(k)
	}):
		return g // what its rows are its cells say
	case registerSheet.MatchString(sheet) && slices.ContainsFunc(keys, ofRegister["risk"].MatchString):
		g.kinds = -1
		g.kind = kindOfSheet(sheet)
		return g
	}
	return nil
}

func kindOfSheet(sheet string) string {
	for _, word := range words(sheet) {
		for _, s := range noteSubjects[:6] {
			if s.is.MatchString(strings.ToLower(word)) {
				return s.kind
			}
		}
	}
	return "risk"
}

// registerIn is the register that rows stand in; nil where they are no register: where each row is to say what it is, most rows do.
func (l *layout) registerIn(rows []row, sheet string) *noteRegister {
	if l.charted {
		return nil
	}
	g := noteRegisterOf(l.headings, sheet)
	if g == nil || g.kinds < 0 {
		return g
	}
	typed, filled := 0, 0
	for _, in := range rows {
		if text := in.at(g.kinds).text; text != "" {
			filled++
			if typesOfRow[headings.Key(text)] != "" {
				typed++
			}
		}
	}
	if 4*typed < 3*filled || typed == 0 {
		return nil
	}
	return g
}

// ofRef is the heading of what the rows of a register are known by.
var ofRef = regexp.MustCompile(`^(?:(?:risk|issue|raid|item|assumption|dependency|decision) ?)?(?:id|no|ref|reference|number)$`)

// nearHeading is how many rows above the header of a register its own heading stands at the most.
const nearHeading = 3

// Noted is a line that is kept as what it is.
type Noted struct {
	Kind    string // "risk", "issue", "assumption", "dependency", "decision", "opportunity", "constraint", "lesson", "governance"
	Ref     string // of the document; empty where it gives none
	Subject string // the words by which the same line is known in the next version
	Heading string // what it stands under; may be empty
}

// registerTable keeps the rows of a register.
func (r *reader) registerTable(rows []row, g *noteRegister) {
	r.closeBlock()
	l := r.layout
	begins := l.columns == nil
	var left []string
	for i := range l.headings {
		h := &l.headings[i]
		switch {
		case h.text == "" || h.as == Ignored:
		case ofPeople.MatchString(headings.Key(h.text)) && i != g.subject:
			h.as = Ignored
			left = append(left, h.text)
		case h.as != Ref:
			h.as = Note
		}
	}
	learner{r.table, r.out}.report(rows)
	if begins {
		r.noteRegister(g, left)
	}
	ref := l.column(Ref)
	if ref < 0 {
		ref = slices.IndexFunc(l.headings, func(h heading) bool { return ofRef.MatchString(headings.Key(h.text)) })
	}
	heading := r.sheet
	if above := l.line - r.headingAt; heading == "" && r.headingAt > 0 && 0 < above && above <= nearHeading {
		heading = r.heading
	}
	var last *Fact
	keep := func() {
		if last != nil {
			r.tell(*last)
		}
		last = nil
	}
	for _, in := range rows {
		subject := in.at(g.subject)
		if subject.text == "" || subject.above {
			if last != nil {
				r.addToNote(last, in, g)
			}
			continue
		}
		keep()
		kind := g.kind
		if g.kinds >= 0 {
			kind = typesOfRow[headings.Key(in.at(g.kinds).text)]
		}
		if kind == "action" || kind == "" {
			r.offerAction(in, g, joinLines([]cell{subject}), "This row of a list of risks and actions is what is to be done.")
			if kind == "action" {
				continue
			}
			kind = "note"
		}
		words := joinLines([]cell{subject})
		last = &Fact{Sheet: r.sheet, Line: in.number, Kind: kind, Says: words, From: r.places([]cell{subject}), Noted: &Noted{Kind: kind, Subject: words, Heading: heading}}
		if ref >= 0 && ref != g.subject {
			last.Noted.Ref = in.at(ref).text
		}
		r.addToNote(last, in, g)
		if action := in.at(g.action); action.text != "" && !closedNote.MatchString(in.at(g.status).text) {
			r.offerAction(in, g, joinLines([]cell{action}), fmt.Sprintf("This is what is to be done about the %s %.80q by when. It may be a commitment.", kind, words))
		}
	}
	keep()
}

// addToNote adds what the other cells of a row say, each under its heading.
func (r *reader) addToNote(f *Fact, in row, g *noteRegister) {
	for i, c := range in.cells {
		if i == g.subject || i == g.kinds || c.text == "" || c.above || i >= len(r.layout.headings) || r.layout.headings[i].as != Note {
			continue
		}
		f.Says += "; " + r.layout.headings[i].text + ": " + joinLines([]cell{c})
		f.From = append(f.From, r.places([]cell{c})...)
	}
}

// offerAction offers what is to be done, where the row says by when.
func (r *reader) offerAction(in row, g *noteRegister, words, says string) {
	due := in.at(g.due)
	if words == "" || due.text == "" || !r.isDate(due) || len(r.said) == mostCommitments {
		return
	}
	d := r.dates(due)
	m := Milestone{Sheet: r.sheet, Line: in.number, Workstream: r.under}
	from := in.at(g.subject)
	if g.action >= 0 && in.at(g.action).text != "" {
		from = in.at(g.action)
	}
	m.Title = Value{Text: words, From: r.places([]cell{from})}
	m.Date, m.Dates = r.value(due), d.Readings
	m.doubt(Candidate, Title, due.text, says)
	r.said = append(r.said, m)
}

func (r *reader) noteRegister(g *noteRegister, left []string) {
	what := map[string]string{"": "risks, issues and the like", "risk": "risks", "issue": "issues", "assumption": "assumptions", "dependency": "dependencies", "decision": "decisions", "opportunity": "opportunities", "governance": "meetings"}[g.kind]
	note := fmt.Sprintf("The table below row %d is a list of %s. Its rows are kept as notes, and are no milestones.", r.layout.line, what)
	if len(left) > 0 {
		note += fmt.Sprintf(" Names of people cannot stand in a note, so these columns are left out: %s.", quoted(left))
	}
	note += fmt.Sprintf(" If each row is a milestone, a mapping file says so, for example columns: {%q: title}.", r.layout.headings[g.subject].text)
	r.note("%s", note)
}
