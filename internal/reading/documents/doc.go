// Package documents reads a plan as its office keeps it: a spreadsheet, a CSV file, or the text that was taken out of
// a PDF, with whatever that did to it. It needs no service, and gives the same answer every time. Packages dates and sums
// read the words of a date or an investment; this package finds them, and what they belong to.
//
// A file is opened and its characters are decoded (source.go, encoding.go, text.go, csv.go, jsonrows.go, xlsx*.go). What comes
// out are rows of cells that know where they stand (grid.go). A row is a header, a row of a table, or running text
// (reader.go, heads.go). Headers are known by their words (package headings, headers.go) or by a mapping file (mapping.go), and say
// what kind of table follows (layout.go): most hold milestones (milestones.go), others a plan by year (periods.go), a
// status view (statusview.go), funding lines (funding.go) or figures (measures.go).
//
// The columns of a spreadsheet are looked at before its rows: which of several dates is in force (forecasts.go), in which order
// day and month stand (order.go), what is a chart beside the table (timeline.go), what a milestone is called (titles.go),
// and what the tool means that exported it (profiles.go); tables that say little of themselves (untitled.go) and what a document
// says of itself above them (properties.go) are told apart. A document of which nothing was read is refused (tally.go).
//
// In a table of milestones, rows that a scan moved are put back (drift.go), those that carry on the row above are
// joined to records (records.go), banners give the workstream (bannerrow.go, banner.go, bannermend.go), and what stands
// once for several rows is shared by them (block.go, ditto.go). A cell with several actions is split (split.go,
// weights.go, openers.go), and each action is paired with its date where their number leaves no doubt (pair.go, datecells.go,
// inwords.go).
//
// Every guess is reported: each value keeps the cells that it was read from, each column counts the values that were not
// read, and a milestone that a person should look at says why, in a Doubt.
package documents
