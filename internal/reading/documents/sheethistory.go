package documents

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
)

// A workbook can hold its own history: a sheet for each week or month, each with the plan as it stood then. Why each is a version of its own,
// and what that does to what is kept of a document, is in docs/adr/0032-history-inside-one-file.md.

// Version is a plan as sheets of a workbook have it.
type Version struct {
	// Sheets hold the plan as at the day. Of the newest they are all the others too that are of no older one: a list of risks, notes.
	Sheets []string
	Day    civil.Date
}

// Options are those by which the version is read.
func (v Version) Options(o Options) Options {
	o.Sheets, o.Settings.Dated = v.Sheets, v.Day
	return o
}

// History returns the versions of a plan that a workbook has in its sheets, from the oldest; nil for any other document. It reads only
// workbooks of which at least two sheets are named by a time, or that Mapping.Sheets names.
//
// The error is an *Unreadable where sheets hold versions of a plan, and it cannot be told of which days: a person has to say it in
// Mapping.Sheets. Any other error is the file's.
func History(file File, o Options) ([]Version, error) {
	if o.Sheet != "" || len(o.Sheets) > 0 || o.Settings.Dated != 0 || !isArchive(file) {
		return nil, nil
	}
	names, err := visibleSheets(file)
	if err != nil {
		return nil, nil //nolint:nilerr // reading the document says why it cannot be read
	}
	h := history{o: o, names: dayNames(names, o)}
	if h.names.timed() < 2 {
		return nil, nil
	}
	for _, n := range h.names {
		if !n.timed && n.said == "" || n.said == ignoredSheet {
			continue
		}
		v, err := h.read(file, n)
		if err != nil {
			return nil, err
		}
		if len(v.milestones) > 0 {
			h.all = append(h.all, v)
		}
	}
	slices.SortStableFunc(h.all, func(a, b sheetVersion) int { return cmp.Compare(a.day, b.day) })
	if !h.recurs() && h.twice() == nil {
		return nil, nil // a sheet for each quarter may hold what is due in it
	}
	for _, ask := range []func() error{h.undated, h.twice, func() error { return h.stray(file) }} {
		if err := ask(); err != nil {
			return nil, err
		}
	}
	return h.versions(), nil
}

// history is what is known of the sheets that may each be a version.
type history struct {
	o     Options
	names sheetNames
	all   []sheetVersion
}

// sheetVersion is a sheet that holds milestones.
type sheetVersion struct {
	sheetName
	milestones sheetMilestones // by reference where the document gives one, else by words
	day        civil.Date      // 0 where it cannot be told
	inside     civil.Date      // the day that the sheet itself names
}

// read reads one sheet.
func (h *history) read(file File, n sheetName) (sheetVersion, error) {
	o := h.o
	o.Sheets, o.Progress = []string{n.name}, nil
	seen := sheetMilestones{}
	report, err := Read(file, o, seen)
	if _, ok := errors.AsType[*Unreadable](err); ok {
		return sheetVersion{sheetName: n}, nil // it has no plan, or it is refused when it is read beside the newest
	} else if err != nil {
		return sheetVersion{}, err
	}
	v := sheetVersion{sheetName: n, milestones: seen, inside: report.Plan.Dated}
	if h.o.Mapping != nil && h.o.Mapping.Dated != "" { // that is of the whole file
		v.inside = 0
	}
	v.findDay()
	return v, nil
}

// lateness is how many days after the end of its period a report of it may be written.
const lateness = 45

// findDay finds out of which day a sheet is: as the mapping file says, else by the day that the sheet itself names where that agrees with
// its name, else by its name.
func (v *sheetVersion) findDay() {
	switch {
	case v.said != "":
		v.day = day(v.said)
	case v.last == 0:
		v.day = v.inside
	case v.inside == 0, v.inside == v.last:
		v.day = v.last
	case v.first.Before(v.last) && !v.inside.Before(v.first) && !v.last.AddDays(lateness).Before(v.inside):
		v.day = v.inside // the report of March, written on 5 April
	}
}

// recurs says whether the sheets hold the same plan again: of most days most milestones are those of the day before.
func (h *history) recurs() bool {
	again, days := 0, 0
	var before, now sheetMilestones
	for i, v := range h.all {
		if i == 0 || v.day == 0 || v.day != h.all[i-1].day {
			before, now = now, sheetMilestones{}
			days++
		}
		maps.Copy(now, v.milestones)
		if last := i == len(h.all)-1 || v.day == 0 || v.day != h.all[i+1].day; last && before.shares(now) {
			again++
		}
	}
	return days > 1 && 2*again > days-1
}

// undated asks about sheets of which the day cannot be told.
func (h *history) undated() error {
	var untold []string
	for _, v := range h.all {
		switch {
		case v.day != 0:
		case v.last != 0:
			return unreadable("history-undated", "The sheet %q says in it that it is of %s. Say which day holds in a mapping file (sheets: {%q: %s}), or read one sheet with --sheet.", v.name, v.inside, v.name, v.last)
		default:
			untold = append(untold, v.name)
		}
	}
	if len(untold) == 0 {
		return nil
	}
	return unreadable("history-undated", "The sheets %s hold the same milestones, as if each were of another day, and neither their names nor the words above their tables say of which. Name the days in a mapping file (sheets: {%q: 2024-03-31}; %s leaves a sheet out), or read one of them with --sheet.%s",
		quoted(untold[:min(maxNamed, len(untold))]), untold[0], ignoredSheet, h.names.orderHint())
}

// twice asks about two sheets with the same milestones as at the same day. Others of one day are parts of one version.
func (h *history) twice() error {
	for i, v := range h.all {
		for _, other := range h.all[i+1:] {
			if v.day != 0 && v.day == other.day && v.milestones.shares(other.milestones) {
				return unreadable("history-undated", "The sheets %q and %q hold the same milestones and are both of %s. Say which of them is of another day in a mapping file (sheets: {%q: 2024-03-31}; %s leaves a sheet out), or read one with --sheet.",
					v.name, other.name, v.day, v.name, ignoredSheet)
			}
		}
	}
	return nil
}

// stray asks about a sheet beside the versions that has the plan again, and no day: read with the newest, its milestones would stand twice.
func (h *history) stray(file File) error {
	newest := h.all[len(h.all)-1]
	for _, n := range h.names {
		if n.timed || n.said != "" {
			continue
		}
		v, err := h.read(file, n)
		if err != nil {
			return err
		}
		if len(v.milestones) > 1 && v.milestones.shares(newest.milestones) {
			return unreadable("history-undated", "The sheet %q holds the milestones of %q and other dated sheets, and it is not clear of which day. Name its day in a mapping file (sheets: {%q: %s}), or leave it out there (sheets: {%q: %s}).",
				n.name, newest.name, n.name, newest.day, n.name, ignoredSheet)
		}
	}
	return nil
}

// versions are the sheets by their days. One without milestones goes with those that are named by the same time, else with the newest.
func (h *history) versions() (all []Version) {
	for _, v := range h.all {
		if n := len(all); n > 0 && all[n-1].Day == v.day {
			all[n-1].Sheets = append(all[n-1].Sheets, v.name)
		} else {
			all = append(all, Version{[]string{v.name}, v.day})
		}
	}
	for _, n := range h.names {
		if n.said == ignoredSheet || slices.ContainsFunc(h.all, func(v sheetVersion) bool { return v.name == n.name }) {
			continue
		}
		of := len(all) - 1
		if i := slices.IndexFunc(h.all, func(v sheetVersion) bool { return n.last != 0 && v.first == n.first && v.last == n.last }); i >= 0 {
			of = slices.IndexFunc(all, func(v Version) bool { return v.Day == h.all[i].day })
		}
		all[of].Sheets = append(all[of].Sheets, n.name)
	}
	return all
}

// sheetMilestones keeps which milestones a sheet holds.
type sheetMilestones map[string]bool

// Milestone keeps what a milestone is known by.
func (s sheetMilestones) Milestone(m Milestone) error {
	switch {
	case slices.ContainsFunc(m.Review, func(d Doubt) bool { return d.Reason == Candidate }):
	case m.RefGiven:
		s["ref "+strings.ToLower(m.Ref)] = true
	default:
		s[strings.ToLower(oneLine(m.Title.Text))] = true
	}
	return nil
}

// Candidate keeps nothing.
func (sheetMilestones) Candidate(Milestone) error { return nil }

// Funding keeps nothing.
func (sheetMilestones) Funding(FundingLine) error { return nil }

// Fact keeps nothing.
func (sheetMilestones) Fact(Fact) error { return nil }

// shares says whether most milestones of the smaller of two sheets stand in the other.
func (s sheetMilestones) shares(other sheetMilestones) bool {
	small, large := s, other
	if len(small) > len(large) {
		small, large = large, small
	}
	n := 0
	for milestone := range small {
		if large[milestone] {
			n++
		}
	}
	return 2*n > len(small)
}

// sheetName is the name of a sheet and the days that it says.
type sheetName struct {
	name        string
	timed       bool       // it is named by a time, whether or not it says which
	first, last civil.Date // of the day, week or month that it names; 0 for none
	said        string     // of it in the mapping file
	unordered   bool       // its day and month can be read either way
}

type sheetNames []sheetName

func (all sheetNames) timed() (n int) {
	for _, s := range all {
		if s.timed || s.said != "" && s.said != ignoredSheet {
			n++
		}
	}
	return n
}

func (all sheetNames) orderHint() string {
	if slices.ContainsFunc(all, func(s sheetName) bool { return s.unordered }) {
		return " --date-order day or month says which comes first in a name such as 01-02-2024."
	}
	return ""
}

// ignoredSheet is what a mapping file says of a sheet that is not read.
const ignoredSheet = "ignore"

// dayNames reads the names of sheets. Where one of them proves an order of day and month, it is that of all.
func dayNames(names []string, o Options) (all sheetNames) {
	settings := dates.Settings{Quarters: o.Settings.Quarters, FinancialYear: o.Settings.FinancialYear, Weeks: o.Settings.Weeks, Order: o.Settings.Order}
	if o.Mapping != nil {
		o.Mapping.conventions(&settings)
	}
	if settings.Order == 0 {
		settings.Order = provenOrder(names)
	}
	for _, name := range names {
		s := sheetName{name: name, said: o.Mapping.sheet(name)}
		s.first, s.last, s.unordered = timeInName(name, settings)
		s.timed = s.last != 0 || s.unordered || timeName.MatchString(strings.TrimSpace(name))
		all = append(all, s)
	}
	return all
}

// sheet is what a mapping file says of a sheet; empty for nothing.
func (m *Mapping) sheet(name string) string {
	if m == nil {
		return ""
	}
	for sheet, says := range m.Sheets {
		if headings.Key(sheet) == headings.Key(name) {
			return says
		}
	}
	return ""
}
