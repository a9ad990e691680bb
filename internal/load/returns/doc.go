// Package returns pushes a monthly return, which package rows reads.
//
// Each row becomes one request whose id is a digest of the row, so that the same row is answered with its first receipt for
// ever, in whatever file, order or column it comes again (request.go). Rows of one milestone are sent in order of as-at
// day, others at the same time (push.go). A complete return also says which milestones were not reported (complete.go).
//
// A bad row is refused whole, and its neighbours are pushed all the same. The whole file is read first.
package returns
