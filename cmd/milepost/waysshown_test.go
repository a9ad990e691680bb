package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/html"
	_ "modernc.org/sqlite"
)

// surface is what one surface says of a plan. Its records have the names of the API's fields, and texts: a yes is "yes", and a no and what is
// absent are empty.
type surface struct {
	plan       record
	milestones []record
	moves      []record
	questions  []record // of people; nil where the surface does not list them
}

type record map[string]string

// text is what the surface says, in the words of the files.
func (s *surface) text() string {
	var b strings.Builder
	for _, m := range s.milestones {
		fmt.Fprintf(&b, "%s\n", standing(m))
		for _, row := range s.moves {
			if row["ref"] == m["ref"] && moved(row) {
				fmt.Fprintf(&b, "  %s\n", moveText(row))
			}
		}
	}
	fmt.Fprintf(&b, "counts: %s\n", countsText(s.plan))
	for _, q := range s.questions {
		fmt.Fprintf(&b, "asked: %s\n", strings.TrimSpace(q["ref"]+" "+q["reason"]+" "+q["proposed"]))
	}
	return b.String()
}

func withoutQuestions(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "asked: ") }), "")
}

// standing is where a milestone stands.
func standing(m record) string {
	out := []string{m["ref"] + " " + m["state"]}
	say := func(value, format string, args ...any) {
		if value != "" && value != "0" {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(m["first_forecast"], "first %s", m["first_forecast"])
	say(m["first_forecast_text"], "stated as %q", m["first_forecast_text"])
	say(m["first_in_doubt"], "first in doubt")
	say(m["forecast"], "forecast %s", m["forecast"])
	if m["due"] != m["forecast"] {
		say(m["due"], "due %s", m["due"])
	}
	say(m["actual"], "actual %s", m["actual"])
	if m["slip_days"] != "" {
		out = append(out, "slip "+plus(m["slip_days"]))
	}
	say(m["setting_days"], "by settings %s", plus(m["setting_days"]))
	say(m["start_restated"], "start restated")
	if m["slip_restated_days"] != "" {
		out = append(out, "against it "+plus(m["slip_restated_days"]))
	}
	say(m["days_before_baseline"], "moved %s before it was baselined", plus(m["days_before_baseline"]))
	say(m["exception_tier"], "exception of %s, %s days", m["exception_tier"], m["exception_days"])
	say(m["cancellation_pending"], "cancelled, which waits")
	if m["mistaken_baseline"] != "" {
		out = append(out, fmt.Sprintf("against %s, approved in error, %s; against %s, approved in its place, %s", m["mistaken_baseline"], plus(m["slip_mistaken_days"]),
			m["rectified_baseline"], plus(m["slip_rectified_days"])))
	}
	say(m["scope_pending"], "approved as %q, other words wait", m["approved_title"])
	say(m["cost_exception_tier"], "costs %s, %s more than approved, exception of %s", m["cost"], m["cost_exception_amount"], m["cost_exception_tier"])
	say(m["cost_in_other_currency"], "money in another currency")
	say(m["proposed_baseline"], "proposed %s", m["proposed_baseline"])
	say(m["timing"], "%s", m["timing"])
	say(m["no_date_since"], "no date since %s", m["no_date_since"])
	say(m["overdue"], "overdue")
	say(m["owed_days"], "at least %s more", m["owed_days"])
	say(m["in_doubt"], "in doubt")
	say(m["disagreement"], "disagreement")
	say(m["other_words"], "other words")
	say(m["dated_after_achieved"], "dated after achieved")
	say(m["cancelled_on"], "cancelled on %s, %s days late", m["cancelled_on"], m["days_late_when_cancelled"])
	say(m["cancelled_owing"], "owing")
	return strings.Join(out, "; ")
}

// plus gives days their sign.
func plus(days string) string {
	if days == "0" || strings.HasPrefix(days, "-") {
		return days
	}
	return "+" + days
}

// moved says whether a row belongs in the list that nobody has to ask for in full.
func moved(row record) bool {
	switch row["event"] {
	case "DateOwed", "FromInPlaceOfDay", "StartRestated", "Disagrees", "MilestoneAmended":
		return true
	}
	for _, mark := range []string{"up to", "struck", "beside"} {
		if strings.Contains(row["marks"], mark) {
			return true
		}
	}
	return row["days"] != "" && row["days"] != "0"
}

func moveText(row record) string {
	out := []string{row["as_at"], row["event"]}
	if row["was"] != "" {
		out = append(out, fmt.Sprintf("%q -> %q", row["was"], row["is"]))
	} else {
		from, to := row["from"], row["to"]
		if row["from_actor"] != "" && row["from_actor"] != row["actor"] {
			from += " (" + row["from_actor"] + ")"
		}
		out = append(out, strings.TrimSpace(from+" -> "+to))
	}
	if row["days"] != "" {
		out = append(out, plus(row["days"]))
	}
	if row["counts"] != "" {
		out = append(out, "in all "+plus(row["total_days"]))
	}
	out = append(out, "by "+row["actor"])
	if row["on_behalf_of"] != "" {
		out = append(out, "for "+row["on_behalf_of"])
	}
	if row["marks"] != "" {
		out = append(out, "("+row["marks"]+")")
	}
	return strings.Join(out, " ")
}

// countsOfPlan are the counts of a plan, in the order in which the files have them.
var countsOfPlan = []string{
	"milestones", "achieved", "achieved_on_time", "achieved_late", "achieved_up_to", "overdue", "owed_days", "slipped", "recovered", "late",
	"net_slip_days", "setting_days", "undated", "no_date", "in_doubt", "start_restated", "disagreements", "other_words", "cancelled",
	"cancelled_owing", "replaced", "not_reported", "to_review", "cost_exceptions", "scopes_pending", "baseline_errors",
}

func countsText(p record) string {
	var out []string
	for _, name := range countsOfPlan {
		if n := p[name]; n != "0" && n != "" {
			out = append(out, strings.ReplaceAll(name, "_", " ")+" "+n)
		}
	}
	return strings.Join(out, ", ")
}

// commandLine asks over gRPC, by the commands that people type.
func (w *way) commandLine(q when) *surface {
	ask := func(args ...string) []record {
		return w.records(w.run(q.who, statusOK, append(append(args, "-o", "json"), q.readAt()...)...), "")
	}
	s := &surface{
		milestones: ask("status", "--plan", q.plan),
		moves:      ask("slippage", "--plan", q.plan, "--words"),
		questions:  ask("review", "--plan", q.plan),
	}
	for _, p := range ask("plans") {
		if p["id"] == q.plan {
			s.plan = p
		}
	}
	return s
}

// rest asks over HTTP.
func (w *way) rest(q when) *surface {
	ask := func(what, items string, more ...string) []record {
		values := q.values()
		for _, name := range more {
			values.Set(name, "true")
		}
		return w.records(w.http(q.who, http.MethodGet, what+"?"+values.Encode(), ""), items)
	}
	path := "/v1/plans/" + q.plan
	s := &surface{milestones: ask(path+"/status", "milestones"), moves: ask(path+"/slippage", "moves", "words"), questions: ask(path+"/review", "items")}
	for _, m := range s.moves {
		if m["measured"] == "" || m["from"] == "" {
			m["days"] = ""
		}
	}
	for _, p := range ask("/v1/plans", "plans") {
		if p["id"] == q.plan {
			s.plan = p
		}
	}
	return s
}

// values are the parameters of the question.
func (q when) values() url.Values {
	values := url.Values{"read_at.as_at": {q.asAt}}
	if q.known != "" {
		values.Set("read_at.known_at", q.known)
	}
	return values
}

// sql asks the file that export writes.
func (w *way) sql(q when) *surface {
	name := filepath.Join(w.TempDir(), "plan.db")
	w.run(q.who, statusOK, append([]string{"export", "--sqlite", name, "--plan", q.plan}, q.readAt()...)...)
	db, err := sql.Open("sqlite", name)
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	return &surface{
		plan:       w.query(db, "SELECT * FROM plan")[0],
		milestones: w.query(db, "SELECT * FROM milestones ORDER BY ref"),
		moves:      w.query(db, `SELECT *, from_date AS "from", to_date AS "to", is_now AS "is" FROM moves ORDER BY rowid`),
	}
}

// saidByFlag are the fields that say yes or no. SQLite has 1 and 0 for them.
var saidByFlag = []string{
	"first_in_doubt", "overdue", "start_restated", "in_doubt", "disagreement", "other_words", "dated_after_achieved", "cancelled_owing", "counts",
}

func (w *way) query(db *sql.DB, text string) (records []record) {
	w.Helper()
	rows, err := db.QueryContext(w.Context(), text)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		w.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(names))
		into := make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			w.Fatal(err)
		}
		r := record{}
		for i, name := range names {
			if values[i] != nil {
				r[name] = fmt.Sprint(values[i])
			}
			_, isPlan := r["time_zone"]
			if slices.Contains(saidByFlag, name) && !isPlan {
				r[name] = map[string]string{"1": "yes"}[r[name]]
			}
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return records
}

// records reads an array of JSON objects, or that of an object under a name.
func (w *way) records(text []byte, under string) (records []record) {
	w.Helper()
	decode := func(text []byte, into any) {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			w.Fatalf("%v\n%s", err, text)
		}
	}
	if under != "" {
		var object map[string]json.RawMessage
		decode(text, &object)
		text = object[under]
	}
	var all []map[string]any
	decode(text, &all)
	for _, object := range all {
		r := record{}
		for name, value := range object {
			r[name] = textOf(value)
		}
		records = append(records, r)
	}
	return records
}

// textOf is a value of JSON as a text.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "yes"}[v]
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, textOf(item))
		}
		return strings.Join(all, ", ")
	}
	return fmt.Sprint(value)
}

// page compares the counts of the plan's board, and the slip of each of its milestones, with what the command line says. A page refuses a
// day that is still to come.
func (w *way) page(q when) {
	w.Helper()
	if mustDay(w.T, q.asAt).After(w.today) {
		return
	}
	values := url.Values{"as_at": {q.asAt}}
	if q.known != "" {
		values.Set("known_at", q.known)
	}
	parsed := func(path string) *html.Node {
		tree, err := html.Parse(bytes.NewReader(w.http(q.who, http.MethodGet, "/plans/"+q.plan+path+"?"+values.Encode(), "")))
		if err != nil {
			w.Fatal(err)
		}
		return tree
	}
	board, list := parsed(""), parsed("/milestones")
	told := w.commandLine(q)
	counts := map[string]string{}
	for _, figures := range classed(board, "ul", "figures") {
		for item := range figures.ChildNodes() {
			n := words(item)
			name, _, _ := strings.Cut(strings.TrimSpace(n[1]), " than first ") // promised or forecast
			counts[name] = n[0]
		}
	}
	for name, field := range map[string]string{
		"overdue": "overdue", "later": "slipped", "without a date": "undated", "earlier": "recovered", "in doubt, in no other count": "to_review",
		"achieved": "achieved", "cancelled": "cancelled", "replaced": "replaced",
	} {
		want := told.plan[field]
		if got, is := counts[name]; got != want && (is || want != "0") {
			w.Errorf("the page as at %s counts %q as %s, and plans says %s %s", q.asAt, name, got, field, want)
		}
	}
	slips := map[string]string{}
	for _, row := range classed(list, "table", "milestones") {
		for _, tr := range tagged(row, "tr") {
			if ref, slip := classed(tr, "span", "ref"), classed(tr, "span", "slip"); len(ref) > 0 {
				slips[words(ref[0])[0]] = ""
				if len(slip) > 0 {
					slips[words(ref[0])[0]] = strings.NewReplacer("+", "", "−", "-", " ", "").Replace(strings.Join(words(slip[0]), ""))
				}
			}
		}
	}
	for _, m := range told.milestones {
		if got, is := slips[m["ref"]]; !is || got != m["slip_days"] {
			w.Errorf("the page as at %s has slip %q of %s, and status %q", q.asAt, got, m["ref"], m["slip_days"])
		}
	}
}

// namesNothing looks for the references of our plan in all that somebody who may read another one alone is told.
func (w *way) namesNothing(q when) {
	w.Helper()
	if !strings.Contains(q.who, "@") {
		return
	}
	of := func(args ...string) []byte {
		return w.run(q.who, statusOK, append(args, "--plan", q.plan, "-o", "json")...)
	}
	told := [][]byte{of("status"), of("slippage", "--all"), of("review", "--all"), of("audit")}
	for _, path := range []string{"", "/milestones", "/review"} {
		told = append(told, w.http(q.who, http.MethodGet, "/plans/"+q.plan+path, ""))
	}
	for _, m := range w.records(of("status"), "") {
		told = append(told, w.run(q.who, statusOK, "show", m["ref"], "--plan", q.plan, "-o", "json"))
	}
	for _, m := range w.commandLine(when{who: "auditor", plan: ourPlan, asAt: q.asAt}).milestones {
		for _, text := range told {
			if at := bytes.Index(text, []byte(m["ref"])); at >= 0 {
				w.Errorf("%s may not read plan %s, and is told of %s: %s", q.who, ourPlan, m["ref"], text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
}

// tagged are the elements of a name below a node.
func tagged(n *html.Node, name string) (found []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			found = append(found, d)
		}
	}
	return found
}

// classed are those with a class.
func classed(n *html.Node, name, class string) (found []*html.Node) {
	for _, d := range tagged(n, name) {
		for _, a := range d.Attr {
			if a.Key == "class" && slices.Contains(strings.Fields(a.Val), class) {
				found = append(found, d)
			}
		}
	}
	return found
}

// words are the texts below a node.
func words(n *html.Node) (texts []string) {
	for d := range n.Descendants() {
		if text := strings.TrimSpace(d.Data); d.Type == html.TextNode && text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// changes compares what moved between two days with what must have, and returns what the command line says.
func (w *way) changes(ask []string, want string) string {
	w.Helper()
	q := w.question(ask[1:])
	w.reach(mustDay(w.T, q.asAt)) // it is not asked about days to come
	said := changesText(w.records(w.run(q.who, statusOK, append([]string{"changes", "--plan", q.plan, "--since", ask[0], "-o", "json"}, q.readAt()...)...), ""))
	if !*update {
		w.same("milepost changes since "+ask[0], q, want, said)
	}
	values := q.values()
	values.Set("since", ask[0])
	w.same("REST: changes since "+ask[0], q, said, changesText(w.records(w.http(q.who, http.MethodGet, "/v1/plans/"+q.plan+"/changes?"+values.Encode(), ""), "changes")))
	return said
}

func changesText(rows []record) string {
	var b strings.Builder
	for _, c := range rows {
		out := []string{c["ref"] + " " + c["kinds"]}
		for _, name := range []string{"was", "is"} {
			if c[name] != "" {
				out = append(out, name+" "+c[name])
			}
		}
		if c["net_days"] != "" {
			out = append(out, "net "+plus(c["net_days"]))
		}
		if c["slip_days"] != "" && c["slip_days"] != "0" {
			out = append(out, "slip "+plus(c["slip_days"]))
		}
		fmt.Fprintf(&b, "%s\n", strings.Join(out, "; "))
	}
	return b.String()
}
