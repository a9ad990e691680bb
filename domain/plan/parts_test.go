package plan

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// parseFact reads what is no money and no plan itself.
func parseFact(name string, said map[string]string) (Command, Event, bool) {
	date := func(text string) period.Delivery {
		d, err := period.ReadISO(text)
		if err != nil && text != "" {
			return period.Keep(text)
		}
		return d
	}
	switch name {
	case "ComponentStated":
		e := ComponentStated{Name: said["name"], Within: said["within"], Deadline: date(said["deadline"]), Reason: said["reason"]}
		for k := Workstream; k <= Deliverable; k++ {
			if k.String() == said["kind"] {
				e.Kind = k
			}
		}
		return StateComponent(e), e, true
	case "DocumentImported":
		e := DocumentImported{Document: said["document"], Mapping: said["mapping"]}
		copy(e.SHA256[:], said["sha256"])
		for i, heading := range strings.Fields(said["columns"]) {
			name, as, _ := strings.Cut(heading, ":")
			e.Columns = append(e.Columns, DocumentColumn{Column: uint32(i + 1), Heading: name, ReadAs: as})
		}
		return ImportDocument(e), e, true
	case "CandidateOffered":
		e := CandidateOffered{
			Candidate: said["candidate"], Title: said["title"], Date: said["date"], ReadAs: said["read_as"], Workstream: said["workstream"],
			Says: said["says"], Document: said["document"], Cell: milestone.DocumentCell{Row: int(number(said["cell"]))},
		}
		return OfferCandidate(e), e, true
	case "CandidateSettled":
		e := CandidateSettled{Candidate: said["candidate"], Ref: said["ref"], Reason: said["reason"]}
		for o := CandidateAccepted; o <= CandidateDropped; o++ {
			if o.String() == said["outcome"] {
				e.Outcome = o
			}
		}
		return SettleCandidate(e), e, true
	case "DocumentNoted":
		e := DocumentNoted{
			Note: said["note"], Kind: said["kind"], Words: said["words"], Heading: said["heading"], Document: said["document"],
			Cell: milestone.DocumentCell{Row: int(number(said["cell"]))},
		}
		return NoteDocument(e), e, true
	case "HistoryAccepted":
		e := HistoryAccepted{From: number(said["from"]), To: number(said["to"]), Reason: said["reason"]}
		return AcceptHistory(e), e, true
	case "MeasureDefined":
		e := measure.Defined{Measure: said["measure"], Words: said["words"], Unit: said["unit"], Scale: said["scale"], Component: said["component"]}
		for k := measure.Success; k <= measure.Readiness; k++ {
			if k.String() == said["kind"] {
				e.Kind = k
			}
		}
		return measure.Define(e), e, true
	case "MeasureTargeted":
		e := measure.Targeted{Measure: said["measure"], By: date(said["by"]), Value: said["value"], Reason: said["reason"]}
		return measure.SetTarget(e), e, true
	case "MeasureTaken":
		e := measure.Taken{Measure: said["measure"], Value: said["value"], Words: said["words"]}
		return measure.Take(e), e, true
	}
	return nil, nil, false
}

func number(text string) uint64 {
	n, _ := strconv.ParseUint(text, 10, 64)
	return n
}

// facts are what the domain is told beside the command: of a line, the words after it.
func facts(line string, asAt civil.Date) Facts {
	said := map[string]string{}
	for _, m := range words.FindAllStringSubmatch(line, -1) {
		said[m[1]] = m[2]
	}
	return Facts{
		Speaker: "the office", Actor: milestone.Party(said["actor"]),
		AsAt: asAt, TimeZoneKnown: !strings.Contains(line, "Olympus"), Approver: said["approver"] == "yes", Read: said["read"] == "yes", MilestoneMissing: said["missing"] == "yes",
		Told: Told{Last: number(said["last"]), Statements: int(number(said["statements"])), Own: said["own"] == "yes"},
	}
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// plainly tells each field of an event by its name.
func plainly(e Event, add func(name, value string)) {
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		name := strings.ToLower(hump.ReplaceAllString(v.Type().Field(i).Name, "${1}_$2"))
		switch value := v.Field(i).Interface().(type) {
		case period.Delivery:
			add(name, value.Text)
		case [32]byte: // written as the letters that it begins with
			add(name, string(bytes.TrimRight(value[:], "\x00")))
		case milestone.DocumentCell: // written as its row
			if value.Row > 0 {
				add(name, strconv.Itoa(value.Row))
			}
		case []DocumentColumn:
			var columns []string
			for _, c := range value {
				columns = append(columns, c.Heading+":"+c.ReadAs)
			}
			add(name, strings.Join(columns, " "))
		default:
			add(name, fmt.Sprint(value))
		}
	}
}

// described are the names of Told, by their first word, that describe has a line of its own for.
var described = []string{
	"name", "time_zone", "quarters", "period_start", "period_end", "rating_scheme", "funding", "workstream", "scheme", "deliverable", "document", "measure",
}

// others are all else that can be told of a plan, as the audit trail tells it.
func others(s State) (lines []string) {
	told := s.Told()
	for _, name := range slices.Sorted(maps.Keys(told)) {
		first, _, _ := strings.Cut(name, " ")
		if told[name] != "" && !slices.Contains(described, first) {
			lines = append(lines, "  "+name+": "+told[name])
		}
	}
	return lines
}

func describeParts(s State) (lines []string) {
	for _, c := range s.Components {
		line := fmt.Sprintf("  %s %q in %q as at %s", c.Kind, c.Name, c.Within, c.AsAt)
		if !c.Deadline.IsZero() {
			line += fmt.Sprintf(", due %s, %d days from the first", c.Deadline.Due(), c.SlipDays())
		}
		lines = append(lines, line)
	}
	for _, m := range s.Measures {
		line := fmt.Sprintf("  %s %s: %q in %q of %q", m.Kind, m.Measure, m.Words, m.Unit, m.Component)
		for _, t := range m.Targets {
			line += fmt.Sprintf(", %s by %s", t.Value, t.By.Due())
		}
		for _, v := range m.Values {
			line += fmt.Sprintf(", %s on %s %q", v.Value, v.Day, v.Words)
		}
		lines = append(lines, line)
	}
	for _, d := range s.Documents {
		lines = append(lines, fmt.Sprintf("  read from %s, %s, as at %s %q%s", bytes.TrimRight(d.SHA256[:], "\x00"), d.Document, d.AsAt, d.Mapping, d.told()))
	}
	return lines
}
