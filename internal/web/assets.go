package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"

	"milepost.dev/internal/web/page"
)

//go:embed static
var staticFiles embed.FS

// assets are the files that pages load, by name. Their address holds a digest of their content, so that a
// browser keeps them for good and still never uses those of another version.
type assets map[string]asset

type asset struct {
	data   []byte
	packed []byte // the same, compressed
	digest string // part of SHA-256, in hexadecimal
	kind   string
}

func readAssets(files fs.FS) (assets, error) {
	found := assets{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		kind := mime.TypeByExtension(path.Ext(name))
		if kind == "" {
			kind = "text/plain; charset=utf-8"
		}
		found[name] = asset{data: data, packed: compressed(data), digest: hex.EncodeToString(sum[:8]), kind: kind}
		return nil
	})
	return found, err
}

// URL is the address of a file. A template that names a missing file fails when it is drawn; a test draws every
// template.
func (a assets) URL(name string) (string, error) {
	file, ok := a[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return "/static/" + name + "?v=" + file.digest, nil
}

// ServeHTTP answers with a file.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.digest {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if page.TakesGzip(r) && len(file.packed) < len(file.data) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"`+file.digest+`-gzip"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.packed))
		return
	}
	w.Header().Set("ETag", `"`+file.digest+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.data))
}
