// Package readmetest holds the pages of this repository to what they say. Its tests run the sessions of
// README.md and other pages against a binary built from the code beside it, look for every test that a page names, and
// for every file. They run the units and the container of packaging by their own command lines, too.
//
// A block that is marked "console" is a session: what follows a "$ " is run, what stands below it is what
// it must print on standard output, and "..." stands for any lines. A command that ends with "&" goes on
// until the page's end. Blocks that are marked otherwise are not run.
package readmetest
