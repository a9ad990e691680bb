package page

import "testing"

// What most sentences are told is said once, above them; what is said of a few stays with them.
func TestWhatMostCandidatesAreToldIsSaidOnce(t *testing.T) {
	for name, test := range map[string]struct {
		told   []string
		shared string
		left   []string
	}{
		"all the same":  {[]string{"a.", "a."}, "a.", []string{"", ""}},
		"most the same": {[]string{"a.", "b.", "a."}, "Where nothing else is said: a.", []string{"", "b.", ""}},
		"half the same": {[]string{"a.", "b."}, "", []string{"a.", "b."}},
		"nothing told":  {[]string{"", ""}, "", []string{"", ""}},
		"none":          {nil, "", nil},
	} {
		var list []candidate
		for _, says := range test.told {
			list = append(list, candidate{Says: says})
		}
		if got := sharedReason(list); got != test.shared {
			t.Errorf("%s: %q, want %q", name, got, test.shared)
		}
		for i, c := range list {
			if c.Says != test.left[i] {
				t.Errorf("%s: %q is left, want %q", name, c.Says, test.left[i])
			}
		}
	}
}
