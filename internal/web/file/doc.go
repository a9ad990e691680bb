// Package file writes what a page shows as a file to keep: a table as CSV, JSON or a workbook, dates as a calendar, and a
// drawing as SVG. Every file says inside what it is: the day that it is about, what was known, the position in the ledger and
// the filter.
//
// It knows tables, days and words. What a row is, and which rows there are, is decided by the page.
package file
