package web_test

import (
	"regexp"
	"strings"
	"testing"

	"milepost.dev/internal/node"
)

// Who has followed a wrong address is told so in words for people who look at pages: without a command, a flag or the
// name of a field.
func TestProblemsSpeakToVisitors(t *testing.T) {
	s := serve(t, node.Config{Credentials: credentials(t, map[string]string{
		"milepost_reporter": `{"*": ["reporter"]}`, "milepost_viewer": `{"hubs": ["viewer"], "none": ["viewer"]}`,
	})})
	s.hubs("hubs")
	s.hubs("secret")
	s.signIn("milepost_viewer")
	for path, want := range map[string]struct {
		status int
		title  string
	}{
		"/nothing":                        {404, "There is no such page"},
		"/plans/none":                     {404, "There is no such plan"},
		"/plans/none/changes":             {404, "There is no such plan"},
		"/plans/none/milestones/A":        {404, "There is no such plan"},
		"/plans/hubs/milestones/none":     {404, "There is no such milestone"},
		"/plans/hubs?known_at=2020-01-01": {404, "There is no such plan"}, // nobody had registered it
		"/plans/secret":                   {403, "You may not see this"},
		"/plans/hubs?as_at=tomorrow":      {400, "This day cannot be read"},
		"/plans/hubs?known_at=soon":       {400, "This time cannot be read"},
		"/?known_at=999999":               {400, "This position is still to come"},
	} {
		status, header, body := s.get(path)
		main := regexp.MustCompile(`(?s)<main.*</main>`).FindString(body)
		if status != want.status || !strings.Contains(main, "<h1>"+want.title+"</h1>") {
			t.Errorf("%s: %d, want %d and %q:\n%s", path, status, want.status, want.title, main)
		}
		for _, foreign := range []string{"`", "--", "read_at", "known_at", "as_at", "milepost", "hubs", "reporter"} {
			if strings.Contains(main, foreign) {
				t.Errorf("%s speaks of %q:\n%s", path, foreign, main)
			}
		}
		strict(t, path, header, body)
	}
}
