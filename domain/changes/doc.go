// Package changes compares how one milestone stands in two answers: as at two days, or as known at two times. It is what a
// board asks first: what moved since we last met, by how much, and what else is not as it was.
//
// It works out no figure. Those of both answers come from package figures; the net move is the difference of their totals, and
// the moves in between are the rows of the later answer that the earlier one has not. [Between] compares, and [Order] puts
// changes in the order in which they are shown.
//
// From a day before the first forecast's own there is no net move: the date was given since, and nothing was recovered
// (authority rule R2 in docs/adr, number 20).
package changes
