//go:build race

package documents

// slower is by how much a bound of wall time is stretched: under the race detector everything takes some ten times as long.
const slower = 10
