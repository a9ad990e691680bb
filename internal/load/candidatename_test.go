package load

import "testing"

// The next version offers a sentence under the name that it has, whatever day it names now; another sentence has another name.
func TestACandidateKeepsItsNameWhenItsDayMoves(t *testing.T) {
	is := candidateName("The hub will be open by 31 March 2018")
	for title, same := range map[string]bool{
		"The hub will be open by 31 March 2019":   true,
		"The hub will be open by 30 June 2018":    true,
		"The hub will be open by Jun 2018":        true,
		"The hub will be closed by 31 March 2018": false,
	} {
		if (candidateName(title) == is) != same {
			t.Errorf("%q is called %s, and the first %s", title, candidateName(title), is)
		}
	}
}
