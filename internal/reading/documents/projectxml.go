package documents

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A plan that MS Project saved as XML. Its tasks become rows under the headings of the program's own tables, so that profile
// ms-project reads them. No Go library for the format is kept up; only the few elements below are read.

// projectNamespace is what every such file names in its first element.
const projectNamespace = "schemas.microsoft.com/project"

// Bounds of a plan of MS Project.
const (
	maxProjectTasks = 400_000
	maxProjectLinks = 400_000 // people, and what they are assigned to
	maxProjectDepth = 64
	maxProjectText  = MaxCell
)

var projectHeadings = []string{
	"UID", "WBS", "Name", "Summary task", "Duration", "Start", "Finish", "Predecessors", "Resource Names", "% Complete",
	"Baseline Start", "Baseline Finish", "Deadline", "Actual Start", "Actual Finish", "Milestone", "Active", "Notes",
}

// isXML and isProject say of the beginning of a text whether it is XML, and whether it is a plan of MS Project.
func isXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n")
	return bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<Project"))
}

func isProject(head []byte) bool {
	return bytes.Contains(head, []byte("<Project")) && bytes.Contains(head, []byte(projectNamespace))
}

// projectRows reads a plan of MS Project. open gives its text from the beginning; it is called twice, because the file names the
// people behind the tasks.
func projectRows(open func() (io.Reader, error)) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		people, err := projectPeople(open)
		if err != nil {
			yield(row{}, err)
			return
		}
		text, err := open()
		if err != nil {
			yield(row{}, err)
			return
		}
		w := projectWriter{people: people, yield: yield}
		err = eachElement(text, map[string]bool{"Task": true}, w.take)
		switch {
		case errors.Is(err, errEnough):
		case err != nil:
			yield(row{}, err)
		default:
			w.head()
		}
	}
}

// errEnough ends a reading that nobody wants more of.
var errEnough = errors.New("enough")

// projectPeople are the names of those who work on each task.
func projectPeople(open func() (io.Reader, error)) (map[string][]string, error) {
	text, err := open()
	if err != nil {
		return nil, err
	}
	names, people, links := map[string]string{}, map[string][]string{}, 0
	err = eachElement(text, map[string]bool{"Resource": true, "Assignment": true}, func(e element) error {
		if links++; links > maxProjectLinks {
			return unreadable("too-large", "The plan has more than %d people and assignments.", maxProjectLinks)
		}
		switch e.name {
		case "Resource":
			names[e.text("UID")] = e.text("Name")
		case "Assignment":
			if who := names[e.text("ResourceUID")]; who != "" && !slices.Contains(people[e.text("TaskUID")], who) {
				people[e.text("TaskUID")] = append(people[e.text("TaskUID")], who)
			}
		}
		return nil
	})
	return people, err
}

// projectWriter makes rows of tasks. The rows are numbered as if the headings were row 3, below the plan's title and day.
type projectWriter struct {
	people  map[string][]string
	yield   func(row, error) bool
	title   string
	dated   string
	begun   bool
	number  int
	summary [maxProjectDepth]string // the summary task of each level
}

// take makes a row of a task. A summary task is not one: the tasks below it belong to it.
func (w *projectWriter) take(e element) error {
	if e.name != "Task" {
		switch {
		case e.name == "Title" || e.name == "Name" && w.title == "":
			w.title = e.whole
		case e.name == "StatusDate":
			w.dated = dayOfStamp(e.whole)
		}
		return nil
	}
	level := min(e.number("OutlineLevel"), maxProjectDepth-1)
	name := e.text("Name")
	if e.text("IsNull") == "1" || name == "" {
		return nil
	}
	if level == 0 { // the plan itself
		if w.title == "" {
			w.title = name
		}
		return nil
	}
	if e.text("Summary") == "1" {
		w.summary[level] = name
		clear(w.summary[level+1:])
		return nil
	}
	if !w.head() {
		return errEnough
	}
	if w.number > maxProjectTasks {
		return unreadable("too-large", "The plan has more than %d tasks.", maxProjectTasks)
	}
	var above []string
	for _, s := range w.summary[:level] {
		if s != "" {
			above = append(above, s)
		}
	}
	percent := e.text("PercentComplete")
	if percent != "" {
		percent += "%"
	}
	if !w.row([]string{
		e.text("UID"), e.text("WBS"), name, strings.Join(above, " - "), e.text("Duration"), e.text("Start"), e.text("Finish"), strings.Join(e.all("PredecessorLink/PredecessorUID"), ","),
		strings.Join(w.people[e.text("UID")], "; "), percent, e.text("Baseline/Start"), e.text("Baseline/Finish"), e.text("Deadline"), e.text("ActualStart"), e.text("ActualFinish"),
		yesOrNo(e.text("Milestone")), yesOrNo(e.text("Active")), e.text("Notes"),
	}) {
		return errEnough
	}
	return nil
}

// head yields what stands above the tasks, once.
func (w *projectWriter) head() bool {
	if w.begun {
		return true
	}
	w.begun = true
	return w.row([]string{"Title", w.title}) && w.row([]string{"Status date", w.dated}) && w.row(projectHeadings)
}

func (w *projectWriter) row(texts []string) bool {
	w.number++
	r := row{number: w.number}
	for i, text := range texts {
		r.cells = append(r.cells, cell{text: tidy(text), read: stampOf(text), row: w.number, column: i + 1})
	}
	return w.yield(r, nil)
}

// stampOf is the day of a cell that holds the day and time of one: "2017-03-31T17:00:00".
func stampOf(text string) string {
	if len(text) == len("2017-03-31T17:00:00") && text[10] == 'T' && text[4] == '-' && text[13] == ':' {
		return text[:10]
	}
	return ""
}

func dayOfStamp(text string) string {
	if day := stampOf(text); day != "" {
		return day
	}
	return text
}

func yesOrNo(flag string) string {
	switch flag {
	case "1", "true":
		return "Yes"
	case "0", "false":
		return "No"
	}
	return flag
}

// element is an element with the texts of those within it, by their path. Of one that a file has many of, such as baselines, the
// first counts.
type element struct {
	name  string
	whole string
	parts []inner
}

type inner struct{ path, text string }

func (e element) text(path string) string {
	for _, p := range e.parts {
		if p.path == path {
			return p.text
		}
	}
	return ""
}

func (e element) all(path string) (texts []string) {
	for _, p := range e.parts {
		if p.path == path {
			texts = append(texts, p.text)
		}
	}
	return texts
}

// number is a text as a number, and 1 where it is none.
func (e element) number(path string) int {
	if n, err := strconv.Atoi(e.text(path)); err == nil && n >= 0 {
		return n
	}
	return 1
}

// eachElement calls take for each element of a name that is wanted, wherever it stands, and for each that stands right within the
// first one and holds only text.
func eachElement(in io.Reader, wanted map[string]bool, take func(element) error) error {
	d := xml.NewDecoder(&betweenTags{in: in})
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it was decoded before
	var open []string
	var e *element
	var from int // where e stands among the open ones
	var text strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if u, ok := errors.AsType[*Unreadable](err); ok {
				return u
			}
			if _, ok := errors.AsType[*xml.SyntaxError](err); ok {
				return unreadable("xml", "The file is no whole XML: %v. Save it again.", err)
			}
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) >= maxProjectDepth {
				return unreadable("xml", "Elements of the file stand within each other more than %d deep: this is no plan of MS Project.", maxProjectDepth)
			}
			open = append(open, t.Name.Local)
			text.Reset()
			if e == nil && wanted[t.Name.Local] {
				e, from = &element{name: t.Name.Local}, len(open)
			}
		case xml.CharData:
			if text.Len()+len(t) > maxProjectText {
				return unreadable("too-long", "A text of the file is longer than %d bytes.", maxProjectText)
			}
			text.Write(t)
		case xml.EndElement:
			said := strings.TrimSpace(text.String())
			text.Reset()
			switch {
			case e != nil && len(open) == from:
				if err := take(*e); err != nil {
					return err
				}
				e = nil
			case e != nil && said != "":
				e.parts = append(e.parts, inner{strings.Join(open[from:], "/"), said})
			case e == nil && len(open) == 2 && said != "":
				if err := take(element{name: open[1], whole: said}); err != nil {
					return err
				}
			}
			open = open[:max(len(open)-1, 0)]
		}
	}
}

// betweenTags is a text in which nothing between two tags fills the memory.
type betweenTags struct {
	in    io.Reader
	since int
}

// Read reads on.
func (b *betweenTags) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if at := bytes.LastIndexByte(p[:n], '<'); at >= 0 {
		if b.since += bytes.IndexByte(p[:n], '<'); b.since > 10*maxProjectText {
			return 0, unreadable("too-long", "A text of the file is longer than %d bytes.", maxProjectText)
		}
		b.since = n - at
	} else {
		b.since += n
	}
	if b.since > 10*maxProjectText {
		return 0, unreadable("too-long", "A text of the file is longer than %d bytes.", maxProjectText)
	}
	return n, err
}
