package documents

import (
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// Profile says how the export of a well-known tool is read: which headings it is known by, and what each means there.
type Profile struct {
	Name  string
	Title string // of the tool, and of what is exported
	// known are headings that the export has all of, as headings.Key gives them.
	known []string
	// columns are what headings mean; a heading that is not among them means what it means anywhere. One that ends with * is the
	// beginning of a heading that goes on with an explanation.
	columns map[string]Field
	// second are headings of dates that hold where the one in force is empty.
	second []string
}

// profiles are in the order in which they are tried: the more headings one is known by, the earlier.
var profiles = []Profile{
	{
		Name: "jira", Title: "Jira, issues as CSV", known: []string{"summary", "issue key", "issue type", "status"},
		columns: map[string]Field{
			"summary": Title, "issue key": Ref, "issuekey": Ref, "key": Ref, "issue id": Unread, "assignee": Owner, "due date": Date, "status": Status, "resolved": Actual,
			"project name": Workstream, "parent summary": Scheme, "description": Unread, "priority": Unread, "created": Further, "updated": Further,
			"issue type": Unread, "parent": Unread,
		},
	},
	{
		Name: "openproject", Title: "OpenProject, work packages as CSV or XLSX", known: []string{"id", "subject", "type", "finish date"},
		columns: map[string]Field{
			"id": Ref, "subject": Title, "assignee": Owner, "start date": Start, "finish date": Date, "status": Status, "progress %": Percent,
			"% complete": Percent, "project": Workstream, "parent": Scheme, "description": Unread, "accountable": Unread,
		},
	},
	{
		Name: "planner", Title: "Planner, tasks as XLSX", known: []string{"task id", "task name", "bucket name", "due date"},
		columns: map[string]Field{
			"task id": Ref, "task name": Title, "bucket name": Workstream, "progress": Status, "assigned to": Owner, "start date": Start,
			"due date": Date, "completed date": Actual, "created date": Further, "priority": Unread, "description": Unread, "late": Unread,
			"is recurring": Unread,
		},
	},
	{
		Name: "ms-project", Title: "MS Project, tasks as CSV, XLSX or XML", known: []string{"duration", "start", "finish", "predecessors"},
		columns: map[string]Field{
			"uid": Ref, "id": Ref, "unique id": Unread, "wbs": Unread, "name": Title, "summary task": Workstream, "task name": Title, "start": Start, "finish": Date, "resource names": Owner,
			"% complete": Percent, "percent complete": Percent, "baseline finish": Further, "baseline start": Further, "actual finish": Actual,
			"actual start": Further, "deadline": Further, "milestone": Unread, "active": Unread, "notes": Unread,
		},
	},
	{
		Name: "gitlab", Title: "GitLab, milestones as JSON or CSV", known: []string{"iid", "title", "due date", "state"},
		columns: map[string]Field{
			"iid": Ref, "id": Unread, "title": Title, "start date": Start, "due date": Date, "state": Status, "description": Unread,
			"created at": Further, "updated at": Further, "project id": Unread, "expired": Unread,
		},
	},
	{
		Name: "github", Title: "GitHub, milestones as JSON or CSV", known: []string{"title", "state", "due on"},
		columns: map[string]Field{
			"number": Ref, "id": Unread, "open issues": Unread, "closed issues": Unread, "title": Title, "due on": Date, "state": Status, "closed at": Actual, "description": Unread,
			"created at": Further, "updated at": Further,
		},
	},
}

// Profiles lists the profiles there are.
func Profiles() []Profile { return slices.Concat(moreProfiles, profiles) }

// ProfileNamed returns a profile by its name.
func ProfileNamed(name string) (*Profile, bool) {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })
	if i < 0 {
		return nil, false
	}
	return &all[i], true
}

// profileOf is the profile that the headings of a table are known by, or nil.
func profileOf(found []heading) *Profile {
	has := map[string]bool{}
	for _, h := range found {
		words := headings.Key(h.text)
		has[words] = true
		if words == "issuekey" || words == "key" {
			has["issue key"] = true
		}
		if levelTitle.MatchString(words) {
			has["title"] = true
		}
	}
	for _, p := range Profiles() {
		if !slices.ContainsFunc(p.known, func(k string) bool { return !has[k] }) {
			return &p
		}
	}
	return nil
}

// field is what a heading means.
func (p *Profile) field(heading string) (Field, bool) {
	words := headings.Key(heading)
	if f, ok := p.columns[words]; ok {
		return f, heading != ""
	}
	for name, f := range p.columns { // no two begin alike
		if beginning, ok := strings.CutSuffix(name, "*"); ok && strings.HasPrefix(words, beginning) {
			return f, true
		}
	}
	return "", false
}

// apply gives headings the fields of the profile, as sure as nothing that is guessed. Of two with the same field the first has it.
func (p *Profile) apply(found []heading) {
	if p == nil {
		return
	}
	taken := map[Field]bool{}
	for i, h := range found {
		f, ok := p.field(h.text)
		switch {
		case !ok:
		case f != Unread && f != Further && taken[f]:
			found[i].as = Unread
		default:
			found[i].as, found[i].sure = f, 1.5
			if f == Further && slices.Contains(p.second, headings.Key(h.text)) {
				found[i].second, found[i].age = true, len(found)
			}
			taken[f] = true
		}
	}
	for i, h := range found {
		if _, ok := p.field(h.text); !ok && h.as != Unread && taken[h.as] {
			found[i].as = Unread
		}
	}
}
