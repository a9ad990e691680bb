package node

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// An import of 300 rows, each a request of its own and others told between them, is undone by its id as one correction: whoever has to
// approve it decides it once. From then on every answer is as if it had not been, also after a start, and known before it is as it was.
func TestAnImportIsUndone(t *testing.T) {
	p := &people{T: t, n: estates(t)}
	p.states("ann", registers, adds("A", "2017-03-31"), adds("B", "2017-05-31"))
	ofTheServer := regexp.MustCompile(`"(milestone|recorded_at|made_by)":"[^"]*"`)
	answers := func() string {
		return ofTheServer.ReplaceAllString(strip(p.asks("/slippage?all=true")+p.asks("/status")+p.asks("/funding")+p.asks("/owners?all=true")+p.asks("/review?all=true")+
			p.asks("/milestones/A")+p.asks("/baselines")+p.asks("")), "")
	}
	const run, another = "000102030405060708090a0b0c0d0e0f", "f00102030405060708090a0b0c0d0e0f"
	said := func(imported bool) {
		for i := range 300 {
			if i%100 == 50 {
				p.run = another
				p.states("ann", fmt.Sprintf(`{"as_at": "2017-02-0%d", "progress_reported": {"ref": "B", "percent": %d}}`, 1+i/100, i/10))
				p.run = ""
				p.states("ann", fmt.Sprintf(`{"as_at": "2017-02-0%d", "delivery_date_stated": {"ref": "B", "delivery_date": "2017-06-1%d"}}`, 1+i/100, i/100))
			}
			if !imported {
				continue
			}
			p.run = run
			p.states("cleo", adds(fmt.Sprintf("N-%03d", i), "2017-06-30"),
				fmt.Sprintf(`{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "N-%03d", "delivery_date": "TBC"}}`, i))
			p.run = ""
		}
	}
	said(true)
	p.run = run
	last := p.states("cleo", `{"as_at": "2017-02-01", "delivery_date_stated": {"ref": "A", "delivery_date": "2017-09-29"}}`,
		`{"as_at": "2017-02-01", "funding_confirmed": {"scheme": "GP IT", "line": "F2", "amount": "100"}}`,
		`{"as_at": "2017-02-01", "document_imported": {"digest": "sha256:`+strings.Repeat("7f", 32)+`", "document": "plan.xlsx"}}`,
		`{"as_at": "2017-02-01", "milestone_cancelled": {"ref": "A", "reason": "no money"}}`).Receipt.Position
	p.run = ""
	known := p.everything(last)
	undo := fmt.Sprintf(`{"statement_corrected": {"import_id": %q, "kind": "CORRECTION_KIND_WRONG_MILESTONE", "reason": "another programme"}}`, run)
	undone := p.states("cleo", undo)
	if len(undone.Receipt.Events) != 303 { // of B a person was asked whether it took the place of A
		t.Fatalf("%d events, for 302 milestones and the plan", len(undone.Receipt.Events))
	}
	p.refused(http.StatusForbidden, "approver-only", "cleo", approves(undone.Receipt.Events[40].Position))
	p.states("bob", approves(undone.Receipt.Events[40].Position))
	after := answers()
	if again := p.everything(last); again != known {
		t.Error("known before it was undone, an answer is not as it was")
	}
	if again := p.states("cleo", undo); len(again.Receipt.Events) != 0 {
		t.Errorf("undone twice, it comes to %d events", len(again.Receipt.Events))
	}
	p.refused(http.StatusNotFound, "correction-target-unknown", "cleo",
		`{"statement_corrected": {"import_id": "ff0102030405060708090a0b0c0d0e0f", "kind": "CORRECTION_KIND_TYPING", "reason": "no such run"}}`)

	// A server that never was told the import answers the same.
	p = &people{T: t, n: estates(t)}
	p.states("ann", registers, adds("A", "2017-03-31"), adds("B", "2017-05-31"))
	said(false)
	if never := answers(); after != never {
		t.Errorf("after it was undone:\n%s\nand where it never was:\n%s", after, never)
	}
}
