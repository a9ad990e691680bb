// Package rows reads a return: a CSV file (RFC 4180, UTF-8) with one row for each milestone and the day that the row is
// about. It says what each row states, or all that is wrong with it.
//
// The bytes are cut into records (scanner.go), the first record names the columns (columns.go), and each record after it
// becomes a Row, or the reasons why it is refused (row.go). A bad row is refused whole, with every bad cell named, and costs
// its neighbours nothing. The file is read as a stream, in bounded memory.
//
// Dates in words are not read here. The service reads them, by what it knows of the plan.
package rows
