package browsertest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"milepost.dev/internal/node"
)

const token = "milepost_of-a-director"

// credentials is a file by which a director may see plan hubs.
func credentials(t *testing.T) string {
	t.Helper()
	sum := sha256.Sum256([]byte(token))
	path := filepath.Join(t.TempDir(), "credentials.json")
	text := `{"tokens": [{"sha256": "` + hex.EncodeToString(sum[:]) + `", "actor": "Director", "roles": {"hubs": ["viewer"]}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A visitor shows a token once, is let in to the page they wanted, and no script gets to see it.
func TestSignIn(t *testing.T) {
	b := open(t)
	n := start(t, node.Config{Credentials: credentials(t)})
	at := "http://" + n.HTTPAddr()
	b.visit(at + "/plans/hubs/milestones?sort=slip")
	b.enter("milepost_wrong")
	if text := b.text("#wrong"); !strings.Contains(text, "does not know this token") {
		t.Errorf("of a wrong token it says %q", text)
	}
	b.enter(token)
	b.run(chromedp.WaitVisible(chromedp.CSS(".top-right form")))
	if url := do(b, chromedp.Location()); url != at+"/plans/hubs/milestones?sort=slip" {
		t.Errorf("it led to %s", url)
	}
	if cookie := ask[string](b, "document.cookie"); cookie != "" {
		t.Errorf("a script can read the cookie: %q", cookie)
	}
	b.press(".top-right form button")
	b.run(chromedp.WaitVisible(chromedp.CSS("#token")))
	b.visit(at + "/")
	b.run(chromedp.WaitVisible(chromedp.CSS("#token")))
	b.nothingWrong(n.HTTPAddr())
}

// enter types a token and sends it.
func (b *browser) enter(token string) {
	b.t.Helper()
	b.run(chromedp.SendKeys(chromedp.CSS("#token"), token), chromedp.Submit(chromedp.CSS("#token")))
}
