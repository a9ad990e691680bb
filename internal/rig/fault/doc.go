// Package fault breaks things around a real server and then proves that nothing it promised was broken.
//
// A World is a data directory, the server process on it, and the people who use it all the while: reporters,
// a watcher, an auditor. A Fault is something that goes wrong: the process is killed, the power is cut, the
// disk is full, a bit flips. After some faults the world comes to rest, and Prove asks what an auditor would:
//
//   - is every receipt in the ledger, once, at its position, in order;
//   - is there an event that nobody sent, or one of a request that was refused;
//   - does the same request id bring the first receipt again, also for those whose outcome was unknown;
//   - can all that was said and answered have happened one after the other (porcupine);
//   - was an auditor given the same answer for the same position, whenever it was asked;
//   - did a watcher see each change once, across every restart;
//   - do `milepost check` and `milepost verify` find nothing.
//
// Everything that is chosen is chosen from a seed, which is printed. What the machine does in between is not
// repeatable, so a seed that failed is run again many times and not once.
//
// The server is the real binary. Where a test needs another one, with a bound made short or with a defect
// planted on purpose, its source is patched while it is built (internal/rig/patch): the product holds no switch for it.
//
// `make fault` runs a long campaign and adds its counts to docs/faults.md; the tests of this package run a
// short one.
package fault
