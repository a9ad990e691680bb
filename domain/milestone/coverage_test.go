package milestone_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/funding"
	. "milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// Every rule, command and event stands in a spec, so that what is added without one is noticed.
func TestSpecsAreComplete(t *testing.T) {
	files, err := filepath.Glob("testdata/specs/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var specs strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		specs.Write(text)
	}
	refused, happened := map[string]bool{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^then (?:invalid|not found|exists|refused|stale) (\S+)`).FindAllStringSubmatch(specs.String(), -1) {
		refused[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?m)^then\n((?:  .*\n)+)`).FindAllStringSubmatch(specs.String(), -1) {
		for _, line := range strings.Split(m[1], "\n") {
			name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			happened[name] = true
		}
	}
	for _, rule := range slices.Concat(constants(t, "rules.go", "Rule"), constants(t, "../funding/decide.go", "Rule"), constants(t, "../measure/decide.go", "Rule")) {
		// No reporter can break these two by a command: the first is a program's error, the other a filter's.
		if !refused[rule] && rule != RuleCommandUnknown && rule != RuleStateUnknown {
			t.Errorf("no spec breaks the rule %s", rule)
		}
	}
	stated := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^when .*\n  (\S+)`).FindAllStringSubmatch(specs.String(), -1) {
		stated[m[1]] = true
	}
	stages := []string{"FundingReprofiled", "FundingWithdrawn", "MeasureDefined", "MeasureTargeted", "MeasureTaken"}
	for s := funding.Identified; s <= funding.Spent; s++ {
		stages = append(stages, s.EventName())
	}
	for _, name := range append(named(t, "CommandName"), stages...) {
		if !stated[name] {
			t.Errorf("in no spec is %s stated", name)
		}
	}
	for _, name := range append(named(t, "EventName"), stages...) {
		if !happened[name] {
			t.Errorf("in no spec does %s happen", name)
		}
	}
}

// constants returns the values of the string constants of a file whose names begin so.
func constants(t *testing.T, file, prefix string) (values []string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, prefix) {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constants %s in %s", prefix, file)
	}
	return values
}

// named returns the names that the types of this package give themselves by a method.
func named(t *testing.T, method string) (names []string) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == method {
				name, err := strconv.Unquote(f.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
		}
	}
	if len(names) < 20 && method == "EventName" || len(names) < 10 {
		t.Fatalf("the types that have a %s were not found: %v", method, names)
	}
	return names
}

func TestPhase(t *testing.T) {
	phases := 0
	for p := PhasePlanned; p.String() != ""; p++ {
		if again, err := ParsePhase(p.String()); err != nil || again != p {
			t.Errorf("ParsePhase(%q) = %s, %v", p, again, err)
		}
		phases++
	}
	if phases != 5 {
		t.Errorf("there are %d states", phases)
	}
	if _, err := ParsePhase("Achieved"); err == nil || err.(*domain.Refusal).Rule != RuleStateUnknown {
		t.Errorf("Achieved is read as a state: %v", err)
	}
	if Phase(99).String() != "" {
		t.Error("there is a 99th state")
	}
}

func TestOverdue(t *testing.T) {
	due := State{Forecast: Forecast{Known: true, Delivery: spectext.Reading("2017-09")}}
	for _, c := range []struct {
		what    string
		s       State
		today   string
		overdue bool
	}{
		{"on its due day", due, "2017-09-30", false},
		{"the day after", due, "2017-10-01", true},
		{"achieved", State{Forecast: due.Forecast, Phase: PhaseAchieved}, "2017-10-01", false},
		{"cancelled", State{Forecast: due.Forecast, Phase: PhaseCancelled}, "2017-10-01", false},
		{"on hold", State{Forecast: due.Forecast, Phase: PhaseOnHold}, "2017-10-01", true},
		{"withdrawn", State{LastDue: spectext.Day("2017-09-30"), LastDelivery: due.Forecast.Delivery}, "2017-10-01", false},
		{"going on", State{Forecast: Forecast{Known: true, Delivery: spectext.Reading("ongoing")}}, "2017-10-01", false},
		{"on no day", due, "", false},
	} {
		if got := c.s.Overdue(spectext.Day(c.today)); got != c.overdue {
			t.Errorf("%s: overdue is %v", c.what, got)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	known := state(nil, Add{Ref: "B1", Title: "Hub live"}, spectext.Day("2017-01-01"))
	for i := range 10 {
		asAt := spectext.Day("2017-03-01").AddDays(30 * i)
		known = state(known, StateDate{Delivery: spectext.Reading(asAt.AddDays(200).String())}, asAt)
	}
	b.ReportAllocs()
	for b.Loop() {
		Fold(known)
	}
	b.ReportMetric(float64(b.N*len(known))/b.Elapsed().Seconds(), "statements/s")
}

func BenchmarkDecide(b *testing.B) {
	known := state(nil, Add{Ref: "B1", Title: "Hub live"}, spectext.Day("2017-01-01"))
	known = state(known, StateDate{Delivery: spectext.Reading("2017-09")}, spectext.Day("2017-03-01"))
	s, c := Fold(known), StateDate{Delivery: spectext.Reading("2017-12")}
	f := Facts{AsAt: spectext.Day("2017-06-01"), Exists: true}
	b.ReportAllocs()
	for b.Loop() {
		if len(Check(c)) > 0 {
			b.Fatal("refused")
		}
		if _, err := Decide(s, c, f); err != nil {
			b.Fatal(err)
		}
	}
}
