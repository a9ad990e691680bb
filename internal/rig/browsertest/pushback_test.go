package browsertest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"milepost.dev/internal/load/returns"
)

// The list of milestones as a file, pushed back as a return, changes nothing.
func TestTheFilePushedBackChangesNothing(t *testing.T) {
	n := district(t, 101)
	server := dial(t, n)
	for _, plan := range []string{"brackwater", "harbour-schools"} {
		answer, err := http.Get("http://" + n.HTTPAddr() + "/plans/" + plan + "/return.csv")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		push := returns.Push{Service: server, Plan: plan}
		done, err := push.Run(t.Context(), strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%v\n%.400s", err, text)
		}
		if len(done.Events) > 0 || len(done.Refused) > 0 || done.Unchanged != done.Rows || done.Rows < 10 {
			t.Errorf("%s: %+v", plan, done)
		}
	}
}
