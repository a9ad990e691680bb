// Package documents reads a plan as its office keeps it: a spreadsheet, a CSV file, or the text that was taken out of
// a PDF, with whatever that did to it. It needs no service, and gives the same answer every time. Packages dates and sums
// read the words of a date or an investment; this package finds them, and what they belong to.
//
// It is read in stages, each with a type of its own (stages.go). A file becomes rows of cells that know where they stand
// (source.go, encoding.go, text.go, csv.go, jsonrows.go, projectxml.go, xlsx*.go,
// colours.go, grid.go), with the bars of a chart as dates (chart.go, bars.go, ticks.go). The parter takes rows apart into headers, rows of
// tables, and running text (parts.go, heads.go, timeline.go, properties.go). The learner sees what the columns of a table hold, by
// their headings (package headings, headers.go), by a mapping file (mapping.go), by the tool that exported the document
// (profiles.go), and by what stands in them (learn.go): which of several dates is in force (forecasts.go, unnamed.go), in which
// order day and month stand (order.go), what a milestone is called (titles.go, untitled.go), how far it is (howfar.go). The reader takes each table as the
// kind that it is (tables.go, layout.go): most hold milestones (milestones.go), others a plan by year (periods.go), a status
// view (statusview.go), funding lines (funding.go) or figures (measures.go); and running text as what it says of them (prose.go).
// What was read goes out with its reference (out.go). A document of which nothing was read is refused (document.go, tally.go).
//
// In a table of milestones, rows that a scan moved are put back (drift.go), those that carry on the row above are
// joined to records (records.go), banners give the workstream (bannerrow.go, banner.go, bannermend.go), and what stands
// once for several rows is shared by them (block.go, ditto.go). A cell with several actions is split (split.go,
// weights.go, openers.go), and each action is paired with its date where their number leaves no doubt (pair.go,
// datecells.go, inwords.go).
//
// Every guess is reported: each value keeps the cells that it was read from, each column counts the values that were not
// read, and a milestone that a person should look at says why, in a Doubt.
package documents
