package live

import (
	"bytes"
	"regexp"
)

// partTag begins or ends an element that may be a part: a section, a row, or an item of a list. No text and no value of an attribute holds
// such a tag: the templates escape what they are given.
var partTag = regexp.MustCompile(`<(/?)(section|tr|li)(?: ([^>]*))?>`)

var partID = regexp.MustCompile(`(?:^| )id="([^"]*)"`)

// part is an element of a frame that has an id, by which a browser knows it again, and the parts within it.
type part struct {
	name, id string
	from, to int // where it stands in the frame
	within   []*part
}

// partsOf are the outermost parts of a frame. An element without an id is none, but may have parts within it.
func partsOf(html []byte) []*part {
	root := &part{}
	open := []*part{root}
	for _, at := range partTag.FindAllSubmatchIndex(html, -1) {
		name := string(html[at[4]:at[5]])
		if at[2] < at[3] { // it ends
			if last := open[len(open)-1]; len(open) > 1 && last.name == name {
				last.to = at[1]
				open = open[:len(open)-1]
			}
			continue
		}
		p := &part{name: name, from: at[0]}
		if at[6] >= 0 {
			if found := partID.FindSubmatch(html[at[6]:at[7]]); found != nil {
				p.id = string(found[1])
			}
		}
		parent := open[len(open)-1]
		parent.within = append(parent.within, p)
		open = append(open, p)
	}
	return root.within
}

// byID are the parts that have an id of their own, with what they hold.
func byID(html []byte) map[string][]byte {
	found := map[string][]byte{}
	var walk func(parts []*part)
	walk = func(parts []*part) {
		for _, p := range parts {
			if p.id != "" && p.to > p.from {
				if _, twice := found[p.id]; twice {
					found[p.id] = nil // nobody knows which is meant
				} else {
					found[p.id] = html[p.from:p.to]
				}
			}
			walk(p.within)
		}
	}
	walk(partsOf(html))
	return found
}

// since is a frame for a browser that shows another one: each part that is there already, byte for byte, stands in it as an empty element
// with its id, marked data-same.
func since(shown map[string][]byte, html []byte) []byte {
	own := byID(html)
	var out bytes.Buffer
	at := 0
	var walk func(parts []*part)
	walk = func(parts []*part) {
		for _, p := range parts {
			whole := own[p.id]
			if p.id == "" || whole == nil || !bytes.Equal(whole, shown[p.id]) {
				walk(p.within)
				continue
			}
			out.Write(html[at:p.from])
			out.WriteString("<" + p.name + ` id="` + p.id + `" data-same></` + p.name + ">")
			at = p.to
		}
	}
	walk(partsOf(html))
	out.Write(html[at:])
	return out.Bytes()
}
