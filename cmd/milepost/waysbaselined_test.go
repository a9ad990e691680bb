package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	pb "milepost.dev/api/milepost/v1"
)

// Every way is played a second time, baselined: at the end of its first day one person proposes the date of each milestone that has one, and
// another approves all of them. What is asked is asked again. A part "-- baselined DAY --" of the file has what baselines add to the
// part "-- asked DAY --", and each line of that in which the two plays differ.

// The people of the second play, and their tolerance in days. They take no other part.
const (
	proposer  = "planner"
	approver  = "sponsor"
	tolerance = 30
)

// baseline proposes and approves the dates that there are, and says whether there was one.
func (w *way) baseline() bool {
	w.Helper()
	dated := func(m record) bool {
		return m["forecast"] != "" && m["state"] != "achieved" && m["state"] != "cancelled"
	}
	if !slices.ContainsFunc(w.commandLine(when{who: "auditor", plan: ourPlan, asAt: w.today.String()}).milestones, dated) {
		return false
	}
	w.said++
	w.send(&request{who: approver, plan: ourPlan, line: "tiers", facts: []*pb.Command{{AsAt: w.today.String(), Command: &pb.Command_TiersSet{TiersSet: &pb.TiersSet{
		Tiers: []*pb.Tier{{Name: "board", ToleranceDays: new(uint32(tolerance)), Approvers: []string{approver}}}, Reason: "Minute 1",
	}}}}})
	w.run(proposer, statusOK, "baseline", "propose", ourPlan, "--proposal", "first", "--all")
	w.run(approver, statusOK, "baseline", "approve", ourPlan, "first", "--body", "Board", "--minute", "2")
	return true
}

// notBaselined is the line by which a way is played once alone, with the reason.
var notBaselined = regexp.MustCompile(`(?m)^# not baselined: (\S.*)$`)

// playBaselined plays the way so, where its plan has a date on its first day and its file does not say why it is not to be.
func (w *way) playBaselined(name string) {
	if why := notBaselined.FindStringSubmatch(w.file("told")); why != nil {
		w.Skip(why[1])
	}
	w.endOfFirstDay = func() { w.baselined = w.baseline() }
	if w.tellAll(); !w.baselined {
		w.Skip("no milestone has a date on the first day")
	}
	for i := 0; i < len(w.archive.Files); i++ {
		f := w.archive.Files[i]
		ask, is := strings.CutPrefix(f.Name, "asked ")
		if !is {
			continue
		}
		part := "baselined " + ask
		said := w.askedBaselined(w.question(strings.Fields(ask)), string(f.Data))
		next := i + 1
		there := next < len(w.archive.Files) && w.archive.Files[next].Name == part
		switch {
		case *update && there:
			w.archive.Files[next].Data = []byte(said)
		case *update:
			w.archive.Files = slices.Insert(w.archive.Files, next, txtar.File{Name: part, Data: []byte(said)})
		case !there || string(w.archive.Files[next].Data) != said:
			want := ""
			if there {
				want = string(w.archive.Files[next].Data)
			}
			w.same("baselined: milepost status, slippage, plans and review", w.question(strings.Fields(ask)), want, said)
		}
	}
	w.follows()
	w.write(name)
}

// askedBaselined compares what each surface says, and returns what the command line says beside what is said without baselines.
func (w *way) askedBaselined(q when, plain string) string {
	s := w.commandLine(q)
	said := s.baselines() + differences(plain, s.text())
	w.same("REST, baselined", q, said, func() string { r := w.rest(q); return r.baselines() + differences(plain, r.text()) }())
	sql := w.sql(q)
	w.same("export --sqlite, baselined", q, s.baselines()+withoutQuestions(s.text()), sql.baselines()+withoutQuestions(sql.text()))
	w.page(q)
	w.trueDays(s, plain)
	return said
}

var slipSaid = regexp.MustCompile(`(?m)^(\S+) .*; slip ([+-]?\d+)(?:;|$)`)

// trueDays holds the slip against the original baseline, and what was gone before that was approved, to the slip without baselines.
func (w *way) trueDays(s *surface, plain string) {
	w.Helper()
	slips := map[string]int{}
	for _, m := range slipSaid.FindAllStringSubmatch(plain, -1) {
		slips[m[1]], _ = strconv.Atoi(m[2])
	}
	for _, m := range s.milestones {
		if !isBaselined(m) {
			continue
		}
		original, _ := strconv.Atoi(m["slip_original_days"])
		before, _ := strconv.Atoi(m["days_before_baseline"])
		settings, _ := strconv.Atoi(m["setting_days"])
		if want := slips[m["ref"]]; original+before != want && original+before-settings != want {
			w.Errorf("%s is %d days later than its original baseline, which is %d later than its first forecast, and without baselines its slip is %d", m["ref"], original, before, want)
		}
		if m["slip_original_days"] != m["slip_days"] || m["slip_against"] != "original baseline" {
			w.Errorf("%s has slip %s against %s, and is %s later than its original baseline", m["ref"], m["slip_days"], m["slip_against"], m["slip_original_days"])
		}
	}
}

func isBaselined(m record) bool {
	return m["original_baseline"] != "" && m["original_baseline"] != "not baselined"
}

// baselines is what the surface says of baselines.
func (s *surface) baselines() string {
	var b strings.Builder
	for _, m := range s.milestones {
		if !isBaselined(m) {
			continue
		}
		fmt.Fprintf(&b, "%s baselined %s; against it %s; against the current one %s; granted before it %s", m["ref"], m["original_baseline"],
			plus(m["slip_original_days"]), plus(m["slip_current_days"]), plus(m["days_before_baseline"]))
		if m["exception_tier"] != "" {
			fmt.Fprintf(&b, "; exception %s", plus(m["exception_days"]))
		}
		if m["cancellation_pending"] != "" && m["cancellation_pending"] != "0" {
			b.WriteString("; cancelled, and not approved")
		}
		b.WriteString("\n")
	}
	b.WriteString("baselines: ")
	for i, name := range []string{"baselined", "days_granted", "days_before_baseline", "exceptions", "cancellations_pending"} {
		if n := s.plan[name]; i == 0 || n != "0" && n != "" {
			fmt.Fprintf(&b, "%s %s, ", strings.ReplaceAll(name, "_", " "), n)
		}
	}
	return strings.TrimSuffix(b.String(), ", ") + "\n"
}

// exceptionSaid is what a line says of an exception. baselines says it as well, of each that is baselined.
var exceptionSaid = regexp.MustCompile(`; exception of [^;\n]+ days`)

// differences are the lines in which two texts differ, but for exceptions.
func differences(plain, baselined string) string {
	var b strings.Builder
	plain, baselined = exceptionSaid.ReplaceAllString(plain, ""), exceptionSaid.ReplaceAllString(baselined, "")
	were, are := strings.Split(strings.TrimRight(plain, "\n"), "\n"), strings.Split(strings.TrimRight(baselined, "\n"), "\n")
	for _, line := range were {
		if !slices.Contains(are, line) {
			fmt.Fprintf(&b, "not %s\n", strings.TrimSpace(line))
		}
	}
	for _, line := range are {
		if !slices.Contains(were, line) {
			fmt.Fprintf(&b, "but %s\n", strings.TrimSpace(line))
		}
	}
	return b.String()
}

// write writes the file anew with -update.
func (w *way) write(name string) {
	if !*update {
		return
	}
	if err := os.WriteFile(filepath.Clean(name), txtar.Format(w.archive), 0o600); err != nil {
		w.Fatal(err)
	}
}
