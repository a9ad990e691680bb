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
	number  uint64 // of the shot among those of its screen
	packer  *packer
	outline func() *outline

	mu   sync.Mutex
	sent map[sending]*packing // guarded by mu
}

// sending is what the bytes of an event depend on. It names the frame before by its number: a shot that held on to another would hold on to all
// that a page ever showed.
type sending struct {
	after    uint64 // the number of the shot that the browser shows; 0 where nobody knows
	deflated bool   // whether it takes compressed ones
}

// packing is an event that is made once, while the others who need it wait: they are all woken by the same frame.
type packing struct {
	once sync.Once
	packed
}

// keptSendings bounds how many forms of one frame are kept: browsers that were slow show many different frames before it.
const keptSendings = 8

func newShot(f *page.Frame, number uint64, p *packer) *shot {
	return &shot{
		Frame: f, number: number, packer: p, outline: sync.OnceValue(func() *outline { return outlineOf(f.HTML) }), sent: map[sending]*packing{},
	}
}

// event is the frame as a server-sent event, for a browser that shows another frame of the same screen; nil where nobody knows which.
func (s *shot) event(after *shot, deflated bool) packed {
	how := sending{deflated: deflated}
	if after != nil {
		how.after = after.number
	}
	p := s.packing(how)
	p.once.Do(func() {
		html := s.HTML
		if after != nil {
			html = since(after.outline(), s.outline(), html)
		}
		p.packed = s.packer.pack(event(s.Position, html), deflated)
	})
	return p.packed
}

func (s *shot) packing(how sending) *packing {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.sent[how]
	if p == nil {
		p = &packing{}
		if len(s.sent) < keptSendings {
			s.sent[how] = p
		}
	}
	return p
}

// event is a frame as a server-sent event.
func event(position uint64, html []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(html) + len(html)/8)
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

// packer deflates. What it takes for that, some hundreds of kilobytes, is used again. It is safe for concurrent use.
type packer struct{ writers sync.Pool }

// pack deflates what is sent to who takes it so, as blocks that refer to nothing before them and end on a byte: so they may follow each other in
// any stream, and what is the same for many browsers is deflated once.
func (p *packer) pack(text []byte, deflated bool) packed {
	if !deflated {
		return packed{text, text}
	}
	var out bytes.Buffer
	w, ok := p.writers.Get().(*flate.Writer)
	if ok {
		w.Reset(&out)
	} else {
		var err error
		if w, err = flate.NewWriter(&out, flate.DefaultCompression); err != nil {
			return packed{} // the level is one that there is
		}
	}
	_, _ = w.Write(text) // into memory
	_ = w.Flush()
	p.writers.Put(w)
	return packed{text, out.Bytes()}
}

// gzipFooter ends a stream of RFC 1952: an empty last block, a checksum of all that was deflated, and its length.
func gzipFooter(checksum, length uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32([]byte{1, 0, 0, 0xff, 0xff}, checksum), length)
}
