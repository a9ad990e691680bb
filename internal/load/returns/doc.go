// Package returns reads a monthly return and pushes it.
//
// A return is a CSV file (RFC 4180, UTF-8) with one row for each milestone and the day that the row is
// about. Each row becomes one request whose id is a digest of the row, so that the same row is
// answered with its first receipt for ever, in whatever file, order or column it comes again.
//
// A bad row is refused whole, with every bad cell named, and its neighbours are pushed all the same.
// The file is read as a stream: however long it is, only the rows on their way are in memory.
package returns
