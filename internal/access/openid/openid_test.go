package openid_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/parties"
)

// Two subjects are never one party, in whatever way their names are alike.
func TestTwoSubjectsAreTwoParties(t *testing.T) {
	party := func(issuer, subject string) string {
		clean, err := parties.Clean(openid.Actor(issuer, subject))
		if err != nil {
			t.Fatal(err)
		}
		return parties.Fold(clean)
	}
	for _, alike := range [][2]string{{"ann", "Ann"}, {"a b", "a  b"}, {"é", "e\u0301"}, {"K", "\u212a"}, {"a", "a\u200d"}, {"%41", "A"}, {"a#b", "a%23b"}} {
		if party("https://i.example", alike[0]) == party("https://i.example", alike[1]) {
			t.Errorf("%q and %q are one party", alike[0], alike[1])
		}
	}
	if party("https://i.example/a", "b") == party("https://i.example/a#b", "") || party("https://i.example/a", "b#c") == party("https://i.example/a#b", "c") {
		t.Error("an issuer's end is not told from a subject's beginning")
	}
	text := rapid.StringMatching(`[a-cA-C#%éÉ ]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if one := parties.Fold(openid.Actor("i", a)) == parties.Fold(openid.Actor("i", b)); one != (a == b) {
			t.Fatalf("%q and %q: one party is %v", a, b, one)
		}
	})
	if got := openid.Actor("https://login.example.org", "4711"); got != "oidc:https://login.example.org#4711" {
		t.Error(got)
	}
}

func TestSettingsThatCannotBeMeant(t *testing.T) {
	page := func(more string) string {
		return `{"issuer": "https://i.example", "audience": "milepost", "page": {` + more + `}}`
	}
	for _, tt := range []struct{ text, want string }{
		{`{"issuer": "http://i.example", "audience": "milepost"}`, "not over https"},
		{`{"issuer": "https://i.example?x=y", "audience": "milepost"}`, "not an address"},
		{`{"issuer": "https://i.example"}`, "audience is empty"},
		{`{"issuer": "https://i.example", "audience": "milepost", "algorithms": ["HS256"]}`, `"HS256" is not one of`},
		{`{"issuer": "https://i.example", "audience": "milepost", "algorithms": ["none"]}`, `"none" is not one of`},
		{`{"issuer": "https://i.example", "audience": "milepost", "audiences": []}`, "unknown field"},
		{`{"issuer": "https://i.example", "audience": "milepost"} {}`, "after the end"},
		{page(`"redirect": "https://m.example/sign-in/back"`), "client_id is empty"},
		{page(`"client_id": "milepost", "redirect": "https://m.example/sign-in/back"`), "client_id is the audience too"},
		{page(`"client_id": "page", "redirect": "http://m.example/sign-in/back"`), "redirect: "},
	} {
		if _, err := openid.Parse([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
		}
	}
	for _, text := range []string{
		`{"issuer": "http://127.0.0.1:8080/realm", "audience": "milepost"}`,
		page(`"client_id": "page", "redirect": "https://m.example/sign-in/back"`),
	} {
		if _, err := openid.Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
