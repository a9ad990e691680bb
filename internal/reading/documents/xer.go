package documents

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"strings"
)

// A plan that Primavera P6 exported (XER): tables one after the other, each with a line of its name (%T), one of its fields (%F) and one
// for each row (%R), with tabs between the cells. Activities become rows under the headings of the program's own tables, so that profile
// primavera reads them. No Go library for the format is kept up; only the few fields below are read.

// xerBegin is how every such file begins.
const xerBegin = "ERMHDR"

const (
	maxXERTasks = 400_000
	maxXERLine  = 1 << 20
)

var xerHeadings = []string{
	"Activity ID", "Activity Name", "WBS Name", "Activity Type", "Activity Status", "Start", "Finish", "Actual Start", "Actual Finish",
	"Planned Finish", "Physical % Complete", "Resources",
}

// xerStates are the states of an activity as people read them.
var xerStates = map[string]string{"TK_NotStart": "Not started", "TK_Active": "In progress", "TK_Complete": "Completed"}

// xerNames are what is kept of the tables before the activities.
type xerNames struct {
	wbs, people    map[string]string
	works          map[string][]string // who works on an activity
	project, dated string
}

// xerRows reads the activities. open gives the text from the beginning; it is called twice, because people stand behind their work.
func xerRows(open func() (io.Reader, error)) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		names, err := xerNamesOf(open)
		if err != nil {
			yield(row{}, err)
			return
		}
		number := 0
		write := func(texts []string) bool {
			number++
			r := row{number: number}
			for i, text := range texts {
				r.cells = append(r.cells, cell{text: tidy(text), read: xerDay(text), row: number, column: i + 1})
			}
			return yield(r, nil)
		}
		if !write([]string{"Project name:", names.project}) || !write([]string{"Status date", xerDay(names.dated)}) || !write(xerHeadings) {
			return
		}
		err = eachXER(open, func(table string, field func(string) string) error {
			if table != "TASK" || field("task_type") == "TT_WBS" {
				return nil
			}
			if number > maxXERTasks {
				return unreadable("too-large", "The plan has more than %d activities.", maxXERTasks)
			}
			finish := cmp.Or(field("act_end_date"), field("reend_date"), field("early_end_date"), field("target_end_date"))
			start := cmp.Or(field("act_start_date"), field("restart_date"), field("early_start_date"), field("target_start_date"))
			percent := field("phys_complete_pct")
			if percent != "" {
				percent += "%"
			}
			if !write([]string{
				field("task_code"), field("task_name"), names.wbs[field("wbs_id")], field("task_type"), cmp.Or(xerStates[field("status_code")], field("status_code")),
				start, finish, field("act_start_date"), field("act_end_date"), field("target_end_date"), percent, strings.Join(names.works[field("task_id")], "; "),
			}) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(row{}, err)
		}
	}
}

func xerNamesOf(open func() (io.Reader, error)) (xerNames, error) {
	n := xerNames{wbs: map[string]string{}, people: map[string]string{}, works: map[string][]string{}}
	links := 0
	err := eachXER(open, func(table string, field func(string) string) error {
		switch table {
		case "PROJECT":
			n.project, n.dated = cmp.Or(n.project, field("proj_short_name")), cmp.Or(n.dated, field("last_recalc_date"))
		case "PROJWBS":
			n.wbs[field("wbs_id")] = field("wbs_name")
		case "RSRC":
			n.people[field("rsrc_id")] = field("rsrc_name")
		case "TASKRSRC":
			if who := n.people[field("rsrc_id")]; who != "" {
				n.works[field("task_id")] = append(n.works[field("task_id")], who)
			}
		default:
			return nil
		}
		if links++; links > maxProjectLinks {
			return unreadable("too-large", "The plan has more than %d parts, people and assignments.", maxProjectLinks)
		}
		return nil
	})
	return n, err
}

// eachXER calls a function for each row, with its table and its cells by the names of their fields.
func eachXER(open func() (io.Reader, error), each func(table string, field func(string) string) error) error {
	text, err := open()
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxXERLine)
	table, at := "", map[string]int{}
	for lines.Scan() {
		cells := strings.Split(strings.TrimRight(lines.Text(), "\r"), "\t")
		switch {
		case cells[0] == "%T" && len(cells) > 1:
			table, at = cells[1], map[string]int{}
		case cells[0] == "%F":
			for i, name := range cells {
				at[name] = i
			}
		case cells[0] == "%R":
			if err := each(table, func(name string) string {
				if i, ok := at[name]; ok && i < len(cells) {
					return cells[i]
				}
				return ""
			}); err != nil {
				return err
			}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return unreadable("too-large", "A line of the file has more than %d bytes.", maxXERLine)
	}
	return lines.Err()
}

// xerDay is the day of a cell that holds the day and time of one: "2017-03-31 17:00".
func xerDay(text string) string {
	if len(text) == len("2017-03-31 17:00") && text[4] == '-' && text[10] == ' ' && text[13] == ':' {
		return text[:10]
	}
	return ""
}
