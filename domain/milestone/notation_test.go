package milestone

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// The notation of the specs: a name, then what it says. "MilestoneSlipped 2017-12 from 2017-09-30
// days 92 reason="builder late"" is a command, an event, or an event as it came out.

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

func parseFact(line string) (f fact, err error) {
	words := tokens.FindAllString(line, -1)
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

func (f fact) attributes() (attributes []Attribute) {
	for name, value := range f.said {
		if strings.HasPrefix(name, "attributes[") {
			attributes = append(attributes, Attribute{strings.TrimSuffix(name[len("attributes["):], "]"), value})
		}
	}
	if n, err := strconv.Atoi(f.said["many"]); err == nil { // many=65: so many attributes
		for i := range n {
			attributes = append(attributes, Attribute{fmt.Sprintf("a%02d", i), strings.Repeat("x", 600)})
		}
	}
	slices.SortFunc(attributes, func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) })
	return attributes
}

func (f fact) occurrence() *Occurrence {
	if f.said["series"] == "" {
		return nil
	}
	o := &Occurrence{Day: parseDay(f.said["occurrence"])}
	copy(o.Series[:], f.said["series"])
	return o
}

func (f fact) amount(text string) money.Amount {
	currency := "GBP"
	if len(f.args) > 2 {
		currency = f.args[2]
	}
	a, _ := money.Parse(text, currency)
	return a
}

func (f fact) command() (Command, error) {
	if cmd, ok := f.fundingCommand(); ok {
		return cmd, nil
	}
	delivery, reason := reading(f.arg(0)), f.said["reason"]
	switch f.name {
	case "MilestoneAdded":
		return Add{Ref: f.said["ref"], Title: f.said["title"], Workstream: f.said["workstream"], Attributes: f.attributes(), Of: f.occurrence()}, nil
	case "MilestoneAmended":
		return Amend{f.said["ref"], f.optional("title"), f.optional("workstream"), f.attributes(), f.said["allow_missing"] == "true"}, nil
	case "DeliveryDateStated":
		return StateDate{delivery, reason}, nil
	case "MilestoneSlipped":
		return Slip{delivery, parseDay(f.said["from"]), reason}, nil
	case "OwnerChanged":
		return ChangeOwner{Party(f.said["from"]), Party(f.said["to"]), parseDay(f.said["effective"]), reason}, nil
	case "ProgressReported":
		return ReportProgress{f.percent(), f.said["status"], f.said["words"], f.said["next_steps"]}, nil
	case "MilestoneAchieved":
		return Achieve{delivery, f.said["words"]}, nil
	case "MilestoneSourced":
		return StateSource(f.sourced()), nil
	case "ReviewSettled":
		return f.settles(), nil
	}
	for _, c := range allCommands {
		if c.CommandName() == f.name {
			return filled(c, f), nil
		}
	}
	return nil, fmt.Errorf("%s is no command", f.name)
}

func (f fact) event() (Event, error) {
	if e, ok := f.fundingEvent(); ok {
		return e, nil
	}
	delivery, reason := reading(f.arg(0)), f.said["reason"]
	from, days := parseDay(f.said["from"]), 0
	if n, err := strconv.Atoi(f.said["days"]); err == nil {
		days = n
	}
	switch f.name {
	case "MilestoneAdded":
		return Added{Ref: f.said["ref"], Title: f.said["title"], Workstream: f.said["workstream"], Attributes: f.attributes(), Of: f.occurrence()}, nil
	case "MilestoneAmended":
		return Amended{f.optional("title"), f.optional("workstream"), f.attributes()}, nil
	case "ForecastGiven":
		return ForecastGiven{delivery, reason}, nil
	case "MilestoneSlipped":
		return Slipped{delivery, from, days, reason}, nil
	case "MilestoneRecovered":
		return Recovered{delivery, from, days, reason}, nil
	case "ForecastReconfirmed":
		return Reconfirmed{delivery, reason}, nil
	case "ForecastRestated":
		return Restated{delivery, reason}, nil
	case "ForecastWithdrawn":
		return Withdrawn{delivery, from, reason}, nil
	case "ForecastAwaited":
		return Awaited{delivery, reason}, nil
	case "DeliveryDateUnread":
		return Unread{delivery, reason}, nil
	case "OwnerChanged":
		return OwnerChanged{Party(f.said["from"]), Party(f.said["to"]), parseDay(f.said["effective"]), reason}, nil
	case "ProgressReported":
		return ProgressReported{f.percent(), f.said["status"], f.said["words"], f.said["next_steps"]}, nil
	case "MilestoneAchieved":
		return Achieved{delivery, f.said["words"]}, nil
	case "AchievementRestated":
		return AchievementRestated{delivery, from, f.said["words"]}, nil
	case "MilestoneSourced":
		return f.sourced(), nil
	}
	for _, e := range allEvents {
		if e.EventName() == f.name {
			return filled(e, f), nil
		}
	}
	return nil, fmt.Errorf("%s is no event", f.name)
}

// reading reads a date as it is stated in a plan of which nothing more is known.
func reading(text string) period.Delivery { return period.Read(text, period.Settings{}) }

func parseDay(iso string) civil.Date {
	d, _ := civil.Parse(iso)
	return d
}

// show writes an event in the notation.
func show(e Event) string {
	var b strings.Builder
	b.WriteString(e.EventName())
	arg := func(text string) { b.WriteString(" " + quoted(text)) }
	named := func(name, text string) {
		if text != "" {
			b.WriteString(" " + name + "=" + quoted(text))
		}
	}
	after := func(name, text string) {
		if text != "" {
			b.WriteString(" " + name + " " + text)
		}
	}
	attributes := func(as []Attribute) {
		for _, a := range as {
			fmt.Fprintf(&b, " attributes[%s]=%s", a.Name, quoted(a.Value))
		}
	}
	d, dated := stated(e)
	if dated {
		arg(d.Text)
	}
	switch e := e.(type) {
	case Added:
		named("ref", e.Ref)
		named("title", e.Title)
		named("workstream", e.Workstream)
		attributes(e.Attributes)
		if e.Of != nil {
			fmt.Fprintf(&b, " series=%s occurrence=%s", bytes.TrimRight(e.Of.Series[:], "\x00"), e.Of.Day)
		}
	case Amended:
		if e.Title != nil {
			b.WriteString(" title=" + quoted(*e.Title))
		}
		if e.Workstream != nil {
			b.WriteString(" workstream=" + quoted(*e.Workstream))
		}
		attributes(e.Attributes)
	case Slipped:
		after("from", e.From.String())
		after("days", strconv.Itoa(e.Days))
	case Recovered:
		after("from", e.From.String())
		after("days", strconv.Itoa(e.Days))
	case Withdrawn:
		after("from", e.From.String())
	case OwnerChanged:
		after("from", string(e.From))
		after("to", string(e.To))
		after("effective", e.Effective.String())
		named("reason", e.Reason)
	case funding.Event:
		b.WriteString(showFunding(e))
	case ProgressReported:
		if e.Percent != nil {
			named("percent", strconv.Itoa(*e.Percent))
		}
		named("status", e.Status)
		named("words", e.Words)
		named("next_steps", e.NextSteps)
	case Achieved:
		arg(e.Actual.Text)
		named("words", e.Words)
	case AchievementRestated:
		arg(e.Actual.Text)
		after("from", e.From.String())
		named("words", e.Words)
	case Sourced:
		b.WriteString(showSourced(e))
	default:
		if !dated {
			b.WriteString(plainly(e))
		}
	}
	if dated {
		named("reason", domain.Why(e))
	}
	return b.String()
}

func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \"=\\") || strconv.Quote(text) != `"`+text+`"` {
		return strconv.Quote(text)
	}
	return text
}
