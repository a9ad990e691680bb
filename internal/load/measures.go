package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/reading/quantities"
)

// The measures of a milestone, by the references that they get.
const (
	successMeasure   = "success"
	indicatorMeasure = "kpi"
)

// measuresOf are what a row is measured by, and what its indicator is to come to by when.
func (r *run) measuresOf(m *documents.Milestone, ref string) (commands []*pb.Command) {
	if m.Success.Text != "" {
		commands = append(commands, defined(&pb.MeasureDefined{
			Ref: ref, Measure: successMeasure, Kind: pb.MeasureKind_MEASURE_KIND_SUCCESS, Words: fit(m.Success.Text, maxWords),
		}))
	}
	if m.KPI.Text != "" {
		commands = append(commands, defined(&pb.MeasureDefined{
			Ref: ref, Measure: indicatorMeasure, Kind: pb.MeasureKind_MEASURE_KIND_INDICATOR, Words: fit(m.KPI.Text, maxWords),
		}))
		commands = append(commands, r.targeted(ref, indicatorMeasure, m.Targets)...)
	}
	return append(commands, countsOf(m, ref)...)
}

// countsOf are the people that the columns of a row count, as measures of the milestone on the day of the document. Words that are no number stay
// beside the milestone and are nothing else.
func countsOf(m *documents.Milestone, ref string) (commands []*pb.Command) {
	for _, heading := range slices.Sorted(maps.Keys(m.Other)) {
		unit, value := documents.CountUnit(heading), m.Other[heading].Text
		if number, _ := quantities.Read(value); unit == "" || number == "" {
			continue
		}
		name := strings.ToLower(unit)
		commands = append(commands,
			defined(&pb.MeasureDefined{Ref: ref, Measure: name, Kind: pb.MeasureKind_MEASURE_KIND_INDICATOR, Words: fit(heading, maxWords), Unit: unit}),
			&pb.Command{Command: &pb.Command_MeasureTaken{MeasureTaken: &pb.MeasureTaken{Ref: ref, Measure: name, Value: fit(value, maxName)}}})
	}
	return commands
}

func defined(m *pb.MeasureDefined) *pb.Command {
	return &pb.Command{Command: &pb.Command_MeasureDefined{MeasureDefined: m}}
}

// kindOf is what a measure of the plan is for.
var kindOf = map[string]pb.MeasureKind{
	"readiness": pb.MeasureKind_MEASURE_KIND_READINESS, "count": pb.MeasureKind_MEASURE_KIND_INDICATOR, "indicator": pb.MeasureKind_MEASURE_KIND_INDICATOR,
}

// measured is what a document measures beside its rows, as a measure of the plan: what it is, what it was on the
// document's day, and what it is to come to. It is none where nothing is said of it.
func (s *sender) measured(f documents.Fact) []*pb.Command {
	m := f.Measure
	if m == nil || kindOf[m.Kind] == 0 || strings.TrimSpace(m.Words) == "" || m.Value == "" && len(m.Targets) == 0 {
		return nil
	}
	name := nameOf(m)
	if k := keyOf("measure " + name); s.lines[k] == 0 {
		s.lines[k]++
	} else {
		s.lines[k]++
		name += fmt.Sprint(".", s.lines[k])
	}
	commands := []*pb.Command{defined(&pb.MeasureDefined{
		Measure: name, Kind: kindOf[m.Kind], Words: fit(m.Words, maxWords), Unit: fit(m.Unit, maxUnit), Scale: fit(m.Scale, maxUnit),
	})}
	if value := fit(m.Value, maxName); value != "" {
		commands = append(commands, &pb.Command{Command: &pb.Command_MeasureTaken{MeasureTaken: &pb.MeasureTaken{
			Measure: name, Value: value, Words: fit(levelOf(m), maxWords),
		}}})
	}
	commands = append(commands, s.targeted("", name, m.Targets)...)
	source := s.sourceOf(f.Sheet, f.Line, target{})
	for _, c := range commands {
		s.command(source, c)
	}
	return commands
}

// maxUnit bounds a unit and the name of a scale, and shortName the name of a measure, in bytes.
const (
	maxUnit   = 200
	shortName = 60
)

// nameOf is the reference of a measure of the plan: its words, and not its line, because the next version of the document has it on
// another one. Words that are too long for a name are told apart by a digest.
func nameOf(m *documents.Measure) string {
	name := clean(m.Words, maxWords)
	if m.Unit != "" {
		name += " (" + clean(m.Unit, shortName) + ")"
	}
	if len(name) <= shortName {
		return name
	}
	return fit(name, shortName-7) + " " + short(digest(name))
}

// levelOf is what a score means on its scale, where the document's key says: of "3", "3) We begin next year".
func levelOf(m *documents.Measure) string {
	at := slices.IndexFunc(m.Levels, func(level string) bool {
		rest, ok := strings.CutPrefix(level, m.Value)
		return ok && m.Value != "" && rest != "" && !('0' <= rest[0] && rest[0] <= '9')
	})
	if at < 0 {
		return ""
	}
	return m.Levels[at]
}

// targeted are what a measure is to come to by when. Of one date there is one: what the document says of it twice is told
// together.
func (r *run) targeted(ref, measure string, all []documents.Target) (commands []*pb.Command) {
	at := map[string]*pb.MeasureTargeted{}
	for _, t := range all {
		value := strings.TrimSpace(t.Value)
		if value == "" {
			continue
		}
		by := r.by(t)
		k := by
		if due := dates.Read(by, r.settings).Due(); due != 0 {
			k = due.String()
		}
		if before := at[k]; before != nil {
			if before.Value != value {
				before.Value = fit(before.Value+"; "+value, maxName)
			}
			continue
		}
		at[k] = &pb.MeasureTargeted{Ref: ref, Measure: measure, By: by, Value: fit(value, maxName)}
		commands = append(commands, &pb.Command{Command: &pb.Command_MeasureTargeted{MeasureTargeted: at[k]}})
	}
	return commands
}

// by is the date of a target: in the document's own words where the service reads them as the document was read, or where
// neither reads them, else as what it was read as.
func (r *run) by(t documents.Target) string {
	words := fit(t.By, period.MaxText)
	if alone := dates.Read(words, r.settings); words == "" || slices.Equal(alone.Readings, []period.Reading{t.Date}) {
		return words
	}
	if iso := inISO(t.Date); iso != "" {
		return iso
	}
	return words
}
