package documents

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/sharedtest"
)

// What a person reads at some lines of the published plans: how many actions begin there, and what is said of each.
// The sentences themselves stay where they are.
type expected struct {
	line  int
	count int    // of milestones that begin there
	dates string // of the first, as EDTF; "?" where several fit and a person is asked
	owner string
	other string // the percentage, or the status
}

func TestPublishedPlans(t *testing.T) {
	for _, doc := range []struct {
		name              string
		start, end, dated string
		least, most       int // milestones
		lines             []expected
		none              []int          // lines that hold no milestone
		under             map[int]string // the workstream of the first at a line
		asked             int            // at most, for a person; 0 for as many as there are
	}{
		{
			name: "dorset", dated: "2018-01-10", least: 98, most: 112,
			lines: []expected{
				{8, 1, "", "", "Ongoing"},
				{19, 1, "", "", "50%"},
				{20, 1, "", "", "100%"},
				{21, 1, "", "", "75%"},
				{26, 1, "", "", ""},
				{39, 1, "", "", "80%"},
				{45, 1, "", "", ""},
				{48, 1, "", "", ""},
				{52, 1, "", "", "Closed"},
				{56, 1, "?", "", "100%"},
				{57, 1, "?", "", "50%"},
				{61, 1, "", "", ""},
				{72, 1, "", "", "75%"},
				{74, 1, "", "", "25%"},
				{77, 1, "", "", "Commenced"},
				{83, 1, "", "", "90%"},
				{94, 1, "", "", "100%"},
				{101, 1, "?", "", ""},
				{112, 1, "", "", "100%"},
				{71, 1, "", "", ""},
				{114, 1, "", "", "Commenced"},
				{116, 4, "?", "", "Commenced"},
			},
			asked: 12,
			none:  []int{3, 5, 7, 34, 86, 104, 118, 119, 120, 121, 122},
		},
		{
			name: "leicestershire", start: "2017-04-01", end: "2020-03-31", dated: "2017-02-24", least: 110, most: 150,
			lines: []expected{
				{17, 6, "?", "LLR STP GP", ""},
				{18, 6, "?", "LLR STP Integrated Teams Board", ""},
				{19, 2, "2017-09", "LLR", ""},
				{26, 1, "?", "ELR CCG ELR GPs", ""},
				{39, 1, "?", "ELR CCG ELR GPs", ""},
				{72, 2, "?", "LC CCG", ""},
				{79, 1, "?", "WLCCG", ""},
				{97, 1, "?", "WLCCG", ""},
				{113, 5, "?", "ELR CCG", ""},
				{125, 1, "?", "", ""},
				{154, 2, "?", "WLCCG", ""},
				{160, 5, "?", "TCSIG", ""},
				{162, 2, "?", "GP5FV Implementation Group", ""},
				{163, 2, "2017-04", "", ""},
				{164, 4, "2017-02", "", ""},
				{176, 7, "2017-08", "LLR Workforce Group/ LWAB", ""},
				{182, 1, "2017-04", "WLCCG", ""},
				{184, 2, "", "", ""},
				{183, 3, "", "LLR CCGs", ""},
				{192, 7, "?", "LLR STP GP IM&T Group", ""},
				{194, 6, "2018-03", "", ""},
				{203, 1, "2018-03", "LLR STP GP IM&T Group", ""},
				{205, 1, "2017-07", "", ""},
			},
			under: map[int]string{
				17: "GPFV - Model of Care - LLR", 26: "GPFV - Model of Care - ELR", 72: "GPFV - Model of Care - LC", 79: "GPFV - Model of Care - WL",
				113: "GPFV - Improving Access - ELR", 125: "GPFV - Improving Access - LC", 153: "GPFV - Improving Access - WL", 160: "GPFV - Workload - LLR",
				176: "GP5YFV - Workforce - LLR", 182: "GPFV - Infrastructure - LLR", 192: "GPFV - IM&T - LLR", 203: "GPFV - IM&T - LLR",
			},
			asked: 110,
			none:  []int{3, 5, 9, 13, 15, 16, 21, 22, 23, 68, 69, 74, 75, 76, 110, 111, 150, 151, 155, 166, 167, 168, 174, 175, 178, 179, 180, 181, 187, 190, 196, 198},
		},
		{
			name: "wolverhampton", asked: 20, start: "2017-04-01", end: "2019-03-31", least: 140, most: 180,
			lines: []expected{
				{523, 7, "", "", ""},
				{551, 1, "2016-11-01 2017-03-31", "", ""},
				{552, 1, "2017-04-01 2020-03-31", "", ""},
				{553, 1, "2016-09-01 2017-03-31", "", ""},
				{752, 18, "2016-04/2017-03", "", ""},
				{754, 5, "2016-04/2017-03", "", ""},
				{760, 5, "?", "", ""},
				{834, 1, "?", "Ranjit Khular", "Scoping"},
				{835, 1, "2017-04/2018-03", "Andrea Smith", "Started"},
				{837, 1, "2016", "Manjeet Garcha", "Started"},
				{847, 1, "2016/..", "Dee Harris", "Started"},
				{856, 1, "2016-04/2020-03", "Steven Cook", "Started"},
				{859, 1, "?", "Steven Cook", "Complete March 2017"},
				{870, 1, "2018-04/2019-03", "Vic Middlemiss", "Not Started"},
			},
			none: []int{13, 19, 40, 83, 118, 137, 150, 172, 194, 204, 226, 290, 372, 410, 470, 564, 614, 653, 758, 787, 873},
		},
	} {
		t.Run(doc.name, func(t *testing.T) {
			report, all := readText(t, doc.name+".txt", sharedtest.Read(t, "plans/"+doc.name+".txt"), settings(t, doc.start, doc.end, doc.dated))
			if n := len(all.Milestones); n < doc.least || n > doc.most {
				t.Errorf("%d milestones, want %d to %d", n, doc.least, doc.most)
			}
			at := map[int][]Milestone{}
			for _, m := range all.Milestones {
				check(t, m)
				at[m.Line] = append(at[m.Line], m)
			}
			for _, want := range doc.lines {
				found := at[want.line]
				if len(found) != want.count {
					t.Errorf("line %d: %d milestones, want %d", want.line, len(found), want.count)
					continue
				}
				m := found[0]
				dates := strings.Join(edtf(m.Dates), " ")
				if asked := len(m.Review) > 0; want.dates == "?" && !asked || want.dates != "?" && (strings.TrimSpace(dates) != want.dates) {
					t.Errorf("line %d: the dates are %q (a person is asked: %t), want %q", want.line, dates, asked, want.dates)
				}
				if m.Owner.Text != want.owner && want.owner != "" {
					t.Errorf("line %d: the owner is %q, want %q", want.line, m.Owner.Text, want.owner)
				}
				if m.Percent.Text+m.Status.Text != want.other {
					t.Errorf("line %d: the status is %q %q, want %q", want.line, m.Percent.Text, m.Status.Text, want.other)
				}
			}
			for _, line := range doc.none {
				if len(at[line]) > 0 {
					t.Errorf("line %d: a milestone was read where there is none", line)
				}
			}
			for line, workstream := range doc.under {
				if got := at[line][0].Workstream.Text; bareText(got) != bareText(workstream) {
					t.Errorf("line %d: the workstream is %q, want %q", line, got, workstream)
				}
			}
			asked := 0
			for _, m := range all.Milestones {
				if len(m.Review) > 0 {
					asked++
				}
			}
			if doc.asked > 0 && asked > doc.asked {
				t.Errorf("a person is asked about %d milestones, want at most %d", asked, doc.asked)
			}
			for _, m := range all.Milestones {
				if m.RAG.Text != "" {
					t.Errorf("line %d: a rating %q, and the document has lost its colours", m.Line, m.RAG.Text)
				}
			}
			seen := map[string]bool{}
			for _, c := range report.Columns {
				if c.Unread > c.Rows {
					t.Errorf("%d of %d values of %q are unread", c.Unread, c.Rows, c.Header)
				}
				seen[string(c.As)] = true
			}
			if !seen["title"] {
				t.Error("no column was read as the action")
			}
		})
	}
}

func edtf(dates []period.Reading) (texts []string) {
	for _, d := range dates {
		texts = append(texts, d.EDTF())
	}
	return texts
}

// A document that no rule can cut into rows gives candidates, and says why it can do no more.
func TestRunningText(t *testing.T) {
	report, all := readText(t, "buckinghamshire.txt", sharedtest.Read(t, "plans/buckinghamshire.txt"), settings(t, "2017-04-01", "2019-03-31", "2017-05-31"))
	if len(all.Milestones) < 20 {
		t.Errorf("only %d candidates", len(all.Milestones))
	}
	for _, m := range all.Milestones {
		if reasons := reasonsOf(m); len(reasons) == 0 || reasons[0] != Candidate {
			t.Errorf("line %d: running text gave a milestone, and nobody is asked: %q", m.Line, reasons)
		}
	}
	if notes := strings.Join(report.Plan.Notes, " "); !strings.Contains(notes, "no rule can cut it into rows") {
		t.Errorf("nothing says why: %s", notes)
	}
}

// The same plan as its office keeps it comes in whole.
func TestRegister(t *testing.T) {
	report, all := readText(t, "register.csv", sharedtest.Read(t, "plans/buckinghamshire-register.csv"), settings(t, "2017-04-01", "2019-03-31", "2017-05-31"))
	if len(all.Milestones) != 83 {
		t.Errorf("%d milestones of 83 rows", len(all.Milestones))
	}
	var refs []string
	for i, m := range all.Milestones {
		refs = append(refs, m.Ref)
		if !m.RefGiven || m.Line != i+2 {
			t.Errorf("row %d: reference %q at line %d", i+2, m.Ref, m.Line)
		}
	}
	if !sort.StringsAreSorted(refs) || refs[0] != "B001" || refs[82] != "B083" {
		t.Errorf("the references are %s", refs)
	}
	for _, c := range report.Columns {
		if c.As == Unread {
			t.Errorf("no field was found for %q", c.Header)
		}
	}

	_, all = readText(t, "funding.csv", sharedtest.Read(t, "plans/buckinghamshire-funding.csv"), settings(t, "2017-04-01", "2019-03-31", "2017-05-31"))
	amounts := 0
	for _, f := range all.Fundings {
		if f.Text == "" || f.Scheme == "" || len(f.Review) > 0 {
			t.Errorf("line %d: %+v", f.Line, f)
		}
		if !f.Amount.IsZero() {
			amounts++
		}
	}
	if len(all.Fundings) != 76 || amounts != 72 || len(all.Milestones) != 0 {
		t.Errorf("%d funding lines, %d with an amount, %d milestones; want 76, 72 and none", len(all.Fundings), amounts, len(all.Milestones))
	}
	if f := all.Fundings[1]; f.Amount.String() != "3.00" || f.Basis.String() != "per_head" || fmt.Sprint(f.Start, f.End) != "2017-04-01 2019-03-31" {
		t.Errorf("the second line is %+v", f)
	}
}
