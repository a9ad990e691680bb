package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/parties"
)

// Listed is an entry of a credentials file, for people.
type Listed struct {
	Kind         string // "token", "uri", "dns", "cn" or "subject"
	ID           string // of a token the first digits of its SHA-256, otherwise the name in the certificate, or the subject
	Actor        string
	Organisation string
	Roles        []string  // "PLAN=ROLE", in order
	NotAfter     time.Time // the first moment at which it lets nobody in; zero: it does not expire
}

// idDigits is how many digits of a token's SHA-256 name it.
const idDigits = 12

// Editor changes the text of a credentials file and leaves everything else in it as it stands.
type Editor struct {
	path string // with links followed
	text []byte // as it is on the disk; nil where there is none
}

// Edit opens a credentials file to change it. Where there is no file, the first entry makes one.
func Edit(path string) (*Editor, error) {
	e := &Editor{path: path}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		e.path = target
	}
	text, err := readFile(e.path, anyMode)
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	if _, err := Parse(text); err != nil {
		return nil, fmt.Errorf("the credentials file %s cannot be used:\n%w", path, err)
	}
	e.text = text
	return e, nil
}

// List lists the entries in their order: tokens, then certificates, then subjects.
func (e *Editor) List() ([]Listed, error) {
	if e.text == nil {
		return nil, fmt.Errorf("there is no credentials file %s", e.path)
	}
	var all []Listed
	for _, array := range []string{"tokens", "certificates", "subjects"} {
		found, err := spansOf(e.text, array)
		if err != nil {
			return nil, err
		}
		for _, s := range found.elements {
			entry, err := listed(e.text[s.from:s.to])
			if err != nil {
				return nil, err
			}
			all = append(all, entry)
		}
	}
	return all, nil
}

// Add appends a token's entry, which is JSON.
func (e *Editor) Add(entry []byte) error { return e.add("tokens", entry) }

// AddSubject appends the entry of somebody whom an issuer knows, which is JSON.
func (e *Editor) AddSubject(entry []byte) error { return e.add("subjects", entry) }

func (e *Editor) add(array string, entry []byte) error {
	text := e.text
	if text == nil {
		text = []byte("{\n  \"tokens\": []\n}\n")
	}
	found, err := spansOf(text, array)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch n := len(found.elements); {
	case n > 0:
		at := found.elements[n-1].to
		fmt.Fprintf(&b, "%s,\n    %s%s", text[:at], entry, text[at:])
	case found.array.to > 0: // there, and empty
		fmt.Fprintf(&b, "%s[\n    %s\n  ]%s", text[:found.array.from], entry, text[found.array.to:])
	default:
		at := bytes.IndexByte(text, '{') + 1
		fmt.Fprintf(&b, "%s\n  %q: [\n    %s\n  ],%s", text[:at], array, entry, text[at:])
	}
	return e.write(b.Bytes())
}

// Revoke takes out the entries of an actor, or the one whose ID begins so, and returns what it took out.
func (e *Editor) Revoke(which string) (gone []Listed, err error) {
	text := e.text
	if text == nil {
		return nil, fmt.Errorf("there is no credentials file %s", e.path)
	}
	for _, array := range []string{"tokens", "certificates", "subjects"} {
		found, err := spansOf(text, array)
		if err != nil {
			return nil, err
		}
		for i, s := range slices.Backward(found.elements) {
			entry, err := listed(text[s.from:s.to])
			if err != nil {
				return nil, err
			}
			if !entry.is(which) {
				continue
			}
			gone = append(gone, entry)
			text = slices.Concat(text[:found.cutFrom(i)], text[found.cutTo(i):])
			if found, err = spansOf(text, array); err != nil {
				return nil, err
			}
		}
	}
	if len(gone) == 0 {
		return nil, fmt.Errorf("no entry of %s is of an actor %q or has an id that begins so: `milepost token list` has them", e.path, which)
	}
	slices.Reverse(gone)
	return gone, e.write(text)
}

// is says whether somebody means this entry: by its actor, by its whole ID, or by eight digits or more of a token's.
func (l Listed) is(which string) bool {
	prefix := strings.ToLower(which)
	if l.Kind == "token" && len(prefix) >= 8 && (strings.HasPrefix(l.ID, prefix) || strings.HasPrefix(prefix, l.ID)) {
		return true
	}
	return l.Kind != "token" && l.ID == which || parties.Fold(l.Actor) == parties.Fold(which)
}

// listed reads one entry.
func listed(raw []byte) (Listed, error) {
	var e struct {
		SHA256          string `json:"sha256"`
		URI             string `json:"uri"`
		DNS             string `json:"dns"`
		CN              string `json:"cn"`
		Issuer, Subject string
		holder
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return Listed{}, err
	}
	l := Listed{Actor: e.Actor, Organisation: e.Organisation}
	var err error
	if l.NotAfter, err = readNotAfter(e.NotAfter); err != nil {
		return Listed{}, err
	}
	for _, plan := range slices.Sorted(maps.Keys(e.Roles)) {
		for _, role := range e.Roles[plan] {
			l.Roles = append(l.Roles, plan+"="+string(role))
		}
	}
	switch {
	case e.Subject != "":
		l.Kind, l.ID, l.Actor = "subject", e.Subject, openid.Actor(e.Issuer, e.Subject)
	case e.SHA256 != "":
		l.Kind, l.ID = "token", ID(e.SHA256)
	case e.URI != "":
		l.Kind, l.ID = "uri", e.URI
	case e.DNS != "":
		l.Kind, l.ID = "dns", e.DNS
	default:
		l.Kind, l.ID = "cn", e.CN
	}
	return l, nil
}

// ID is what a token is called in lists: the first digits of its SHA-256.
func ID(digest string) string { return strings.ToLower(digest[:min(idDigits, len(digest))]) }

// write puts a text in the place of the file in one step, of its owner and with mode 0600, and only when it can be used
// and nobody else changed the file meanwhile.
func (e *Editor) write(text []byte) (err error) {
	if _, err := Parse(text); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(e.path), ".credentials-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, wrong := f.Write(text)
	if err := errors.Join(wrong, e.giveToOwner(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	now, err := readFile(e.path, anyMode)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(now, e.text) {
		return fmt.Errorf("%s was changed meanwhile: run the same command again", e.path)
	}
	if err := os.Rename(f.Name(), e.path); err != nil {
		return err
	}
	e.text = text
	return syncDirectory(filepath.Dir(e.path))
}

// giveToOwner gives the new file to the owner of the old one: the server runs as a user of its own, and must go on
// reading it when an administrator has changed it.
func (e *Editor) giveToOwner(f *os.File) error {
	info, err := os.Stat(e.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return giveTo(f, info)
}

func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// span is a part of a text.
type span struct{ from, to int }

// spans are where an array of the outermost object stands, and its elements. Zero where it is missing.
type spans struct {
	array    span
	elements []span
}

// cutFrom and cutTo are the bounds of what goes with an element: the comma and the space between it and a neighbour.
func (s spans) cutFrom(i int) int {
	if i > 0 {
		return s.elements[i-1].to
	}
	return s.elements[i].from
}

func (s spans) cutTo(i int) int {
	if i == 0 && len(s.elements) > 1 {
		return s.elements[1].from
	}
	return s.elements[i].to
}

// spansOf finds an array in a text that Parse has taken.
func spansOf(text []byte, name string) (found spans, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return spans{}, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return spans{}, err
		}
		if key != name {
			if err := d.Decode(new(json.RawMessage)); err != nil {
				return spans{}, err
			}
			continue
		}
		if _, err := d.Token(); err != nil { // [
			return spans{}, err
		}
		found.array.from = int(d.InputOffset()) - 1
		for d.More() {
			var element json.RawMessage
			if err := d.Decode(&element); err != nil {
				return spans{}, err
			}
			to := int(d.InputOffset())
			found.elements = append(found.elements, span{to - len(element), to})
		}
		if _, err := d.Token(); err != nil { // ]
			return spans{}, err
		}
		found.array.to = int(d.InputOffset())
	}
	return found, nil
}

// Entry is a token's entry as it stands in the file.
func Entry(digest, actor, organisation, person, notAfter string, roles map[string][]string) ([]byte, error) {
	return json.MarshalIndent(struct {
		SHA256       string              `json:"sha256"`
		Actor        string              `json:"actor"`
		Organisation string              `json:"organisation,omitempty"`
		Person       string              `json:"person,omitempty"`
		NotAfter     string              `json:"not_after,omitempty"`
		Roles        map[string][]string `json:"roles"`
	}{digest, actor, organisation, person, notAfter, roles}, "    ", "  ")
}

// SubjectEntry is the entry of a subject of an issuer as it stands in the file.
func SubjectEntry(issuer, subject, organisation, person, notAfter string, roles map[string][]string) ([]byte, error) {
	return json.MarshalIndent(struct {
		Issuer       string              `json:"issuer"`
		Subject      string              `json:"subject"`
		Organisation string              `json:"organisation,omitempty"`
		Person       string              `json:"person,omitempty"`
		NotAfter     string              `json:"not_after,omitempty"`
		Roles        map[string][]string `json:"roles"`
	}{issuer, subject, organisation, person, notAfter, roles}, "    ", "  ")
}
