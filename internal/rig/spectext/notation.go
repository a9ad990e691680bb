package spectext

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// fact is one line of notation, taken apart.
type fact struct {
	name string
	args []string
	said map[string]string
}

var (
	tokens   = regexp.MustCompile(`(?:[^\s="]+=)?"(?:[^"\\]|\\.)*"|\S+`)
	repeated = regexp.MustCompile(`^(.)\*(\d+)$`)
)

// These words stand before their value; every other value is named with an equals sign.
var before = []string{"from", "to", "days", "of", "effective"}

func parse(line string) (f fact, err error) {
	words := tokens.FindAllString(line, -1)
	if len(words) == 0 {
		return f, errors.New("the line is empty")
	}
	f = fact{name: words[0], said: map[string]string{}}
	for i := 1; i < len(words); i++ {
		name, value, named := strings.Cut(words[i], "=")
		switch {
		case named && !strings.HasPrefix(name, `"`):
		case slices.Contains(before, words[i]) && i+1 < len(words):
			name, value = words[i], words[i+1]
			i++
		default:
			name, value = "", words[i]
		}
		if strings.HasPrefix(value, `"`) {
			if value, err = strconv.Unquote(value); err != nil {
				return f, fmt.Errorf("%s: %w", words[i], err)
			}
		}
		if m := repeated.FindStringSubmatch(value); m != nil { // x*2001: too much of it
			n, _ := strconv.Atoi(m[2])
			value = strings.Repeat(m[1], n)
		}
		if name == "" {
			f.args = append(f.args, value)
		} else {
			f.said[name] = value
		}
	}
	return f, nil
}

func (f fact) arg(i int) string {
	if i < len(f.args) {
		return f.args[i]
	}
	return ""
}

func (f fact) optional(name string) *string {
	if text, ok := f.said[name]; ok {
		return &text
	}
	return nil
}

func (f fact) percent() *int {
	if n, err := strconv.Atoi(f.said["percent"]); err == nil {
		return &n
	}
	return nil
}

func (f fact) attributes() (attributes []milestone.Attribute) {
	for name, value := range f.said {
		if strings.HasPrefix(name, "attributes[") {
			attributes = append(attributes, milestone.Attribute{Name: strings.TrimSuffix(name[len("attributes["):], "]"), Value: value})
		}
	}
	if n, err := strconv.Atoi(f.said["many"]); err == nil { // many=65: so many attributes
		for i := range n {
			attributes = append(attributes, milestone.Attribute{Name: fmt.Sprintf("a%02d", i), Value: strings.Repeat("x", 600)})
		}
	}
	slices.SortFunc(attributes, func(a, b milestone.Attribute) int { return strings.Compare(a.Name, b.Name) })
	return attributes
}

func (f fact) occurrence() *milestone.Occurrence {
	if f.said["series"] == "" {
		return nil
	}
	o := &milestone.Occurrence{Day: Day(f.said["occurrence"])}
	copy(o.Series[:], f.said["series"])
	return o
}

// ids reads a list of ids, each written as the letters that it begins with.
func ids(text string) (all []milestone.ID) {
	for _, letters := range strings.Fields(text) {
		var id milestone.ID
		copy(id[:], letters)
		all = append(all, id)
	}
	return all
}

func allLetters(ids []milestone.ID) string {
	var all []string
	for _, id := range ids {
		all = append(all, letters(id[:]))
	}
	return strings.Join(all, " ")
}

func (f fact) amount(text string) money.Amount {
	currency := "GBP"
	if len(f.args) > 2 {
		currency = f.args[2]
	}
	a, _ := money.Parse(text, currency)
	return a
}

// Command reads a command.
func Command(line string) (milestone.Command, error) {
	f, err := parse(line)
	if err != nil {
		return nil, err
	}
	if cmd, ok := f.fundingCommand(); ok {
		return cmd, nil
	}
	if cmd, ok, err := f.correctionCommand(); ok {
		return cmd, err
	}
	switch f.name {
	case "MilestoneAdded":
		return milestone.Add{Ref: f.said["ref"], Title: f.said["title"], Workstream: f.said["workstream"], Attributes: f.attributes(), Of: f.occurrence(), PartsOf: ids(f.said["parts_of"])}, nil
	case "MilestoneAmended":
		return milestone.Amend{
			Ref: f.said["ref"], Title: f.optional("title"), Workstream: f.optional("workstream"), Attributes: f.attributes(),
			AllowMissing: f.said["allow_missing"] == "true",
		}, nil
	case "ProgressReported":
		return milestone.ReportProgress(f.progress()), nil
	case "MilestoneSourced":
		return milestone.StateSource(f.sourced()), nil
	case "ReviewSettled":
		return f.settles(), nil
	}
	for _, c := range AllCommands {
		if c.CommandName() == f.name {
			return filled(c, f)
		}
	}
	return nil, fmt.Errorf("%s is not a command", f.name)
}

// Event reads an event.
func Event(line string) (milestone.Event, error) {
	f, err := parse(line)
	if err != nil {
		return nil, err
	}
	if e, ok := f.fundingEvent(); ok {
		return e, nil
	}
	if e, ok, err := f.correctionEvent(); ok {
		return e, err
	}
	switch f.name {
	case "MilestoneAdded":
		return milestone.Added{
			Ref: f.said["ref"], Title: f.said["title"], Workstream: f.said["workstream"], Attributes: f.attributes(),
			Of: f.occurrence(), PartsOf: ids(f.said["parts_of"]),
		}, nil
	case "MilestoneAmended":
		return milestone.Amended{Title: f.optional("title"), Workstream: f.optional("workstream"), Attributes: f.attributes()}, nil
	case "ProgressReported":
		return f.progress(), nil
	case "MilestoneSourced":
		return f.sourced(), nil
	}
	for _, e := range AllEvents {
		if e.EventName() == f.name {
			return filled(e, f)
		}
	}
	return nil, fmt.Errorf("%s is not an event", f.name)
}

func (f fact) progress() milestone.ProgressReported {
	return milestone.ProgressReported{Percent: f.percent(), Status: f.said["status"], Words: f.said["words"], NextSteps: f.said["next_steps"]}
}

// Reading reads a date as it is stated in a plan of which nothing more is known.
func Reading(text string) period.Delivery { return dates.Read(text, dates.Settings{}) }

// Day reads a day such as 2017-03-31; the zero Date where the text is not one.
func Day(iso string) civil.Date {
	d, _ := civil.Parse(iso)
	return d
}

// Show writes an event.
func Show(e milestone.Event) string {
	var b strings.Builder
	b.WriteString(e.EventName())
	named := func(name, text string) {
		if text != "" {
			b.WriteString(" " + name + "=" + quoted(text))
		}
	}
	attributes := func(as []milestone.Attribute) {
		for _, a := range as {
			fmt.Fprintf(&b, " attributes[%s]=%s", a.Name, quoted(a.Value))
		}
	}
	switch e := e.(type) {
	case milestone.Added:
		named("ref", e.Ref)
		named("title", e.Title)
		named("workstream", e.Workstream)
		attributes(e.Attributes)
		if e.Of != nil {
			fmt.Fprintf(&b, " series=%s occurrence=%s", letters(e.Of.Series[:]), e.Of.Day)
		}
		named("parts_of", allLetters(e.PartsOf))
	case milestone.Amended:
		if e.Title != nil {
			b.WriteString(" title=" + quoted(*e.Title))
		}
		if e.Workstream != nil {
			b.WriteString(" workstream=" + quoted(*e.Workstream))
		}
		attributes(e.Attributes)
	case milestone.ProgressReported:
		if e.Percent != nil {
			named("percent", strconv.Itoa(*e.Percent))
		}
		named("status", e.Status)
		named("words", e.Words)
		named("next_steps", e.NextSteps)
	case funding.Event:
		b.WriteString(showFunding(e))
	case correction.Event:
		b.WriteString(showCorrection(e))
	case milestone.Sourced:
		b.WriteString(showSourced(e))
	default:
		b.WriteString(plainly(e))
	}
	return b.String()
}

// letters are those that an id or a digest begins with: in the notation an id is the reference that it stands for.
func letters(id []byte) string { return string(bytes.TrimRight(id, "\x00")) }

func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \"=\\") || strconv.Quote(text) != `"`+text+`"` {
		return strconv.Quote(text)
	}
	return text
}
