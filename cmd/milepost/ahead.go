package main

import (
	"fmt"
	"strconv"
	"strings"
)

// ahead is how many days to look ahead: "90d", "12w" or "90". 0: not at all.
type ahead int32

// maxAhead is a hundred years.
const maxAhead = 36_600

// UnmarshalText is called by kong.
func (a *ahead) UnmarshalText(text []byte) error {
	number, times := strings.TrimSuffix(string(text), "d"), 1
	if weeks, ok := strings.CutSuffix(string(text), "w"); ok {
		number, times = weeks, 7
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxAhead/times {
		return fmt.Errorf("%q is not a time to look ahead: write days as 90d or weeks as 12w, up to %dd", text, maxAhead)
	}
	*a = ahead(n * times)
	return nil
}
