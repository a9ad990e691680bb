// Package request turns a SubmitRequest into commands of the domain.
//
// Read (read.go) checks every field and gathers everything that is wrong, so that a reporter can fix it all
// at once; one file for each subject reads the commands about it (datecommands.go, plancommands.go
// ...). Dates are read with the settings of the plan (dates.go), which the caller hands in, and names become party
// ids through a function that it hands in. Digests (digest.go) tell a retry from another request under the same id.
//
// The package has no loop and no book: the same message and settings come to the same request in every process.
package request
