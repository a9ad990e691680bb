package returns

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// readRows reads a return, and fails the test where the header is not readable.
func readRows(t *testing.T, text string, isoDates bool) (rows []Row, refused []string) {
	t.Helper()
	s := newScanner(strings.NewReader(text))
	c, err := readColumns(s)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			return rows, refused
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec.blank() {
			continue
		}
		row, bad := c.row(rec, isoDates)
		for _, r := range bad {
			column := "-"
			if r.Column != nil {
				column = *r.Column
			}
			refused = append(refused, column+" "+r.Rule)
		}
		if len(bad) == 0 {
			rows = append(rows, row)
		}
	}
}

func TestRefusedRows(t *testing.T) {
	const header = "as_at,ref,delivery_date,actual_date,percent,scheme,\n"
	for row, want := range map[string][]string{
		"2017-01-31,A,2017-Q1,2017-01-30,50%,x,\n":            nil,
		"2017-01-31,A,TBC,,100,,\n":                           nil,
		",,,,,,\n":                                            nil, // an empty row says nothing
		"2017-01-31,,2017-03,,,,\n":                           {"ref ref-missing"},
		"2017-01-31, ,2017-03,,,,\n":                          {"ref ref-missing"},
		",A,,,,,\n":                                           {"as_at as-at-not-iso"},
		"31/01/2017,A,,,,,\n":                                 {"as_at as-at-not-iso"},
		"2017-02-29,A,,,,,\n":                                 {"as_at as-at-not-iso"},
		"2017-01,,mid 2019,soon,101,,\n":                      {"ref ref-missing", "as_at as-at-not-iso", "percent percent-not-a-number", "delivery_date date-not-iso", "actual_date date-not-iso"},
		"2017-01-31,A,2019-09-38,2017-02-30,-1,,\n":           {"percent percent-not-a-number", "delivery_date date-impossible", "actual_date date-impossible"},
		"2017-01-31,A,,TBC,12.5,,\n":                          {"percent percent-not-a-number", "actual_date date-not-iso"},
		"2017-01-31,A,\n":                                     {"- ragged-row"},
		"2017-01-31,A,,,,,,\n":                                {"- ragged-row"},
		"2017-01-31,A,,,,,note\n":                             {"- column-unnamed"},
		"2017-01-31,A,\"2017,,,,\n":                           {"delivery_date unclosed-quote"},
		"2017-01-31,A,,,,caf\xe9,\n":                          {"scheme wrong-encoding"},
		"2017-01-31,A,,,,\x00,\n":                             {"scheme nul-byte"},
		"2017-01-31," + strings.Repeat("A", 10<<20) + ",,,,,": {"ref cell-too-large"},
	} {
		_, refused := readRows(t, header+row, true)
		if diff := cmp.Diff(want, refused); diff != "" {
			t.Errorf("%.80q: %s", row, diff)
		}
	}
}

func TestWordsAreSentWithoutISODates(t *testing.T) {
	rows, refused := readRows(t, "as_at,ref,delivery_date,actual_date\n2017-01-31,A,mid 2019,24th January\n", false)
	if len(rows) != 1 || refused != nil {
		t.Errorf("got %v and %v, want a row", rows, refused)
	}
}

func TestRequest(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"every column": {
			"as_at,ref,title,workstream,owner,delivery_date,actual_date,status,percent,funding,reason,source,Scheme\n" +
				"2017-01-31,A,Hub opens,Estates,Estates lead,2017-03,2017-01-30,on track,50%,Ward fund,landlord is late,minute 7,Hubs\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","source":"minute 7","milestone_amended":{"ref":"A","title":"Hub opens","workstream":"Estates","attributes":{"funding":"Ward fund","Scheme":"Hubs"},"allow_missing":true}},
				{"as_at":"2017-01-31","source":"minute 7","delivery_date_stated":{"ref":"A","delivery_date":"2017-03","reason":"landlord is late"}},
				{"as_at":"2017-01-31","source":"minute 7","owner_changed":{"ref":"A","owner":"Estates lead"}},
				{"as_at":"2017-01-31","source":"minute 7","progress_reported":{"ref":"A","percent":50,"status":"on track"}},
				{"as_at":"2017-01-31","source":"minute 7","milestone_achieved":{"ref":"A","actual_date":"2017-01-30"}}]}`,
		},
		"an empty cell says nothing": {
			"as_at,ref,title,workstream,owner,delivery_date,actual_date,status,percent,reason,source,scheme\n2017-01-31,A,,, ,,,,,,,\n",
			`{"plan":"p","commands":[{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}}]}`,
		},
		"0 per cent is said": {
			"as_at,ref,percent\n2017-01-31,A,0\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","percent":0}}]}`,
		},
		"a reason without a date goes with the owner": {
			"as_at,ref,owner,status,reason\n2017-01-31,A,Estates lead,late,moved desks\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","owner_changed":{"ref":"A","owner":"Estates lead","reason":"moved desks"}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","status":"late"}}]}`,
		},
		"a reason alone is about progress": {
			"as_at,ref,reason\n2017-01-31,A,waiting for the landlord\n",
			`{"plan":"p","commands":[
				{"as_at":"2017-01-31","milestone_amended":{"ref":"A","allow_missing":true}},
				{"as_at":"2017-01-31","progress_reported":{"ref":"A","words":"waiting for the landlord"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			rows, refused := readRows(t, test.file, false)
			if len(rows) != 1 {
				t.Fatalf("refused: %v", refused)
			}
			got := rows[0].Request("p")
			got.RequestId = ""
			want := got.ProtoReflect().New().Interface()
			if err := protojson.Unmarshal([]byte(test.want), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(want, got) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// The id of a row's request is for ever: a return that was pushed last year is known again.
func TestRequestID(t *testing.T) {
	id := func(plan, file string) string {
		t.Helper()
		rows, refused := readRows(t, file, false)
		if len(rows) != 1 {
			t.Fatalf("refused: %v", refused)
		}
		return rows[0].Request(plan).GetRequestId()
	}
	first := id("p", "as_at,ref,title,owner\n2017-01-31,A,Hub,Kay\n")
	if want := "return-1-7f6be1129646aea2b2a15474dbb4db38ba6b821f9c09b661202283d491b491c5"; first != want {
		t.Errorf("the id is %s, and was %s", first, want)
	}
	for name, same := range map[string]string{
		"columns in another order": "Owner,ref,title,as at\nKay,A,Hub,2017-01-31\n",
		"an empty column more":     "as_at,ref,title,owner,status\n2017-01-31,A,Hub,Kay,\n",
		"quotes and spaces":        "as_at,ref,title,owner\r\n2017-01-31,\"A\", Hub ,Kay\r\n",
	} {
		if got := id("p", same); got != first {
			t.Errorf("%s: the id is another", name)
		}
	}
	for name, file := range map[string]string{
		"another day":          "as_at,ref,title,owner\n2017-02-28,A,Hub,Kay\n",
		"values changed round": "as_at,ref,title,owner\n2017-01-31,A,Kay,Hub\n",
		"cells run together":   "as_at,ref,title,owner\n2017-01-31,A,HubKay,\n",
	} {
		if got := id("p", file); got == first {
			t.Errorf("%s: the id is the same", name)
		}
	}
	if id("q", "as_at,ref,title,owner\n2017-01-31,A,Hub,Kay\n") == first {
		t.Error("another plan: the id is the same")
	}
}

func TestColumnOf(t *testing.T) {
	for field, want := range map[string]string{
		"commands[1].delivery_date_stated.delivery_date": "delivery_date",
		"commands[0].as_at":                               "as_at",
		"commands[0].milestone_amended.ref":               "ref",
		`commands[0].milestone_amended.attributes["kpi"]`: "kpi",
		"commands[0].milestone_amended.attributes[kpi]":   "kpi",
		"commands[2].progress_reported.words":             "reason",
		"plan":                                            "",
		"commands":                                        "",
		"":                                                "",
	} {
		if got := columnOf(field); got != want {
			t.Errorf("columnOf(%q) = %q, want %q", field, got, want)
		}
	}
}
