package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func run(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, complaints bytes.Buffer
	status = Main(context.Background(), args, strings.NewReader(stdin), &out, &complaints, func(string) string { return "" })
	return out.String(), complaints.String(), status
}

func TestReadDate(t *testing.T) {
	out, _, status := run(t, "Q2 17/18\r\n\nMarch 2017?\n24/7\nMarch <19>", "read", "date", "--plan-start", "2017-04-01", "--plan-end", "2019-03-31", "-")
	want := `{"text":"Q2 17/18","readings":[{"kind":"in","start":"2017-07-01","end":"2017-09-30","due":"2017-09-30","approx":false,"uncertain":false,"rrule":null,"label":"","edtf":"2017-07/2017-09"}],"review":[]}
{"text":"","readings":[{"kind":"unknown","start":null,"end":null,"due":null,"approx":false,"uncertain":false,"rrule":null,"label":"","edtf":""}],"review":[]}
{"text":"March 2017?","readings":[{"kind":"in","start":"2017-03-01","end":"2017-03-31","due":"2017-03-31","approx":false,"uncertain":true,"rrule":null,"label":"","edtf":"2017-03?"}],"review":[]}
{"text":"24/7","readings":[],"review":[]}
`
	lines := strings.SplitAfterN(out, "\n", 5)
	if status != statusOK || len(lines) != 5 || strings.Join(lines[:4], "") != want || !strings.HasPrefix(lines[4], `{"text":"March <19>",`) {
		t.Errorf("status %d, answers\n%s", status, out)
	}
}

func TestReadDateForPeople(t *testing.T) {
	out, _, status := run(t, "", "read", "date", "June 19 (commencement from Nov 18)")
	want := "in  2019-06  due 2019-06-30\nfrom  2018-11/..  due 2018-11-30  of commencement\nfor a person to look at: several-dates\n"
	if status != statusOK || out != want {
		t.Errorf("status %d, answers\n%s", status, out)
	}
	if out, _, _ := run(t, "", "read", "date", "24/7"); out != "nothing to read\n" {
		t.Errorf("answers %q", out)
	}
	if out, _, _ := run(t, "", "read", "date", "\x1b[31mlights\x1b[0m March 2018"); strings.Contains(out, "\x1b") {
		t.Errorf("colours the terminal: %q", out)
	}
}

func TestReadMoney(t *testing.T) {
	out, _, status := run(t, "", "read", "money", "-o", "json", "ETTF £1,250,000 17/18 & 18/19, recurrent")
	want := `{"text":"ETTF £1,250,000 17/18 & 18/19, recurrent","readings":[{"amount":"1250000.00","currency":"GBP","basis":"total","fund":"ETTF","start":"2017-04-01","end":"2019-03-31","recurrent":true}],"review":[]}` + "\n"
	if status != statusOK || out != want {
		t.Errorf("status %d, answers\n%s", status, out)
	}
	out, _, _ = run(t, "TBC\nS106\n", "read", "money", "-")
	want = `{"text":"TBC","readings":[{"amount":null,"currency":null,"basis":null,"fund":"","start":null,"end":null,"recurrent":null}],"review":[]}
{"text":"S106","readings":[],"review":[]}
`
	if out != want {
		t.Errorf("answers\n%s", out)
	}
	if out, _, _ = run(t, "", "read", "money", "E40K Harbour Fund"); out != "40000.00 GBP  total  from Harbour Fund\nfor a person to look at: damaged\n" {
		t.Errorf("answers %q", out)
	}
}

func TestReadWrongUsage(t *testing.T) {
	for _, args := range [][]string{
		{"read", "date"},
		{"read", "date", "--plan-start", "April", "2017"},
		{"read", "date", "--plan-start", "2018-04-01", "--plan-end", "2017-03-31", "2017"},
		{"read", "date", "-o", "csv", "2017"},
	} {
		if _, complaint, status := run(t, "", args...); status != statusUsage || complaint == "" {
			t.Errorf("%v ends with %d: %s", args, status, complaint)
		}
	}
}

func TestReadHelp(t *testing.T) {
	for _, what := range []string{"date", "money"} {
		out, _, status := run(t, "", "read", what, "--help")
		if status != statusOK || !strings.Contains(out, "EXIT STATUS") || !strings.Contains(out, "milepost read "+what) {
			t.Errorf("%d %s", status, out)
		}
	}
}

// A program that writes a line and waits for its answer gets it before it writes the next.
func TestReadAnswersLineByLine(t *testing.T) {
	in, text := io.Pipe()
	answer, out := io.Pipe()
	done := make(chan int)
	go func() {
		done <- Main(context.Background(), []string{"read", "date", "-"}, in, out, io.Discard, func(string) string { return "" })
	}()
	answers := bufio.NewScanner(answer)
	for _, line := range []string{"March 2018", "Q2 17/18", "TBC"} {
		if _, err := io.WriteString(text, line+"\n"); err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() || !strings.HasPrefix(answers.Text(), `{"text":"`+line+`"`) {
			t.Fatalf("%s is answered %s", line, answers.Text())
		}
	}
	text.Close()
	if status := <-done; status != statusOK {
		t.Errorf("ends with %d", status)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, errors.New("broken") }
func (failing) Write([]byte) (int, error) { return 0, errors.New("broken") }

// A line of any length is read, and a stream that fails is told.
func TestReadStreams(t *testing.T) {
	long := strings.Repeat("word ", 100_000) + "March 2018"
	out, _, _ := run(t, long, "read", "date", "-")
	var o struct{ Text string }
	if err := json.Unmarshal([]byte(out), &o); err != nil || o.Text != long {
		t.Errorf("a long line is read as %d bytes, %v", len(out), err)
	}
	none := func(string) string { return "" }
	var sink bytes.Buffer
	if status := Main(context.Background(), []string{"read", "date", "-"}, failing{}, &sink, &sink, none); status != statusFailed {
		t.Errorf("failing input ends with %d", status)
	}
	if status := Main(context.Background(), []string{"read", "date", "2017"}, strings.NewReader(""), failing{}, &sink, none); status != statusFailed {
		t.Errorf("failing output ends with %d", status)
	}
}
