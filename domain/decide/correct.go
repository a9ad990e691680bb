package decide

import (
	"reflect"
	"slices"
	"strconv"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/rating"
)

// Place is where a statement stands: its position, and the reference of the milestone that it is about, which is empty where it
// is about the plan.
type Place struct {
	Position uint64
	Ref      string
	// Promises is the name of the event where it is about the plan's baselines. Those are proposed and decided, and never corrected.
	Promises string
}

// Reading is what Correct has to be told of the day that a target is about.
type Reading struct {
	RatingSchemes []rating.Scheme
	PlanEnd       civil.Date
	// Command is the replacement as the plan meant dates then.
	Command milestone.Command
}

// Correcting is what is told to decide corrections, and what review items come to, beside the other facts.
type Correcting struct {
	// Approver: the caller has the role approver for the plan. Reviewer: the caller settles what documents say.
	Approver, Reviewer bool
	// Local: the server knows nobody by name, so that nobody is another person.
	Local bool
	// SingleUser: the server is for one person, who approves what they propose.
	SingleUser bool
	// MaySpeakFor says whether the caller may speak for a party beside its own organisation; nil: for nobody.
	MaySpeakFor func(party string) bool
	// Organisation is the party for which the caller speaks where a request does not say; may be empty.
	Organisation string
	// Read reads the replacement as at the day of the target; nil: as it is.
	Read func(cmd milestone.Command, asAt civil.Date) Reading
	// Changes is told what the command changes, for each milestone; nil: nobody asks.
	Changes func(Change)
}

// target is one milestone that a correction touches.
type target struct {
	m        Milestone
	recorded []milestone.Statement // as they were recorded, in order of position
	log      correction.Log
	event    correction.Corrected
	told     []milestone.Statement // of recorded: those that are corrected
}

// correct states that something was said by mistake: an event for each milestone that the correction touches, so that the history of
// each tells of it (C1).
func (d *decision) correct(cmd correction.Correct) error {
	targets, ofPlan, err := d.targets(cmd)
	if err != nil {
		return err
	}
	if cmd.Of == correction.OfStatement && len(targets) > 0 {
		t := targets[0]
		if t.event.Replacement, err = d.replacement(t, cmd); err != nil {
			return err
		}
	}
	targets = slices.DeleteFunc(targets, func(t *target) bool { return t.isKnown() })
	for _, t := range targets {
		if err := t.fresh(cmd); err != nil {
			return err
		}
	}
	targets = slices.DeleteFunc(targets, func(t *target) bool { return len(t.event.Targets) == 0 })
	if err := d.freshOfPlan(cmd, ofPlan); err != nil {
		return err
	}
	if len(targets) == 0 && len(ofPlan.event.Targets) == 0 {
		return nil
	}
	verdict := d.judge(targets, ofPlan)
	waits := len(verdict.because) > 0
	if waits && d.facts.Correcting.Local && !d.facts.Correcting.SingleUser {
		return domain.Refuse(domain.Refused, correction.RuleNoApprover, "",
			"This correction waits for an approver who is another person, and a server without credentials knows nobody by name. Start it with `serve --credentials`, or with `serve --single-user` where one person answers for everything.")
	}
	if ofPlan.event.Waits = waits; len(ofPlan.event.Targets) > 0 {
		d.effects = append(d.effects, Effect{Event: ofPlan.event, OfPlan: true})
	}
	for _, t := range targets {
		t.event.Waits = waits
		d.effects = append(d.effects, Effect{Ref: t.m.AddedAs(), Event: t.event})
	}
	d.tellChanges(verdict, targets, waits)
	return nil
}

// targets finds what a correction points at, by milestone and in order of position.
func (d *decision) targets(cmd correction.Correct) (targets []*target, ofPlan *planTarget, err error) {
	places, err := d.places(cmd)
	if err != nil {
		return nil, nil, err
	}
	ofPlan = &planTarget{}
	byRef := map[string]*target{}
	for _, p := range places {
		switch {
		case p.Promises != "" && cmd.Of == correction.OfStatement:
			return nil, nil, targetNot(p.Position, p.Promises+", which is not corrected. Propose another baseline")
		case p.Promises != "":
			continue
		}
		if p.Ref == "" {
			if err := d.targetOfPlan(ofPlan, cmd, p.Position); err != nil {
				return nil, nil, err
			}
			continue
		}
		t, ok := byRef[p.Ref]
		if !ok {
			m := d.world.ByRef(p.Ref)
			t = &target{m: m, recorded: m.Recorded()}
			t.log, _ = milestone.Corrections(t.recorded)
			t.event = corrected(cmd)
			byRef[p.Ref] = t
			targets = append(targets, t)
		}
		s, ok := at(t.recorded, p.Position)
		switch {
		case !ok:
			return nil, nil, targetUnknown(cmd)
		case !milestone.Correctable(s.Event):
			if _, corrects := s.Event.(correction.Event); corrects {
				return nil, nil, targetNot(p.Position, "a correction. Correct the statement again that it corrects; the newest correction that counts holds")
			}
			return nil, nil, targetNot(p.Position, "a change of reference. Change the reference again")
		}
		t.told = append(t.told, s)
		t.event.Targets = append(t.event.Targets, p.Position)
	}
	if len(targets) == 0 && len(ofPlan.event.Targets) == 0 {
		return nil, nil, targetUnknown(cmd)
	}
	return targets, ofPlan, nil
}

// corrected is the event of a correction but for its targets.
func corrected(cmd correction.Correct) correction.Corrected {
	return correction.Corrected{
		Kind: cmd.Kind, Of: cmd.Of, Speaker: cmd.Speaker, Import: cmd.Import, Reason: cmd.Reason, Evidence: cmd.Evidence, Over: cmd.Over,
	}
}

func (d *decision) places(cmd correction.Correct) ([]Place, error) {
	var places []Place
	switch cmd.Of {
	case correction.OfStatement:
		if p, ok := d.world.Place(cmd.Position); ok {
			places = []Place{p}
		}
	case correction.OfRequest:
		places = d.world.Together(cmd.Position)
	case correction.OfImport:
		places = d.world.Imported(cmd.Import)
	}
	if len(places) == 0 {
		return nil, targetUnknown(cmd)
	}
	return places, nil
}

func at(statements []milestone.Statement, position uint64) (milestone.Statement, bool) {
	i, ok := slices.BinarySearchFunc(statements, position, func(s milestone.Statement, p uint64) int {
		switch {
		case s.Position < p:
			return -1
		case s.Position > p:
			return 1
		}
		return 0
	})
	if !ok {
		return milestone.Statement{}, false
	}
	return statements[i], true
}

// replacement returns the event that is read in the place of the target: what the replacement would have come to, stated in the
// target's place. Nil: there is none.
func (d *decision) replacement(t *target, cmd correction.Correct) (correction.Fact, error) {
	stated, ok := cmd.Replacement.(milestone.Command)
	if !ok {
		return nil, nil
	}
	was := t.told[0]
	stated = withRef(stated, t.m.AddedAs())
	read := Reading{RatingSchemes: d.facts.RatingSchemes, PlanEnd: d.facts.PlanEnd, Command: stated}
	if d.facts.Correcting.Read != nil {
		read = d.facts.Correcting.Read(stated, was.AsAt)
	}
	if refused := milestone.Check(read.Command); len(refused) > 0 {
		return nil, refused[0].At("replacement")
	}
	before := milestone.AsRead(slices.DeleteFunc(slices.Clone(t.recorded), func(s milestone.Statement) bool { return s.Position >= was.Position }), on(d.world))
	state := milestone.FoldAsAt(before, was.AsAt)
	events, err := milestone.Decide(state, read.Command, milestone.Facts{
		AsAt: was.AsAt, Today: d.facts.Today, RatingSchemes: read.RatingSchemes, PlanEnd: read.PlanEnd,
		Exists: was.Position != t.recorded[0].Position, Kept: d.facts.Kept,
	})
	if err != nil {
		return nil, err
	}
	if len(events) != 1 || !milestone.OneKind(was.Event, events[0]) {
		return nil, domain.Refuse(domain.Refused, correction.RuleReplacement, "replacement",
			"At position %d stands %s, and the replacement comes to something else. Give a fact of the same kind, or none to have it read as never said.", was.Position, was.Event.EventName())
	}
	if cmd.Kind == correction.MisreadDocument {
		if err := misread(was.Event, events[0]); err != nil {
			return nil, err
		}
	}
	return events[0], nil
}

// misread refuses a replacement that is not another reading of the words that were read (C6).
func misread(was, is milestone.Event) error {
	before, dated := milestone.Stated(was)
	after, _ := milestone.Stated(is)
	if !dated || before.Text == after.Text || slices.ContainsFunc(before.Readings, func(r period.Reading) bool { return r.Due != 0 && r.Due == after.Due() }) {
		return nil
	}
	return domain.Refuse(domain.Refused, correction.RuleMisread, "replacement",
		"%.60q is not a reading of the document's words %.60q. Give one of the days that those name, or say what else was wrong.", after.Text, before.Text)
}

// on returns the number of a teller who tells something on behalf of another party.
func on(w World) func(told uint32, speaker milestone.Party) uint32 {
	return func(told uint32, speaker milestone.Party) uint32 { return w.On(told, string(speaker)) }
}

// isKnown says whether the same correction holds already, or waits.
func (t *target) isKnown() bool {
	same := func(c *correction.Correction) bool {
		return c != nil && slices.Equal(c.Targets, t.event.Targets) && c.Kind == t.event.Kind && c.Speaker == t.event.Speaker &&
			reflect.DeepEqual(c.Replacement, t.event.Replacement)
	}
	for i := range t.log.All {
		if c := &t.log.All[i]; c.Pending() && same(c) {
			return true
		}
	}
	return same(t.log.Standing(t.event.Targets[0]))
}

// fresh refuses a correction that does not know of the one that holds for a target (C7). Of a request or an import it leaves out
// what is read as never said already.
func (t *target) fresh(cmd correction.Correct) error {
	if cmd.Of == correction.OfStatement {
		standing := uint64(0)
		if c := t.log.Standing(cmd.Position); c != nil {
			standing = c.Position
		}
		if cmd.Over != standing {
			return staleTarget(cmd.Position, cmd.Over, standing)
		}
		return nil
	}
	for _, position := range slices.Clone(t.event.Targets) {
		switch c := t.log.Standing(position); {
		case c == nil:
		case !c.Removes():
			return staleTarget(position, 0, c.Position)
		default:
			t.event.Targets = slices.DeleteFunc(t.event.Targets, func(p uint64) bool { return p == position })
			t.told = slices.DeleteFunc(t.told, func(s milestone.Statement) bool { return s.Position == position })
		}
	}
	return nil
}

// after are the statements as they are read once the correction counts.
func (t *target) after(d *decision) []milestone.Statement {
	e := t.event
	e.Waits = false
	all := append(slices.Clip(t.recorded), milestone.Statement{Position: ^uint64(0), Event: e})
	return milestone.AsRead(all, on(d.world))
}

// withRef gives a command that names its milestone itself the one that it is about.
func withRef(cmd milestone.Command, ref string) milestone.Command {
	switch c := cmd.(type) {
	case milestone.Add:
		c.Ref = ref
		return c
	case milestone.Amend:
		c.Ref, c.AllowMissing = ref, false
		return c
	}
	return cmd
}

func staleTarget(target, expected, standing uint64) error {
	r := domain.Refuse(domain.Stale, correction.RuleStale, "over",
		"The statement at position %d was corrected meanwhile. Look at what holds for it now, and give the position of that correction as `over` to correct it again.", target)
	r.Expected, r.Actual = strconv.FormatUint(expected, 10), strconv.FormatUint(standing, 10)
	return r
}

func targetUnknown(cmd correction.Correct) error {
	field, what := "position", "There is no statement of this plan at position "+strconv.FormatUint(cmd.Position, 10)
	switch cmd.Of {
	case correction.OfRequest:
		field, what = "request_of", "No request of this plan holds position "+strconv.FormatUint(cmd.Position, 10)
	case correction.OfImport:
		field, what = "import_id", "No statement of this plan carries this import"
	}
	return domain.Refuse(domain.NotFound, correction.RuleTargetUnknown, field, "%s. `milepost audit` lists what was stated, with its positions.", what)
}

func targetNot(position uint64, what string) error {
	return domain.Refuse(domain.Refused, correction.RuleTargetNot, "position", "At position %d stands %s.", position, what)
}
