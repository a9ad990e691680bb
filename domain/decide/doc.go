// Package decide holds the rules that look at more than one milestone of a plan, or come to events of more than one.
//
// [Decide] is a pure function. From a [World], which is the plan as it is known, a command about one milestone, and some
// [Facts] it works out a list of [Effect], which are events with the milestone of each, or a refusal. What a command means
// for its own milestone is decided in package milestone. This package adds what only the plan can answer (does the other
// milestone exist, and does it wait for this one?) and what follows for others (the occurrences of a recurrence, the parts of a
// split, the milestone that another turned out to be).
//
// # Steps
//
// A command that comes to more than one event is decided in steps, each a command of its own about one milestone and held to
// that milestone's rules. A step sees what the steps before it came to, although nothing of it is recorded yet: the
// World never changes while a command is decided, and the effects so far are laid over it (changed.go). Effects stand in the order
// in which they were decided. That order is stored, so a change of it changes what a ledger holds.
//
// If one step is refused, the command is refused, and comes to nothing.
//
// # What does not belong here
//
// Ids and positions: an effect names its milestone by its reference, and the writer gives a new milestone its id. Nothing
// within one command may therefore point at a milestone that the same command begins. Several commands in one request
// are decided one after the other, and the World of each holds what those before it came to; that is the writer's work.
//
// # Adding a rule
//
// A command gets a case in Decide when its rule needs a milestone other than its own, and a method that lists its steps. If
// the rule has to know something of the plan that is not a milestone, it is a field of Facts, where it is worked out before the
// decision, or a method of World, where the decision says which one it needs.
//
// The rules are told case by case in testdata/specs, with several milestones in the block given.
package decide
