// Package promises holds README.md, docs/promises.md and eventstore/DESIGN.md to their tables of promises: each row names a test, and docs/promises.txt
// says how the code was broken to see that test fail.
//
// The everyday tests of this package read both: no row may be without a break, every test must exist, and every break must still
// fit the code that it changes. `make promises` makes each break again, in an overlay of the code and in no file, and wants the
// test that is named to fail.
package promises
