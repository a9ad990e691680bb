// Package export writes a plan, as it stood on a day and as it was known at a moment, to a SQLite file that any
// SQL tool opens. It is a client of the API, and the file is a copy to hand over: no question is answered from it.
// docs/export.md describes the tables, and a test compares the two.
package export
