package live

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"sync"

	"milepost.dev/internal/web/page"
)

// shot is a frame with what is sent of it: made once for all browsers that show the same frame before it. It is safe for concurrent use.
type shot struct {
	*page.Frame
	parts func() map[string][]byte

	mu   sync.Mutex
	sent map[sending]packed // guarded by mu
}

// sending is what the bytes of an event depend on: the frame that the browser shows, nil where nobody knows, and whether it takes compressed ones.
type sending struct {
	after    *shot
	deflated bool
}

// keptSendings bounds how many forms of one frame are kept: browsers that were slow show many different frames before it.
const keptSendings = 8

func newShot(f *page.Frame) *shot {
	return &shot{Frame: f, parts: sync.OnceValue(func() map[string][]byte { return byID(f.HTML) }), sent: map[sending]packed{}}
}

// event is the frame as a server-sent event, for a browser that shows another frame.
func (s *shot) event(how sending) packed {
	s.mu.Lock()
	made, ok := s.sent[how]
	s.mu.Unlock()
	if ok {
		return made
	}
	html := s.HTML
	if how.after != nil {
		html = since(how.after.parts(), html)
	}
	made = pack(event(s.Position, html), how.deflated)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) < keptSendings {
		s.sent[how] = made
	}
	return made
}

// event is a frame as a server-sent event.
func event(position uint64, html []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %d\nevent: page\n", position)
	for line := range bytes.Lines(html) {
		b.WriteString("data: ")
		b.Write(bytes.TrimRight(line, "\n"))
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// gzipHeader begins a stream of RFC 1952: deflated, of no file and no time.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// packed is text as it is sent, and as it is before it is deflated.
type packed struct{ text, sent []byte }

// pack deflates what is sent to who takes it so, as blocks that refer to nothing before them and end on a byte: so they may follow each other in
// any stream, and what is the same for many browsers is deflated once.
func pack(text []byte, deflated bool) packed {
	if !deflated {
		return packed{text, text}
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return packed{} // the level is one that there is
	}
	_, _ = w.Write(text) // into memory
	_ = w.Flush()
	return packed{text, out.Bytes()}
}

// gzipFooter ends a stream of RFC 1952: an empty last block, a checksum of all that was deflated, and its length.
func gzipFooter(checksum, length uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32([]byte{1, 0, 0, 0xff, 0xff}, checksum), length)
}
