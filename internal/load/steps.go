package load

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// mostSteps bounds the dated steps of a row.
const mostSteps = 10

var (
	// datedWords is a text that may say when: a month, a year or a date in numbers.
	datedWords = regexp.MustCompile(`(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\b|\b20\d\d\b|\b[12]\d/[123]\d\b|\b\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d\b|\bq[1-4]\b`)
	// sentenceEnd is where a sentence of a cell ends, or an item of its list.
	sentenceEnd = regexp.MustCompile(`[.;!?](?:\s+|$)|\n+|\s+[•*–-]\s+`)
)

// steps are the dates that stand in the words about a milestone: in its next steps, its issues and its status. Each is a dated step of
// it, under the sentence that names it; what is in doubt is put to a person, once for the column.
func (r *run) steps(m *documents.Milestone, ref, source string) (commands []*pb.Command) {
	said := set{}
	for _, v := range inProse(m) {
		if v.value.Text == m.Date.Text || v.once && !r.together.steps.add(cellOf(v.value)) {
			continue
		}
		for _, sentence := range sentenceEnd.Split(v.value.Text, -1) {
			sentence = strings.TrimSpace(sentence)
			if len(sentence) > period.MaxText || !datedWords.MatchString(sentence) || len(commands) == mostSteps || !said.add(sentence) {
				continue
			}
			d := dates.ReadWords(sentence, r.settings)
			d.Readings = slices.DeleteFunc(d.Readings, func(d period.Reading) bool { return d.Start == 0 && d.End == 0 })
			date := ""
			if len(d.Readings) == 1 && len(d.Review) == 0 && r.saysTheYear(sentence, d.Readings[0]) {
				date = r.inOtherWords(d.Readings[0])
			}
			switch {
			case date != "":
				commands = append(commands, &pb.Command{Command: &pb.Command_FurtherDateStated{FurtherDateStated: &pb.FurtherDateStated{
					Ref: ref, Label: fit(sentence, 200), Date: date,
				}}})
			case len(d.Readings) > 0:
				r.together.add(ref, documents.DateInWords, string(v.field),
					"These words name a date, and nothing says for sure which day it is or what is due then. It is none of the milestone's own.",
					sentence, cellOf(v.value), source)
			}
		}
	}
	return commands
}

// prose is a text about a milestone in which dates can stand.
type prose struct {
	field documents.Field
	value documents.Value
	once  bool // the text is often about several milestones, and is read for the first of them
}

// inProse are the texts about a milestone in which dates can stand. A column without a known field is one where it holds sentences.
func inProse(m *documents.Milestone) []prose {
	all := []prose{{documents.NextSteps, m.NextSteps, false}, {documents.Issues, m.Issues, false}, {documents.Status, m.Status, false}, {documents.Baseline, m.Baseline, true}}
	for _, heading := range slices.Sorted(maps.Keys(m.Other)) {
		if v := m.Other[heading]; len(v.Text) >= fewestInSentence && strings.Count(v.Text, " ") >= 4 {
			all = append(all, prose{documents.Field(fit(heading, 100)), v, true})
		}
	}
	return all
}

// fewestInSentence is how long a text of an unknown column is at least that is read as sentences.
const fewestInSentence = 30

// saysTheYear says whether words mean the same a year later. A step without a year would move with every version that says it again.
func (r *run) saysTheYear(words string, d period.Reading) bool {
	settings := r.settings
	settings.Dated = settings.Dated.AddDays(366)
	later := dates.ReadWords(words, settings)
	return slices.ContainsFunc(later.Readings, func(other period.Reading) bool { return other.Start == d.Start && other.End == d.End })
}

// inOtherWords is what was read, in words that the service reads so; empty where there are none.
func (r *run) inOtherWords(d period.Reading) string {
	if d.Label = ""; d.Kind == period.Done { // a step that was taken on a day is of that day
		d.Kind, d.Due = period.In, d.End
	}
	if iso := inISO(d); iso != "" {
		return iso
	}
	for _, text := range plainly(d) {
		if again := dates.Read(text, r.settings); len(again.Review) == 0 && len(again.Readings) == 1 && again.Due() == d.Due {
			return text
		}
	}
	return ""
}
