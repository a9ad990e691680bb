//go:build !race

package documents

// slower is by how much a bound of wall time is stretched.
const slower = 1
