// Package browsertest looks at the pages as people do: in a real browser, which is Chromium. Its tests start
// servers, open pages, and see that a page changes by itself, keeps the reader's place, comes back after a server
// was killed, and has nothing that axe-core objects to.
//
// Where there is no Chromium they are left out and say so, but for CI, where nothing is left out. They write
// a picture of every page with `make screenshots`.
package browsertest
