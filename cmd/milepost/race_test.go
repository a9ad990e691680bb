//go:build race

package main

// underRace: the race detector watches, which makes all of it several times slower.
const underRace = true
