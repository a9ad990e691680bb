package documents

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// repeated makes a workbook whose sheet says the same row so many times, in a file that stays small.
func repeated(t testing.TB, rows int, shared string, cells ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	data := rawBook(t, "")
	from, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range from.File {
		w, err := to.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name != firstSheet {
			if err := copyPart(w, part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		write := func(format string, args ...any) {
			if _, err := fmt.Fprintf(w, format, args...); err != nil {
				t.Fatal(err)
			}
		}
		write(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
		write(`<row><c t="inlineStr"><is><t>Milestone</t></is></c><c t="inlineStr"><is><t>Due date</t></is></c><c t="inlineStr"><is><t>Owner</t></is></c></row>`)
		line := "<row>" + strings.Join(cells, "") + "</row>"
		for range rows {
			write("%s", line)
		}
		write(`</sheetData></worksheet>`)
	}
	if shared != "" {
		w, err := to.Create("xl/sharedStrings.xml")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>`+shared+`</t></si></sst>`); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func inline(text string) string { return `<c t="inlineStr"><is><t>` + text + `</t></is></c>` }

// A small file that unpacks to much, or says the same at length over and over, is read or refused in seconds and in little
// memory, with a sentence.
func TestCraftedWorkbooks(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds each")
	}
	long := strings.Repeat("Review the plan by 31 March 2025 or in Q2 17/18, or May, or later. ", 480) // 32 kB
	for _, c := range []struct {
		name string
		data []byte
		rule string // of the refusal; empty where it is read
	}{
		{"a million rows", repeated(t, 1_000_000, "", inline("Open the hub"), inline("31/03/2025"), inline("Asha")), "too-large"},
		{"long dates", repeated(t, 6_000, "", inline("Open the hub"), inline(long)), "too-large"},
		{"a long text that is shared", repeated(t, 60_000, long, `<c t="s"><v>0</v></c>`, `<c t="s"><v>0</v></c>`, `<c t="s"><v>0</v></c>`), "too-large"},
		{"a cell of megabytes", repeated(t, 3, "", inline(strings.Repeat("word ", 4<<20)), inline("31/03/2025")), "too-large"},
		{"text that is no cell's", repeated(t, 1, "", "<!--"+strings.Repeat(" ", 200<<20)+"-->"), "too-large"},
		{"as many rows as pass", repeated(t, 20_000, "", inline("Open the hub"), inline("31/03/2025"), inline("Asha")), ""},
		{"many cells in a row", repeated(t, 40, "", strings.Repeat(inline("31/03/2025"), 900)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.data) > 2<<20 {
				t.Fatalf("the file has %d bytes, and is to be small", len(c.data))
			}
			runtime.GC()
			stop, most := watchHeap()
			begun := time.Now()
			_, err := Read(inMemoryFile(c.data), Options{Name: "plan.xlsx"}, &counting{})
			took := time.Since(begun)
			stop()
			t.Logf("%d kB: %v, %d MiB, %v", len(c.data)>>10, took.Round(time.Millisecond), most.Load()>>20, err)
			bad, refused := errors.AsType[*Unreadable](err)
			if err != nil && !refused || refused && bad.Rule != c.rule || !refused && c.rule != "" {
				t.Errorf("the error is %v, want the rule %q", err, c.rule)
			}
			if took > slower*5*time.Second || most.Load() > 200<<20 {
				t.Errorf("it took %v and %d MiB", took, most.Load()>>20)
			}
		})
	}
}

// watchHeap looks at the memory in use until it is stopped.
func watchHeap() (stop func(), most *atomic.Uint64) {
	most = &atomic.Uint64{}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	}()
	return func() { close(done); <-ended }, most
}
