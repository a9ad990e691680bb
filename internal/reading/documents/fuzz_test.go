package documents

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"milepost.dev/domain/period"
)

// Whatever a document holds, reading it ends, gives the same answer again, and every milestone can be found in it.
func FuzzRead(f *testing.F) {
	specs, err := filepath.Glob("testdata/specs/*.txtar")
	if err != nil || len(specs) == 0 {
		f.Fatalf("no specs to begin with (%v)", err)
	}
	for _, name := range specs {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		spec := txtar.Parse(data)
		f.Add(spec.Files[0].Data, filepath.Ext(spec.Files[0].Name))
	}
	f.Add([]byte("\xff\xfeA\x00\t\x00"), ".txt")
	f.Add([]byte("Milestone\tDue\n\x93Hub\x94\tMay 24\n"), ".tsv")
	f.Fuzz(func(t *testing.T, data []byte, ending string) {
		if len(data) > 20_000 {
			return
		}
		switch ending {
		case ".txt", ".csv", ".tsv":
		default:
			ending = ".txt"
		}
		read := func() (string, *Report) {
			var all Collected
			report, err := Read(inMemoryFile(data), Options{Name: "plan" + ending}, &all)
			if err != nil {
				return err.Error(), nil
			}
			refs := map[string]bool{}
			for _, m := range all.Milestones {
				check(t, m)
				if refs[m.Ref] && !m.RefGiven {
					t.Errorf("%q is the reference of two milestones", m.Ref)
				}
				refs[m.Ref] = true
			}
			said, err := json.Marshal([]any{report, all})
			if err != nil {
				t.Fatal(err)
			}
			return string(said), report
		}
		first, _ := read()
		if again, _ := read(); again != first {
			t.Errorf("read twice, and differently:\n%s\n%s", first, again)
		}
	})
}

// check holds what is true of every milestone of every document.
func check(t *testing.T, m Milestone) {
	t.Helper()
	if m.Title.Text == "" || len(m.Title.From) == 0 || m.Line < 1 || m.Ref == "" {
		t.Errorf("a milestone without a place: %+v", m)
	}
	for field, v := range m.values() {
		for _, p := range v.From {
			if p.Row < 1 || p.Column < 1 || p.Text == "" {
				t.Errorf("line %d: a value of %s comes from nowhere: %+v", m.Line, field, p)
			}
		}
	}
	for _, d := range m.Dates {
		if d.Kind < period.In || d.Kind > period.Unknown {
			t.Errorf("line %d: a date of no kind: %+v", m.Line, d)
		}
		if d.Start != 0 && d.End != 0 && d.End.Before(d.Start) && len(m.Review) == 0 {
			t.Errorf("line %d: a date ends before it begins, and nobody is asked: %+v", m.Line, d)
		}
	}
	for _, doubt := range m.Review {
		if doubt.Reason == "" || doubt.Says == "" {
			t.Errorf("line %d: a doubt that says nothing: %+v", m.Line, doubt)
		}
	}
}
