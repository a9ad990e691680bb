package page

import (
	"html/template"
	"strings"
	"testing"
)

// A text that runs from right to left turns round nothing beside it, wherever a template writes it; other text and what stands in
// tags, titles and drawings is as it was.
func TestNoTextTurnsRoundWhatStandsBesideIt(t *testing.T) {
	const written = `{{define "a"}}<title>{{.T}}</title><p title="{{.T}}">{{.T}} {{if .T}}<b>{{.T}}</b>{{else}}{{.N}}{{end}}, {{.N}} days` +
		`{{range .L}}<i>{{.}}</i>{{end}}{{with .T}}{{.}}{{end}}</p><svg><text>{{.T}}</text></svg><select><option>{{.T}}</option></select>{{.T | printf "%.3s"}}{{$x := .T}}{{$x}}{{.H}}{{end}}`
	set := template.Must(template.New("").Funcs(template.FuncMap{isolateName: isolate}).Parse(written))
	isolateAll(set)
	draw := func(text string) string {
		var b strings.Builder
		if err := set.ExecuteTemplate(&b, "a", map[string]any{"T": text, "N": 3, "L": []string{text, "plain"}, "H": template.HTML("<u>ours</u>")}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if got, want := draw("Hub & co"), `<title>Hub &amp; co</title><p title="Hub &amp; co">Hub &amp; co <b>Hub &amp; co</b>, 3 days<i>Hub &amp; co</i><i>plain</i>Hub &amp; co</p><svg><text>Hub &amp; co</text></svg><select><option>Hub &amp; co</option></select>HubHub &amp; co<u>ours</u>`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const hebrew = "\u05de\u05e8\u05db\u05d6 <5>"
	const shown, isolated = "\u05de\u05e8\u05db\u05d6 &lt;5&gt;", "<bdi>\u05de\u05e8\u05db\u05d6 &lt;5&gt;</bdi>"
	if got, want := draw(hebrew), `<title>`+shown+`</title><p title="`+shown+`">`+isolated+` <b>`+isolated+`</b>, 3 days<i>`+isolated+`</i><i>plain</i>`+isolated+`</p><svg><text>`+shown+`</text></svg><select><option>`+shown+`</option></select>`+"\u05de\u05e8\u05db"+isolated+`<u>ours</u>`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := draw("a\u202eb"); !strings.Contains(got, "<b><bdi>a\ufffdb</bdi></b>") {
		t.Errorf("a mark that turns text round: %s", got)
	}
}
