package documents

import (
	"regexp"
	"slices"

	"milepost.dev/internal/reading/headings"
)

// Tables that stand in the workbooks of plans and are none: registers of risks, tests, hours that were worked.

// register is such a table, known by headings of which it has at least two, each of another kind.
type register struct {
	name string
	of   []*regexp.Regexp
	keys *regexp.Regexp // one heading has to be of these
}

var registers = []register{
	{"risks", []*regexp.Regexp{
		regexp.MustCompile(`\b(?:likelihood|probability)\b`), regexp.MustCompile(`^(?:risk )?(?:impact|severity|consequence)\b`),
		regexp.MustCompile(`\bmitigat(?:ion|ions|ing|e)\b|^(?:contingency|risk response|response strategy|treatment)\b`), regexp.MustCompile(`^risk (?:score|rating|level|category|type|id)\b`),
	}, regexp.MustCompile(`\brisks?\b|\bthreats?\b`)},
	{"tests", []*regexp.Regexp{
		regexp.MustCompile(`^expected (?:results?|outcomes?|output)$`), regexp.MustCompile(`^actual (?:results?|outcomes?|output)$`),
		regexp.MustCompile(`^(?:test )?steps?$|^test data$`), regexp.MustCompile(`^(?:pass fail|pass|result|test result|test status)$`),
	}, regexp.MustCompile(`\btests?\b|^(?:expected|actual) (?:results?|outcomes?|output)$`)},
}

// registerOf is what a table lists that is no plan; empty for any other.
func (l *layout) registerOf() string {
	var words []string
	for _, h := range l.headings {
		if h.sure > 1 && h.as == Title {
			return "" // somebody says that its rows are milestones
		}
		words = append(words, headings.Key(h.text))
	}
	for _, r := range registers {
		has := 0
		for _, of := range r.of {
			if slices.ContainsFunc(words, of.MatchString) {
				has++
			}
		}
		if has >= 2 && slices.ContainsFunc(words, r.keys.MatchString) {
			return r.name
		}
	}
	return ""
}

// passRegister leaves out a table that is no plan, and says so once.
func (r *reader) passRegister(rows []row, what string) {
	r.closeBlock()
	if r.layout.columns == nil {
		r.layout.columns = []*Column{}
		name := headingOfTitles(r.layout)
		r.note("The table below row %d%s lists %s. It was not read as milestones. If its rows are milestones, a mapping file (--map) says so, for example columns: {%q: title}.", r.layout.line, r.onSheet(), what, name)
	}
	r.told += len(rows)
	r.passedRows += len(rows)
}

// onSheet names the sheet, where the document has several.
func (r *page) onSheet() string {
	if r.sheet == "" {
		return ""
	}
	return " of the sheet " + quoted([]string{r.sheet})
}

func headingOfTitles(l *layout) string {
	if i := l.column(Title); i >= 0 {
		return l.headings[i].text
	}
	for _, h := range l.headings {
		if h.text != "" {
			return h.text
		}
	}
	return ""
}
