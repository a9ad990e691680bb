package live

import "bytes"

// part is an element of a frame by which a browser may know a piece of it again: a section, a row, or an item of a list. Those within it follow it.
type part struct {
	name, id string // id is empty where it has none, and then it is never left out
	from, to int    // where it stands in the frame; to is 0 where it does not end
	next     int    // the first part that is not within it
}

// partNames are the elements that may be parts. No text and no value of an attribute holds their tags: the templates escape what they are given.
var partNames = []string{"section", "tr", "li"}

// outline are the parts of a frame, in the order in which they begin, and what those hold that have an id of their own.
type outline struct {
	parts []part
	own   map[string][]byte
}

func outlineOf(html []byte) *outline {
	o := &outline{parts: partsOf(html)}
	o.own = make(map[string][]byte, len(o.parts))
	for _, p := range o.parts {
		if p.id == "" || p.to <= p.from {
			continue
		}
		if _, twice := o.own[p.id]; twice {
			o.own[p.id] = nil // nobody knows which is meant
		} else {
			o.own[p.id] = html[p.from:p.to]
		}
	}
	return o
}

// partsOf are the parts of a frame. It is read once for each change of a page, whatever the number of those who look.
func partsOf(html []byte) []part {
	var parts []part
	var open []int // the parts within which it has come to, the innermost last
	for at := 0; ; {
		begins := bytes.IndexByte(html[at:], '<')
		if begins < 0 {
			return parts
		}
		at += begins
		from := at
		at++
		ends := at < len(html) && html[at] == '/'
		if ends {
			at++
		}
		name := partName(html[at:])
		if name == "" {
			continue
		}
		length := bytes.IndexByte(html[at:], '>')
		if length < 0 {
			return parts
		}
		attributes := html[at+len(name) : at+length]
		at += length + 1
		if !ends {
			open = append(open, len(parts))
			parts = append(parts, part{name: name, id: idIn(attributes), from: from, next: len(parts) + 1})
			continue
		}
		if len(open) == 0 {
			continue
		}
		if last := &parts[open[len(open)-1]]; last.name == name {
			last.to, last.next = at, len(parts)
			open = open[:len(open)-1]
		}
	}
}

// partName is the name of a part whose tag goes on with a text; empty where it is none.
func partName(text []byte) string {
	for _, name := range partNames {
		if len(text) > len(name) && (text[len(name)] == ' ' || text[len(name)] == '>') && string(text[:len(name)]) == name {
			return name
		}
	}
	return ""
}

// idIn is the id among the attributes of a tag, each with a space before it.
func idIn(attributes []byte) string {
	const begin = ` id="`
	at := bytes.Index(attributes, []byte(begin))
	if at < 0 {
		return ""
	}
	id, _, whole := bytes.Cut(attributes[at+len(begin):], []byte(`"`))
	if !whole {
		return ""
	}
	return string(id)
}

// since is a frame for a browser that shows another one: each part that is there already, byte for byte, stands in it as an empty element
// with its id, marked data-same.
func since(shown, now *outline, html []byte) []byte {
	var out bytes.Buffer
	at := 0
	for i := 0; i < len(now.parts); {
		p := now.parts[i]
		whole := now.own[p.id]
		if p.id == "" || whole == nil || !bytes.Equal(whole, shown.own[p.id]) {
			i++
			continue
		}
		out.Write(html[at:p.from])
		out.WriteString("<" + p.name + ` id="` + p.id + `" data-same></` + p.name + ">")
		at, i = p.to, p.next
	}
	out.Write(html[at:])
	return out.Bytes()
}
