package documents

import (
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// A document is read in stages. Each has what it needs of those before it, and hands on values:
//
//	source   a file                 rows of cells                              source.go, csv.go, jsonrows.go, xlsx*.go
//	parter   rows                   parts: a table's rows, a header, a line    parts.go
//	learner  the rows of a table    what its columns hold                      learn.go
//	reader   the parts of a sheet   records, and of those milestones           tables.go, milestones.go
//	out      milestones and facts   the sink, with references and a report     out.go
//
// A part goes through all of them before the next is made, so that a document of any length is read in bounded memory. What a later
// stage learns of a table is in its layout, and what running text says of the document is in the calendar: the parter sees both.

// page is what is known of a sheet before its rows are parted.
type page struct {
	sheet      string
	text       bool // it was taken out of a PDF as text
	scanned    bool // lines are cut and letters damaged, as in a text taken out of a PDF
	datedSheet bool // a sheet before it had milestones with dates
	colours    colours
	cells      Cells
	proofs     *orderProofs // of the columns of a sheet that has more rows than are looked at together; nil for any other
}

// calendar is how dates are read: as the caller says, and as the document has said so far.
type calendar struct {
	settings dates.Settings
	usual    dates.Order // where nothing else says or proves an order
}

// table is what the rows below a header are read by.
type table struct {
	*page
	*calendar
	names  *names
	layout *layout // nil where no header stands above
}

// learner sees what the columns of a table hold by what stands in them.
type learner struct {
	table
	*out
}

// reader makes milestones, funding lines and facts of the parts of a document, one after the other.
type reader struct {
	table
	*bannerWords
	*out
	about
	carried
}

// about is what running text says of the plan, and of the tables below it.
type about struct {
	title     string            // the plan's
	headingAt int               // the line of heading
	heading   string            // the last line that looked like the heading of a page or section
	chapters  map[string]string // their names by number
	scale     scale             // of the scores, as a key above them says
	prose     []row             // the lines, where no table was found yet
	said      []Milestone       // sentences that say when
	keyAt     int               // the last line of a key to ratings that stands above the tables
	offered   offered           // sentences of running text that were offered already
	unsaid    int               // how many were passed over, because there are too many
}

// carried is what rows say of those below them.
type carried struct {
	under   Value // the banner or chapter that the rows stand under
	block   block
	above   map[Field]cell // the nearest filled cell above, for ditto marks
	datesUp []period.Reading
	ownerUp Value
	levels  [4]cell // of a status view: area, programme, ambition, project
	drifted bool    // the columns of a status view are not where its header has them
}

// bannerWords are the words of a document, by which banners that a scan cut are made whole.
type bannerWords struct {
	words           vocabulary
	bannerParts     []string // what stood between the dashes of the banners so far
	banners         []string // those that came through whole
	workstreamParts []string // those of the fullest banner
	bannerPlaces    []string // what the fullest banners end with
}
