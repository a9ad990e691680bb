package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// strictly decodes JSON and takes nothing that it does not know, and no name twice in so many levels
// of objects.
func strictly(data []byte, into any, levels int) error {
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
	return checkNames(json.NewDecoder(bytes.NewReader(data)), "", levels)
}

// checkNames refuses a name that stands twice in an object, of which the last would count, and a field's name in
// another case. It reads one value. In is the name that the value stands under: under "roles", "plans" and "only" are the ids of plans.
func checkNames(d *json.Decoder, in string, levels int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token == json.Delim('{') {
		levels--
	}
	seen := map[string]bool{}
	for name := ""; token == json.Delim('{') || token == json.Delim('['); {
		if !d.More() {
			_, err := d.Token() // what closes it
			return err
		}
		if token == json.Delim('{') && levels >= 0 {
			key, err := d.Token()
			if err != nil {
				return err
			}
			name, _ = key.(string)
			if seen[name] {
				return fmt.Errorf("%q stands twice: leave one of them", name)
			}
			if seen[name] = true; in != "roles" && in != "plans" && in != "only" && name != strings.ToLower(name) {
				return fmt.Errorf("it cannot be read: unknown field %q", name)
			}
		}
		if err := checkNames(d, name, levels); err != nil {
			return err
		}
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
