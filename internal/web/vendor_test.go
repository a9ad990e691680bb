package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every file that is not ours is listed with where it came from, under which licence, and its digest; and nothing
// lies beside them that is not listed.
func TestWhatIsVendoredIsListed(t *testing.T) {
	data, err := os.ReadFile("vendor.json")
	if err != nil {
		t.Fatal(err)
	}
	var packages []struct {
		Name, Version, Licence, Why string
		Files                       []struct{ From, To, SHA256 string }
	}
	if err := json.Unmarshal(data, &packages); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, p := range packages {
		licence := false
		if p.Name == "" || p.Version == "" || p.Licence == "" || p.Why == "" {
			t.Errorf("%+v does not say everything", p)
		}
		for _, f := range p.Files {
			listed[f.To] = true
			licence = licence || strings.HasSuffix(f.To, ".LICENSE")
			data, err := os.ReadFile(filepath.Join("../..", f.To))
			if err != nil {
				t.Error(err)
				continue
			}
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
				t.Errorf("%s is not what %s %s has: make vendor-web fetches it", f.To, p.Name, p.Version)
			}
			if !strings.Contains(f.To, p.Name+"-"+p.Version) {
				t.Errorf("%s does not say that it is of %s %s", f.To, p.Name, p.Version)
			}
		}
		if !licence {
			t.Errorf("%s has no licence beside it", p.Name)
		}
	}
	for _, dir := range []string{"internal/web/static/vendor", "internal/rig/browsertest/testdata"} {
		entries, err := os.ReadDir(filepath.Join("../..", dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !listed[dir+"/"+e.Name()] {
				t.Errorf("%s/%s is not listed in vendor.json", dir, e.Name())
			}
		}
	}
}

// Nothing that a page loads leads elsewhere.
func TestAssetsAskNobody(t *testing.T) {
	for name, data := range map[string]string{"static/app.css": "", "static/live.js": "", "static/mark.svg": ""} {
		text, err := staticFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data = strings.ReplaceAll(string(text), `xmlns="http://www.w3.org/2000/svg"`, "")
		for _, foreign := range []string{"http:", "https:", "@import", "@font-face", "url("} {
			if strings.Contains(data, foreign) {
				t.Errorf("%s has %q", name, foreign)
			}
		}
	}
}
