package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"milepost.dev/internal/parties"
)

// The credentials file is JSON:
//
//	{
//	  "tokens": [
//	    {
//	      "sha256": "9f86d0…",                 SHA-256 of the token, in hexadecimal: the file holds no secret
//	      "actor": "Finance feed",             who is recorded as having said it
//	      "organisation": "Example Council",   for whom, where a request does not say; may be left out
//	      "roles": {"cycling-2030": ["reporter"], "*": ["viewer"]}
//	    }
//	  ],
//	  "certificates": [
//	    {
//	      "uri": "spiffe://example.org/pmo",   a name in the client's certificate: one of uri, dns, cn
//	      "actor": "PMO office",
//	      "organisation": "Example Council",
//	      "roles": {"*": ["auditor"]}
//	    }
//	  ]
//	}
//
// A role is given for a plan, or for every plan under "*": reporter, approver, auditor, operator
// or viewer; each of them may read too. Anything else in the file is an error, so that a slip of the pen never gives
// or takes a right in silence.
type file struct {
	Tokens       []json.RawMessage `json:"tokens"`
	Certificates []json.RawMessage `json:"certificates"`
}

type holder struct {
	Actor        string            `json:"actor"`
	Organisation string            `json:"organisation"`
	Roles        map[string][]Role `json:"roles"`
}

type tokenEntry struct {
	SHA256 string `json:"sha256"`
	holder
}

type certificateEntry struct {
	URI string `json:"uri"`
	DNS string `json:"dns"`
	CN  string `json:"cn"`
	holder
}

// maxFile bounds the credentials file: bytes.
const maxFile = 4 << 20

// Load reads a credentials file. Its error names every entry that is wrong.
func Load(path string) (*Credentials, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("the credentials file %s is longer than %d bytes", path, maxFile)
	}
	c, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("the credentials file %s cannot be used:\n%w", path, err)
	}
	return c, nil
}

// Parse reads the content of a credentials file.
func Parse(data []byte) (*Credentials, error) {
	var f file
	if err := strictly(data, &f); err != nil {
		return nil, err
	}
	c := &Credentials{tokens: map[[sha256.Size]byte]*Caller{}, certificates: map[identity]*Caller{}}
	var errs []error
	for i, raw := range f.Tokens {
		if err := c.addToken(raw); err != nil {
			errs = append(errs, fmt.Errorf("tokens[%d]%s: %w", i, actorOf(raw), err))
		}
	}
	for i, raw := range f.Certificates {
		if err := c.addCertificate(raw); err != nil {
			errs = append(errs, fmt.Errorf("certificates[%d]%s: %w", i, actorOf(raw), err))
		}
	}
	if len(errs) == 0 && len(c.tokens)+len(c.certificates) == 0 {
		errs = append(errs, errors.New("it lets nobody in: add an entry to tokens or certificates"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c, nil
}

func (c *Credentials) addToken(raw json.RawMessage) error {
	var e tokenEntry
	if err := strictly(raw, &e); err != nil {
		return err
	}
	caller, err := e.caller()
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(e.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return errors.New("sha256 is not the 64 hexadecimal digits of a SHA-256; `milepost token` makes a token and prints both")
	}
	key := [sha256.Size]byte(sum)
	if key == sha256.Sum256(nil) {
		return errors.New("sha256 is that of an empty token")
	}
	if other, taken := c.tokens[key]; taken {
		return fmt.Errorf("this token is given to %q too: whose words would they be?", other.Name)
	}
	c.tokens[key] = caller
	return nil
}

func (c *Credentials) addCertificate(raw json.RawMessage) error {
	var e certificateEntry
	if err := strictly(raw, &e); err != nil {
		return err
	}
	caller, err := e.caller()
	if err != nil {
		return err
	}
	var id identity
	for _, name := range []identity{{"uri", e.URI}, {"dns", e.DNS}, {"cn", e.CN}} {
		if name.value == "" {
			continue
		}
		if id.value != "" {
			return fmt.Errorf("it has both %s and %s: give one entry to each", id.kind, name.kind)
		}
		id = name
	}
	if id.value == "" {
		return errors.New("it names no certificate: give one of uri, dns or cn")
	}
	if other, taken := c.certificates[id]; taken {
		return fmt.Errorf("%s %q is given to %q too", id.kind, id.value, other.Name)
	}
	c.certificates[id] = caller
	return nil
}

func (h holder) caller() (*Caller, error) {
	name, err := parties.Clean(h.Actor)
	if err != nil {
		return nil, fmt.Errorf("actor: %w", err)
	}
	if isLocalName(name) {
		return nil, fmt.Errorf("actor: names that begin with %q belong to those who connect without credentials", localPrefix)
	}
	if h.Organisation != "" {
		if h.Organisation, err = parties.Clean(h.Organisation); err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
	}
	if len(h.Roles) == 0 {
		return nil, errors.New(`roles is empty: give a role for a plan, or for every plan ("*")`)
	}
	for plan, given := range h.Roles {
		if strings.TrimSpace(plan) == "" {
			return nil, errors.New(`roles: the plan's id is empty; "*" stands for every plan`)
		}
		if len(given) == 0 {
			return nil, fmt.Errorf("roles: there is no role for %q", plan)
		}
		for _, role := range given {
			if !slices.Contains(roles, role) {
				return nil, fmt.Errorf("roles: %q is none; there are %s, %s, %s and %s", role, Reporter, Approver, Auditor, Viewer)
			}
		}
	}
	return &Caller{Name: name, Organisation: h.Organisation, Roles: h.Roles}, nil
}

// strictly decodes JSON and takes nothing that it does not know.
func strictly(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return errors.New("it is no JSON: it ends too soon")
		}
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			return fmt.Errorf("it is no JSON at byte %d: %w", syntax.Offset, err)
		}
		return fmt.Errorf("it cannot be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is something after the end of the JSON")
	}
	return nil
}

// actorOf names an entry for people, if it can be read so far.
func actorOf(raw json.RawMessage) string {
	var e struct {
		Actor string `json:"actor"`
	}
	if json.Unmarshal(raw, &e) != nil || e.Actor == "" {
		return ""
	}
	return fmt.Sprintf(" (%q)", e.Actor)
}
