// Package documents reads a plan as its office keeps it: a spreadsheet, a CSV file, or the text that was taken out of
// a PDF, with whatever that did to it. It needs no service, and gives the same answer every time.
//
// A file is opened and its characters are decoded (source.go, encoding.go, text.go, csv.go, xlsx*.go); what comes
// out are rows of cells that know where they stand (grid.go). A row is a header, a row of a table, or running text
// (reader.go). Headers are known by their words (fields.go, headers.go) or by a mapping file (mapping.go), and say of
// what kind a table is (layout.go): most hold milestones (milestones.go), others a plan by year (periods.go), a
// status view (statusview.go), sums (funding.go) or figures.
//
// In a table of milestones, rows that a scan moved are put back (drift.go), those that carry on the row above are
// joined to records (records.go), banners give the workstream (bannerrow.go, banner.go, bannermend.go), and what stands
// once for several rows is shared by them (block.go, ditto.go). A cell with several actions is parted (split.go,
// openers.go), and each action is paired with its date where their number leaves no doubt (pair.go, datecells.go,
// inwords.go).
//
// What is guessed is said. Every value keeps the cells that it was read from, every column counts what was not read
// in it, and a milestone that a person should look at says why: Doubt.
package documents
