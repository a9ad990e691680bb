// Package milestone holds what can be said of one milestone, and the rules for saying it.
//
// A reporter's [Command] is held to [Check], for what is wrong in itself, and to [Decide], for what it
// comes to beside what is known. The events it comes to are stored; [Evolve] and [Fold] make the [State]
// of them, and [Moves] tells how the due date moved.
//
// Statements are always read in order of the day they are about and then of their position ([AsAt]).
// A late report therefore takes its place as if it had come in time: the state of a past day is the fold
// of the statements up to that day, and a slip that was recorded as 92 days may come to 61 once the
// month in between is known. The events keep the figures that they were recorded with.
//
// The rules are told case by case in testdata/specs, for people who know milestones and not Go.
package milestone
