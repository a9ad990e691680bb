package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
)

// verbs are short names of commands about a milestone, and the field that the word after the verb goes into. Every other command is
// written by its name in the API, and its fields as name=value.
var verbs = map[string]struct{ command, field string }{
	"added":     {"milestone_added", "title"},
	"titled":    {"milestone_amended", "title"},
	"date":      {"delivery_date_stated", "delivery_date"},
	"achieved":  {"milestone_achieved", "actual_date"},
	"started":   {"milestone_started", "start_date"},
	"cancelled": {"milestone_cancelled", "reason"},
	"reopened":  {"milestone_reopened", "reason"},
	"held":      {"milestone_put_on_hold", "reason"},
	"resumed":   {"milestone_resumed", "reason"},
	"replaces":  {"milestone_replaced", "old"}, // the milestone is the new one
	"accepts":   {"history_accepted", ""},      // what a named line told
}

// request is what one line tells, with the lines below it.
type request struct {
	name, who, plan string
	line            string // of the first fact
	refused         string // the rule that it is refused by; empty where it is accepted
	rest            bool   // it is sent over HTTP
	behalf          string
	facts           []*pb.Command
}

// tellAll tells the lines in order. The plan is registered first, unless a line does so.
func (w *way) tellAll() {
	told := w.file("told")
	lines := strings.Split(told, "\n")
	if !strings.Contains(lines[0], "plan_registered") && !strings.Contains(lines[0], "--new") && !strings.Contains(lines[0], "--name") {
		w.tell("", []string{w.today.String() + " office plan plan_registered name=Hubs"})
	}
	for i := 0; i < len(lines); {
		next := i + 1
		for next < len(lines) && strings.HasPrefix(lines[next], " ") {
			next++
		}
		if line := lines[i]; line != "" && !strings.HasPrefix(line, "#") {
			name := ""
			if m := named.FindStringSubmatch(line); m != nil {
				name, lines[i] = m[1], strings.TrimPrefix(line, m[0])
			}
			w.firstDayEnds(strings.Fields(lines[i])[0])
			w.tell(name, lines[i:next])
		}
		i = next
	}
	w.firstDayEnds("")
}

// firstDayEnds does what is to be done at the end of the first day, if a line is told on another one.
func (w *way) firstDayEnds(day string) {
	if end := w.endOfFirstDay; end != nil && day != w.today.String() {
		w.endOfFirstDay = nil
		end()
	}
}

// tell lets the day come and tells a line, with those below it.
func (w *way) tell(name string, lines []string) {
	w.Helper()
	words := fields(lines[0])
	if len(words) < 3 {
		w.Fatalf("%q tells nothing", lines[0])
	}
	w.reach(mustDay(w.T, words[0]))
	w.said++
	w.before[name] = w.last
	if status, command, is := strings.Cut(lines[0], "$ "); is {
		w.type_(words[1], strings.TrimSpace(strings.TrimPrefix(status, words[0]+" "+words[1])), fields(command))
	} else {
		r := request{name: name, who: words[1], plan: ourPlan, line: lines[0]}
		r.facts = append(r.facts, w.fact(&r, words[2:]))
		for _, more := range lines[1:] {
			r.facts = append(r.facts, w.fact(&r, fields(more)))
		}
		w.send(&r)
	}
	w.last = w.position()
	w.told[name] = w.last
}

// reach lets a day come, unless it has passed.
func (w *way) reach(day civil.Date) {
	if day.After(w.today) {
		w.clock.Advance(noonOf(day).Sub(noonOf(w.today)))
		w.today = day
	}
}

// type_ runs a command as somebody types it, in the directory of the file's documents.
func (w *way) type_(who, status string, args []string) {
	w.Helper()
	want := statusOK
	if status != "" {
		if _, err := fmt.Sscan(status, &want); err != nil {
			w.Fatalf("%q is no exit status", status)
		}
	}
	for i, arg := range args {
		if name, is := strings.CutPrefix(arg, "{"); is {
			args[i] = fmt.Sprint(w.told[strings.TrimSuffix(name, "}")])
		}
		for _, f := range w.archive.Files {
			if arg == f.Name {
				args[i] = filepath.Join(w.dir, arg)
			}
		}
	}
	w.run(who, want, args...)
}

// run runs a command as one who speaks in the file, and returns what it prints.
func (w *way) run(who string, status int, args ...string) []byte {
	w.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) string {
		return map[string]string{"MILEPOST_SERVER": w.server.GRPCAddr(), "MILEPOST_TOKEN": tokenOf(who)}[name]
	}
	if got := Main(w.Context(), args, nil, &stdout, &stderr, env); got != status {
		w.Fatalf("%s: milepost %q: status %d, want %d\n%s%s", who, args, got, status, &stdout, &stderr)
	}
	return stdout.Bytes()
}

// fact makes a command of the words of a line: a reference or "plan", a verb, and what is said.
func (w *way) fact(r *request, words []string) *pb.Command {
	w.Helper()
	c := &pb.Command{AsAt: w.today.String()}
	about, verb := words[0], words[1]
	short, is := verbs[verb]
	if !is {
		short.command = verb
	}
	field := c.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(short.command))
	if field == nil {
		w.Fatalf("%q: there is no command %q", r.line, verb)
	}
	inner, values := field.Message(), map[string]any{}
	if about != "plan" && inner.Fields().ByName("ref") != nil {
		values["ref"] = about
	}
	if verb == "replaces" {
		values["new"] = []string{about}
	}
	for i, word := range words[2:] {
		name, value, isNamed := strings.Cut(word, "=")
		switch {
		case verb == "accepts" && strings.HasPrefix(word, "["):
			line := strings.Trim(word, "[]")
			values["from_position"], values["to_position"] = fmt.Sprint(w.before[line]+1), fmt.Sprint(w.told[line])
		case isNamed && w.ofRequest(r, c, name, value):
		case name == "item" && strings.HasPrefix(value, "elsewhere:"):
			values[name] = w.elsewhere(r.plan, strings.TrimPrefix(value, "elsewhere:"))
		case isNamed:
			values[name] = valueOf(inner, name, value)
		case i == 0 && short.field != "":
			values[short.field] = valueOf(inner, short.field, word)
		default:
			w.Fatalf("%q: what is %q?", r.line, word)
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		w.Fatal(err)
	}
	message := c.ProtoReflect().NewField(field).Message()
	if err := protojson.Unmarshal(text, message.Interface()); err != nil {
		w.Fatalf("%q: %v", r.line, err)
	}
	c.ProtoReflect().Set(field, protoreflect.ValueOfMessage(message))
	return c
}

// elsewhere is the item that asks whether a milestone of a plan took the place of one of ours.
func (w *way) elsewhere(plan, ref string) string {
	for _, q := range w.records(w.run("auditor", statusOK, "review", "--plan", plan, "--all", "-o", "json"), "") {
		if q["proposed"] == ourPlan+"/"+ref {
			return q["item"]
		}
	}
	w.Fatalf("nobody is asked about %s of %s", ref, ourPlan)
	return ""
}

// ofRequest takes what is said of the whole request, or of the command and not of its fact.
func (w *way) ofRequest(r *request, c *pb.Command, name, value string) bool {
	switch name {
	case "as_at":
		c.AsAt = value
	case "source":
		c.Source = value
	case "in":
		r.plan = value
	case "for":
		r.behalf = value
	case "refused":
		r.refused = value
	case "over":
		r.rest = value == "rest"
	default:
		return false
	}
	return true
}

// valueOf is a value as protobuf's JSON has it.
func valueOf(m protoreflect.MessageDescriptor, name, value string) any {
	if strings.HasPrefix(value, "[") {
		return json.RawMessage(value)
	}
	if f := m.Fields().ByName(protoreflect.Name(name)); f != nil && f.IsList() {
		return strings.Split(value, ",")
	}
	return value
}

// send sends a request, over gRPC unless it says otherwise, and expects that it is accepted or refused by a rule.
func (w *way) send(r *request) {
	w.Helper()
	message := &pb.SubmitRequest{RequestId: fmt.Sprint("line ", w.said), Plan: r.plan, OnBehalfOf: r.behalf, Commands: r.facts}
	rule := ""
	if r.rest {
		rule = w.post(r.who, message)
	} else {
		server, err := client.Dial(client.Config{Server: w.server.GRPCAddr(), Token: tokenOf(r.who)})
		if err != nil {
			w.Fatal(err)
		}
		defer server.Close()
		if _, err := server.Submit(w.Context(), message); err != nil {
			e, is := errors.AsType[*client.Error](err)
			if !is {
				w.Fatal(err)
			}
			if rule = e.Rule; rule == "" || rule != r.refused {
				w.Logf("%v", err)
			}
			if rule == "" {
				rule = e.Code
			}
		}
	}
	if rule != r.refused {
		w.Fatalf("%q: refused by %q, want %q", r.line, rule, r.refused)
	}
}

// post sends a request over HTTP and returns the rule that refuses it.
func (w *way) post(who string, message *pb.SubmitRequest) string {
	w.Helper()
	plan := message.GetPlan()
	message = proto.CloneOf(message)
	message.Plan = ""
	text, err := protojson.Marshal(message)
	if err != nil {
		w.Fatal(err)
	}
	var answer struct{ Error struct{ Rule string } }
	if err := json.Unmarshal(w.http(who, http.MethodPost, "/v1/plans/"+plan+":submit", string(text)), &answer); err != nil {
		w.Fatal(err)
	}
	return answer.Error.Rule
}

// http asks over HTTP, as a program with a token and as a browser that has signed in with it.
func (w *way) http(who, method, path, body string) []byte {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, "http://"+w.server.HTTPAddr()+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	if strings.HasPrefix(path, "/v1/") {
		r.Header.Set("Authorization", "Bearer "+tokenOf(who))
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := w.browser(who).Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	if method == http.MethodGet && answer.StatusCode != http.StatusOK {
		w.Fatalf("GET %s: %s\n%s", path, answer.Status, text)
	}
	return text
}

// browser has signed in as somebody.
func (w *way) browser(who string) *http.Client {
	w.Helper()
	if w.browsers[who] == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			w.Fatal(err)
		}
		b := &http.Client{Jar: jar}
		answer, err := b.PostForm("http://"+w.server.HTTPAddr()+"/sign-in", url.Values{"token": {tokenOf(who)}, "next": {"/"}})
		if err != nil {
			w.Fatal(err)
		}
		answer.Body.Close()
		w.browsers[who] = b
	}
	return w.browsers[who]
}

// position is where the ledger ends.
func (w *way) position() uint64 {
	w.Helper()
	server, err := client.Dial(client.Config{Server: w.server.GRPCAddr(), Token: tokenOf("auditor")})
	if err != nil {
		w.Fatal(err)
	}
	defer server.Close()
	plans := server.Plans(w.Context(), &pb.ListPlansRequest{})
	for _, err := range plans.Items {
		if err != nil {
			w.Fatal(err)
		}
	}
	return plans.SpokenFor.GetPosition()
}

// fields splits at spaces. "two words" and name="two words" are one field, and so is JSON in brackets, as it stands.
func fields(line string) (out []string) {
	word, quoted, some, depth := strings.Builder{}, false, false, 0
	for _, r := range line + " " {
		switch {
		case r == '[' && !quoted:
			depth++
			word.WriteRune(r)
		case r == ']' && !quoted && depth > 0:
			depth--
			word.WriteRune(r)
		case depth > 0:
			word.WriteRune(r)
		case r == '"':
			quoted, some = !quoted, true
		case r == ' ' && !quoted:
			if some || word.Len() > 0 {
				out = append(out, word.String())
			}
			word.Reset()
			some = false
		default:
			word.WriteRune(r)
		}
	}
	return out
}
