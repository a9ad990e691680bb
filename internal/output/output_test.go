package output

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type move struct {
	ref, title string
	days       int
	due        string
	overdue    bool
	values     map[string]string
}

var columns = []Column[move]{
	{Name: "ref", Value: func(m move) any { return m.ref }, Heading: "REF"},
	{Name: "title", Value: func(m move) any { return m.title }, Heading: "TITLE", Gives: true},
	{Name: "days", Value: func(m move) any { return m.days }, Heading: "DAYS", Right: true},
	{Name: "due", Value: func(m move) any { return Text(m.due) }, Heading: "DUE"},
	{Name: "overdue", Value: func(m move) any { return m.overdue }, Heading: "OVERDUE"},
	{Name: "values", Value: func(m move) any { return m.values }},
}

var two = All([]move{
	{ref: "A", title: "Hub opens <late> & \"well\"", days: 28, due: "2017-03-31", overdue: true, values: map[string]string{"kpi": "a"}},
	{ref: "B/long", title: "=2+3", days: -9, values: map[string]string{}},
})

var second = All([]move{{ref: "B/long", title: "=2+3", days: -9}})

func written(t *testing.T, format Format, width int, items iter.Seq2[move, error]) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, format, width, columns, items); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	for _, test := range []struct {
		name   string
		format Format
		width  int
		items  iter.Seq2[move, error]
		want   string
	}{
		{"a table", Table, 0, two, "" +
			"REF     TITLE                      DAYS  DUE         OVERDUE\n" +
			"A       Hub opens <late> & \"well\"    28  2017-03-31  yes\n" +
			"B/long  =2+3                         -9\n"},
		{"a table on a narrow terminal", Table, 49, two, "" +
			"REF     TITLE           DAYS  DUE         OVERDUE\n" +
			"A       Hub opens <la…    28  2017-03-31  yes\n" +
			"B/long  =2+3              -9\n"},
		{"a table on a narrow terminal leaves out what nobody said", Table, 20, second, "" +
			"REF     TITLE  DAYS\n" +
			"B/long  =2+3     -9\n"},
		{"JSON", JSON, 0, two, `[
 {"ref":"A","title":"Hub opens <late> & \"well\"","days":28,"due":"2017-03-31","overdue":true,"values":{"kpi":"a"}},
 {"ref":"B/long","title":"=2+3","days":-9,"due":null,"overdue":false,"values":{}}
]
`},
		{"no JSON", JSON, 0, All[move](nil), "[]\n"},
		{"a line each", NDJSON, 0, two, `{"ref":"A","title":"Hub opens <late> & \"well\"","days":28,"due":"2017-03-31","overdue":true,"values":{"kpi":"a"}}
{"ref":"B/long","title":"=2+3","days":-9,"due":null,"overdue":false,"values":{}}
`},
		{"CSV", CSV, 0, two, "ref,title,days,due,overdue,values\n" +
			"A,\"Hub opens <late> & \"\"well\"\"\",28,2017-03-31,true,\"{\"\"kpi\"\":\"\"a\"\"}\"\n" +
			"B/long,'=2+3,-9,,false,{}\n"},
		{"nothing in a table", Table, 0, All[move](nil), "REF  TITLE  DAYS  DUE  OVERDUE\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, written(t, test.format, test.width, test.items)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnErrorEndsTheAnswer(t *testing.T) {
	broken := errors.New("the server went away")
	items := func(yield func(move, error) bool) {
		if yield(move{ref: "A"}, nil) {
			yield(move{}, broken)
		}
	}
	for _, format := range []Format{Table, JSON, NDJSON, CSV} {
		if err := Write(&strings.Builder{}, format, 0, columns, items); !errors.Is(err, broken) {
			t.Errorf("%s: the error is %v", format, err)
		}
	}
}

// Words that would steer a terminal or a spreadsheet do not.
func TestStrangersWords(t *testing.T) {
	if got, want := Printable("a\x1b[31mb\nc\u202ed"), "a\ufffd[31mb c\ufffdd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, formula := range []string{"=1", "+1", "-1", "@x", "\t=1"} {
		text := written(t, CSV, 0, One(move{title: formula}))
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[1][1]; got != "'"+formula {
			t.Errorf("%q is written as %q", formula, got)
		}
	}
}

// Attack: the words of a slip's reason move the cursor up and erase the line before, or turn it round, in an answer that somebody
// looks at on a terminal. In JSON they are the words all the same.
func TestNoFormatSteersATerminal(t *testing.T) {
	hostile := "\x1b[1A\x1b[2K\x1b[8m\u009b2K \u0085\u202e\u2066\u061c\x7f\rHub\nopens\r\n"
	for _, format := range []Format{Table, JSON, NDJSON, CSV} {
		text := written(t, format, 0, One(move{ref: "A", title: hostile}))
		for _, r := range text {
			if steers(r) {
				t.Errorf("%s: %U is in %q", format, r, text)
			}
		}
		if format == NDJSON {
			var got struct{ Title string }
			if err := json.Unmarshal([]byte(text), &got); err != nil || got.Title != hostile {
				t.Errorf("%s: %q, %v", format, got.Title, err)
			}
		}
		if format == CSV && !strings.Contains(text, "\u241b[1A") {
			t.Errorf("%s: %q", format, text)
		}
	}
	if got := string(Escaped([]byte(`{"a":"é \u2028"}` + "\n"))); got != `{"a":"é \u2028"}`+"\n" {
		t.Errorf("what steers nothing is written as %q", got)
	}
}

func TestCells(t *testing.T) {
	for text, want := range map[string]int{"abc": 3, "é": 1, "e\u0301": 1, "里程碑": 6} {
		if got := Cells(text); got != want {
			t.Errorf("Cells(%q) = %d, want %d", text, got, want)
		}
	}
	if got := Cut("里程碑里程碑", 6); got != "里程…" {
		t.Errorf("cut to %q", got)
	}
}
