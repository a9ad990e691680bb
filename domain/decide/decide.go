package decide

import (
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

// World is a plan by everything that was accepted, whatever the day. It does not change while a command is decided.
type World interface {
	// ByRef returns the milestone that goes by a reference, or ever did. If the plan has none it returns one that does not exist.
	ByRef(ref string) Milestone
	// Similar returns a milestone that goes by a reference which people would take for this one, or ever did, by package
	// lookalike; false if there is none.
	Similar(ref string) (Milestone, bool)
	// ByID returns the milestone of an id, or false if the plan has none.
	ByID(id milestone.ID) (Milestone, bool)
	// Teller returns who told a statement that is known, by the number of milestone.Statement.By.
	Teller(by uint32) Teller
	// ToldOn returns the day, in the plan's time zone, on which the statement at a position was told.
	ToldOn(position uint64) civil.Date
	// Began returns the first position of the request that a position belongs to.
	Began(position uint64) uint64
	// AnyCancelled says whether a milestone of the plan was ever cancelled.
	AnyCancelled() bool
	// Place returns where the statement at a position stands, and false if it is not one of the plan that is known.
	Place(position uint64) (Place, bool)
	// Together returns the places of what is known of the plan that was stated in the request of a position, in order; none if the
	// plan has no statement at the position.
	Together(position uint64) []Place
	// Imported returns the places of what is known of the plan that an import stated, in order.
	Imported(id [16]byte) []Place
	// PlanRecorded are the statements about the plan itself as they were recorded, in order of position.
	PlanRecorded() []plan.Statement
	// On returns the number of who told a statement, had it been told on behalf of another party.
	On(told uint32, speaker string) uint32
	// Record is what figures ask of the plan beside statements: which histories were accepted, and how other settings read words.
	Record() figures.Record
	// Elsewhere returns the milestone of an id of another plan, where a person who may read both plans is asked, as at a day, whether a milestone
	// of this one took its place; false where nobody is, or the caller may not read that plan.
	Elsewhere(added Milestone, id milestone.ID, asAt civil.Date) (Elsewhere, bool)
	// Promised is what was approved of a milestone.
	Promised(id milestone.ID) figures.Promises
	// Tolerances are those in force on a day, from the lowest tier.
	Tolerances(day civil.Date) []figures.Tolerance
	// Alike returns the references of milestones whose titles share some of the words of one; not all of them are alike.
	Alike(title string) []string
}

// Milestone is what the World knows of one milestone. The states it returns are shared, and MUST NOT be written to.
type Milestone interface {
	// ID is the zero ID for a milestone that does not exist, or that the command itself begins.
	ID() milestone.ID
	// AddedAs is the reference that it was added with, which never changes: effects name it by that. It is empty for a
	// milestone that does not exist.
	AddedAs() string
	// Exists says whether anything was stated about the milestone, for whatever day.
	Exists() bool
	// Gone says whether it was corrected away: it never was a milestone, and its reference stays taken.
	Gone() bool
	// At is the milestone as it stood on a day; the zero State where nothing was stated for the day or before.
	At(day civil.Date) *milestone.State
	// Newest is the milestone by everything that was stated, for later days too.
	Newest() *milestone.State
	// Statements are in order of position, as they are read.
	Statements() []milestone.Statement
	// Told is how many of those there are, and each by its number: who looks for a few of many need not have them all made.
	Told() (n int, told milestone.Told)
	// Corrected says whether anything was said about corrections of its statements.
	Corrected() bool
	// Recorded are the statements as they were recorded, corrections among them. Most milestones have the same of both.
	Recorded() []milestone.Statement
}

// Elsewhere is a milestone of another plan that was let go, and who added it.
type Elsewhere struct {
	milestone.ElsewhereReplaced
	Added Teller
}

// Effect is one event that a command comes to. It has neither an id nor a position yet. Its as-at day is the command's.
type Effect struct {
	Ref    string // of the milestone that it is about: the one that it was added with
	Event  milestone.Event
	OfPlan bool // it is about the plan itself, and Event is a plan.Event as well
}

// Facts are what Decide has to be told beside the World.
type Facts struct {
	// AsAt is the day that the command is about, and Today the day that it is in the plan's time zone.
	AsAt, Today civil.Date
	// RatingSchemes are what the plan declares as at the day.
	RatingSchemes []rating.Scheme
	// PlanEnd is the plan's last day as at the day; zero where not said.
	PlanEnd civil.Date
	// Kept returns the party that a party was merged into, or the party itself; nil: none was.
	Kept func(milestone.Party) milestone.Party
	// StrictRefs refuses a new reference that looks like another one.
	StrictRefs bool
	// Caller is who states the command.
	Caller Teller
	// Correcting is for commands about corrections.
	Correcting Correcting
	// Asked is of the request that the command came in; nil asks nothing that is asked once for a request.
	Asked *Asked
}

// Decide appends to effects what a command about the milestone of a reference comes to, which is nothing if it says
// nothing new, and returns the extended list. If the command is refused, it returns the list as it was and a *domain.Refusal, whose field is one
// of the command. Deciding the same command twice in a row adds nothing the second time.
//
// It expects a command that milestone.Check found nothing wrong with, and is for one goroutine. It takes a list so
// that a writer, which decides many thousand commands a second, can use the same one again.
func Decide(effects []Effect, w World, ref string, cmd milestone.Command, f Facts) ([]Effect, error) {
	d := decision{world: w, facts: f, effects: effects, laid: len(effects)}
	var err error
	switch cmd := cmd.(type) {
	case milestone.DefineRecurrence:
		err = d.recur(ref, cmd)
	case milestone.SettleReview:
		err = d.settle(ref, cmd)
	case milestone.Replace:
		err = d.replace(cmd)
	case milestone.ChangeReference:
		err = d.changeReference(ref, cmd)
	case correction.Correct:
		err = d.correct(cmd)
	case correction.Decide:
		err = d.decideCorrection(cmd)
	default:
		err = d.step(ref, cmd)
	}
	if err == nil {
		err = d.ask(len(effects))
	}
	if err != nil {
		return effects, err
	}
	return d.effects, nil
}

// decision is one command while it is decided.
type decision struct {
	world   World
	facts   Facts
	effects []Effect
	first   stepped             // the first step, which is all of most commands
	laid    int                 // how many of effects are laid over the world; those of commands before this one are in it
	changed map[string]*changed // by reference; nil for most commands, which are one step
}

// stepped is a milestone before a step, and its state on the command's day.
type stepped struct {
	ref   string
	m     Milestone
	state *milestone.State
}

// before is a milestone as it was before the command.
func (d *decision) before(ref string) stepped {
	if d.first.ref == ref {
		return d.first
	}
	m := d.world.ByRef(ref)
	return stepped{ref, m, m.At(d.facts.AsAt)}
}

// step decides a command about one milestone by that milestone's own rules, and adds its effects.
func (d *decision) step(ref string, cmd milestone.Command) error {
	m := d.byRef(ref)
	if m.Gone() {
		return neverWas(ref)
	}
	var state *milestone.State
	switch cmd.(type) {
	case milestone.Add, milestone.ChangeReference:
		state = m.Newest() // a reference that is taken from a later day on is taken
	default:
		state = m.At(d.facts.AsAt)
	}
	if d.first.m == nil {
		d.first = stepped{ref, m, state}
	}
	events, err := milestone.Decide(*state, cmd, milestone.Facts{
		AsAt: d.facts.AsAt, Today: d.facts.Today, RatingSchemes: d.facts.RatingSchemes, PlanEnd: d.facts.PlanEnd,
		Exists: m.Exists(), Kept: d.facts.Kept, Predecessor: d.predecessor(m, cmd), Said: d.said(m, state, cmd),
	})
	if err != nil {
		return err
	}
	if m.Exists() {
		ref = m.AddedAs()
	}
	for _, e := range events {
		d.effects = append(d.effects, Effect{Ref: ref, Event: e})
	}
	for _, e := range events {
		if err := d.lookAtRef(ref, e); err != nil {
			return err
		}
	}
	return nil
}

// said is what the caller said last about the command's day, for the commands that ask.
func (d *decision) said(m Milestone, s *milestone.State, cmd milestone.Command) milestone.Repeat {
	mine := func(by uint32) bool { return by == own || d.world.Teller(by).Speaker == d.facts.Caller.Speaker }
	switch cmd.(type) {
	case milestone.StateDate, milestone.Slip, milestone.Recover, milestone.SettleReview:
		if s.WordsAsAt == d.facts.AsAt { // else nobody stated a date about that day
			return repeated(m, func(n int, told milestone.Told) milestone.Repeat {
				return milestone.LastDate(n, told, d.facts.AsAt, mine)
			})
		}
	case milestone.Hold, milestone.Reopen:
		return repeated(m, func(n int, told milestone.Told) milestone.Repeat {
			return milestone.LastLife(n, told, d.facts.AsAt, mine)
		})
	}
	return milestone.Repeat{}
}

// repeated is what was said last, as it was recorded and as it is read: where a correction made the two differ, to say either again
// says something new, so that it is the same whether it was said before the correction or after it (C9).
func repeated(m Milestone, last func(int, milestone.Told) milestone.Repeat) milestone.Repeat {
	read := last(m.Told())
	if m.Corrected() {
		recorded := milestone.List(m.Recorded())
		if !read.Same(last(len(recorded), recorded)) {
			return milestone.Repeat{}
		}
	}
	return read
}

// steps decides commands that follow from another one and that nobody has checked, such as one whose reference was put
// together here.
func (d *decision) steps(ref string, cmds ...milestone.Command) error {
	for _, cmd := range cmds {
		if refused := milestone.Check(cmd); len(refused) > 0 {
			return refused[0]
		}
		if err := d.step(ref, cmd); err != nil {
			return err
		}
	}
	return nil
}

// neverWas refuses what is stated about a milestone that was corrected away.
func neverWas(ref string) error {
	return domain.Refuse(domain.Refused, correction.RuleNeverWas, "ref",
		"The milestone %.210q was added by mistake, and never was one. Its reference stays taken; use another one.", ref)
}
