// Package logs writes what happens in a server for the people who run it: one line for each call that has ended, as
// loud as it matters to them (Call.Level), and what other packages say through a *slog.Logger that New made.
//
// A log is kept where nobody can take a name out of it again. So a line names a caller by the beginning of a party
// id, and by name at debug level only; it has the address that the call came from, the path where it came over HTTP, how long
// it took in milliseconds (duration_ms: a field with a unit ends with it), the rule that was broken and the reporter's request id, and never what was
// stated. A value that is logged under the name of a secret, such as "token", is withheld.
package logs
