// Package authority works out the figures of a plan a second time: whose word counts, and what a date is
// measured against. It was written from the rules R1 to R12 alone, knows nothing of the code that answers
// customers, and is slow and plain, so that a test can hold the one against the other.
//
// [Plan.Figures] takes what was told of one plan, a position up to which it was known, and a day; [Between]
// compares two of its answers. It judges how statements are read, and assumes that they were accepted: it
// refuses nothing.
//
// A test makes a [Told] of each event: of a delivery date whose readings agree on one due day, Date, or FromDay
// where a start meets it; of one whose readings differ, Several; of "TBC", Withdrawn; of other words, NoDay. Of
// MilestoneAchieved and AchievementRestated, Achieved. What leaves the dates, the life and the words of a
// milestone alone (owners, funding, issues, measures) needs none. Baselines and corrections are not read here,
// nor further dates, nor what a return leaves out.
//
// Where each rule is: R1 totals in figures.go; R2 first.go, and the order of telling in told.go; R3, R10 and
// R12 between in rows.go; R4 actual.go; R5 and R6 walk.go; R7 words.go; R8 replaced.go, and cancel in
// actual.go; R9 settled.go; R11 day.go, and earliestOfDay in first.go.
//
// The rules can be read in more than one way in these places. The reading taken makes no figure better:
//
//   - R2: a date that is a restated start only because the milestone had been met is the first forecast as soon
//     as a date told later makes it one: it is judged by the same rule as any other then.
//   - R2: an actual takes no first forecast away that was there before it was told, also where that is about a
//     later day than the actual's as-at: else one late achievement would take every slip away, and make a restated
//     start the reference. From the first forecast's day on, such an actual is compared with it.
//   - R2: after a reopening a first forecast may be told, about the reopening's day or a later one. What was told
//     before it, or is about an earlier day, is no first forecast by itself.
//   - R2: what one request says of one day is told at once: its date is not told after its actual.
//   - R2: where another date was the first forecast already, a date told after an actual about an earlier day
//     takes its place if its due day is the same or earlier.
//   - R2: a speaker whose restated start became part of the first forecast's own day does not get a later first
//     forecast by having said it first: the statement that qualified stays.
//   - R2: a milestone that has only restated starts has no total, and is overdue by the latest of them.
//   - R2: of restated starts about one day the other total is against the earlier due day.
//   - R2, R4: an acceptance by a person who told any statement of its span is not heard.
//   - R4: the achievement's as-at is that of the first statement of it; what is restated later has its row from
//     the same due day. Where no date was stated by then, the first forecast's day counts.
//   - R4: an actual earlier than one told before it, about a later day, achieves nothing until that later day.
//   - R4: where an actual of before a reopening counts, it has a row again after the new one, in its own name.
//   - R4: a reopening's row leads to the last due day stated by then, also where that was dated after the
//     actual. The row of that date stays out of the sum, so that the rows add up to the total.
//   - R4: several reopenings told first about one day all stand first.
//   - R4: an actual that names a period is inside the promised one where its last day is, since it counts by that.
//   - R4: the promised period is that of the date in force. An actual inside the period of an older, vaguer first
//     forecast is measured against its last day.
//   - R4: an achievement told after a start that met a promise of a start moves nothing. One told before the
//     start does, and an earlier start stands beside it. A start meets what is promised about the start's as-at.
//   - R4: an actual told of a cancelled milestone, without a reopening, achieves it. A cancellation of an achieved
//     one changes nothing.
//   - R5: an unsettled day counts as "no date" from the as-at of the words. Nothing is owed after words before
//     the first forecast's day.
//   - R6: a day was promised where one is in the chain of an earlier as-at, or was stated before by the same
//     speaker about the same day. Of the same day, another speaker's "from" stands as a day of its own.
//   - R7: words are the title. An amendment about the day on which a due day was first stated counts as the words
//     of that promise where it was told before, or in one request with it; told later it does not.
//   - R8: the total of a cancelled milestone stays in the sums of the plan.
//   - R8: what is inherited is the old one's as at the day asked about, and not as at the day of the replacement:
//     else the same replacement, stated again about an earlier day, would take a slip away. Own dates about
//     earlier days go on from it too. Days read by another setting are not inherited.
//   - R8: with an inherited first forecast, a date told after an actual is no restated start.
//   - R8: milestones that replace each other, directly or through others, are not replaced: each stays in every count.
//   - R8: the new one is owed from the as-at of the replacement until a date of its own is in force.
//   - R9: any day that a reporter states after unsettled words makes their earliest day the first forecast, also
//     where it is one of them. Only who settles them makes it what the document said.
//   - R10: an actual is compared with the date as it was read. Where it is not said what the old words mean by
//     the new setting, the whole difference is a move.
//   - R11: on the first forecast's own day, with two speakers or more, it is the earliest due day that any of them
//     ever stated about it, also one that its speaker took back.
//   - R11: of a day with several speakers there is one move, to the day in force, in the name of who said it
//     first; of several who said the same due day, of who named the longest period. What a speaker said before its last word about that day has no row.
//   - R11: a settlement decides about what was told before it. What is told of that day afterwards disagrees again.
//     It never makes the first forecast later. The day in force is owed where all who stand by it took it back.
//   - R5, R11: another speaker's words about a later day leave the day owed.
//   - Changes: the net move is the difference of the totals, so a reference that was found earlier since is in it.
package authority
