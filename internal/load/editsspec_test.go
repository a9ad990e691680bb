package load_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An edits spec is a few words about the plan and then cases. Each begins with a line "== NAME", has a line for each step of the edit, and
// behind "then" what the next version comes to. Lines of the plan count from 1, as they stand when the step is taken; cells from 0, and "|"
// stands between them.
//
//	put LINE CELLS               a row above a line
//	remove LINE [UNTIL]          rows are taken out
//	move LINE [UNTIL] to ABOVE   rows go above another one
//	again LINE at ABOVE          a row stands a second time
//	cell LINE AT WORDS           a cell is another one
//	replace LINE OLD => NEW      words of a line are others; LINE may be "all"
//	swap LINE OTHER AT           two cells change places
//	column HEADER [UNTIL] HEADING VALUE  a column behind all others
//	shift HEADER AT              an empty column without a heading, before the cell
//	heading HEADER AT WORDS      a heading is another one, wherever the table's header stands
//	join LINE AT                 the cell of the row below is merged into that of the row, and the row below is gone
//	sort FROM UNTIL AT           rows in order of a cell
//	iso AT                       the months of a column are written as 2017-03
type editsSpec struct {
	about string
	cases []editCase
}

type editCase struct {
	name  string
	steps []string
	want  string
}

func parseSpec(t *testing.T, path, text string) (s editsSpec) {
	t.Helper()
	about, rest, _ := strings.Cut(text, "== ")
	s.about = strings.TrimSpace(about)
	for _, block := range strings.Split(rest, "\n== ") {
		name, body, _ := strings.Cut(block, "\n")
		steps, want, ok := strings.Cut("\n"+body, "\nthen ")
		if !ok {
			steps = "\n" + body
		}
		s.cases = append(s.cases, editCase{strings.TrimSpace(name), strings.Split(strings.TrimSpace(steps), "\n"), strings.TrimSpace(want)})
	}
	if len(s.cases) == 0 {
		t.Fatalf("%s has no cases", path)
	}
	return s
}

func (s editsSpec) String() string {
	var b strings.Builder
	b.WriteString(s.about + "\n")
	for _, c := range s.cases {
		fmt.Fprintf(&b, "\n== %s\n%s\nthen %s\n", c.name, strings.Join(c.steps, "\n"), c.want)
	}
	return b.String()
}

func separatorOf(path string) string {
	if strings.HasSuffix(path, ".csv") {
		return ","
	}
	return "\t"
}

// edit is the text with the steps taken.
func (c editCase) edit(t *testing.T, text, separator string) string {
	t.Helper()
	e := &editing{t: t, lines: strings.Split(text, "\n"), separator: separator}
	for _, step := range c.steps {
		e.take(step)
	}
	return strings.Join(e.lines, "\n")
}

type editing struct {
	t         *testing.T
	lines     []string
	separator string
	until     int // the last line of a column that is changed
}

// numbers takes the numbers that a step begins with.
func numbers(words string, most int) (all []int, rest string) {
	rest = words
	for len(all) < most {
		first, behind, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(first)
		if err != nil {
			break
		}
		all, rest = append(all, n), behind
	}
	return all, rest
}

func (e *editing) take(step string) {
	e.t.Helper()
	name, words, _ := strings.Cut(step, " ")
	switch n, rest := numbers(words, 3); name {
	case "put":
		_, text := numbers(words, 1)
		e.lines = slices.Insert(e.lines, n[0]-1, strings.ReplaceAll(text, "|", e.separator))
	case "remove":
		e.lines = slices.Delete(e.lines, n[0]-1, n[len(n)-1])
	case "move":
		from, until := n[0]-1, n[len(n)-1]
		above, err := strconv.Atoi(strings.TrimPrefix(rest, "to "))
		if err != nil {
			e.t.Fatal(step)
		}
		rows := slices.Clone(e.lines[from:until])
		e.lines = slices.Delete(e.lines, from, until)
		if above--; above > from {
			above -= len(rows)
		}
		e.lines = slices.Insert(e.lines, above, rows...)
	case "again":
		above, err := strconv.Atoi(strings.TrimPrefix(rest, "at "))
		if err != nil {
			e.t.Fatal(step)
		}
		e.lines = slices.Insert(e.lines, above-1, e.lines[n[0]-1])
	case "cell":
		_, text := numbers(words, 2)
		e.cells(n[0], func(cells []string) []string {
			for len(cells) <= n[1] {
				cells = append(cells, "")
			}
			cells[n[1]] = text
			return cells
		})
	case "replace":
		e.replace(words)
	case "swap":
		a, b := e.split(n[0]), e.split(n[1])
		a[n[2]], b[n[2]] = b[n[2]], a[n[2]]
		e.lines[n[0]-1], e.lines[n[1]-1] = strings.Join(a, e.separator), strings.Join(b, e.separator)
	case "join":
		e.cells(n[0], func(cells []string) []string {
			cells[n[1]] += " " + e.split(n[0] + 1)[n[1]]
			return cells
		})
		e.lines = slices.Delete(e.lines, n[0], n[0]+1)
	case "sort":
		slices.SortStableFunc(e.lines[n[0]-1:n[1]], func(a, b string) int {
			return strings.Compare(e.at(a, n[2]), e.at(b, n[2]))
		})
	default:
		e.columns(name, words)
	}
}

// columns takes the steps that change a column.
func (e *editing) columns(name, words string) {
	n, rest := numbers(words, 2)
	e.until = len(e.lines)
	if name == "column" && len(n) == 2 {
		e.until = n[1]
	}
	switch name {
	case "column":
		heading, value, _ := strings.Cut(rest, " ")
		at := 0 // behind the last cell of the header
		e.everyRow(n[0], func(cells []string, header bool) []string {
			if header {
				at = len(cells)
				return append(cells, strings.ReplaceAll(heading, "_", " "))
			}
			for e.separator == "\t" && len(cells) < at { // of a CSV file no cell is empty by being left out
				cells = append(cells, "")
			}
			if e.separator == "," {
				return append(cells, value)
			}
			return slices.Insert(cells, at, value)
		})
	case "shift":
		e.everyRow(n[0], func(cells []string, _ bool) []string { return slices.Insert(cells, n[1], "") })
	case "heading":
		e.everyRow(n[0], func(cells []string, header bool) []string {
			if header {
				cells[n[1]] = rest
			}
			return cells
		})
	case "iso":
		for i := range e.lines {
			if cells := e.split(i + 1); len(cells) > n[0] {
				cells[n[0]] = inNumbers(cells[n[0]])
				e.lines[i] = strings.Join(cells, e.separator)
			}
		}
	default:
		e.t.Fatalf("no step %q", name)
	}
}

// at is a cell of a line, empty where it has none.
func (e *editing) at(line string, column int) string {
	if cells := strings.Split(line, e.separator); column < len(cells) {
		return cells[column]
	}
	return ""
}

func (e *editing) replace(words string) {
	where, rest, _ := strings.Cut(words, " ")
	old, with, _ := strings.Cut(rest, " =>")
	with = strings.TrimPrefix(with, " ")
	found := false
	for i := range e.lines {
		if where != "all" && where != strconv.Itoa(i+1) || !strings.Contains(e.lines[i], old) {
			continue
		}
		e.lines[i], found = strings.Replace(e.lines[i], old, with, 1), true
	}
	if !found {
		e.t.Fatalf("%q is not there", old)
	}
}

func (e *editing) split(line int) []string { return strings.Split(e.lines[line-1], e.separator) }

func (e *editing) cells(line int, change func([]string) []string) {
	e.lines[line-1] = strings.Join(change(e.split(line)), e.separator)
}

// everyRow changes the rows of the table with a header, and of those that continue it on later pages.
func (e *editing) everyRow(header int, change func(cells []string, header bool) []string) {
	first := e.split(header)[0]
	for i := range e.lines[:e.until] {
		cells := e.split(i + 1)
		switch {
		case len(cells) > 1 && cells[0] == first && (i+1 == header || first != ""):
			e.lines[i] = strings.Join(change(cells, true), e.separator)
		case i >= header && len(slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })) > 0 && len(cells) > 3:
			e.lines[i] = strings.Join(change(cells, false), e.separator)
		}
	}
}

var aMonth = regexp.MustCompile(`^(?:By )?(January|February|March|April|May|June|July|August|September|October|November|December) (?:20)?(1\d)$`)

// inNumbers writes a month that stands alone as 2017-03, and leaves everything else as it is.
func inNumbers(text string) string {
	at := aMonth.FindStringSubmatch(strings.TrimSpace(text))
	if at == nil {
		return text
	}
	month, err := time.Parse("January 06", at[1]+" "+at[2])
	if err != nil {
		return text
	}
	return month.Format("2006-01")
}
