// Package spectext reads and writes the notation of the specs, in which the rules for milestones are told case by case
// for people who know milestones and not Go. Only tests import it: those of domain/milestone for one milestone, those of
// domain/decide for several.
//
// A line is a name and then what it says. This one is a command, an event, or an event as it came out:
//
//	MilestoneSlipped 2017-12 from 2017-09-30 days 92 reason="builder late"
//
// A spec is a file of scenarios with an empty line between them; text before the first one is an introduction. The line
// "== Title" begins a scenario. Its blocks are given (events that happened), with (what the plan declares), when (the command) and
// then (the events that it comes to, or the refusal), and any that begins with "and": how things stand afterwards.
package spectext
