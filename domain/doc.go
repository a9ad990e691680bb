// Package domain holds the words of milepost, and in the packages below it the rules that go with
// them. It is pure: no clock, no randomness, no input or output, nothing but the standard library.
//
// A plan is what a programme promises: a set of milestones, the period they fall in, and the habits
// of those who wrote it, such as which quarters they mean and in which time zone their days end.
//
// A milestone is one dated promise in a plan. The reporter knows it by a reference that is never
// given to another; the ledger by an id of its own. Its title is words, and may change.
//
// # The four dates
//
//   - The original baseline is the first date that somebody approved. It never changes. Before
//     there is one the milestone is not baselined: the first forecast is no substitute.
//   - The current baseline is the approved date that holds now.
//   - The forecast is the date that the reporter believes in today.
//   - The actual is the day on which it was met.
//
// A delivery date is what was written for one of them ("2017-Q1", "TBC"), kept word for word, beside
// what it was read as. Its due date is the day after which the milestone is late.
//
// A slip is a due date that moved later and a recovery one that moved earlier, in signed calendar
// days, and always against something: the previous forecast, the first forecast, or a baseline.
// A date that is withdrawn has not moved: the next one is compared with what was withdrawn, so that
// going through "TBC" hides nothing.
//
// # The two times
//
// As at is the day that something was said about; known at is the moment that we were told. A late
// report has an early as-at day and a late position in the ledger, and both questions keep their
// answers: how the plan stood on a day, and what we believed on that day.
//
// # From a command to a record
//
// A command is a fact as a reporter states it. It may be refused, and then nothing happened. What is
// accepted becomes one event or more, about one milestone or several, or none where nothing new was said.
// An event is never edited and never deleted. A record is an event as stored bytes, with its position, who
// said it, and when.
// A statement is an event with its as-at day and position: what a milestone's state is folded from,
// in order of as-at day and then of position.
//
// A return is a snapshot of many milestones as an office states them for a day, as they are sent every
// month. An empty cell in it says nothing.
//
// # Status, rating and state
//
// A status is the reporter's own words about how it goes. A rating is such a value on a named scale,
// red to green. The state is ours: planned, started, achieved, on hold or cancelled. Neither of the
// first two ever changes the third; only an actual date achieves a milestone.
//
// A rating is kept in the reporter's own value and scheme. What it means beside others is declared by the
// plan, on one common scale, and worked out when somebody asks; nothing is ever averaged.
//
// # What else is tracked
//
// A component is a workstream, scheme or deliverable of a plan. A measure is what a milestone or a plan is measured by;
// its values stay words. A source is where in a document a milestone's values stand.
//
// A funding line is a sum that a milestone, a scheme or a plan rests on. It goes identified, bid, approved
// in principle, confirmed, released, received, spent; or it is withdrawn. Lines are never added up.
//
// A milestone may wait for another, and so many days after it. What a slip of the one means for the other is
// its knock-on: shown, proposed, and applied to nothing. A milestone that is due again and again has
// occurrences, each a milestone of its own.
//
// A party is a person, a role or an organisation, or a group of them that was written as one. In the
// ledger an id stands for its name, so that the name can be forgotten.
//
// # Refusals
//
// Every rule that can be broken has a name in kebab case. What breaks it gets a [Refusal], the one
// error of the domain, whose sentence says what is wrong and what to do.
package domain
