package page

import "testing"

// A reference that was made of the place of a row is known as such, and one that an office gave is not.
func TestWhatMilepostCalledItself(t *testing.T) {
	for ref, made := range map[string]bool{
		"L12": true, "L12.2": true, "L7~3f9a": true, "L7~3f9a'": true, "project-plan-R12": true, "Sheet1-R3.2": true, "Über-plan-R4": true,
		"EST-06": false, "EST-R4": false, "A/1": false, "LEI-12": false, "L": false, "HUB-03": false, "L12a": false, "12": false, "": false, "R12": false,
	} {
		if isMade(ref) != made {
			t.Errorf("%q: %t", ref, isMade(ref))
		}
	}
}
