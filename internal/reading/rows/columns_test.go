package rows

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadColumns(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
		says string // part of the error
	}{
		"in any case, with spaces or hyphens": {" As at,REF,Delivery-Date\n", []string{"as_at", "ref", "delivery_date"}, ""},
		"after a byte order mark":             {"\ufeffas_at,ref\n", []string{"as_at", "ref"}, ""},
		"an unnamed column":                   {"as_at,ref,,\n", []string{"as_at", "ref", "", ""}, ""},
		"no as_at":                            {"ref,title\n", nil, `no column "as_at"`},
		"no ref":                              {"as_at,title\n", nil, `no column "ref"`},
		"the same column twice":               {"as_at,ref,Owner,owner\n", nil, `columns 3 and 4 are both called "owner"`},
		"UTF-16 without a mark":               {"a\x00s\x00_\x00", nil, `save it as "CSV UTF-8"`},
		"another encoding":                    {"as_at,ref,propri\xe9taire\n", nil, "Save the file as CSV in UTF-8"},
		"a workbook":                          {"PK\x03\x04xyz", nil, "the file is a workbook"},
		"semicolons":                          {"as_at;ref;title\n", []string{"as_at", "ref", "title"}, ""},
		"tabs":                                {"as_at\tref\n", []string{"as_at", "ref"}, ""},
		"as plans are headed":                 {"As at,Milestone ID,Milestone,Lead officer,Baseline date,Due date,Date completed,% complete,Scheme\n", []string{"as_at", "ref", "title", "owner", "Baseline date", "delivery_date", "actual_date", "percent", "Scheme"}, ""},
		"the newest of several dates":         {"as_at,ref,Due date,Revised date\n", []string{"as_at", "ref", "Due date", "delivery_date"}, ""},
		"a name that is ours comes first":     {"as_at,ref,Revised date,delivery_date\n", []string{"as_at", "ref", "Revised date", "delivery_date"}, ""},
		"two that could be the same":          {"as_at,ref,Revised date,New date\n", nil, `columns 3 ("Revised date") and 4 ("New date") could both be delivery_date`},
		"lines that end with CR":              {"as_at,ref\rx,y\r", nil, "very old Macintosh"},
		"an empty file":                       {"", nil, "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := readColumns(newScanner(strings.NewReader(test.text)))
			if test.says != "" {
				if _, ok := errors.AsType[*Unreadable](err); !ok || !strings.Contains(err.Error(), test.says) {
					t.Errorf("the error is %v, want one that says %q", err, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.names); diff != "" {
				t.Error(diff)
			}
		})
	}
}
