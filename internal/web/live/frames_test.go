package live

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/quick"
	"weak"

	"milepost.dev/internal/web/page"
)

// expanded is a frame with what was left out of it put back, from the one that was shown before: what a browser makes of it.
func expanded(shown, sent []byte) []byte {
	had := outlineOf(shown).own
	for _, p := range []string{"section", "tr", "li"} {
		for id, whole := range had {
			sent = bytes.ReplaceAll(sent, []byte("<"+p+` id="`+id+`" data-same></`+p+">"), whole)
		}
	}
	return sent
}

// aPage is HTML as a template makes it, of some of some rows, each of which may be in some state.
func aPage(r *rand.Rand) []byte {
	var b strings.Builder
	for section := range 1 + r.IntN(4) {
		fmt.Fprintf(&b, "<section id=\"s%d\" aria-labelledby=\"x\"><h2 id=\"h%d\">%d</h2>\n<table><tbody>", section, section, r.IntN(3))
		for row := range r.IntN(6) {
			fmt.Fprintf(&b, "<tr role=\"row\" id=\"r%d-%d\" data-position=\"%d\"><td>&lt;tr id=&#34;r1&#34;> %d</td></tr>\n", section, row, r.IntN(2), r.IntN(2))
		}
		b.WriteString("</tbody></table><ul>")
		for item := range r.IntN(3) {
			fmt.Fprintf(&b, "<li><ul><li id=\"i%d\">%d</li></ul></li>", item, r.IntN(2)) // whose id may stand there twice
		}
		b.WriteString("</ul></section>")
	}
	return []byte(b.String() + fmt.Sprintf("<footer>%d</footer>", r.IntN(10)))
}

func sinceOf(was, is []byte) []byte { return since(outlineOf(was), outlineOf(is), is) }

// What is sent of a frame, beside what is there already, is the frame.
func TestNothingIsLostOfWhatStaysTheSame(t *testing.T) {
	if err := quick.Check(func(seed uint64) bool {
		r := rand.New(rand.NewPCG(seed, 1))
		was, is := aPage(r), aPage(r)
		return bytes.Equal(expanded(was, sinceOf(was, is)), is) && bytes.Count(sinceOf(is, is), []byte("<tr")) <= bytes.Count(is, []byte("<tr"))
	}, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
	rows := make([]string, 100)
	for i := range rows {
		rows[i] = fmt.Sprintf("<tr role=\"row\" id=\"m%d\" data-position=\"1\"><td>%s</td></tr>", i, strings.Repeat("words ", 100))
	}
	table := func() []byte {
		return []byte(`<section id="s"><table>` + strings.Join(rows, "\n") + "</table></section>")
	}
	was := table()
	rows[40] = strings.Replace(rows[40], `"1"`, `"2"`, 1)
	if sent := sinceOf(was, table()); len(sent) > 6000 || !bytes.Contains(sent, []byte(`id="m40" data-position="2"`)) {
		t.Errorf("one row of a hundred costs %d bytes of %d", len(sent), len(was))
	}
}

// Events that were compressed apart are one stream, which ends as it has to.
func TestCompressedEventsAreOneStream(t *testing.T) {
	sc := &screen{packer: &packer{}, moved: make(chan struct{})}
	var frames []*shot
	for i, html := range []string{`<section id="a">first</section>`, `<section id="a">first</section><p>second</p>`} {
		sc.show(&page.Frame{Position: uint64(i + 1), HTML: []byte(html)})
		newest, _, _ := sc.see()
		frames = append(frames, newest)
	}
	var out bytes.Buffer
	out.Write(gzipHeader)
	checksum := packed{}
	for i, f := range frames {
		var after *shot
		if i > 0 {
			after = frames[i-1]
		}
		p := f.event(after, true)
		if again := f.event(after, true); &again.sent[0] != &p.sent[0] {
			t.Error("it is compressed for each browser anew")
		}
		out.Write(p.sent)
		checksum.text = append(checksum.text, p.text...)
	}
	out.Write(gzipFooter(sumOf(checksum.text), uint32(len(checksum.text))))
	r, err := gzip.NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	want := "id: 1\nevent: page\ndata: <section id=\"a\">first</section>\n\nid: 2\nevent: page\ndata: <section id=\"a\" data-same></section><p>second</p>\n\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

func sumOf(text []byte) uint32 { return crc32.ChecksumIEEE(text) }

// What a page showed before is let go: it is made five times a second for as long as somebody looks.
func TestAPageHoldsOnToNothingThatItShowed(t *testing.T) {
	sc := &screen{packer: &packer{}, moved: make(chan struct{})}
	first := func() weak.Pointer[shot] {
		var first weak.Pointer[shot]
		var before *shot
		for i := range 10 {
			sc.show(&page.Frame{Position: uint64(i + 1), Digest: fmt.Sprint(i), HTML: []byte(`<section id="a">the same</section>`)})
			newest, _, _ := sc.see()
			newest.event(before, true)
			if before = newest; i == 0 {
				first = weak.Make(newest)
			}
		}
		return first
	}()
	runtime.GC()
	if first.Value() != nil {
		t.Error("the first frame is still held by the tenth")
	}
	runtime.KeepAlive(sc)
}

// All who are sent the same wait for who makes it, and it is made once.
func TestWhatManyAreSentIsMadeOnce(t *testing.T) {
	sc := &screen{packer: &packer{}, moved: make(chan struct{})}
	sc.show(&page.Frame{Position: 1, HTML: []byte(`<section id="a">` + strings.Repeat("some words ", 1000) + `</section>`)})
	newest, _, _ := sc.see()
	sent := make([]packed, 50)
	var asking sync.WaitGroup
	for i := range sent {
		asking.Go(func() { sent[i] = newest.event(nil, true) })
	}
	asking.Wait()
	for _, p := range sent {
		if &p.sent[0] != &sent[0].sent[0] {
			t.Fatal("it was made more than once")
		}
	}
}
