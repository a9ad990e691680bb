// Package baseline holds what was promised: proposals, decisions, and the baselines that they come to.
//
// A baseline is a decision by somebody else. A reporter proposes new values for milestones, one item for each milestone and
// dimension, under the id of a proposal; closes the proposal, which fixes its items by a digest; and an approver who is another
// person approves or refuses it as a whole, naming that digest. The first approval of a dimension is the original baseline for
// ever. A later one replaces only the current baseline. A proposal changes no answer until it is approved.
//
// [Register] is the fold of the statements of one plan. [Decide] says what a command comes to beside it, and is a pure function of
// the register, the command and the [Facts]. The rules are those of docs/adr, number 25; their numbers (B1 to B9) stand beside the
// code.
package baseline
