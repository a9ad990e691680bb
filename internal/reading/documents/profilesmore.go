package documents

// moreProfiles are the exports of further tools. Those that share headings with others are tried before them.
var moreProfiles = []Profile{
	{
		Name: "smartsheet", Title: "Smartsheet, a sheet as CSV or XLSX", known: []string{"task name", "assigned to", "start", "finish", "% complete"},
		columns: map[string]Field{
			"task name": Title, "assigned to": Owner, "start": Start, "finish": Date, "% complete": Percent, "status": Status, "duration": Unread,
			"predecessors": Unread, "comments": Unread, "health": RAG, "baseline finish": Further, "baseline start": Further, "variance": Unread,
		},
	},
	{
		Name: "primavera", Title: "Primavera P6, activities as XER, CSV or XLSX", known: []string{"activity id", "activity name", "finish"},
		columns: map[string]Field{
			"activity id": Ref, "activity name": Title, "start": Start, "finish": Date, "actual start": Further, "actual finish": Actual, "activity status": Status,
			"wbs name": Workstream, "wbs": Workstream, "wbs code": Workstream, "responsible manager": Owner, "resources": Owner, "physical % complete": Percent,
			"activity % complete": Percent, "original duration": Unread, "remaining duration": Unread, "total float": Unread, "activity type": Unread,
			"bl project finish": Further, "bl project start": Further, "bl1 finish": Further, "planned finish": Further,
		},
	},
	{
		Name: "azure-devops", Title: "Azure DevOps, work items as CSV", known: []string{"id", "work item type", "title", "state"},
		columns: map[string]Field{
			"id": Ref, "title": Title, "title 1": Title, "title 2": Title, "assigned to": Owner, "state": Status, "target date": Date, "due date": Date, "finish date": Date,
			"start date": Start, "closed date": Actual, "work item type": Unread, "area path": Workstream, "iteration path": Scheme, "tags": Unread,
			"created date": Further, "changed date": Further, "priority": Unread, "description": Unread,
		},
	},
	{
		Name: "redmine", Title: "Redmine, issues as CSV", known: []string{"tracker", "subject", "due date"},
		columns: map[string]Field{
			"": Ref, "id": Ref, "subject": Title, "assignee": Owner, "status": Status, "due date": Date, "start date": Start, "% done": Percent, "project": Workstream,
			"target version": Scheme, "closed": Actual, "tracker": Unread, "author": Unread, "created": Further, "updated": Further, "priority": Unread,
			"category": Unread, "parent task": Unread, "related issues": Unread, "estimated time": Unread, "description": Unread,
		},
	},
	{
		Name: "asana", Title: "Asana, tasks as CSV", known: []string{"task id", "name", "section column", "due date"},
		columns: map[string]Field{
			"task id": Ref, "name": Title, "section column": Workstream, "assignee": Owner, "assignee email": Unread, "start date": Start, "due date": Date,
			"completed at": Actual, "created at": Further, "last modified": Further, "notes": Unread, "tags": Unread, "projects": Scheme, "parent task": Unread,
		},
	},
	{
		Name: "trello", Title: "Trello, cards as CSV", known: []string{"card name", "list name", "due date"},
		columns: map[string]Field{
			"card id": Ref, "card name": Title, "list name": Status, "board name": Workstream, "members": Owner, "due date": Date, "start date": Start,
			"card description": Unread, "card url": Unread, "labels": Unread, "due complete": Unread, "archived": Unread, "last activity date": Further,
		},
	},
	{
		Name: "monday", Title: "monday.com, a board as XLSX or CSV", known: []string{"name", "timeline start", "timeline end"},
		columns: map[string]Field{
			"name": Title, "person": Owner, "owner": Owner, "status": Status, "timeline start": Start, "timeline end": Date, "date": Further, "due date": Further, "deadline": Further,
			"item id auto generated": Ref, "subitems": Unread, "last updated": Further,
		},
		second: []string{"date", "due date", "deadline"},
	},
	{
		Name: "ganttproject", Title: "GanttProject, tasks as CSV", known: []string{"id", "name", "begin date", "end date"},
		columns: map[string]Field{
			"id": Ref, "name": Title, "begin date": Start, "end date": Date, "coordinator": Owner, "resources": Unread, "completion": Percent, "duration": Unread,
			"cost": Unread, "predecessors": Unread, "outline number": Unread, "assignments": Unread, "task color": Unread, "web link": Unread, "notes": Unread,
		},
	},
	{
		Name: "gmpp", Title: "the yearly return of the UK's major projects (GMPP)", known: []string{"gmpp id number", "project name"},
		columns: map[string]Field{
			"gmpp id number": Ref, "project name": Title, "department": Workstream, "annual report category": Scheme, "project start date*": Start,
			"project end date*": Date, "ipa delivery confidence assessment*": RAG, "delivery confidence assessment*": RAG, "description aims": Unread,
			"departmental commentary on actions*": Status, "departmental narrative on schedule*": Reason, "nista delivery confidence assessment*": RAG, "financial year baseline*": Unread,
			"financial year forecast*": Unread, "total baseline whole life costs*": Funding, "whole life cost*": Funding,
		},
	},
}
