package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// On a server that everybody on its machine may look at, who holds its token signs in and decides; the others go on looking, and are told how.
func TestWhoMayLookAnywaySignsInToDecide(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	s.submit("doubt", "hubs", stated("B", "2026-03-01", "June 2027 or July 2028", ""))
	_, _, body := s.get("/plans/hubs/review")
	if !strings.Contains(body, `href="/sign-in?next=%2Fplans%2Fhubs%2Freview"`) || strings.Contains(body, `>Settle</a>`) {
		t.Errorf("who only looks is not led to sign in, or is offered to settle something:\n%s", body)
	}
	if status, _, in := s.get("/sign-in?next=%2Fplans%2Fhubs%2Freview"); status != http.StatusOK || !strings.Contains(in, "Everybody on this machine may look") || !strings.Contains(in, "milepost token local") {
		t.Errorf("the page of signing in: %d\n%s", status, in)
	}
	wrong, err := s.http.PostForm(s.at+"/sign-in", url.Values{"token": {"milepost_guess"}})
	if err != nil {
		t.Fatal(err)
	}
	wrong.Body.Close()
	if wrong.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token that is not the server's: %s", wrong.Status)
	}
	jar, _ := cookiejar.New(nil)
	looks := *s // another browser, which has not signed in
	looks.http = &http.Client{Transport: s.http.Transport, Jar: jar}
	cookie := s.signIn(s.node.LocalToken())
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, _, body = s.get("/plans/hubs/review")
	_, link, _ := strings.Cut(body, `<p class="act"><a href="`)
	form, _, _ := strings.Cut(link, `"`)
	if !strings.Contains(body, "Sign out") || strings.Contains(body, "/sign-in") || !strings.Contains(form, "/review/") {
		t.Fatalf("who signed in is not offered to settle what is in doubt:\n%s", body)
	}
	sent := s.fill(form, "outcome", "correct", "value", "2027-06-30", "reason", "asked the office")
	if status, to, why := s.send(form, sent); status != http.StatusSeeOther {
		t.Errorf("%d %s %s, of %v", status, to, why, sent)
	}
	var by string
	for e, err := range s.server.Audit(t.Context(), &pb.ListAuditRequest{Plan: "hubs"}).Items {
		if err != nil {
			t.Fatal(err)
		}
		if e.GetEvent() == "ReviewSettled" {
			by = e.GetActor()
		}
	}
	if by != "local:test" {
		t.Errorf("it is recorded as settled by %q", by)
	}
	// Another browser of the machine, a page of another site that leads here, and whoever signed out decide nothing.
	if status, _, _ := looks.send(form, sent); status != http.StatusForbidden {
		t.Errorf("the form sent by who has not signed in: %d", status)
	}
	if status, _, _ := s.get("/plans/hubs", "Host", "evil.example"); status != http.StatusForbidden {
		t.Errorf("under another name: %d", status)
	}
	if status, header, _ := s.get("/sign-in", "Host", "evil.example"); status != http.StatusSeeOther || header.Get("Location") != "/" {
		t.Errorf("signing in under another name: %d", status)
	}
	out, err := s.http.PostForm(s.at+"/sign-out", nil)
	if err != nil {
		t.Fatal(err)
	}
	out.Body.Close()
	if status, _, body := s.get("/plans/hubs", "Cookie", cookie.Name+"="+cookie.Value); status != http.StatusOK || !strings.Contains(body, "Sign in to decide") {
		t.Errorf("who signed out does not go on looking: %d", status)
	}
}

// Where nobody is asked who they are there is nothing to sign in to.
func TestAnOpenServerHasNoSignIn(t *testing.T) {
	s := serve(t, node.Config{Local: node.Local{Open: true}})
	s.hubs("hubs")
	if _, _, body := s.get("/plans/hubs"); strings.Contains(body, "/sign-in") {
		t.Error("it offers to sign in")
	}
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if status, header, _ := s.get("/sign-in"); status != http.StatusSeeOther || header.Get("Location") != "/" {
		t.Errorf("/sign-in: %d", status)
	}
}
