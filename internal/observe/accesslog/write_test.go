package accesslog

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A line is what encoding/json makes of the same fields.
func TestALineIsWhatJSONMakesOfIt(t *testing.T) {
	text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringMatching(`[ -~]*`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		l := line{
			Time: time.Unix(rapid.Int64Range(0, 1<<35).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(), Actor: text.Draw(t, "actor"),
			Method: text.Draw(t, "method"), Plan: text.Draw(t, "plan"), Address: text.Draw(t, "address"), Path: text.Draw(t, "path"),
			Code: text.Draw(t, "code"), Rule: text.Draw(t, "rule"), DurationMS: float64(rapid.Int64Range(0, 1<<40).Draw(t, "us")) / 1000,
			LeftOut: rapid.IntRange(0, 3).Draw(t, "left out"), Number: rapid.Uint64().Draw(t, "number"), Before: []byte(rapid.StringMatching(`[0-9a-f]*`).Draw(t, "before")),
		}
		want, err := json.Marshal(struct {
			line
			Before string `json:"before"` // which stands last, and shadows the bytes
		}{l, string(l.Before)})
		if err != nil {
			t.Fatal(err)
		}
		if got := l.append(nil); string(got) != string(want) {
			t.Fatalf("%s, where encoding/json writes\n%s", got, want)
		}
	})
}
