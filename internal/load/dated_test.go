package load_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/rig/sharedtest"
)

// dated are what people write for a day, a month, a quarter or a year.
var dated = regexp.MustCompile(`(?i)\b(?:\d{1,2}(?:st|nd|rd|th)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}[ '-]{0,2}(?:20)?1[5-9]\b|\b\d{1,2}[/.]\d{1,2}[/.](?:20)?1\d\b|\b(?:20)?1[6-9]/(?:20)?(?:1[7-9]|2[0-2])\b|\bq[1-4] (?:20)?1\d(?:/1\d)?\b|\b(?:in|by|from|during|until|end of) 20[12]\d(?:/(?:20)?[12]\d)?\b`)

// What a dated statement of a document came to in the ledger.
const (
	inForce   = "in force"
	aStep     = "step"
	candidate = "candidate"
	asked     = "asked"
	money     = "money"
	ofMeasure = "measure"
	ofPlan    = "the document's own"
	kept      = "kept"
	nowhere   = "nowhere"
)

// held is what the ledger holds of a document, by line.
type held struct {
	cells map[int][]cellHeld
	items []string
	money []string
	other []string // of measures
}

type cellHeld struct {
	text, as string
	steps    string // of the milestone
}

func (h *held) put(row int, text, as string) {
	h.cells[row] = append(h.cells[row], cellHeld{text: plain(text), as: as})
}

func plain(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// as is what became of words that stand on a line.
func (h *held) as(line int, words, context string) string {
	words = plain(words)
	found := map[string]bool{}
	for _, c := range h.cells[line] {
		if strings.Contains(c.text, words) {
			found[c.as] = true
			if strings.Contains(c.steps, words) {
				found[aStep] = true
			}
		}
	}
	for _, as := range []string{inForce, aStep, candidate, asked} {
		if found[as] {
			return as
		}
	}
	for _, told := range []struct {
		as    string
		texts []string
	}{{asked, h.items}, {money, h.money}, {ofMeasure, h.other}} {
		if slices.ContainsFunc(told.texts, func(text string) bool { return strings.Contains(text, words) }) {
			return told.as
		}
	}
	for _, d := range dates.ReadWords(words, dates.Settings{}).Readings {
		if slices.ContainsFunc(h.money, func(l string) bool { return d.End != 0 && strings.Contains(l, d.End.String()) }) && strings.Contains(context, "£") {
			return money // the days of a sum
		}
	}
	if found[kept] {
		return kept
	}
	return nowhere
}

func heldOf(t *testing.T, c *client.Client, plan string) *held {
	t.Helper()
	h := &held{cells: map[int][]cellHeld{}}
	review := map[string]bool{}
	for item, err := range c.Review(t.Context(), &pb.ListReviewRequest{Plan: plan, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		review[item.GetRef()] = true
		h.items = append(h.items, plain(item.GetText()+" "+item.GetSays()))
	}
	for _, m := range candidatesOf(t, c, plan) {
		h.put(int(m.GetRow()), m.GetTitle()+" "+m.GetText()+" "+m.GetDeliveryDate(), candidate)
	}
	for l, err := range c.Funding(t.Context(), &pb.ListFundingRequest{Plan: plan, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		h.money = append(h.money, plain(fmt.Sprint(l)))
	}
	for ref := range standing(t, c, plan) {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: plan, Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		h.milestone(m, review[ref])
	}
	return h
}

func (h *held) milestone(m *pb.GetMilestoneResponse, isAsked bool) {
	dates := m.GetStatus().GetForecast() != "" || m.GetStatus().GetActual() != ""
	steps := ""
	for _, d := range m.GetFurtherDates() {
		steps += plain(d.GetLabel()) + "\n"
	}
	for _, s := range m.GetSources() {
		for _, cell := range s.GetCells() {
			row, text := int(cell.GetRow()), cell.GetText()
			h.cells[row] = append(h.cells[row], cellHeld{plain(text), kept, steps})
			switch cell.GetField() {
			case "delivery_date", "finish", "actual_date", "start", "further_date", "period":
				switch {
				case dates:
					h.put(row, text, inForce)
				case isAsked, m.GetAttributes()["date as written"] != "":
					h.put(row, text, asked)
				}
			case "title":
				if m.GetStatus().GetForecastText() != "" && strings.Contains(plain(text), plain(m.GetStatus().GetForecastText())) {
					h.put(row, text, inForce)
				}
			}
			for _, d := range m.GetFurtherDates() {
				if cell.GetField() == "title" && d.GetLabel() == "in the words of the action" || cell.GetField() == d.GetLabel() {
					h.put(row, text, aStep)
				}
			}
		}
	}
	for _, k := range m.GetMeasures() {
		text := k.GetWords()
		for _, target := range k.GetTargets() {
			text += " " + target.GetBy() + " " + target.GetValue()
		}
		h.other = append(h.other, plain(text))
	}
}

// everyDate is what the dates of the published plans come to: at most so many questions, and so many dates that are no date in force, step,
// candidate, question, sum or measure. Those name documents and the years of tables whose cells ran together.
var everyDate = map[string]struct{ questions, lost, candidates int }{
	"worcestershire.txt":  {7, 3, 0},
	"leicestershire.txt":  {20, 1, 13},
	"wolverhampton.txt":   {9, 2, 48},
	"dorset.txt":          {9, 0, 0},
	"buckinghamshire.txt": {0, 26, 92},
}

// Every dated statement of a published plan is in the ledger: as a date in force, a dated step, a candidate or a question.
func TestEveryDateOfADocument(t *testing.T) {
	t.Parallel()
	c := server(t)
	for name, want := range everyDate {
		t.Run(name, func(t *testing.T) {
			text := sharedtest.Read(t, "plans/"+name)
			importPlan(t, load.Load{Service: c, Plan: name, Name: "A plan"}, name, text, "2017-02-24")
			h := heldOf(t, c, name)
			count := map[string]int{}
			var lost []string
			for i, line := range strings.Split(string(text), "\n") {
				for _, words := range dated.FindAllString(line, -1) {
					as := h.as(i+1, words, around(line, words))
					if d := dates.ReadWords(words, dates.Settings{}).Readings; as == nowhere && len(d) == 1 && d[0].Start == d[0].End && d[0].End.String() == "2017-02-24" {
						as = ofPlan
					}
					count[as]++
					if as == nowhere || as == kept {
						lost = append(lost, fmt.Sprintf("line %d, %s: %q in %.150q", i+1, as, words, around(line, words)))
					}
				}
			}
			t.Logf("%d questions, %v", len(h.items), count)
			if n := len(h.items); n > want.questions {
				t.Errorf("%d questions, want at most %d", n, want.questions)
			}
			if len(lost) > want.lost {
				t.Errorf("%d dates became nothing, want at most %d:\n%s", len(lost), want.lost, strings.Join(lost, "\n"))
			}
			if count[candidate] < want.candidates {
				t.Errorf("%d dates are of candidates, want at least %d", count[candidate], want.candidates)
			}
		})
	}
}

func around(line, words string) string {
	at := strings.Index(line, words)
	return line[max(0, at-60):min(len(line), at+60)]
}
