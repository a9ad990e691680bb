// Package live keeps pages up to date while somebody looks at them.
//
// A screen is one page that at least one browser looks at, as one visitor. One goroutine makes it again whenever the
// plan that it is about has changed, and at every beat, and keeps the newest frame (screens.go, keep.go). A stream
// sends the frames of a screen to one browser, as server-sent events under the position that each was made from
// (stream.go). A browser that comes back says which position it shows, and is sent a later frame or nothing: there
// is no history to replay and no patch to miss.
//
// It knows that a page is made from a question at a position and has a frame; it knows the API's watch, and HTTP as
// far as a stream goes. It knows neither what any page shows nor who may look: package page makes the pages, and
// package web lets in the visitors.
//
// Screens, watches and browsers are bounded, and a browser that does not read is given up. Close waits for every
// goroutine.
package live
