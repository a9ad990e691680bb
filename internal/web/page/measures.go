package page

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/file"
	"milepost.dev/internal/web/words"
)

// measuresView is what a plan is measured by: what each measure is to come to, and what it was.
type measuresView struct {
	Head  planHead
	Rows  []measureRow
	Files []fileLink
}

// measureRow is one measure.
type measureRow struct {
	Ref, Words, Kind, Unit, Component string
	First, Target                     string // the target that was stated first, where it is another than the one that holds
	By                                date
	Value, On                         string
	Values                            []measuredOn
}

// measuredOn is what a measure was on a day.
type measuredOn struct{ Day, Value, Words string }

// measures shows what a plan is measured by.
func measures(a *asking) (heading, any, error) {
	p, err := a.open("/measures")
	if err != nil {
		return heading{}, nil, err
	}
	v := measuresView{Head: p.head, Files: a.files("csv", "xlsx", "json")}
	for _, m := range p.whole.GetMeasures() {
		v.Rows = append(v.Rows, measureOf(m))
	}
	return p.heading, v, nil
}

func measureOf(m *pb.Measure) measureRow {
	r := measureRow{Ref: m.GetMeasure(), Words: m.GetWords(), Kind: m.GetKind(), Unit: m.GetUnit(), Component: m.GetComponent()}
	in := func(value string) string { return strings.TrimSpace(value + " " + m.GetUnit()) }
	if targets := m.GetTargets(); len(targets) > 0 {
		last := targets[len(targets)-1]
		r.Target, r.By = in(last.GetValue()), aDate(last.GetBy(), last.GetText())
		if first := targets[0]; first.GetValue() != last.GetValue() || first.GetBy() != last.GetBy() {
			r.First = in(first.GetValue())
			if by := first.GetBy(); by != "" {
				r.First += " by " + words.Day(by)
			}
		}
	}
	for _, each := range m.GetValues() {
		r.Values = append(r.Values, measuredOn{each.GetDay(), in(each.GetValue()), each.GetWords()})
		r.Value, r.On = in(each.GetValue()), each.GetDay()
	}
	return r
}

// measuresContent is a row for each value that a measure was, and one for each that never was.
func measuresContent(a *asking) (*content, error) {
	p, err := a.open("/measures")
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Measures of " + p.GetName(), Columns: []string{"measure", "words", "kind", "unit", "part", "target", "by", "day", "value", "said"}}
	for _, m := range p.whole.GetMeasures() {
		r := measureOf(m)
		if len(r.Values) == 0 {
			r.Values = []measuredOn{{}}
		}
		for _, v := range r.Values {
			t.Rows = append(t.Rows, []any{r.Ref, r.Words, r.Kind, r.Unit, r.Component, r.Target, file.Day(r.By.ISO), file.Day(v.Day), v.Value, v.Words})
		}
	}
	return &content{table: t}, nil
}
